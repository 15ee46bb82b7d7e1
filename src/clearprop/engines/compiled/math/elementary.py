"""Division with remainder, and the length of a hypotenuse."""

from __future__ import annotations

import math

from clearprop.engines.compiled.math.lanes import Lanes, two_product, two_sum, where

__all__ = ["floor_divide", "hypot", "remainder"]


def _left(x: Lanes, y: Lanes) -> Lanes:
    """Give what whole multiples of `y` leave of `x`, with the sign of `x`: the C library's."""
    return Lanes(x.f, x.f.binary("frem", x.reg, y.reg))


def remainder(x: Lanes, y: Lanes) -> Lanes:
    """Give what is left after division, with the sign of the divisor."""
    left = _left(x, y)
    other = (left < 0.0) ^ (y < 0.0)
    return where(left.equals(0.0), left.signed_as(y), where(other, left + y, left))


def floor_divide(x: Lanes, y: Lanes) -> Lanes:
    """Divide, and round down: the whole number that belongs to the remainder."""
    left = _left(x, y)
    other = ((left < 0.0) ^ (y < 0.0)) & ~left.equals(0.0)
    quotient = (x - left) / y
    quotient = where(other, quotient - 1.0, quotient)
    whole = quotient.floor()
    whole = where((quotient - whole) > 0.5, whole + 1.0, whole)
    whole = where(quotient.equals(0.0), (x * 0.0).signed_as(x / y), whole)
    return where(y.equals(0.0), x / y, whole)


def hypot(x: Lanes, y: Lanes) -> Lanes:
    """Give the root of the sum of squares, without going beyond the largest number on the way."""
    a, b = abs(x), abs(y)
    large, small = where(a < b, b, a), where(a < b, a, b)
    one = x.like(1.0)
    huge, tiny = large > 2.0**500, large < 2.0**-400
    scale = where(huge, 2.0**-600, where(tiny, 2.0**600, one))
    back = where(huge, 2.0**600, where(tiny, 2.0**-600, one))
    large, small = large * scale, small * scale
    square, rest = two_product(large, large)
    total, lost = two_sum(square, small * small)
    root = total.sqrt()
    product, error = two_product(root, root)
    better = root + ((total - product) - error + lost + rest) / (root + root)
    made = where((root > 0.0) & (root < math.inf), better, root) * back
    made = where(a.nan | b.nan, math.nan, made)
    return where(a.equals(math.inf) | b.equals(math.inf), math.inf, made)
