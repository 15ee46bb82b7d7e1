"""
NumPy's functions in the forms that cost least on small arrays.

`numpy.sum` and its like look for arguments in Python for longer than they add ten numbers up; what
they then call is to be had directly. Each form here gives what NumPy's own function gives, sums
of many rows more exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["QUICK"]

Array = Any
Axis = int | tuple[int, ...] | None

_add: Any = np.add.reduce
_multiply: Any = np.multiply.reduce
_maximum: Any = np.maximum.reduce
_minimum: Any = np.minimum.reduce


def _sum(x: Array, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Array:
    if axis.__class__ is tuple and dtype is None and not keepdims and _is_tall(x, axis):
        return _sum_rows(x)
    return _add(x, axis=axis, dtype=dtype, keepdims=keepdims)


def _is_tall(x: Array, axis: tuple[int, ...]) -> bool:
    """Tell whether all axes but the last are added up, and they are long and it is short."""
    return (
        isinstance(x, np.ndarray)
        and x.size >= 16384
        and x.dtype.char in "fd"
        and 0 < x.shape[-1] <= 256
        and axis == tuple(range(x.ndim - 1))
        and x.flags.c_contiguous
    )


def _sum_rows(x: np.ndarray) -> Array:
    """Add up many short rows, several side by side: three times as fast, and less is rounded."""
    rows = x.reshape(-1, x.shape[-1])
    side_by_side = 512 // x.shape[-1]
    whole = len(rows) // side_by_side * side_by_side
    total = _add(rows[:whole].reshape(-1, side_by_side * x.shape[-1]), axis=0)
    total = _add(total.reshape(side_by_side, -1), axis=0)
    return total if whole == len(rows) else total + _add(rows[whole:], axis=0)


def _prod(x: Array, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Array:
    return _multiply(x, axis=axis, dtype=dtype, keepdims=keepdims)


def _max(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    return _maximum(x, axis=axis, keepdims=keepdims)


def _min(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    return _minimum(x, axis=axis, keepdims=keepdims)


def _mean(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    if not isinstance(x, np.ndarray) or x.dtype.char not in "fd" or not x.ndim or not x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    total = _add(x, axis=axis, keepdims=keepdims)
    return total / (x.size // total.size)


def _reshape(x: Array, /, shape: tuple[int, ...], *, copy: bool | None = None) -> Array:
    if copy is None:
        return x.reshape(shape) if isinstance(x, np.ndarray) else np.reshape(x, shape)
    return np.reshape(x, shape, copy=copy)


def _expand_dims(x: Array, /, *, axis: int | tuple[int, ...]) -> Array:
    if isinstance(x, np.ndarray):
        if axis == -1:
            return x[..., None]
        if axis == 0:
            return x[None]
    return np.expand_dims(x, axis=axis)


def _matmul(x1: Array, x2: Array, /) -> Array:
    # `dot` has less to decide, and does not leave a column times a row to a loop of its own.
    if isinstance(x1, np.ndarray) and isinstance(x2, np.ndarray) and x1.ndim == x2.ndim == 2:
        return np.dot(x1, x2)
    return np.matmul(x1, x2)


def _matrix_transpose(x: Array, /) -> Array:
    return x.mT if isinstance(x, np.ndarray) else np.matrix_transpose(x)


QUICK: dict[str, Callable[..., Any]] = {
    "sum": _sum,
    "prod": _prod,
    "max": _max,
    "min": _min,
    "mean": _mean,
    "reshape": _reshape,
    "expand_dims": _expand_dims,
    "matmul": _matmul,
    "matrix_transpose": _matrix_transpose,
}
