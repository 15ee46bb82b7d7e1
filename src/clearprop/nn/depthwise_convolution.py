"""Convolution channel by channel, alone or followed by a mix of channels at each place."""

from __future__ import annotations

from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.nn.convolving import Convolving, positive
from clearprop.nn.registry import register
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options

__all__ = ["DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"]


class _ByChannel(Convolving):
    """A layer that slides kernels of its own over each channel."""

    depth_multiplier: int

    def _each_channel(self, x: Tensor, kernel: Tensor) -> Tensor:
        *window, C, M = kernel.shape
        return ops.conv(
            x, ops.reshape(kernel, shape=(*window, 1, C * M)), strides=self.strides,
            padding=self.padding, dilation=self.dilation_rate, groups=C,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "depth_multiplier": self.depth_multiplier}


class _DepthwiseConv(_ByChannel):
    """Depthwise convolution over any number of axes of space."""

    roles = ("depthwise", "bias")
    kernel: Variable

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, dilation_rate, activation, use_bias,
            data_format=data_format, activity_regularizer=activity_regularizer, **options,
        )  # fmt: skip
        self.depth_multiplier = positive(type(self).__name__, "depth_multiplier", depth_multiplier)
        set_weight_options(
            self,
            depthwise_initializer=depthwise_initializer,
            depthwise_regularizer=depthwise_regularizer,
            depthwise_constraint=depthwise_constraint,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            bias_constraint=bias_constraint,
        )

    def channels_after(self, channels: int | None) -> Any:
        """Count the channels that come out: `depth_multiplier` times as many as go in."""
        return None if channels is None else channels * self.depth_multiplier

    def make_kernels(self, channels: int) -> None:
        """Make the kernel (*window, C, depth_multiplier)."""
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = make_weight(self, "depthwise", shape, name="kernel")

    def convolve(self, x: Tensor) -> Tensor:
        """Slide each channel's kernels over it."""
        return self._each_channel(x, self.kernel)


class _SeparableConv(_ByChannel):
    """Separable convolution over any number of axes of space."""

    roles = ("depthwise", "pointwise", "bias")
    depthwise_kernel: Variable
    pointwise_kernel: Variable

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, dilation_rate, activation, use_bias,
            data_format=data_format, activity_regularizer=activity_regularizer, **options,
        )  # fmt: skip
        who = type(self).__name__
        self.filters = positive(who, "filters", filters)
        self.depth_multiplier = positive(who, "depth_multiplier", depth_multiplier)
        set_weight_options(
            self,
            depthwise_initializer=depthwise_initializer,
            depthwise_regularizer=depthwise_regularizer,
            depthwise_constraint=depthwise_constraint,
            pointwise_initializer=pointwise_initializer,
            pointwise_regularizer=pointwise_regularizer,
            pointwise_constraint=pointwise_constraint,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            bias_constraint=bias_constraint,
        )

    def channels_after(self, channels: int | None) -> int:
        """Count the channels that come out."""
        return self.filters

    def make_kernels(self, channels: int) -> None:
        """Make the kernels (*window, C, depth_multiplier) and (1, ..., C * that, filters)."""
        M = self.depth_multiplier
        shape = (*self.kernel_size, channels, M)
        self.depthwise_kernel = make_weight(self, "depthwise", shape, name="depthwise_kernel")
        shape = (*(1,) * self.rank, channels * M, self.filters)
        self.pointwise_kernel = make_weight(self, "pointwise", shape, name="pointwise_kernel")

    def convolve(self, x: Tensor) -> Tensor:
        """Slide each channel's kernels over it, then mix the channels."""
        return ops.conv(self._each_channel(x, self.depthwise_kernel), self.pointwise_kernel)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "filters": self.filters}


