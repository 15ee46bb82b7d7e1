"""Adding, multiplying and comparing, element by element."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import case, nonzero, positive, real
from clearprop.core.op import PRODUCT, SIGN, SUM, op
from clearprop.core.shapes import broadcast, same

__all__ = ["add", "divide", "multiply", "negative", "subtract"]

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
    cases=[case(real(3, 4), nonzero(3, 4)), case(real(), positive(4))],
)
def divide(xp: Any, x1: Array, x2: Array) -> Array:
    """Quotient of two arrays, element by element."""
    return x1 / x2


divide.vjp(x1=lambda xp, g, y, x1, x2: g / x2, x2=lambda xp, g, y, x1, x2: -g * y / x2)


@op("−{x}", "-{x}", shape=same, level=SIGN, cases=[real(3, 4)])
def negative(xp: Any, x: Array) -> Array:
    """Each element with its sign changed."""
    return -x


negative.vjp(x=lambda xp, g, y, x: -g)
