"""Exponentials and logarithms, and the sigmoid and its relatives, safe however large the input."""

from __future__ import annotations

import math
from typing import Any

from clearprop.core.cases import case, positive, real
from clearprop.core.op import op
from clearprop.core.shapes import broadcast, same
from clearprop.ops.common import floating

__all__ = [
    "exp",
    "expm1",
    "log",
    "log10",
    "log1p",
    "log2",
    "log_sigmoid",
    "logaddexp",
    "sigmoid",
    "softplus",
]

Array = Any


@op("exp({x})", r"\exp({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def exp(xp: Any, x: Array) -> Array:
    """Exponential function of each element."""
    return xp.exp(x)


exp.vjp(x=lambda xp, g, y, x: g * y)


@op("expm1({x})", r"\left(e^{x} - 1\right)", shape=same, dtype=floating, cases=[real(3, 4)])
def expm1(xp: Any, x: Array) -> Array:
    """Exponential function less 1, exact near zero too."""
    return xp.expm1(x)


expm1.vjp(x=lambda xp, g, y, x: g * xp.exp(x))


@op("log({x})", r"\log({x})", shape=same, dtype=floating, cases=[positive(3, 4)])
def log(xp: Any, x: Array) -> Array:
    """Natural logarithm of each element."""
    return xp.log(x)


log.vjp(x=lambda xp, g, y, x: g / x)


@op("log(1 + {x})", r"\log(1 + {x})", shape=same, dtype=floating, cases=[positive(3, 4)])
def log1p(xp: Any, x: Array) -> Array:
    """Natural logarithm of 1 plus each element, exact near zero too."""
    return xp.log1p(x)


log1p.vjp(x=lambda xp, g, y, x: g / (1 + x))


@op("log2({x})", r"\log_2({x})", shape=same, dtype=floating, cases=[positive(3, 4)])
def log2(xp: Any, x: Array) -> Array:
    """Logarithm to base 2 of each element."""
    return xp.log2(x)


log2.vjp(x=lambda xp, g, y, x: g / (math.log(2) * x))


@op("log10({x})", r"\log_{10}({x})", shape=same, dtype=floating, cases=[positive(3, 4)])
def log10(xp: Any, x: Array) -> Array:
    """Logarithm to base 10 of each element."""
    return xp.log10(x)


log10.vjp(x=lambda xp, g, y, x: g / (math.log(10) * x))


@op(
    "log(exp({x1}) + exp({x2}))",
    r"\log(\exp({x1}) + \exp({x2}))",
    shape=broadcast,
    dtype=floating,
    cases=[case(real(3, 4), real(3, 4)), case(real(3, 1), real(4))],
)
def logaddexp(xp: Any, x1: Array, x2: Array) -> Array:
    """Logarithm of the sum of two numbers given as logarithms; of no number at all, -inf."""
    return xp.logaddexp(x1, x2)


def _finite(xp: Any, y: Array) -> Array:
    """Let -inf, the logarithm of 0, share out nothing instead of what is not a number."""
    return xp.where(y == -xp.inf, 0.0, y)


logaddexp.vjp(
    x1=lambda xp, g, y, x1, x2: g * xp.exp(x1 - _finite(xp, y)),
    x2=lambda xp, g, y, x1, x2: g * xp.exp(x2 - _finite(xp, y)),
)


@op("σ({x})", r"\sigma({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def sigmoid(xp: Any, x: Array) -> Array:
    """S-shaped curve from 0 to 1, ``1/(1 + exp(-x))``, precise in both tails."""
    # both fractions, 1/(1 + exp(-x)) and exp(x)/(1 + exp(x)), each where nothing in it overflows
    return xp.exp(xp.minimum(x, 0)) / (1 + xp.exp(-xp.abs(x)))


sigmoid.vjp(x=lambda xp, g, y, x: g * y * (1 - y))


@op("log(σ({x}))", r"\log \sigma({x})", shape=same, dtype=floating, cases=[real(3, 4)])
def log_sigmoid(xp: Any, x: Array) -> Array:
    """Natural logarithm of the sigmoid."""
    return xp.minimum(x, 0) - xp.log1p(xp.exp(-xp.abs(x)))


log_sigmoid.vjp(x=lambda xp, g, y, x: g * xp.sigmoid(-x))


@op("log(1 + exp({x}))", r"\log(1 + \exp({x}))", shape=same, dtype=floating, cases=[real(3, 4)])
def softplus(xp: Any, x: Array) -> Array:
    """Smooth relative of relu, ``log(1 + exp(x))``; its slope is the sigmoid."""
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


softplus.vjp(x=lambda xp, g, y, x: g * xp.sigmoid(x))