@final
@register
class DepthwiseConv1D(_DepthwiseConv):
    """
    Convolution over steps with kernels of each channel's own.

    Parameters
    ----------
    kernel_size, strides, padding, depth_multiplier, data_format, dilation_rate, activation
        As for `DepthwiseConv2D`, with one axis of space.
    use_bias, depthwise_initializer, bias_initializer, depthwise_regularizer, bias_regularizer
        As for `DepthwiseConv2D`.
    activity_regularizer, depthwise_constraint, bias_constraint, **options
        As for `DepthwiseConv2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `Conv2D`; strides and dilation may both be above 1.

    Examples
    --------
    >>> import numpy as np
    >>> layer = DepthwiseConv1D(2, depthwise_initializer="ones")
    >>> layer(np.array([[[1.0, 10.0], [2.0, 20.0]]])).tolist()
    [[[3.0, 30.0]]]
    """

    rank = 1


@final
@register
class DepthwiseConv2D(_DepthwiseConv):
    """
    Convolution over images with kernels of each channel's own; channels are not mixed.

    Parameters
    ----------
    kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias
        As for `Conv2D`.
    depth_multiplier : int
        How many kernels each channel has, and so how many channels come of it, side by side.
    depthwise_initializer, depthwise_regularizer, depthwise_constraint
        First values, penalty and bound of the kernel.
    bias_initializer, bias_regularizer, bias_constraint
        Those of the bias.
    activity_regularizer, **options
        As for `Conv2D`.

    Attributes
    ----------
    kernel : Variable, shape (*kernel_size, C, depth_multiplier)
    bias : Variable, shape (C * depth_multiplier,), or None

    Raises
    ------
    OptionError, ShapeError
        As for `Conv2D`; strides and dilation may both be above 1.

    Examples
    --------
    >>> import numpy as np
    >>> layer = DepthwiseConv2D(3, depth_multiplier=2)
    >>> layer(np.zeros((1, 5, 5, 4))).shape
    (1, 3, 3, 8)
    >>> [w.shape for w in layer.weights]
    [(3, 3, 4, 2), (8,)]
    """

    rank = 2


@final
@register
class SeparableConv1D(_SeparableConv):
    """
    Convolution over steps in two parts: each channel alone, then a mix of channels.

    Parameters
    ----------
    filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier
        As for `SeparableConv2D`, with one axis of space.
    activation, use_bias, depthwise_initializer, pointwise_initializer, bias_initializer
        As for `SeparableConv2D`.
    depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer
        As for `SeparableConv2D`.
    depthwise_constraint, pointwise_constraint, bias_constraint, **options
        As for `SeparableConv2D`.

    Raises
    ------
    OptionError, ShapeError
        As for `Conv2D`; strides and dilation may both be above 1.

    Examples
    --------
    >>> import numpy as np
    >>> SeparableConv1D(4, 3)(np.zeros((1, 8, 2))).shape
    (1, 6, 4)
    """

    rank = 1


@final
@register
class SeparableConv2D(_SeparableConv):
    """
    Convolution over images in two parts, with far fewer weights than one that does both at once.

    Parameters
    ----------
    filters : int
        How many channels come out.
    kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias
        As for `Conv2D`, of the first part.
    depth_multiplier : int
        How many kernels each channel has in the first part.
    depthwise_initializer, depthwise_regularizer, depthwise_constraint
        First values, penalty and bound of the first part's kernel.
    pointwise_initializer, pointwise_regularizer, pointwise_constraint
        Those of the second part's.
    bias_initializer, bias_regularizer, bias_constraint
        Those of the bias.
    activity_regularizer, **options
        As for `Conv2D`.

    Attributes
    ----------
    depthwise_kernel : Variable, shape (*kernel_size, C, depth_multiplier)
    pointwise_kernel : Variable, shape (1, 1, C * depth_multiplier, filters)
    bias : Variable, shape (filters,), or None

    Raises
    ------
    OptionError, ShapeError
        As for `Conv2D`; strides and dilation may both be above 1.

    References
    ----------
    Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", 2017.

    Examples
    --------
    >>> import numpy as np
    >>> layer = SeparableConv2D(16, 3)
    >>> layer(np.zeros((1, 8, 8, 4))).shape
    (1, 6, 6, 16)
    >>> [w.shape for w in layer.weights]
    [(3, 3, 4, 1), (1, 1, 4, 16), (16,)]
    """

    rank = 2
