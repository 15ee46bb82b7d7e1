"""Adding, multiplying, dividing and signs, element by element."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import between, case, nonzero, real
from clearprop.core.op import PRODUCT, SIGN, SUM, op
from clearprop.core.shapes import broadcast, same
from clearprop.ops.common import flat, floating

__all__ = [
    "abs",
    "add",
    "copysign",
    "divide",
    "floor_divide",
    "multiply",
    "negative",
    "positive",
    "remainder",
    "sign",
    "subtract",
]

Array = Any


@op(
    "{x1} + {x2}",
    "{x1} + {x2}",
    shape=broadcast,
    level=SUM,
    cases=[case(real(3, 4), real(3, 4)), case(real(3, 4), real(4)), case(real(2, 1), real(1, 3))],
)
def add(xp: Any, x1: Array, x2: Array) -> Array:
    """Sum of two arrays, element by element."""
    return x1 + x2


add.vjp(x1=lambda xp, g, y, x1, x2: g, x2=lambda xp, g, y, x1, x2: g)


@op(
    "{x1} − {x2}",
    "{x1} - {x2}",
    shape=broadcast,
    level=SUM,
    cases=[case(real(3, 4), real(3, 4)), case(real(), real(4))],
)
def subtract(xp: Any, x1: Array, x2: Array) -> Array:
    """Difference of two arrays, element by element."""
    return x1 - x2


subtract.vjp(x1=lambda xp, g, y, x1, x2: g, x2=lambda xp, g, y, x1, x2: -g)


@op(
    "{x1} · {x2}",
    r"{x1} \cdot {x2}",
    shape=broadcast,
    level=PRODUCT,
    cases=[case(real(3, 4), real(3, 4)), case(real(3, 1), real(4))],
)
def multiply(xp: Any, x1: Array, x2: Array) -> Array:
    """Product of two arrays, element by element."""
    return x1 * x2


multiply.vjp(x1=lambda xp, g, y, x1, x2: g * x2, x2=lambda xp, g, y, x1, x2: g * x1)


@op(
    "{x1} / {x2}",
    r"\frac{x1}{x2}",
    shape=broadcast,
    level=PRODUCT,
    dtype=floating,
    cases=[case(real(3, 4), nonzero(3, 4)), case(real(), nonzero(4))],
)
def divide(xp: Any, x1: Array, x2: Array) -> Array:
    """Quotient of two arrays, element by element."""
    return x1 / x2


divide.vjp(x1=lambda xp, g, y, x1, x2: g / x2, x2=lambda xp, g, y, x1, x2: -g * y / x2)


# Both inputs far enough from where the quotient is whole: that is where these two jump.
_BETWEEN_JUMPS = [
    case(between(2.3, 2.6, 3, 4), between(0.95, 1.05, 3, 4)),
    case(between(-2.6, -2.3, 3, 1), between(0.95, 1.05, 4)),
    case(between(2.3, 2.6, 3), between(-1.05, -0.95)),
]


@op(
    "floor({x1} / {x2})",
    r"\left\lfloor\frac{x1}{x2}\right\rfloor",
    shape=broadcast,
    cases=_BETWEEN_JUMPS,
)
def floor_divide(xp: Any, x1: Array, x2: Array) -> Array:
    """Quotient rounded down; it is constant between its jumps, so its derivatives are zero."""
    return x1 // x2


floor_divide.vjp(x1=flat, x2=flat)


@op("{x1} mod {x2}", r"{x1} \bmod {x2}", shape=broadcast, level=PRODUCT, cases=_BETWEEN_JUMPS)
def remainder(xp: Any, x1: Array, x2: Array) -> Array:
    """What `floor_divide` leaves over, with the sign of `x2`."""
    return x1 % x2


remainder.vjp(
    x1=lambda xp, g, y, x1, x2: g,
    x2=lambda xp, g, y, x1, x2: -g * xp.floor_divide(x1, x2),
)


@op("−{x}", "-{x}", shape=same, level=SIGN, cases=[real(3, 4)])
def negative(xp: Any, x: Array) -> Array:
    """Each element with its sign changed."""
    return -x


negative.vjp(x=lambda xp, g, y, x: -g)


@op("{x}", "{x}", shape=same, cases=[real(3, 4)])
def positive(xp: Any, x: Array) -> Array:
    """Each element as it is: what the sign + asks for."""
    return +x


positive.vjp(x=lambda xp, g, y, x: g)


@op("|{x}|", r"\left|{x}\right|", shape=same, cases=[nonzero(3, 4)])
def abs(xp: Any, x: Array) -> Array:
    """Distance of each element from zero; its derivative at zero is taken to be 0."""
    return xp.abs(x)


abs.vjp(x=lambda xp, g, y, x: g * xp.sign(x))


@op("sign({x})", r"\operatorname{sign}({x})", shape=same, cases=[nonzero(3, 4)])
def sign(xp: Any, x: Array) -> Array:
    """-1, 0 or 1 for negative, zero or positive elements; its derivative is zero."""
    return xp.sign(x)


sign.vjp(x=flat)


@op(
    "copysign({x1}, {x2})",
    r"\operatorname{copysign}({x1}, {x2})",
    shape=broadcast,
    dtype=floating,
    cases=[case(nonzero(3, 4), nonzero(3, 4)), case(nonzero(3, 1), nonzero(4))],
)
def copysign(xp: Any, x1: Array, x2: Array) -> Array:
    """Size of `x1` with the sign of `x2`; at ``x1 = 0`` its derivative is taken to be 0."""
    return xp.copysign(x1, x2)


copysign.vjp(
    x1=lambda xp, g, y, x1, x2: g * xp.sign(x1) * xp.copysign(1.0, x2),
    x2=flat,
)
