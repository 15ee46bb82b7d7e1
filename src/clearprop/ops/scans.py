"""Running sums and products along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, nonzero, real
from clearprop.core.op import Shape, op
from clearprop.core.reading import Elements, Index, Product, Total
from clearprop.core.shapes import axis_in
from clearprop.errors import ShapeError
from clearprop.ops.common import totalled

__all__ = ["cumulative_prod", "cumulative_sum"]

Array = Any


def _running(x: Shape, *, axis: int | None = None) -> Shape:
    if axis is None and len(x) != 1:
        raise ShapeError(
            f"a running total of shape {x} needs an axis to run along: axis=0, or another."
        )
    axis_in(axis or 0, len(x), "running total")
    return x


def _until(index: Index, axis: int | None, rank: int) -> tuple[Any, ...]:
    """Index the elements along `axis` up to the one at `index`."""
    along = (axis or 0) % rank
    return tuple(np.arange(i + 1) if a == along else i for a, i in enumerate(index))


@op(
    "cumulative_sum({x})",
    r"\operatorname{cumsum}({x})",
    shape=_running,
    dtype=totalled,
    strict=True,
    cases=[real(5), case(real(3, 4), axis=0), case(real(2, 3, 4), axis=-1)],
    # NumPy has the standard's name from 2.1 on
    impl={"numpy": lambda xp, x, *, axis=None: np.cumsum(x, axis=axis)},
)
def cumulative_sum(xp: Any, x: Array, *, axis: int | None = None) -> Array:
    """Sum of each element and all before it along `axis`."""
    return xp.cumulative_sum(x, axis=axis)


def _from_here_on(xp: Any, g: Array, y: Array, x: Array, *, axis: int | None = None) -> Array:
    along = axis or 0
    return xp.flip(xp.cumulative_sum(xp.flip(g, axis=along), axis=along), axis=along)


cumulative_sum.vjp(x=_from_here_on)


@cumulative_sum.read
def _terms_until(index: Index, x: Array, *, axis: int | None = None) -> Total:
    return Total((Elements(0, _until(index, axis, x.ndim)),))


@op(
    "cumulative_prod({x})",
    r"\operatorname{cumprod}({x})",
    shape=_running,
    dtype=totalled,
    strict=True,
    cases=[nonzero(5), case(nonzero(3, 4), axis=0), case(nonzero(2, 3, 4), axis=-1)],
    impl={"numpy": lambda xp, x, *, axis=None: np.cumprod(x, axis=axis)},
)
def cumulative_prod(xp: Any, x: Array, *, axis: int | None = None) -> Array:
    """Product of each element and all before it; its gradient is right at zeros too."""
    return xp.cumulative_prod(x, axis=axis)


def _shifted(xp: Any, x: Array, by: int, axis: int, filler: Array) -> Array:
    """Move elements along `axis` towards the end (to the front if negative), filling up."""
    n = x.shape[axis]
    keep = slice(0, n - by) if by > 0 else slice(-by, n)
    gap = slice(0, by) if by > 0 else slice(0, -by)
    before = (slice(None),) * (axis % len(x.shape))
    parts = [filler[(*before, gap, ...)], x[(*before, keep, ...)]]
    return xp.concat(parts if by > 0 else parts[::-1], axis=axis)


def _all_later(xp: Any, g: Array, y: Array, x: Array, *, axis: int | None = None) -> Array:
    # With T[k] = g[k] + x[k+1] T[k+1], the gradient is T[k] times the product before k. Such a
    # recurrence is a chain of maps a·T + b; joining each with the one 1, 2, 4, ... further on
    # solves it in log n steps, and nothing is divided.
    along = axis or 0
    ones, zeros = xp.ones_like(x), xp.zeros_like(x)
    a, b, step = _shifted(xp, x, -1, along, ones), g, 1
    while step < x.shape[along]:
        b = b + a * _shifted(xp, b, -step, along, zeros)
        a = a * _shifted(xp, a, -step, along, ones)
        step *= 2
    return b * _shifted(xp, y, 1, along, ones)


cumulative_prod.vjp(x=_all_later)


@cumulative_prod.read
def _factors_until(index: Index, x: Array, *, axis: int | None = None) -> Product:
    return Product(Elements(0, _until(index, axis, x.ndim)))
