"""What the convolution layers share: windows, kernels, bias and activation."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, unknown
from clearprop.nn.activations import activation_name, get_activation, linear, written
from clearprop.nn.layer import BatchShape
from clearprop.nn.space import Spatial, channels_known, is_whole, places_of, sizes_of
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, written_weight_options
from clearprop.ops.windows import Windows, windows

__all__ = ["Convolving", "positive"]


def positive(who: str, what: str, n: Any) -> int:
    """
    Give a positive whole number.

    Raises
    ------
    OptionError
        If `n` is none.
    """
    if not is_whole(n):
        raise OptionError(f"{who}: {what} must be a positive whole number; got {n!r}.")
    return int(n)


class Convolving(Spatial):
    """
    A layer that slides kernels over space.

    Parameters
    ----------
    kernel_size, strides, dilation_rate : int or tuple of int
        The window: its size, how far it moves, how far its elements lie apart.
    padding : {"valid", "same", "causal"}
        No margins; margins such that without strides the size stays; zeros before the first
        step only, in layers that have it.
    activation : str or callable, optional
        What is applied to the sums.
    use_bias : bool
        Whether there is a bias.
    **options
        `data_format` and the arguments of every `Layer`.
    """

    PADDINGS: ClassVar[tuple[str, ...]] = ("valid", "same")
    roles: ClassVar[tuple[str, ...]] = ("kernel", "bias")  # of weights, in arguments

    bias: Variable | None

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: Any,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        who = type(self).__name__
        self.kernel_size = sizes_of(f"{who}: kernel_size", kernel_size, self.rank)
        self.strides = sizes_of(f"{who}: strides", strides, self.rank)
        self.dilation_rate = sizes_of(f"{who}: dilation_rate", dilation_rate, self.rank)
        self.padding = padding.lower() if isinstance(padding, str) else padding
        if self.padding not in self.PADDINGS:
            raise unknown("padding", padding, self.PADDINGS)
        self.activation = get_activation(activation)
        self.use_bias = bool(use_bias)

    def _refuse_strides_and_dilation(self) -> None:
        if max(self.strides) > 1 < max(self.dilation_rate):
            raise OptionError(
                f"{type(self).__name__}: strides {self.strides} and dilation_rate"
                f" {self.dilation_rate} cannot both be above 1; leave one at 1."
            )

    @abstractmethod
    def channels_after(self, channels: int | None) -> Any:
        """Count the channels that come out if so many go in; None if that is not known."""

    @abstractmethod
    def make_kernels(self, channels: int) -> None:
        """Make the kernels for so many channels."""

    @abstractmethod
    def convolve(self, x: Tensor) -> Tensor:
        """Slide the kernels over (N, *space, C)."""

    def build(self, input_shape: BatchShape) -> None:
        """Make the kernels and the bias."""
        shape = self.with_channels_last(input_shape)
        channels = channels_known(type(self).__name__, shape)
        self.shape_after(shape)  # says if the kernel does not fit
        self.make_kernels(channels)
        self.bias = None
        if self.use_bias:
            self.bias = make_weight(self, "bias", (self.channels_after(channels),))

    def over_space(self, x: Tensor) -> Tensor:
        """Convolve (N, *space, C), and add the bias."""
        y = self.convolve(x)
        return y if self.bias is None else ops.add(y, self.bias)

    def call_before_activation(self, x: Tensor) -> Any:
        """Compute what the activation is applied to."""
        return super().call(x)

    def call(self, x: Tensor) -> Any:
        """Convolve, add the bias and apply the activation."""
        y = super().call(x)
        if self.activation is linear:
            return y
        y.node.name = self._sum_name
        return self.activation(y)

    @property
    def final_activation(self) -> str | None:
        """The activation's name."""
        return activation_name(self.activation)

    def lay(self, size: tuple[int, ...]) -> Windows:
        """Lay the window over space."""
        if self.padding == "causal":
            padding: Any = ((self.dilation_rate[0] * (self.kernel_size[0] - 1), 0),)
        else:
            padding = self.padding
        return windows(
            size, self.kernel_size, strides=self.strides, padding=padding,
            dilation=self.dilation_rate,
        )  # fmt: skip

    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give (*places, channels that come out)."""
        return (*places_of(shape, self.lay), self.channels_after(shape[-1]))

    def describe(self) -> str:
        """Say its window and, as in "Conv2D 3×3, 1 → 32", how many channels go in and out."""
        window = "×".join(map(str, self.kernel_size))
        if self.built_for is None:
            return f"{type(self).__name__} {window}"
        shape = self.with_channels_last(self.built_for)
        return f"{type(self).__name__} {window}, {shape[-1]} → {self.channels_after(shape[-1])}"

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "kernel_size": list(self.kernel_size),
            "strides": list(self.strides),
            "padding": self.padding,
            "dilation_rate": list(self.dilation_rate),
            "activation": written(self.activation),
            "use_bias": self.use_bias,
            **written_weight_options(self, *self.roles),
        }
