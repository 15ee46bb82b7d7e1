"""How far numbers lie from their mean: variance and standard deviation."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import case, real
from clearprop.core.op import Shape, op
from clearprop.core.shapes import reduced
from clearprop.errors import OptionError
from clearprop.ops.common import floating
from clearprop.ops.reductions import Axis, count_along, spread

__all__ = ["std", "var"]

Array = Any


def _varying(
    x: Shape, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False
) -> Shape:
    out = reduced(x, axis=axis, keepdims=keepdims)
    n = count_along(x, axis)
    if n <= correction:
        raise OptionError(
            f"a variance divides by the number of elements less `correction`: {n} - {correction}"
            " is not above 0; give more elements or a smaller correction."
        )
    return out


_CASES = [
    case(real(3, 4)),
    case(real(3, 4), axis=0, correction=1),
    case(real(2, 3, 4), axis=(0, -1), keepdims=True),
]


@op(
    "var({x})",
    r"\operatorname{var}({x})",
    shape=_varying,
    strict=True,
    dtype=floating,
    cases=_CASES,
)
def var(
    xp: Any, x: Array, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False
) -> Array:
    """Squared distances from the mean, added and divided by their number less `correction`."""
    return xp.var(x, axis=axis, correction=correction, keepdims=keepdims)


def _from_mean(xp: Any, x: Array, axis: Axis) -> Array:
    return x - xp.mean(x, axis=axis, keepdims=True)


def _var_rule(
    xp: Any, g: Array, y: Array, x: Array, *, axis: Axis = None, correction: float = 0.0,
    keepdims: bool = False,
) -> Array:  # fmt: skip
    each = g * (2 / (count_along(x.shape, axis) - correction))
    return spread(xp, each, x, axis, keepdims) * _from_mean(xp, x, axis)


var.vjp(x=_var_rule)


@var.compose
def _mean_square(
    xp: Any, x: Array, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False
) -> Array:
    squares = xp.square(_from_mean(xp, x, axis))
    if correction == 0:
        return xp.mean(squares, axis=axis, keepdims=keepdims)
    total = xp.sum(squares, axis=axis, keepdims=keepdims)
    return total / (count_along(x.shape, axis) - correction)


@op(
    "std({x})",
    r"\operatorname{std}({x})",
    shape=_varying,
    strict=True,
    dtype=floating,
    cases=_CASES,
)
def std(
    xp: Any, x: Array, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False
) -> Array:
    """Square root of the variance; where that is 0, the derivative is taken to be 0."""
    return xp.std(x, axis=axis, correction=correction, keepdims=keepdims)


def _std_rule(
    xp: Any, g: Array, y: Array, x: Array, *, axis: Axis = None, correction: float = 0.0,
    keepdims: bool = False,
) -> Array:  # fmt: skip
    divisor = xp.where(y == 0, 1.0, y) * (count_along(x.shape, axis) - correction)
    return spread(xp, g / divisor, x, axis, keepdims) * _from_mean(xp, x, axis)


std.vjp(x=_std_rule)


@std.compose
def _root_of_var(
    xp: Any, x: Array, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False
) -> Array:
    return xp.sqrt(xp.var(x, axis=axis, correction=correction, keepdims=keepdims))
