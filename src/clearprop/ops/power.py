"""Powers, roots and reciprocals."""

from __future__ import annotations

import math
from typing import Any

from clearprop.core.cases import case, nonzero, positive, real
from clearprop.core.op import POWER, op
from clearprop.core.shapes import broadcast, same
from clearprop.ops.common import floating

__all__ = ["hypot", "pow", "reciprocal", "sqrt", "square"]

Array = Any


@op(
    "{x1}^{x2}",
    "{x1}^{x2}",
    shape=broadcast,
    level=POWER,
    cases=[
        case(positive(3, 4), real(3, 4)),
        case(positive(3, 1), real(4)),
        case(positive(4), real(3, 1)),
    ],
)
def pow(xp: Any, x1: Array, x2: Array) -> Array:
    """Power; the derivative of ``x**0`` is 0, at ``x = 0`` too."""
    return x1**x2


def _by_base(xp: Any, g: Array, y: Array, x1: Array, x2: Array) -> Array:
    # A plain number as exponent, by far the most common, gets the formula of the schoolbook.
    if isinstance(x2, int | float):
        lower = x2 - 1 if x2 else 1
        return g * x2 * (x1 if lower == 1 else x1**lower)
    return g * x2 * x1 ** xp.where(x2 == 0, 1.0, x2 - 1)


def _by_exponent(xp: Any, g: Array, y: Array, x1: Array, x2: Array) -> Array:
    # 0 to any positive power is 0, and stays 0; log(1) in its place says so.
    if isinstance(x1, int | float):
        return g * y * (math.log(x1) if x1 > 0 else math.nan if x1 else 0.0)
    return g * y * xp.log(xp.where(x1 == 0, 1.0, x1))


pow.vjp(x1=_by_base, x2=_by_exponent)


@op("{x}²", "{x}^2", shape=same, level=POWER, cases=[real(3, 4)])
def square(xp: Any, x: Array) -> Array:
    """Each element times itself."""
    return x * x


square.vjp(x=lambda xp, g, y, x: g * 2 * x)


@op("√({x})", r"\sqrt{x}", shape=same, dtype=floating, cases=[positive(3, 4)])
def sqrt(xp: Any, x: Array) -> Array:
    """Square root; its derivative at 0 is infinite."""
    return xp.sqrt(x)


sqrt.vjp(x=lambda xp, g, y, x: g / (2 * y))


@op("{x}⁻¹", "{x}^{-1}", shape=same, level=POWER, dtype=floating, cases=[nonzero(3, 4)])
def reciprocal(xp: Any, x: Array) -> Array:
    """One divided by each element."""
    return 1 / x


reciprocal.vjp(x=lambda xp, g, y, x: -g * y * y)


@op(
    "√({x1}² + {x2}²)",
    r"\sqrt{{x1}^2 + {x2}^2}",
    shape=broadcast,
    dtype=floating,
    cases=[case(nonzero(3, 4), nonzero(3, 4)), case(nonzero(3, 1), nonzero(4))],
)
def hypot(xp: Any, x1: Array, x2: Array) -> Array:
    """Length of the hypotenuse over two sides; its derivatives at (0, 0) are taken to be 0."""
    return xp.hypot(x1, x2)


def _off_zero(xp: Any, y: Array) -> Array:
    return xp.where(y == 0, 1.0, y)


hypot.vjp(
    x1=lambda xp, g, y, x1, x2: g * x1 / _off_zero(xp, y),
    x2=lambda xp, g, y, x1, x2: g * x2 / _off_zero(xp, y),
)
