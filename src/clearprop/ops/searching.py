"""Places, counts and questions about many numbers at once; no gradient flows through them."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import apart, booleans, case, integers
from clearprop.core.namespaces import NUMPY
from clearprop.core.op import Op, Shape, op
from clearprop.core.reading import Fixed, Index
from clearprop.core.shapes import reduced
from clearprop.errors import ShapeError
from clearprop.ops.reductions import Axis, count_along

__all__ = ["all", "any", "argmax", "argmin", "count_nonzero"]

Array = Any


def _found(x: Shape, *, axis: int | None = None, keepdims: bool = False) -> Shape:
    out = reduced(x, axis=axis, keepdims=keepdims)
    if count_along(x, axis) == 0:
        raise ShapeError(f"among no elements there is no place to find; got shape {x}.")
    return out


_PLACE_CASES = [
    case(apart(3, 4)),
    case(apart(3, 4), axis=0),
    case(apart(2, 3, 4), axis=-1, keepdims=True),
]
_TRUTH_CASES = [
    case(booleans(3, 4)),
    case(booleans(3, 4), axis=0),
    case(booleans(2, 3, 4), axis=(0, -1), keepdims=True),
]


@op("argmax({x})", r"\operatorname{argmax}({x})", shape=_found, dtype="index", cases=_PLACE_CASES)
def argmax(xp: Any, x: Array, *, axis: int | None = None, keepdims: bool = False) -> Array:
    """Place of the largest element along `axis`, the first of several."""
    return xp.argmax(x, axis=axis, keepdims=keepdims)


@op("argmin({x})", r"\operatorname{argmin}({x})", shape=_found, dtype="index", cases=_PLACE_CASES)
def argmin(xp: Any, x: Array, *, axis: int | None = None, keepdims: bool = False) -> Array:
    """Place of the smallest element along `axis`, the first of several."""
    return xp.argmin(x, axis=axis, keepdims=keepdims)


@op("all({x})", r"\operatorname{all}({x})", shape=reduced, dtype="bool", cases=_TRUTH_CASES)
def all(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Whether all elements along `axis` are true (not zero)."""
    return xp.all(x, axis=axis, keepdims=keepdims)


@op("any({x})", r"\operatorname{any}({x})", shape=reduced, dtype="bool", cases=_TRUTH_CASES)
def any(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Whether any element along `axis` is true (not zero)."""
    return xp.any(x, axis=axis, keepdims=keepdims)


@op(
    "count_nonzero({x})",
    r"\operatorname{count}({x} \neq 0)",
    shape=reduced,
    dtype="index",
    cases=[*_TRUTH_CASES, case(integers(3, 3, 4), axis=0)],
)
def count_nonzero(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """How many elements along `axis` are true (not zero)."""
    ones = xp.astype(xp.astype(x, dtype=xp.bool), dtype=xp.int32)
    return xp.sum(ones, axis=axis, keepdims=keepdims)


def _as_found(searched: Op) -> None:
    """Read an element of the result as what was found: it is no number an element passed on."""

    @searched.read
    def found(index: Index, x: Array, **params: Any) -> Fixed:
        return Fixed(np.asarray(searched.compute(NUMPY, x, **params))[index])


for _searched in (argmax, argmin, all, any, count_nonzero):
    _as_found(_searched)
