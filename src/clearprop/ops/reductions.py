"""Sums, means and extremes along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, real
from clearprop.core.op import Shape, op
from clearprop.core.reading import Elements, Index, Total
from clearprop.core.shapes import reduced

__all__ = ["sum"]

Array = Any
Axis = int | tuple[int, ...] | None


def spread(xp: Any, g: Array, x: Array, axis: Axis, keepdims: bool) -> Array:
    """Repeat what belongs to a reduction's output over the elements it was reduced from."""
    if not keepdims and axis is not None:
        axes = (axis,) if isinstance(axis, int) else axis
        gone = {a % len(x.shape) for a in axes}
        g = xp.reshape(g, tuple(1 if a in gone else n for a, n in enumerate(x.shape)))
    return xp.broadcast_to(g, x.shape)


def elements_along(index: Index, shape: Shape, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """Index the elements that a reduction along `axis` takes into its element at `index`."""
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    gone = sorted(a % len(shape) for a in axes)
    grid = np.indices([shape[a] for a in gone]).reshape(len(gone), -1)
    kept = iter(i for a, i in enumerate(index) if a not in gone) if keepdims else iter(index)
    return tuple(grid[gone.index(a)] if a in gone else next(kept) for a in range(len(shape)))


@op(
    "sum({x})",
    r"\sum {x}",
    shape=reduced,
    cases=[real(3, 4), case(real(3, 4), axis=0), case(real(2, 3, 4), axis=(0, -1), keepdims=True)],
)
def sum(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Sum along `axis`."""
    return xp.sum(x, axis=axis, keepdims=keepdims)


@sum.read
def _all_terms(index: Index, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Total:
    return Total((Elements(0, elements_along(index, x.shape, axis, keepdims)),))


sum.vjp(x=lambda xp, g, y, x, axis=None, keepdims=False: spread(xp, g, x, axis, keepdims))
