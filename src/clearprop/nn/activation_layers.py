"""Activation functions with settings, as layers of their own."""

from __future__ import annotations

import math
from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError
from clearprop.nn.layer import BatchShape, Layer, as_batch_shape
from clearprop.nn.registry import register

__all__ = ["LeakyReLU", "ReLU", "Softmax"]


class _Shaped(Layer):
    """A layer whose output has the shape of its input."""

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
        self.max_value = None if max_value is None else _at_least_0("ReLU", "max_value", max_value)
        self.negative_slope = _at_least_0("ReLU", "negative_slope", negative_slope)
        self.threshold = _at_least_0("ReLU", "threshold", threshold)
        self._plain = (self.max_value, self.negative_slope, self.threshold) == (None, 0, 0)

    def call(self, x: Tensor) -> Any:
        """Apply the function."""
        if self._plain:
            return ops.relu(x)
        below = self.negative_slope * (x - self.threshold) if self.negative_slope else 0.0
        y = ops.where(x > self.threshold, x, below)
        return y if self.max_value is None else ops.minimum(y, self.max_value)

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
        super().__init__(**options)
        self.negative_slope = _at_least_0("LeakyReLU", "negative_slope", negative_slope)

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
class Softmax(_Shaped):
    """
    Exponentials divided by their sum: shares that add up to 1.

    Parameters
    ----------
    axis : int
        Along which axis they are shared.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Raises
    ------
    OptionError
        If `axis` is no whole number.
    ShapeError
        When called, if there is no such axis.

    Examples
    --------
    >>> import numpy as np
    >>> Softmax()(np.array([[3.0, 3.0]])).tolist()
    [[0.5, 0.5]]
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise OptionError(f"Softmax: axis must be a whole number; got {axis!r}.")
        self.axis = axis

    def call(self, x: Tensor) -> Any:
        """Apply the function."""
        return ops.softmax(x, axis=self.axis)

    @property
    def final_activation(self) -> str | None:
        """The function's name, if it works along the last axis."""
        return "softmax" if self.axis == -1 else None

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "axis": self.axis}


def _at_least_0(who: str, what: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OptionError(f"{who}: {what} must be a number; got {value!r}.")
    if not (math.isfinite(value) and value >= 0):
        raise OptionError(f"{who}: {what} must be finite and at least 0; got {value!r}.")
    return float(value)
