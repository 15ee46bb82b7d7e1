"""Activation functions with settings, as layers of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.caller import warn
from clearprop.core.shapes import broadcast_shapes
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import ShapeError
from clearprop.nn.activations import relu
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.registry import register
from clearprop.nn.settings import axes_given, axis_of, number, size_of
from clearprop.nn.variable import Variable
from clearprop.nn.weight_options import make_weight, set_weight_options, written_weight_options

__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


class _Shaped(Layer):
    """A layer whose output has the shape of its input."""

    supports_masking = True

    def call_before_activation(self, x: Any) -> Any:
        """Give the input as it is."""
        return x

    def output_shape(self, input_shape: Any) -> BatchShape:
        """Give the shape of the input."""
        return as_batch_shape(input_shape)


@final
@register
class ReLU(_Shaped):
    """
    Elements as they are above a threshold, 0 (or a slope) below it.

    Parameters
    ----------
    max_value : float, optional
        What larger elements become; none by default.
    negative_slope : float
        What the distance below the threshold is multiplied by.
    threshold : float
        Where the slope ends.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If a number is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> ReLU(max_value=2)(np.array([[-1.0, 1.0, 3.0]])).tolist()
    [[0.0, 1.0, 2.0]]
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.max_value = None
        if max_value is not None:
            self.max_value = number("ReLU", "max_value", max_value, least=0)
        self.negative_slope = number("ReLU", "negative_slope", negative_slope, least=0)
        self.threshold = number("ReLU", "threshold", threshold, least=0)
        self._plain = (self.max_value, self.negative_slope, self.threshold) == (None, 0, 0)

    def call(self, x: Tensor) -> Any:
        """Apply the function."""
        return relu(x, self.negative_slope, self.max_value, self.threshold)

    @property
    def final_activation(self) -> str | None:
        """The function's name, if it has no settings."""
        return "relu" if self._plain else None

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


@final
@register
class LeakyReLU(_Shaped):
    """
    Positive elements as they are, negative ones times a small slope.

    Parameters
    ----------
    negative_slope : float
        The slope; 0.3 as in Keras, whose function of that name has 0.2.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If the slope is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> LeakyReLU(0.5)(np.array([[-1.0, 2.0]])).tolist()
    [[-0.5, 2.0]]
    """

    def __init__(self, negative_slope: float = 0.3, **options: Any) -> None:
        if "alpha" in options:
            warn("LeakyReLU: alpha is an older name of negative_slope; use that.")
            negative_slope = options.pop("alpha")
        super().__init__(**options)
        self.negative_slope = number("LeakyReLU", "negative_slope", negative_slope, least=0)

    def call(self, x: Tensor) -> Any:
        """Apply the function."""
        return ops.leaky_relu(x, negative_slope=self.negative_slope)

    @property
    def final_activation(self) -> None:
        """None: with its own slope it is no function known by name."""

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


@final
@register
class PReLU(_Shaped):
    """
    Positive elements as they are, negative ones times a slope that is learned.

    Parameters
    ----------
    alpha_initializer : str, Initializer or callable
        Where the first values of the slopes come from.
    alpha_regularizer : str, Regularizer or callable, optional
        What the loss is raised by on their account.
    alpha_constraint : str, Constraint or callable, optional
        What they are put through after each step.
    shared_axes : int or list of int, optional
        Along which axes, counted from 1 since the batch axis is 0, there is only one slope.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    alpha : Variable
        The slopes: the shape of an example, 1 along shared axes.

    Raises
    ------
    OptionError
        If `shared_axes` is no list of whole numbers.
    ShapeError
        When built, if there is no such axis, or a size is not known.

    References
    ----------
    He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, equation 1.

    Examples
    --------
    >>> import numpy as np
    >>> PReLU(alpha_initializer="ones")(np.array([[-1.0, 2.0]])).tolist()
    [[-1.0, 2.0]]
    """

    alpha: Variable

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        set_weight_options(
            self,
            alpha_initializer=alpha_initializer,
            alpha_regularizer=alpha_regularizer,
            alpha_constraint=alpha_constraint,
        )
        if isinstance(shared_axes, int):
            shared_axes = [shared_axes]
        self.shared_axes = (
            None
            if shared_axes is None
            else axes_given("PReLU", list(shared_axes), what="shared_axes")
        )

    def build(self, input_shape: BatchShape) -> None:
        """Make the slopes."""
        shared = {axis_of("PReLU", a, input_shape) for a in self.shared_axes or ()}
        if 0 in shared:
            raise ShapeError(
                "PReLU: shared_axes must not have the batch axis, 0, along which slopes are always"
                f" shared; got {self.shared_axes} for inputs of shape {input_shape}."
            )
        shape = tuple(
            1 if a in shared else size_of("PReLU", a, input_shape)
            for a in range(1, len(input_shape))
        )
        self.alpha = make_weight(self, "alpha", shape)

    def call(self, x: Tensor) -> Any:
        """Apply the function."""
        if broadcast_shapes(x.shape[1:], self.alpha.shape) != x.shape[1:]:
            raise ShapeError(
                f"PReLU has slopes of shape {self.alpha.shape}; they do not fit inputs of shape"
                f" {x.shape}."
            )
        return ops.relu(x) - self.alpha * ops.relu(-x)

    @property
    def final_activation(self) -> None:
        """None: with slopes of its own it is no function known by name."""

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {
            **super().get_config(),
            **written_weight_options(self, "alpha"),
            "shared_axes": self.shared_axes,
        }


