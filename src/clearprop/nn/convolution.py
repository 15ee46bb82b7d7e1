"""Convolution: the same small kernels slid over a sequence, an image or a volume."""

from __future__ import annotations

from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.nn.convolving import Convolving, positive
from clearprop.nn.registry import register
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options

__all__ = ["Conv1D", "Conv2D", "Conv3D"]


class _Conv(Convolving):
    """Convolution over any number of axes of space."""

    kernel: Variable

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
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
        self.groups = positive(who, "groups", groups)
        if self.filters % self.groups:
            raise OptionError(
                f"{who}: groups must divide filters; got groups={groups} for filters={filters}."
            )
        self._refuse_strides_and_dilation()
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
        """Make the kernel (*window, C / groups, filters)."""
        if channels % self.groups:
            raise ShapeError(
                f"{type(self).__name__}: groups={self.groups} must divide the number of channels;"
                f" the input has {channels}."
            )
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        self.kernel = make_weight(self, "kernel", shape)

    def convolve(self, x: Tensor) -> Tensor:
        """Slide the kernel over (N, *space, C)."""
        padding: Any = self.padding
        if padding == "causal":
            padding = self.lay(x.shape[1:-1]).margins
        return ops.conv(
            x, self.kernel, strides=self.strides, padding=padding, dilation=self.dilation_rate,
            groups=self.groups,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "filters": self.filters, "groups": self.groups}


@final
@register
class Conv1D(_Conv):
    """
    Convolution over steps: each output sees a few neighbouring steps.

    Parameters
    ----------
    filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation
        As for `Conv2D`, with one axis of space. `padding` may be "causal" too: zeros before the
        first step only, so that no output sees a later step.
    use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer
        As for `Conv2D`.
    activity_regularizer, kernel_constraint, bias_constraint, **options
        As for `Conv2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `Conv2D`.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Conv1D(1, 2, padding="causal", kernel_initializer="ones")
    >>> layer(np.array([[[1.0], [2.0], [3.0]]])).numpy().ravel().tolist()
    [1.0, 3.0, 5.0]
    """

    rank = 1
    PADDINGS = ("valid", "same", "causal")


@final
@register
class Conv2D(_Conv):
    r"""
    Convolution over images: each output sees a small patch, all through the same kernels.

    .. math:: y_{nhwo} = f\Bigl(b_o + \sum_{ijc} x_{n,\,h+i,\,w+j,\,c}\; w_{ijco}\Bigr)

    Parameters
    ----------
    filters : int
        How many channels come out.
    kernel_size : int or pair of int
        The window that is slid over the image.
    strides : int or pair of int
        How far it moves.
    padding : {"valid", "same"}
        No margins, so that the image gets smaller; or zeros around, an odd one after rather than
        before, such that without strides it keeps its size.
    data_format : {"channels_last", "channels_first"}, optional
        Where the axis of channels stands.
    dilation_rate : int or pair of int
        How far the window's elements lie apart.
    groups : int
        Into how many runs channels are cut; each run of filters sees its run of channels only.
    activation : str or callable, optional
        The function f; none leaves the sum as it is.
    use_bias : bool
        Whether there is a bias.
    kernel_initializer, bias_initializer : str, Initializer or callable
        Where the first values of the weights come from.
    kernel_regularizer, bias_regularizer, activity_regularizer : str or callable, optional
        Penalties on weights and output.
    kernel_constraint, bias_constraint : str or callable, optional
        Bounds that weights are held within.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    kernel : Variable, shape (*kernel_size, C / groups, filters)
    bias : Variable, shape (filters,), or None

    Raises
    ------
    OptionError
        If an argument is outside its domain, or strides and dilation are both above 1.
    ShapeError
        If the input is not (N, height, width, C), the window does not fit it, or `groups` does
        not divide C.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Conv2D(1, 2, kernel_initializer="ones")
    >>> layer(np.arange(9.0).reshape(1, 3, 3, 1)).numpy().reshape(2, 2).tolist()
    [[8.0, 12.0], [20.0, 24.0]]
    >>> [w.shape for w in layer.weights]
    [(2, 2, 1, 1), (1,)]
    """

    rank = 2


@final
@register
class Conv3D(_Conv):
    """
    Convolution over volumes, or images that follow one another.

    Parameters
    ----------
    filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation
        As for `Conv2D`, with three axes of space.
    use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer
        As for `Conv2D`.
    activity_regularizer, kernel_constraint, bias_constraint, **options
        As for `Conv2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `Conv2D`.

    Examples
    --------
    >>> import numpy as np
    >>> Conv3D(4, 3, padding="same", strides=2)(np.zeros((1, 5, 6, 7, 2))).shape
    (1, 3, 3, 4, 4)
    """

    rank = 3
