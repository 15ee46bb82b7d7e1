"""Trigonometric and hyperbolic functions, and their inverses."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import between, case, nonzero, real
from clearprop.core.op import op
from clearprop.core.shapes import broadcast, same
from clearprop.ops.common import floating

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cos",
    "cosh",
    "sin",
    "sinh",
    "tan",
    "tanh",
]

Array = Any


@op("sin({x})", r"\sin({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def sin(xp: Any, x: Array) -> Array:
    """Sine of each angle in radians."""
    return xp.sin(x)


sin.vjp(x=lambda xp, g, y, x: g * xp.cos(x))


@op("cos({x})", r"\cos({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def cos(xp: Any, x: Array) -> Array:
    """Cosine of each angle in radians."""
    return xp.cos(x)


cos.vjp(x=lambda xp, g, y, x: -g * xp.sin(x))


@op("tan({x})", r"\tan({x})", shape=same, dtype=floating, cases=[between(-1.2, 1.2, 3, 4)])
def tan(xp: Any, x: Array) -> Array:
    """Tangent of each angle in radians."""
    return xp.tan(x)


tan.vjp(x=lambda xp, g, y, x: g * (1 + y * y))


# (1 − x)(1 + x) rather than 1 − x²: near ±1 the square would have lost what matters.


@op("asin({x})", r"\arcsin({x})", shape=same, dtype=floating, cases=[between(-0.9, 0.9, 3, 4)])
def asin(xp: Any, x: Array) -> Array:
    """Angle from -π/2 to π/2 whose sine is each element."""
    return xp.asin(x)


asin.vjp(x=lambda xp, g, y, x: g / xp.sqrt((1 - x) * (1 + x)))


@op("acos({x})", r"\arccos({x})", shape=same, dtype=floating, cases=[between(-0.9, 0.9, 3, 4)])
def acos(xp: Any, x: Array) -> Array:
    """Angle from 0 to π whose cosine is each element."""
    return xp.acos(x)


acos.vjp(x=lambda xp, g, y, x: -g / xp.sqrt((1 - x) * (1 + x)))


@op("atan({x})", r"\arctan({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def atan(xp: Any, x: Array) -> Array:
    """Angle from -π/2 to π/2 whose tangent is each element."""
    return xp.atan(x)


atan.vjp(x=lambda xp, g, y, x: g / (1 + x * x))


@op(
    "atan2({x1}, {x2})",
    r"\operatorname{atan2}({x1}, {x2})",
    shape=broadcast,
    dtype=floating,
    cases=[case(nonzero(3, 4), nonzero(3, 4)), case(nonzero(3, 1), nonzero(4))],
)
def atan2(xp: Any, x1: Array, x2: Array) -> Array:
    """Angle from -π to π of the point with height `x1` and width `x2`."""
    return xp.atan2(x1, x2)


atan2.vjp(
    x1=lambda xp, g, y, x1, x2: g * x2 / (x1 * x1 + x2 * x2),
    x2=lambda xp, g, y, x1, x2: -g * x1 / (x1 * x1 + x2 * x2),
)


@op("sinh({x})", r"\sinh({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def sinh(xp: Any, x: Array) -> Array:
    """Hyperbolic sine of each element."""
    return xp.sinh(x)


sinh.vjp(x=lambda xp, g, y, x: g * xp.cosh(x))


@op("cosh({x})", r"\cosh({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def cosh(xp: Any, x: Array) -> Array:
    """Hyperbolic cosine of each element."""
    return xp.cosh(x)


cosh.vjp(x=lambda xp, g, y, x: g * xp.sinh(x))


@op("tanh({x})", r"\tanh({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def tanh(xp: Any, x: Array) -> Array:
    """Hyperbolic tangent of each element."""
    return xp.tanh(x)


tanh.vjp(x=lambda xp, g, y, x: g * (1 - y * y))


@op("asinh({x})", r"\operatorname{asinh}({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def asinh(xp: Any, x: Array) -> Array:
    """Number whose hyperbolic sine is each element."""
    return xp.asinh(x)


asinh.vjp(x=lambda xp, g, y, x: g / xp.sqrt(x * x + 1))


@op(
    "acosh({x})",
    r"\operatorname{acosh}({x})",
    shape=same,
    dtype=floating,
    cases=[between(1.2, 3.0, 3, 4)],
)
def acosh(xp: Any, x: Array) -> Array:
    """Number from 0 up whose hyperbolic cosine is each element."""
    return xp.acosh(x)


acosh.vjp(x=lambda xp, g, y, x: g / xp.sqrt((x - 1) * (x + 1)))


@op(
    "atanh({x})",
    r"\operatorname{atanh}({x})",
    shape=same,
    dtype=floating,
    cases=[between(-0.8, 0.8, 3, 4)],
)
def atanh(xp: Any, x: Array) -> Array:
    """Number whose hyperbolic tangent is each element."""
    return xp.atanh(x)


atanh.vjp(x=lambda xp, g, y, x: g / ((1 - x) * (1 + x)))