@final
@register
class ELU(_Shaped):
    """
    Positive elements as they are, and a curve that ends at ``-alpha`` for the others.

    Parameters
    ----------
    alpha : float
        How far down the curve goes.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `alpha` is no finite number.

    References
    ----------
    Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
    Linear Units", 2016, equation 15.

    Examples
    --------
    >>> import numpy as np
    >>> ELU(0.5)(np.array([[-99.0, 2.0]])).tolist()
    [[-0.5, 2.0]]
    """

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.alpha = number("ELU", "alpha", alpha)

    def call(self, x: Tensor) -> Any:
        """Apply the function."""
        return ops.elu(x, alpha=self.alpha)

    @property
    def final_activation(self) -> str | None:
        """The function's name, if it goes down to -1."""
        return "elu" if self.alpha == 1 else None

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "alpha": self.alpha}


@final
@register
class Softmax(_Shaped):
    """
    Exponentials divided by their sum: shares that add up to 1.

    Parameters
    ----------
    axis : int or list of int
        Along which axis they are shared, or over which axes together.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `axis` is no whole number.
    ShapeError
        When called, if there is no such axis, or a mask does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> Softmax()(np.array([[3.0, 3.0]])).tolist()
    [[0.5, 0.5]]
    >>> Softmax()(np.array([[3.0, 3.0, 9.0]]), mask=np.array([True, True, False])).tolist()
    [[0.5, 0.5, 0.0]]
    """

    def __init__(self, axis: int | Sequence[int] = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axes_given("Softmax", axis)

    def call(self, x: Tensor, mask: Any = None) -> Any:
        """
        Apply the function.

        Parameters
        ----------
        x : Tensor
        mask : array of bool, optional
            Where it is False, an element has no share: 0, also where none is left that has one.
        """
        if mask is None:
            return self._shared(x)
        kept = _truth(mask)
        if len(kept.shape) > x.ndim or broadcast_shapes(kept.shape, x.shape) != x.shape:
            raise ShapeError(
                f"Softmax: the mask has shape {kept.shape}; it must be that of the inputs,"
                f" {x.shape}, or 1 along some axes, so that it can be repeated."
            )
        # -1e9 is as good as minus infinity, and a row of nothing else is still finite.
        return ops.keep(self._shared(ops.where(kept, x, np.asarray(-1e9, x.dtype))), kept)

    def _shared(self, x: Tensor) -> Any:
        if isinstance(self.axis, int):
            return ops.softmax(x, axis=self.axis)
        if len(self.axis) == 1:
            return ops.softmax(x, axis=self.axis[0])
        return ops.exp(x - ops.logsumexp(x, axis=tuple(self.axis), keepdims=True))

    @property
    def final_activation(self) -> str | None:
        """The function's name, if it works along the last axis."""
        return "softmax" if self.axis in (-1, [-1]) else None

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "axis": self.axis}


def _truth(mask: Any) -> Tensor:
    """Give a mask as true and false: numbers count as true from above a half."""
    mask = as_tensor(mask)
    return mask if mask.dtype.kind == "b" else ops.greater(mask, 0.5)
