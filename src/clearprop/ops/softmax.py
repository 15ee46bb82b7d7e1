"""Softmax and its logarithm: scores made into shares that add up to 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import Case, Sample, case, real
from clearprop.core.op import Shape, op
from clearprop.core.shapes import axis_in
from clearprop.errors import ShapeError
from clearprop.ops.common import floating

__all__ = ["log_softmax", "softmax"]

Array = Any


def _shared(x: Shape, *, axis: int = -1) -> Shape:
    if x[axis_in(axis, len(x), "softmax")] == 0:
        raise ShapeError(f"softmax: axis {axis} of shape {x} is empty; there is nothing to share.")
    return x


def shifted(x: Array, axis: int) -> Array:
    """Lower NumPy's `x` so that its largest element is 0: softmax is unchanged, exp is tame."""
    return x - x.max(axis=axis, keepdims=True)


def _softmax_numpy(xp: Any, x: Array, *, axis: int = -1) -> Array:
    share = np.exp(shifted(x, axis))
    share /= xp.sum(share, axis=axis, keepdims=True)
    return share


_CASES: list[Case | Sample] = [
    real(3, 4),
    case(real(2, 3, 4), axis=1),
    case(real(3, 1), axis=-1),
    case(real(5), axis=0),
    real(0, 3),
]


@op(
    "softmax({x})",
    r"\mathrm{softmax}({x})",
    shape=_shared,
    dtype=floating,
    strict=True,
    cases=_CASES,
    impl={"numpy": _softmax_numpy},
)
def softmax(xp: Any, x: Array, *, axis: int = -1) -> Array:
    """Exponentials divided by their sum along `axis`."""
    share = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return share / xp.sum(share, axis=axis, keepdims=True)


softmax.vjp(
    x=lambda xp, g, y, x, axis=-1: y * (g - xp.sum(g * y, axis=axis, keepdims=True)),
)


@softmax.compose
def _exponentials_shared(xp: Any, x: Array, *, axis: int = -1) -> Array:
    share = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return share / xp.sum(share, axis=axis, keepdims=True)


def _log_softmax_numpy(xp: Any, x: Array, *, axis: int = -1) -> Array:
    low = shifted(x, axis)
    low -= np.log(xp.sum(np.exp(low), axis=axis, keepdims=True))
    return low


@op(
    "log_softmax({x})",
    r"\mathrm{log\,softmax}({x})",
    shape=_shared,
    dtype=floating,
    strict=True,
    cases=_CASES,
    impl={"numpy": _log_softmax_numpy},
)
def log_softmax(xp: Any, x: Array, *, axis: int = -1) -> Array:
    """Logarithm of softmax, exact where softmax itself is too small to be written down."""
    low = x - xp.max(x, axis=axis, keepdims=True)
    return low - xp.log(xp.sum(xp.exp(low), axis=axis, keepdims=True))


log_softmax.vjp(
    x=lambda xp, g, y, x, axis=-1: g - xp.exp(y) * xp.sum(g, axis=axis, keepdims=True),
)


@log_softmax.compose
def _less_log_sum(xp: Any, x: Array, *, axis: int = -1) -> Array:
    low = x - xp.max(x, axis=axis, keepdims=True)
    return low - xp.log(xp.sum(xp.exp(low), axis=axis, keepdims=True))
