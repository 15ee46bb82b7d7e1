"""Initializers that draw nothing: the same values every time."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop.errors import OptionError, ShapeError
from clearprop.nn.initializers.base import Draw, Initializer, Shape
from clearprop.nn.settings import number

__all__ = ["Constant", "Identity", "Ones", "Zeros"]


@final
class Zeros(Initializer):
    """
    Nothing but 0.

    Examples
    --------
    >>> Zeros()((2,)).tolist()
    [0.0, 0.0]
    """

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        return np.zeros(shape)


@final
class Ones(Initializer):
    """
    Nothing but 1.

    Examples
    --------
    >>> Ones()((2,)).tolist()
    [1.0, 1.0]
    """

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        return np.ones(shape)


@final
class Constant(Initializer):
    """
    One number everywhere; or the numbers of an array, such as vectors of words learnt elsewhere.

    Parameters
    ----------
    value : float or array
        The number; or an array of the weight's shape, or of one that broadcasts to it.

    Raises
    ------
    OptionError
        If `value` holds anything but finite numbers.
    ShapeError
        When called for a shape that it does not fit.

    Examples
    --------
    >>> Constant(0.5)((2,)).tolist()
    [0.5, 0.5]
    >>> Constant([[1, 2], [3, 4]])((2, 2)).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """

    value: float | list[Any]

    def __init__(self, value: Any = 0.0) -> None:
        if np.ndim(value) == 0:
            self.value = number("Constant", "value", value)
            return
        array = np.asarray(value)
        if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
            raise OptionError(f"Constant: value must hold finite numbers; got {str(value)[:80]}.")
        self.value = array.tolist()

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        given = np.asarray(self.value, np.float64)
        try:
            return np.array(np.broadcast_to(given, shape))
        except ValueError:
            raise ShapeError(
                f"Constant: an array of shape {given.shape} does not fit a weight of shape {shape}."
            ) from None


@final
class Identity(Initializer):
    """
    A matrix that changes nothing: 1 on the diagonal, 0 elsewhere.

    Parameters
    ----------
    gain : float
        What stands on the diagonal instead of 1.

    Raises
    ------
    ShapeError
        When called for a shape of other than two axes.

    Examples
    --------
    >>> Identity()((2, 2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = number("Identity", "gain", gain)

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        if len(shape) != 2:
            raise ShapeError(
                f"Identity makes matrices; got shape {shape}. Use another initializer."
            )
        return self.gain * np.eye(*shape)
