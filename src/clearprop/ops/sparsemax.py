"""Sparsemax: shares that add up to 1, most of them exactly 0."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import Case, Sample, case, real
from clearprop.core.op import Shape, op
from clearprop.core.shapes import axis_in
from clearprop.errors import ShapeError
from clearprop.ops.common import floating

__all__ = ["sparsemax"]

Array = Any


def _shared(x: Shape, *, axis: int = -1) -> Shape:
    if x[axis_in(axis, len(x), "sparsemax")] == 0:
        raise ShapeError(
            f"sparsemax: axis {axis} of shape {x} is empty; there is nothing to share."
        )
    return x


_CASES: list[Case | Sample] = [real(3, 4), case(real(2, 5, 3), axis=1), case(real(4), axis=0)]


@op(
    "sparsemax({x})",
    r"\operatorname{sparsemax}({x})",
    shape=_shared,
    dtype=floating,
    strict=True,
    cases=_CASES,
)
def sparsemax(xp: Any, x: Array, *, axis: int = -1) -> Array:
    """The nearest point whose elements along `axis` are shares: not below 0, of sum 1."""
    # Martins and Astudillo, From Softmax to Sparsemax (2016), algorithm 1. The scores are lowered
    # first, which changes no share and keeps digits in the sums.
    low = x - xp.max(x, axis=axis, keepdims=True)
    sizes = [1] * low.ndim
    sizes[axis] = low.shape[axis]
    falling = xp.flip(xp.sort(low, axis=axis), axis=axis)
    count = xp.reshape(xp.arange(1, sizes[axis] + 1, dtype=low.dtype), tuple(sizes))
    total = xp.cumulative_sum(falling, axis=axis)
    chosen = 1 + count * falling > total
    return _above(xp, low, xp.where(chosen, falling, 0), chosen, axis)


def _above(xp: Any, x: Array, summands: Array, chosen: Array, axis: int) -> Array:
    """Give what is above the threshold at which the chosen ones have a sum of 1."""
    total = xp.sum(summands, axis=axis, keepdims=True) - 1
    return xp.relu(x - total / _how_many(xp, chosen, x, axis))


def _how_many(xp: Any, chosen: Array, like: Array, axis: int) -> Array:
    return xp.sum(xp.astype(chosen, dtype=like.dtype), axis=axis, keepdims=True)


def _sparsemax_rule(xp: Any, g: Array, y: Array, x: Array, *, axis: int = -1) -> Array:
    chosen = y > 0
    kept = xp.keep(g, chosen)
    mean = xp.sum(kept, axis=axis, keepdims=True) / _how_many(xp, chosen, g, axis)
    return xp.keep(g - mean, chosen)


sparsemax.vjp(x=_sparsemax_rule)


@sparsemax.compose
def _above_threshold(xp: Any, x: Array, *, axis: int = -1) -> Array:
    """Choose by comparing each with each: an element is in if those not below it leave room."""
    last = xp.moveaxis(x, axis, -1)
    own, others = xp.expand_dims(last, axis=-1), xp.expand_dims(last, axis=-2)
    ahead = others >= own  # (..., i, j): whether j is not below i
    room = 1 + _how_many(xp, ahead, x, -1) * own > xp.sum(
        xp.keep(others, ahead), axis=-1, keepdims=True
    )
    chosen = xp.moveaxis(xp.squeeze(room, axis=-1), -1, axis)
    return _above(xp, x, xp.keep(x, chosen), chosen, axis)
