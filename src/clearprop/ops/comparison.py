"""Questions about numbers, answered by true or false: no gradient flows through an answer."""

from __future__ import annotations

from typing import Any

from clearprop.core.cases import booleans, case, integers, real
from clearprop.core.op import LOGIC, RELATION, SIGN, op
from clearprop.core.shapes import broadcast, same

__all__ = [
    "equal",
    "greater",
    "greater_equal",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "not_equal",
]

Array = Any

_NUMBERS = [case(integers(3, 3, 4), integers(3, 3, 4)), case(real(3, 1), real(4))]
_TRUTHS = [case(booleans(3, 4), booleans(3, 4)), case(booleans(3, 1), booleans(4))]


@op("{x1} = {x2}", "{x1} = {x2}", shape=broadcast, dtype="bool", level=RELATION, cases=_NUMBERS)
def equal(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether elements are the same number; not a number (NaN) is never the same."""
    return x1 == x2


@op("{x1} ≠ {x2}", r"{x1} \neq {x2}", shape=broadcast, dtype="bool", level=RELATION, cases=_NUMBERS)
def not_equal(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether elements are different numbers."""
    return x1 != x2


@op("{x1} < {x2}", "{x1} < {x2}", shape=broadcast, dtype="bool", level=RELATION, cases=_NUMBERS)
def less(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether elements of `x1` are below those of `x2`."""
    return x1 < x2


@op("{x1} ≤ {x2}", r"{x1} \leq {x2}", shape=broadcast, dtype="bool", level=RELATION, cases=_NUMBERS)
def less_equal(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether elements of `x1` are not above those of `x2`."""
    return x1 <= x2


@op("{x1} > {x2}", "{x1} > {x2}", shape=broadcast, dtype="bool", level=RELATION, cases=_NUMBERS)
def greater(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether elements of `x1` are above those of `x2`."""
    return x1 > x2


@op("{x1} ≥ {x2}", r"{x1} \geq {x2}", shape=broadcast, dtype="bool", level=RELATION, cases=_NUMBERS)
def greater_equal(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether elements of `x1` are not below those of `x2`."""
    return x1 >= x2


@op(
    "{x1} and {x2}",
    r"{x1} \wedge {x2}",
    shape=broadcast,
    dtype="bool",
    level=LOGIC,
    cases=_TRUTHS,
)
def logical_and(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether both are true."""
    return xp.logical_and(x1, x2)


@op("{x1} or {x2}", r"{x1} \vee {x2}", shape=broadcast, dtype="bool", level=LOGIC, cases=_TRUTHS)
def logical_or(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether at least one is true."""
    return xp.logical_or(x1, x2)


@op(
    "{x1} xor {x2}",
    r"{x1} \oplus {x2}",
    shape=broadcast,
    dtype="bool",
    level=LOGIC,
    cases=_TRUTHS,
)
def logical_xor(xp: Any, x1: Array, x2: Array) -> Array:
    """Whether exactly one is true."""
    return xp.logical_xor(x1, x2)


@op("not {x}", r"\neg {x}", shape=same, dtype="bool", level=SIGN, cases=[booleans(3, 4)])
def logical_not(xp: Any, x: Array) -> Array:
    """Whether it is false."""
    return xp.logical_not(x)


@op("isfinite({x})", r"\operatorname{isfinite}({x})", shape=same, dtype="bool", cases=[real(3, 4)])
def isfinite(xp: Any, x: Array) -> Array:
    """Whether each element is a number, and not infinite."""
    return xp.isfinite(x)


@op("isinf({x})", r"\operatorname{isinf}({x})", shape=same, dtype="bool", cases=[real(3, 4)])
def isinf(xp: Any, x: Array) -> Array:
    """Whether each element is infinite."""
    return xp.isinf(x)


@op("isnan({x})", r"\operatorname{isnan}({x})", shape=same, dtype="bool", cases=[real(3, 4)])
def isnan(xp: Any, x: Array) -> Array:
    """Whether each element is not a number (NaN), such as 0/0."""
    return xp.isnan(x)
