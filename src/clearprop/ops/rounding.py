"""Rounding, and numbers of another kind: steps whose derivative is zero between the jumps."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, off_halves, real
from clearprop.core.op import op
from clearprop.core.shapes import same
from clearprop.ops.common import flat

__all__ = ["astype", "ceil", "floor", "round", "trunc"]

Array = Any


@op("floor({x})", r"\left\lfloor{x}\right\rfloor", shape=same, cases=[off_halves(3, 4)])
def floor(xp: Any, x: Array) -> Array:
    """Largest whole number that is not above each element; its derivative is zero."""
    return xp.floor(x)


@op("ceil({x})", r"\left\lceil{x}\right\rceil", shape=same, cases=[off_halves(3, 4)])
def ceil(xp: Any, x: Array) -> Array:
    """Smallest whole number that is not below each element; its derivative is zero."""
    return xp.ceil(x)


@op("round({x})", r"\operatorname{round}({x})", shape=same, cases=[off_halves(3, 4)])
def round(xp: Any, x: Array) -> Array:
    """Nearest whole number, halves to the even one; its derivative is zero."""
    return xp.round(x)


@op("trunc({x})", r"\operatorname{trunc}({x})", shape=same, cases=[off_halves(3, 4)])
def trunc(xp: Any, x: Array) -> Array:
    """Each element without its fraction; its derivative is zero."""
    return xp.trunc(x)


for _rounded in (floor, ceil, round, trunc):
    _rounded.vjp(x=flat)


@op(
    "astype({x}, {dtype})",
    r"\operatorname{astype}({x})",
    shape=same,
    dtype=lambda x, *, dtype: dtype,
    cases=[case(real(3, 4), dtype=np.float64)],
)
def astype(xp: Any, x: Array, *, dtype: Any) -> Array:
    """The same numbers as another kind; made whole numbers, their derivative is zero."""
    return xp.asarray(x, dtype=dtype)


def _converted_back(xp: Any, g: Array, y: Array, x: Array, *, dtype: Any) -> Array:
    if xp.isdtype(y.dtype, "real floating"):
        return xp.astype(g, dtype=x.dtype)
    return xp.zeros_like(x)


astype.vjp(x=_converted_back)
