"""Sums, means and extremes along axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from clearprop.core.cases import apart, case, real
from clearprop.core.op import Shape, op
from clearprop.core.reading import Elements, Index, Pick, Total
from clearprop.core.shapes import reduced
from clearprop.errors import ShapeError
from clearprop.ops.common import floating, totalled

__all__ = ["logsumexp", "max", "mean", "min", "sum"]

Array = Any
Axis = int | tuple[int, ...] | None


def axes_gone(rank: int, axis: Axis) -> list[int]:
    """List the axes that a reduction along `axis` takes away, counted from the front, in order."""
    axes = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    return sorted(a % rank for a in axes)


def count_along(shape: Shape, axis: Axis) -> int:
    """Count the elements that a reduction along `axis` makes one of."""
    if axis is None:
        return math.prod(shape)
    return math.prod(shape[a] for a in axes_gone(len(shape), axis))


def spread(xp: Any, g: Array, x: Array, axis: Axis, keepdims: bool) -> Array:
    """Repeat what belongs to a reduction's output over the elements it was reduced from."""
    if not keepdims and axis is not None:
        gone = axes_gone(len(x.shape), axis)
        g = xp.reshape(g, tuple(1 if a in gone else n for a, n in enumerate(x.shape)))
    if math.prod(x.shape) == 1:  # the loss of one sample: nothing to repeat
        return xp.reshape(g, x.shape)
    return xp.broadcast_to(g, x.shape)


def elements_along(index: Index, shape: Shape, axis: Axis, keepdims: bool) -> tuple[Any, ...]:
    """Index the elements that a reduction along `axis` takes into its element at `index`."""
    gone = axes_gone(len(shape), axis)
    if not gone:
        return index
    grid = np.indices([shape[a] for a in gone]).reshape(len(gone), -1)
    kept = iter(i for a, i in enumerate(index) if a not in gone) if keepdims else iter(index)
    return tuple(grid[gone.index(a)] if a in gone else next(kept) for a in range(len(shape)))


@op(
    "sum({x})",
    r"\sum {x}",
    shape=reduced,
    dtype=totalled,
    cases=[real(3, 4), case(real(3, 4), axis=0), case(real(2, 3, 4), axis=(0, -1), keepdims=True)],
)
def sum(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Sum along `axis`."""
    return xp.sum(x, axis=axis, keepdims=keepdims)


sum.vjp(x=lambda xp, g, y, x, axis=None, keepdims=False: spread(xp, g, x, axis, keepdims))


@sum.read
def _all_terms(index: Index, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Total:
    return Total((Elements(0, elements_along(index, x.shape, axis, keepdims)),))


@op(
    "mean({x})",
    r"\operatorname{mean}({x})",
    shape=reduced,
    dtype=floating,
    cases=[real(3, 4), case(real(3, 4), axis=-1), case(real(2, 3, 4), axis=(2, 0), keepdims=True)],
)
def mean(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Sum along `axis`, divided by how many were added."""
    return xp.mean(x, axis=axis, keepdims=keepdims)


mean.vjp(
    x=lambda xp, g, y, x, axis=None, keepdims=False: spread(
        xp, g / count_along(x.shape, axis), x, axis, keepdims
    )
)


@mean.read
def _equal_parts(index: Index, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Total:
    terms = Elements(0, elements_along(index, x.shape, axis, keepdims))
    return Total((terms,), over=count_along(x.shape, axis))


def _reduced_some(x: Shape, *, axis: Axis = None, keepdims: bool = False) -> Shape:
    out = reduced(x, axis=axis, keepdims=keepdims)
    if count_along(x, axis) == 0:
        raise ShapeError(f"among no elements none is the largest or smallest; got shape {x}.")
    return out


_EXTREME_CASES = [
    case(apart(3, 4)),
    case(apart(3, 4), axis=0),
    case(apart(2, 3, 4), axis=(0, -1), keepdims=True),
]


@op("max({x})", r"\max({x})", shape=_reduced_some, cases=_EXTREME_CASES)
def max(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Largest element along `axis`; several of them share the gradient equally."""
    return xp.max(x, axis=axis, keepdims=keepdims)


@op("min({x})", r"\min({x})", shape=_reduced_some, cases=_EXTREME_CASES)
def min(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Smallest element along `axis`; several of them share the gradient equally."""
    return xp.min(x, axis=axis, keepdims=keepdims)


def _shared(
    xp: Any, g: Array, y: Array, x: Array, *, axis: Axis = None, keepdims: bool = False
) -> Array:
    found = x == spread(xp, y, x, axis, keepdims)
    count = xp.sum(xp.astype(found, dtype=g.dtype), axis=axis, keepdims=keepdims)
    return xp.keep(spread(xp, g / count, x, axis, keepdims), found)


max.vjp(x=_shared)
min.vjp(x=_shared)


@max.read
def _largest(index: Index, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Pick:
    return _pick(np.argmax, elements_along(index, x.shape, axis, keepdims), x)


@min.read
def _smallest(index: Index, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Pick:
    return _pick(np.argmin, elements_along(index, x.shape, axis, keepdims), x)


def _pick(search: Any, where: tuple[Any, ...], x: Array) -> Pick:
    """Read an extreme as the first of the elements that are it."""
    elements = Elements(0, where)
    values = np.atleast_1d(elements.of([x]))
    return Pick(0, elements.at(int(search(values)), values.size))


@op(
    "log(sum(exp({x})))",
    r"\log \sum \exp({x})",
    shape=_reduced_some,
    dtype=floating,
    cases=[real(3, 4), case(real(3, 4), axis=0), case(real(2, 3, 4), axis=(0, -1), keepdims=True)],
)
def logsumexp(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Logarithm of a sum of numbers given as logarithms, safe however large; of zeros, -inf."""
    largest = xp.max(x, axis=axis, keepdims=True)
    # Shifted by the largest nothing overflows; infinities are kept out, and put back at the end.
    shift = xp.where(xp.isfinite(largest), largest, 0.0)
    total = xp.sum(xp.exp(xp.minimum(x - shift, 0.0)), axis=axis, keepdims=True)
    y = largest + xp.log(xp.maximum(total, 1.0))  # below 1 only where it is all zeros
    return xp.reshape(y, reduced(x.shape, axis=axis, keepdims=keepdims))


def _softmax_rule(
    xp: Any, g: Array, y: Array, x: Array, *, axis: Axis = None, keepdims: bool = False
) -> Array:
    finite = xp.where(y == -xp.inf, 0.0, y)  # the logarithm of zeros shares nothing out
    share = xp.exp(x - spread(xp, finite, x, axis, keepdims))
    return spread(xp, g, x, axis, keepdims) * share


logsumexp.vjp(x=_softmax_rule)


@logsumexp.compose
def _shifted(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    largest = xp.max(x, axis=axis, keepdims=keepdims)
    away = x - spread(xp, largest, x, axis, keepdims)
    return largest + xp.log(xp.sum(xp.exp(away), axis=axis, keepdims=keepdims))
