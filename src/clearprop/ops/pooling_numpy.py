"""Pooling on NumPy: one pass over the images for each element of the window, block by block."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from clearprop.core.op import Shape
from clearprop.ops.windows import Padding, Sizes, Windows, pool_windows

Array = Any

BLOCK = 1024 * 1024  # bytes of the images of a block: what stays in the processor's cache


def _framed(x: np.ndarray, grid: Windows, value: float) -> np.ndarray:
    if not grid.is_padded:
        return x
    out = np.full((len(x), *grid.padded, x.shape[-1]), value, x.dtype)
    out[grid.inside] = x
    return out


def _blocks(N: int, bytes_each: int) -> Iterator[slice]:
    images = max(1, BLOCK // max(1, bytes_each))
    return (slice(n, n + images) for n in range(0, N, images))


def _apart(grid: Windows) -> bool:
    """Tell whether the window never sees an element from two places."""
    return all(s >= k for s, k in zip(grid.strides, grid.window, strict=True))


def _combine(ufunc: np.ufunc, x: np.ndarray, grid: Windows) -> np.ndarray:
    first, *others = (grid.under(offset) for offset in grid.offsets())
    y = np.empty((len(x), *grid.out, x.shape[-1]), x.dtype)
    for block in _blocks(len(x), x.nbytes // max(1, len(x))):
        seen, out = x[block], y[block]
        out[...] = seen[first]
        for other in others:
            ufunc(out, seen[other], out=out)
    return y


def sum_pool(
    xp: Any, x: Array, *, window: Sizes, strides: Sizes | None = None, padding: Padding = "valid"
) -> Array:
    """Add up; see `clearprop.ops.pooling.sum_pool`."""
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    return _combine(np.add, _framed(x, grid, 0), grid)


def max_pool(
    xp: Any, x: Array, *, window: Sizes, strides: Sizes | None = None, padding: Padding = "valid"
) -> Array:
    """Find the largest; see `clearprop.ops.pooling.max_pool`."""
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    return _combine(np.maximum, _framed(x, grid, -math.inf), grid)


def sum_unpool(
    xp: Any, x: Array, *, size: Shape, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Array:  # fmt: skip
    """Spread sums; see `clearprop.ops.pooling.sum_unpool`."""
    grid = pool_windows(size, window, strides, padding)
    total = np.zeros((len(x), *grid.padded, x.shape[-1]), x.dtype)
    for block in _blocks(len(x), total.nbytes // max(1, len(x))):
        part, out = x[block], total[block]
        for offset in grid.offsets():
            if _apart(grid):
                out[grid.under(offset)] = part
            else:
                out[grid.under(offset)] += part
    return total[grid.inside]


def _wins(x: np.ndarray, y: np.ndarray, grid: Windows) -> Iterator[tuple[Any, np.ndarray]]:
    """Tell, for each element of the window in order, where it is the largest (in one buffer)."""
    free = np.ones(y.shape, bool)
    won = np.empty(y.shape, bool)
    for offset in grid.offsets():
        under = grid.under(offset)
        np.equal(x[under], y, out=won)
        won &= free
        free ^= won
        yield under, won


def max_unpool(
    xp: Any, values: Array, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Array:  # fmt: skip
    """Hand values to the largest; see `clearprop.ops.pooling.max_unpool`."""
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    x = _framed(x, grid, -math.inf)
    total = np.zeros(x.shape, values.dtype)
    finite = bool(np.isfinite(values).all())  # else 0 times infinity would be NaN
    for block in _blocks(len(x), x.nbytes // max(1, len(x))):
        seen, out, part = x[block], total[block], values[block]
        for under, won in _wins(seen, _combine(np.maximum, seen, grid), grid):
            if not finite:
                out[under] += xp.keep(part, won)
            elif _apart(grid):
                np.multiply(part, won, out=out[under])
            else:
                out[under] += part * won
    return total[grid.inside]


def max_pool_at(
    xp: Any, values: Array, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Array:  # fmt: skip
    """Look up beside the largest; see `clearprop.ops.pooling.max_pool_at`."""
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    x, values = _framed(x, grid, -math.inf), _framed(values, grid, 0)
    y = np.zeros((len(x), *grid.out, x.shape[-1]), values.dtype)
    for under, won in _wins(x, _combine(np.maximum, x, grid), grid):
        y += xp.keep(values[under], won)
    return y
