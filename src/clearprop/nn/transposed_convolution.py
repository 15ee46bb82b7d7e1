"""Convolution the other way round: each input spreads a kernel over a larger output."""

from __future__ import annotations

from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError
from clearprop.nn.convolving import Convolving, positive
from clearprop.nn.layer import BatchShape
from clearprop.nn.registry import register
from clearprop.nn.space import sizes_of
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options

__all__ = ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"]


class _ConvTranspose(Convolving):
    """Transposed convolution over any number of axes of space."""

    kernel: Variable

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, dilation_rate, activation, use_bias,
            data_format=data_format, activity_regularizer=activity_regularizer, **options,
        )  # fmt: skip
        who = type(self).__name__
        self.filters = positive(who, "filters", filters)
        self._refuse_strides_and_dilation()
        self.output_padding = None
        if output_padding is not None:
            self.output_padding = sizes_of(
                f"{who}: output_padding", output_padding, self.rank, least=0
            )
            if any(p >= s for p, s in zip(self.output_padding, self.strides, strict=True)):
                raise OptionError(
                    f"{who}: output_padding {self.output_padding} must be below strides"
                    f" {self.strides}, along each axis."
                )
        set_weight_options(
            self,
            kernel_initializer=kernel_initializer,
            kernel_regularizer=kernel_regularizer,
            kernel_constraint=kernel_constraint,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            bias_constraint=bias_constraint,
        )

    def channels_after(self, channels: int | None) -> int:
        """Count the channels that come out."""
        return self.filters

    def make_kernels(self, channels: int) -> None:
        """Make the kernel (*window, filters, C)."""
        self.kernel = make_weight(self, "kernel", (*self.kernel_size, self.filters, channels))

    def _spread(self, a: int) -> tuple[int, tuple[int, int]]:
        """
        Tell how an axis of space grows: by how much beyond ``(n - 1) * stride``, and margins.

        The margins are those of the convolution, from what comes out to what goes in, that this
        is the transpose of.
        """
        stride = self.strides[a]
        reach = (self.kernel_size[a] - 1) * self.dilation_rate[a] + 1
        more = None if self.output_padding is None else self.output_padding[a]
        # How many zeros the stretched input would get before and after, seen as a convolution.
        if self.padding == "valid":
            before = reach - 1
            after = reach - 1 + (max(reach, stride) - reach if more is None else more)
        else:
            both = stride + reach - 2 if more is None else reach + reach % 2 - 2 + more
            before = min((both + 1) // 2, reach - 1)
            after = both - before
        margins = (reach - 1 - before, max(0, reach - 1 - after))
        return before + after + 2 - reach, margins

    def convolve(self, x: Tensor) -> Tensor:
        """Spread (N, *space, C) over the larger space."""
        spreads = [self._spread(a) for a in range(self.rank)]
        size = tuple(
            (n - 1) * s + grown
            for n, s, (grown, _) in zip(x.shape[1:-1], self.strides, spreads, strict=True)
        )
        return ops.conv_transpose(
            x, self.kernel, size=size, strides=self.strides,
            padding=tuple(margins for _, margins in spreads), dilation=self.dilation_rate,
        )  # fmt: skip

    def shape_after(self, shape: BatchShape) -> tuple[int | None, ...]:
        """Give (*space, filters)."""
        space = [
            None if n is None else (n - 1) * s + self._spread(a)[0]
            for a, (n, s) in enumerate(zip(shape[1:-1], self.strides, strict=True))
        ]
        return (*space, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        padding = None if self.output_padding is None else list(self.output_padding)
        return {**super().get_config(), "filters": self.filters, "output_padding": padding}


@final
@register
class Conv1DTranspose(_ConvTranspose):
    """
    Transposed convolution over steps, for sequences that get longer.

    Parameters
    ----------
    filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate, activation
        As for `Conv2DTranspose`, with one axis of space.
    use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer
        As for `Conv2D`.
    activity_regularizer, kernel_constraint, bias_constraint, **options
        As for `Conv2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `Conv2DTranspose`.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Conv1DTranspose(1, 2, strides=2, kernel_initializer="ones")
    >>> layer(np.array([[[1.0], [2.0]]])).numpy().ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    """

    rank = 1


@final
@register
class Conv2DTranspose(_ConvTranspose):
    """
    Transposed convolution over images: as a convolution hands gradients back to its input.

    Parameters
    ----------
    filters : int
        How many channels come out.
    kernel_size : int or pair of int
        The window that each input is spread over.
    strides : int or pair of int
        How far apart these windows lie: how many times larger the image gets.
    padding : {"valid", "same"}
        Whether all that the windows reach comes out, or `strides` times the input's size.
    output_padding : int or pair of int, optional
        How many rows and columns more come out; below `strides`.
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    dilation_rate : int or pair of int
        How far the window's elements lie apart.
    activation, use_bias
        As for `Conv2D`.
    kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer
        As for `Conv2D`.
    activity_regularizer, kernel_constraint, bias_constraint, **options
        As for `Conv2D`.

    Attributes
    ----------
    kernel : Variable, shape (*kernel_size, filters, C)
    bias : Variable, shape (filters,), or None

    Raises
    ------
    OptionError
        If an argument is outside its domain, or strides and dilation are both above 1.
    ShapeError
        If the input is not (N, height, width, C).

    References
    ----------
    Zeiler, Krishnan, Taylor, Fergus, "Deconvolutional Networks", 2010.

    Examples
    --------
    >>> import numpy as np
    >>> Conv2DTranspose(3, 3, strides=2, padding="same")(np.zeros((1, 4, 5, 2))).shape
    (1, 8, 10, 3)
    """

    rank = 2


@final
@register
class Conv3DTranspose(_ConvTranspose):
    """
    Transposed convolution over volumes.

    Parameters
    ----------
    filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate, activation
        As for `Conv2DTranspose`, with three axes of space.
    use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer
        As for `Conv2D`.
    activity_regularizer, kernel_constraint, bias_constraint, **options
        As for `Conv2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `Conv2DTranspose`.

    Examples
    --------
    >>> import numpy as np
    >>> Conv3DTranspose(1, 2, strides=2)(np.zeros((1, 2, 3, 4, 1))).shape
    (1, 4, 6, 8, 1)
    """

    rank = 3
