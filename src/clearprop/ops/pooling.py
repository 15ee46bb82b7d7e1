"""
Pooling: the sum, the mean or the largest of what a window sees, at each of its places.

Layout: channels last, (N, *space, C), as for convolution. What lies in the padding is never the
largest and is not counted in a mean. Where several elements tie for the largest, the first of
the window, in row-major order, is it: the whole gradient goes there.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np

from clearprop.core.cases import apart, case, real
from clearprop.core.op import Shape, op
from clearprop.core.reading import Elements, Fixed, Index, Pick, Reading, Total
from clearprop.errors import ShapeError
from clearprop.ops import pooling_numpy
from clearprop.ops.common import floating
from clearprop.ops.windows import Padding, Sizes, Windows, pool_windows

__all__ = ["average_pool", "max_pool", "max_pool_at", "max_unpool", "sum_pool", "sum_unpool"]

Array = Any


def _pooled(
    x: Shape, *, window: Sizes, strides: Sizes | None = None, padding: Padding = "valid"
) -> Shape:
    if len(x) < 3:
        raise ShapeError(f"pooling: x is {x}; it must be (N, *space, C), with an axis of space.")
    return (x[0], *pool_windows(x[1:-1], window, strides, padding).out, x[-1])


def _unpooled(
    x: Shape, *, size: Shape, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Shape:  # fmt: skip
    grid = pool_windows(size, window, strides, padding)
    if len(x) < 3 or x[1:-1] != grid.out:
        raise ShapeError(
            f"pooling backwards: x is {x}; a window makes {grid.out} places of {tuple(size)}, so x"
            f" must be (N, {', '.join(map(str, grid.out))}, C)."
        )
    return (x[0], *size, x[-1])


_HOW: list[dict[str, Any]] = [
    {"window": 2},
    {"window": 3, "strides": 2, "padding": "same"},
    {"window": (2, 3), "strides": (1, 2), "padding": ((1, 0), (2, 1))},
]


@op(
    "sum_pool({x}, {window})",
    r"\mathrm{sum\_pool}_{window}({x})",
    shape=_pooled,
    cases=[case(real(2, 5, 2), **_HOW[0]), *(case(real(1, 4, 5, 2), **how) for how in _HOW)],
    impl={"numpy": pooling_numpy.sum_pool},
)
def sum_pool(
    xp: Any, x: Array, *, window: Sizes, strides: Sizes | None = None, padding: Padding = "valid"
) -> Array:
    """Sum of what the window sees, channel by channel."""
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    x = xp.pad(x, widths=grid.widths)
    return reduce(xp.add, (x[grid.under(offset)] for offset in grid.offsets()))


@sum_pool.read
def _all_seen(
    index: Index, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Total:  # fmt: skip
    seen = pool_windows(x.shape[1:-1], window, strides, padding).seen_from(index[1:-1])[1]
    return Total((Elements(0, (index[0], *seen, index[-1])),))


@op(
    "sum_unpool({x}, {window})",
    r"\mathrm{sum\_unpool}_{window}({x})",
    shape=_unpooled,
    cases=[
        case(real(2, 2, 2), size=(5,), **_HOW[0]),
        case(real(1, 2, 3, 2), size=(4, 5), **_HOW[1]),
        case(real(1, 4, 3, 1), size=(4, 5), **_HOW[2]),
    ],
    strict=True,
    impl={"numpy": pooling_numpy.sum_unpool},
)
def sum_unpool(
    xp: Any, x: Array, *, size: Shape, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Array:  # fmt: skip
    """Each element added to all that the window saw there: the way back of `sum_pool`."""
    grid = pool_windows(size, window, strides, padding)
    shape = (x.shape[0], *grid.padded, x.shape[-1])
    parts = (xp.scatter(x, key=grid.under(offset), shape=shape) for offset in grid.offsets())
    return reduce(xp.add, parts)[grid.inside]


@sum_unpool.read
def _all_that_saw(
    index: Index, x: Array, *, size: Shape, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Total:  # fmt: skip
    places = pool_windows(size, window, strides, padding).that_see(index[1:-1])[1]
    return Total((Elements(0, (index[0], *places, index[-1])),))


sum_pool.vjp(
    x=lambda xp, g, y, x, **how: xp.sum_unpool(g, size=tuple(x.shape[1:-1]), **how),
)
sum_unpool.vjp(x=lambda xp, g, y, x, size, **how: xp.sum_pool(g, **how))


def _counted(xp: Any, grid: Windows, dtype: Any) -> Any:
    """Count what the window sees at each place: a number, or an array (*places, 1)."""
    if not grid.is_padded:
        return math.prod(grid.window)
    counts: np.ndarray = np.ones(())
    for a, n in enumerate(grid.size):
        at = np.arange(grid.out[a])[:, None] * grid.strides[a] - grid.margins[a][0]
        at = at + np.arange(grid.window[a])
        counts = counts[..., None] * ((at >= 0) & (at < n)).sum(axis=1)
    return xp.asarray(counts[..., None], dtype=dtype)


@op(
    "average_pool({x}, {window})",
    r"\mathrm{average\_pool}_{window}({x})",
    shape=_pooled,
    dtype=floating,
    cases=[case(real(2, 5, 2), **_HOW[0]), *(case(real(1, 4, 5, 2), **how) for how in _HOW)],
)
def average_pool(
    xp: Any, x: Array, *, window: Sizes, strides: Sizes | None = None, padding: Padding = "valid"
) -> Array:
    """Mean of what the window sees, channel by channel; padding is not counted."""
    total = xp.sum_pool(x, window=window, strides=strides, padding=padding)
    return total / _counted(xp, pool_windows(x.shape[1:-1], window, strides, padding), total.dtype)


def _share_each(
    xp: Any, g: Array, y: Array, x: Array, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Array:  # fmt: skip
    size = tuple(x.shape[1:-1])
    each = g / _counted(xp, pool_windows(size, window, strides, padding), g.dtype)
    return xp.sum_unpool(each, size=size, window=window, strides=strides, padding=padding)


average_pool.vjp(x=_share_each)


@average_pool.read
def _mean_seen(
    index: Index, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Total:  # fmt: skip
    seen = pool_windows(x.shape[1:-1], window, strides, padding).seen_from(index[1:-1])[1]
    return Total((Elements(0, (index[0], *seen, index[-1])),), over=len(seen[0]))


_APART = [case(apart(2, 5, 2), **_HOW[0]), *(case(apart(1, 4, 5, 2), **how) for how in _HOW)]


@op(
    "max_pool({x}, {window})",
    r"\mathrm{max\_pool}_{window}({x})",
    shape=_pooled,
    cases=_APART,
    impl={"numpy": pooling_numpy.max_pool},
)
def max_pool(
    xp: Any, x: Array, *, window: Sizes, strides: Sizes | None = None, padding: Padding = "valid"
) -> Array:
    """Largest of what the window sees, channel by channel; of equals, the first."""
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    x = xp.pad(x, widths=grid.widths, value=-math.inf)
    return reduce(xp.maximum, (x[grid.under(offset)] for offset in grid.offsets()))


def _winner(index: Index, x: Array, grid: Windows) -> Index:
    """Find the largest of what the window sees; of equals, the first."""
    seen = grid.seen_from(index[1:-1])[1]
    best = int(np.argmax(x[(index[0], *seen, index[-1])]))
    return (index[0], *(int(axis[best]) for axis in seen), index[-1])


@max_pool.read
def _largest_seen(
    index: Index, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Pick:  # fmt: skip
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    return Pick(0, _winner(index, x, grid), why="largest")


def _beside(values: Shape, x: Shape, **how: Any) -> Shape:
    if values != x:
        raise ShapeError(f"max_pool_at: values are {values}, x is {x}; they must be the same.")
    return _pooled(x, **how)


_BESIDE = [
    case(real(2, 5, 2), apart(2, 5, 2), **_HOW[0]),
    *(case(real(1, 4, 5, 2), apart(1, 4, 5, 2), **how) for how in _HOW),
]


@op(
    "max_pool_at({values}, {x}, {window})",
    r"\mathrm{max\_pool}_{window}({values} \mid {x})",
    shape=_beside,
    dtype=lambda values, x, **_: values,
    cases=_BESIDE,
    strict=True,
    impl={"numpy": pooling_numpy.max_pool_at},
)
def max_pool_at(
    xp: Any, values: Array, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Array:  # fmt: skip
    """The elements of `values` at the places where `x` has the largest that the window sees."""
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    values = xp.pad(values, widths=grid.widths)
    parts = (xp.keep(values[grid.under(offset)], won) for offset, won in _wins(xp, x, grid))
    return reduce(xp.add, parts)


def _wins(xp: Any, x: Array, grid: Windows) -> Any:
    """Tell, for each element of the window in order, at which places it is the largest."""
    x = xp.pad(x, widths=grid.widths, value=-math.inf)
    seen = [(offset, x[grid.under(offset)]) for offset in grid.offsets()]
    largest = reduce(xp.maximum, (z for _, z in seen))
    free = largest == largest
    for offset, z in seen:
        won = xp.logical_and(z == largest, free)
        free = xp.logical_and(free, xp.logical_not(won))
        yield offset, won


@max_pool_at.read
def _beside_largest(
    index: Index, values: Array, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Pick:  # fmt: skip
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    return Pick(0, _winner(index, x, grid), why="largest")


def _to_winners(values: Shape, x: Shape, **how: Any) -> Shape:
    expected = _pooled(x, **how)
    if values != expected:
        raise ShapeError(
            f"max_unpool: values are {values}; what a window makes of x {x} is {expected}."
        )
    return x


@op(
    "max_unpool({values}, {x}, {window})",
    r"\mathrm{max\_unpool}_{window}({values} \mid {x})",
    shape=_to_winners,
    dtype=lambda values, x, **_: values,
    cases=[
        case(real(2, 2, 2), apart(2, 5, 2), **_HOW[0]),
        case(real(1, 2, 3, 2), apart(1, 4, 5, 2), **_HOW[1]),
        case(real(1, 4, 3, 1), apart(1, 4, 5, 1), **_HOW[2]),
    ],
    strict=True,
    impl={"numpy": pooling_numpy.max_unpool},
)
def max_unpool(
    xp: Any, values: Array, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Array:  # fmt: skip
    """Each value added where `x` has the largest that the window saw there, zeros elsewhere."""
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    shape = (x.shape[0], *grid.padded, x.shape[-1])
    parts = (
        xp.scatter(xp.keep(values, won), key=grid.under(offset), shape=shape)
        for offset, won in _wins(xp, x, grid)
    )
    return reduce(xp.add, parts)[grid.inside]


@max_unpool.read
def _whoever_won_here(
    index: Index, values: Array, x: Array, *, window: Sizes, strides: Sizes | None = None,
    padding: Padding = "valid",
) -> Reading:  # fmt: skip
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    n, *point, c = index
    places = zip(*grid.that_see(tuple(point))[1], strict=True)
    won = [p for p in (tuple(map(int, p)) for p in places) if _winner((n, *p, c), x, grid) == index]
    if not won:
        return Fixed(0.0, why="not_largest")
    return Total((Elements(0, (n, *map(np.array, zip(*won, strict=True)), c)),))


max_pool.vjp(x=lambda xp, g, y, x, **how: xp.max_unpool(g, x, **how))
# Between ties, who is the largest does not change with x: a derivative of zero.
max_pool_at.vjp(
    values=lambda xp, g, y, values, x, **how: xp.max_unpool(g, x, **how),
    x=lambda xp, g, y, values, x, **how: xp.zeros_like(x),
)
max_unpool.vjp(
    values=lambda xp, g, y, values, x, **how: xp.max_pool_at(g, x, **how),
    x=lambda xp, g, y, values, x, **how: xp.zeros_like(x),
)
