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

MANY = 2048  # numbers, from which on a sum is made as a product
TALL = 1024  # rows

_add: Any = np.add.reduce
_multiply: Any = np.multiply.reduce
_maximum: Any = np.maximum.reduce
_minimum: Any = np.minimum.reduce


def _sum(x: Array, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Array:
    if axis is not None and dtype is None and isinstance(x, np.ndarray) and x.size >= MANY:
        found = _by_product(x, axis, keepdims)
        if found is not None:
            return found
    return _add(x, axis=axis, dtype=dtype, keepdims=keepdims)


def _by_product(x: np.ndarray, axis: int | tuple[int, ...], keepdims: bool) -> Array | None:
    """Add up all rows, or each row, as a product with ones: 3 to 10 times as fast."""
    rank, axes = x.ndim, axis if isinstance(axis, tuple) else (axis,)
    if rank < 2 or x.dtype.char not in "fd" or not x.flags.c_contiguous:
        return None
    columns = x.shape[-1]
    if axes in ((rank - 1,), (-1,)) and columns < x.size:
        shape = (*x.shape[:-1], 1) if keepdims else x.shape[:-1]
        return np.dot(x.reshape(-1, columns), np.ones(columns, x.dtype)).reshape(shape)
    if axes == tuple(range(rank - 1)) and columns > 1:
        total = _sum_rows(x.reshape(-1, columns))
        return total.reshape((1,) * (rank - 1) + (columns,)) if keepdims else total
    return None


def _sum_rows(x: np.ndarray) -> Array:
    """Add up rows; short ones several side by side, by which less is rounded."""
    side_by_side = 512 // x.shape[1]
    if side_by_side < 2 or len(x) < TALL:
        return _total(x)
    whole = len(x) // side_by_side * side_by_side
    total = _total(x[:whole].reshape(-1, side_by_side * x.shape[1]))
    total = _total(total.reshape(side_by_side, -1))
    return total if whole == len(x) else total + _total(x[whole:])


def _total(rows: np.ndarray) -> Array:
    return np.dot(np.ones(len(rows), rows.dtype), rows)


def _prod(x: Array, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Array:
    return _multiply(x, axis=axis, dtype=dtype, keepdims=keepdims)


def _max(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    return _maximum(x, axis=axis, keepdims=keepdims)


def _min(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    return _minimum(x, axis=axis, keepdims=keepdims)


def _mean(x: Array, /, *, axis: Axis = None, keepdims: bool = False) -> Array:
    if not isinstance(x, np.ndarray) or x.dtype.char not in "fd" or not x.ndim or not x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    total = _sum(x, axis=axis, keepdims=keepdims)
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
    if isinstance(x1, np.ndarray) and isinstance(x2, np.ndarray) and x2.ndim == 2:
        if x1.ndim == 2:
            return np.dot(x1, x2)
        if x1.ndim > 2 and x1.size and x1.flags.c_contiguous and x1.shape[-1] == len(x2):
            rows = x1.reshape(-1, len(x2))  # of the whole stack: one product
            return np.dot(rows, x2).reshape(*x1.shape[:-1], x2.shape[1])
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
