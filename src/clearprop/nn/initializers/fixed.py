"""Initializers that draw nothing: the same values every time."""

from __future__ import annotations

from typing import final

import numpy as np

from clearprop.errors import ShapeError
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
    One number everywhere.

    Parameters
    ----------
    value : float
        The number.

    Examples
    --------
    >>> Constant(0.5)((2,)).tolist()
    [0.5, 0.5]
    """

    def __init__(self, value: float = 0.0) -> None:
        self.value = number("Constant", "value", value)

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        return np.full(shape, self.value, dtype=np.float64)


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
