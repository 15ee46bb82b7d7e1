"""The larger, the smaller, the chosen: what passes one of several numbers on."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import between, booleans, case, nonzero, off_halves, real
from clearprop.core.op import PRODUCT, op
from clearprop.core.reading import Fixed, Index, Pick
from clearprop.core.shapes import broadcast, same, within

__all__ = ["clip", "keep", "maximum", "minimum", "where"]

Array = Any


_WHOLE = {2: np.int16, 4: np.int32, 8: np.int64}


def _keep_bits(xp: Any, x: Array, condition: Array) -> Array:
    """Do what `keep` does without a branch an element: np.where guesses wrong half the time."""
    arrays = isinstance(x, np.ndarray) and isinstance(condition, np.ndarray)
    whole = _WHOLE.get(x.dtype.itemsize) if arrays and x.dtype.kind == "f" else None
    if whole is None or x.size < 512 or condition.dtype != np.bool:
        return np.where(condition, x, 0)
    return (x.view(whole) & -condition.view(np.int8)).view(x.dtype)  # all bits, or none


@op(
    "{x} · [{condition}]",
    r"{x} \cdot \left[{condition}\right]",
    shape=broadcast,
    level=PRODUCT,
    dtype=lambda x, condition: np.result_type(x),
    cases=[
        case(real(3, 4), booleans(3, 4)),
        case(real(3, 1), booleans(4)),
        case(real(4), booleans(3, 1)),
    ],
    impl={"numpy": _keep_bits},
)
def keep(xp: Any, x: Array, condition: Array) -> Array:
    """Element where the condition is true, 0 where it is not, be the element infinite or NaN."""
    return xp.where(condition, x, 0)


keep.vjp(x=lambda xp, g, y, x, condition: xp.keep(g, condition))


@keep.read
def _kept(index: Index, x: Array, condition: Array) -> Pick | Fixed:
    asked = np.asarray(condition)
    if asked[within(index, asked.shape)]:
        return Pick(0, within(index, np.shape(x)), why="condition")
    return Fixed(0.0, why="condition")


# No ties, in either order: one is never within 0.2 of zero, the other never beyond 0.1.
_APART = [
    case(nonzero(3, 4), between(-0.1, 0.1, 3, 4)),
    case(between(-0.1, 0.1, 3, 1), nonzero(4)),
]


@op("max({x1}, {x2})", r"\max({x1}, {x2})", shape=broadcast, cases=_APART)
def maximum(xp: Any, x1: Array, x2: Array) -> Array:
    """Larger of two, element by element; where they tie, the gradient is halved between them."""
    return xp.maximum(x1, x2)


maximum.vjp(
    x1=lambda xp, g, y, x1, x2: xp.keep(g, x1 > x2) + xp.keep(g / 2, x1 == x2),
    x2=lambda xp, g, y, x1, x2: xp.keep(g, x2 > x1) + xp.keep(g / 2, x1 == x2),
)


@op("min({x1}, {x2})", r"\min({x1}, {x2})", shape=broadcast, cases=_APART)
def minimum(xp: Any, x1: Array, x2: Array) -> Array:
    """Smaller of two, element by element; where they tie, the gradient is halved between them."""
    return xp.minimum(x1, x2)


minimum.vjp(
    x1=lambda xp, g, y, x1, x2: xp.keep(g, x1 < x2) + xp.keep(g / 2, x1 == x2),
    x2=lambda xp, g, y, x1, x2: xp.keep(g, x2 < x1) + xp.keep(g / 2, x1 == x2),
)


@op(
    "where({condition}, {x1}, {x2})",
    r"\begin{cases}\displaystyle{x1} & \text{if}\quad{condition} \\"
    r" \displaystyle{x2} & \text{otherwise}\end{cases}",
    shape=broadcast,
    dtype=lambda condition, x1, x2: np.result_type(x1, x2),
    cases=[
        case(booleans(3, 4), real(3, 4), real(3, 4)),
        case(booleans(4), real(), real(3, 1)),
        case(booleans(2, 1, 1), real(3, 1), real(4)),
    ],
)
def where(xp: Any, condition: Array, x1: Array, x2: Array) -> Array:
    """Element of `x1` where the condition is true, of `x2` where it is not."""
    return xp.where(condition, x1, x2)


where.vjp(
    x1=lambda xp, g, y, condition, x1, x2: xp.keep(g, condition),
    x2=lambda xp, g, y, condition, x1, x2: xp.keep(g, xp.logical_not(condition)),
)


@where.read
def _chosen(index: Index, condition: Array, x1: Array, x2: Array) -> Pick:
    asked = np.asarray(condition)
    taken = 1 if asked[within(index, asked.shape)] else 2
    return Pick(taken, within(index, np.shape((x1, x2)[taken - 1])), why="condition")


def _among(x: Any, *, min: float | None = None, max: float | None = None) -> Any:
    return np.result_type(*(kind for kind in (x, min, max) if kind is not None))


@op(
    "clip({x}, {min}, {max})",
    r"\operatorname{clip}({x}, {min}, {max})",
    shape=same,
    dtype=_among,
    cases=[
        case(off_halves(3, 4), min=-1.0, max=2.0),
        case(off_halves(3, 4), min=0.5),
        case(off_halves(3, 4), max=0),
    ],
)
def clip(xp: Any, x: Array, *, min: float | None = None, max: float | None = None) -> Array:
    """Each element moved to the nearest number from `min` to `max`; the bounds count as inside."""
    return xp.clip(x, min, max)


clip.vjp(x=lambda xp, g, y, x, min=None, max=None: xp.keep(g, y == x))
