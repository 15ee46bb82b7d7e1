"""Numbers and axes that users hand in, given back as plain ones or refused in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from clearprop.errors import OptionError, ShapeError

__all__ = ["axes_given", "axis_of", "is_whole", "number", "size_of"]

Shape = tuple[int | None, ...]


def number(who: str, what: str, value: Any, least: float = -math.inf) -> float:
    """
    Give a finite number back, or say what is wrong with it.

    Raises
    ------
    OptionError
        If it is no such number.

    Examples
    --------
    >>> number("L2", "l2", 1)
    1.0
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise OptionError(f"{who}: {what} must be a number; got {value!r}.")
    if not (math.isfinite(value) and value >= least):
        raise OptionError(
            f"{who}: {what} must be finite"
            + (f" and at least {least:g}" if least > -math.inf else "")
            + f"; got {value!r}."
        )
    return float(value)


def is_whole(n: object) -> bool:
    """
    Tell whether something is a whole number, Python's or NumPy's.

    Examples
    --------
    >>> is_whole(3), is_whole(True), is_whole(3.0)
    (True, False, False)
    """
    return isinstance(n, int | np.integer) and not isinstance(n, bool)


def axes_given(who: str, axis: Any, *, several: bool = True, what: str = "axis") -> Any:
    """
    Give an axis back as a whole number, or several as a list of such.

    Raises
    ------
    OptionError
        If it is none.

    Examples
    --------
    >>> axes_given("Softmax", (1, 2))
    [1, 2]
    """
    listed = several and isinstance(axis, list | tuple)
    axes = list(axis) if listed else [axis]
    if not axes or not all(map(is_whole, axes)):
        raise OptionError(
            f"{who}: {what} must be a whole number{' or a list of such' * several}; got {axis!r}."
        )
    return [int(a) for a in axes] if listed else int(axis)


def axis_of(who: str, axis: int, shape: Shape) -> int:
    """
    Give an axis counted from the front.

    Raises
    ------
    ShapeError
        If the shape has no such axis.

    Examples
    --------
    >>> axis_of("BatchNormalization", -1, (None, 28, 3))
    2
    """
    rank = len(shape)
    if not -rank <= axis < rank:
        raise ShapeError(
            f"{who}: there is no axis {axis} in inputs of shape {shape}, which have axes"
            f" {-rank} to {rank - 1}."
        )
    return axis % rank


def size_of(who: str, axis: int, shape: Shape) -> int:
    """
    Give the size of an axis that must be known.

    Raises
    ------
    ShapeError
        If it is not known, or there is no such axis.
    """
    size = shape[axis_of(who, axis, shape)]
    if size is None:
        raise ShapeError(
            f"{who} needs to know the size of axis {axis}; got inputs of shape {shape}."
            + (
                " The batch axis has none: examples come in any number."
                if axis_of(who, axis, shape) == 0
                else " Say it in Input(...)."
            )
        )
    return size
