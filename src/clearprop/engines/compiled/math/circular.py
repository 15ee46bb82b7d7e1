"""Sines, tangents and their inverses, branch-free but for arguments of more than a million."""

from __future__ import annotations

import math
from typing import NamedTuple

from clearprop.engines.compiled.machine.ir import F64, I1, Function, Reg
from clearprop.engines.compiled.machine.registers import mangled
from clearprop.engines.compiled.math.lanes import Lanes, fma, polynomial, two_product, where

__all__ = ["acos", "asin", "atan", "atan2", "cos", "sin", "tan"]

# (sin(r) / r - 1) / r**2 and (cos(r) - 1 + r**2 / 2) / r**4 in r**2, up to a quarter of pi: 2**-58
# and 2**-63; for float32, 2**-37 and 2**-43.
_SIN64 = (
    -0.16666666666666632, 0.008333333333322451, -0.00019841269829809702, 2.7557313686653787e-06,
    -2.505075668583602e-08, 1.5896687881006957e-10,
)  # fmt: skip
_COS64 = (
    0.0416666666666666, -0.0013888888888874454, 2.4801587289650967e-05, -2.7557314393119683e-07,
    2.087572798718633e-09, -1.1359858477016112e-11,
)  # fmt: skip
_SIN32 = (
    -0.16666666641425393, 0.008333329366444518, -0.00019839329582167488, 2.718271105788094e-06,
)  # fmt: skip
_COS32 = (
    0.041666666622441284, -0.0013888883719567037, 2.479951091139222e-05, -2.7209473766792833e-07,
)  # fmt: skip
# (atan(z) / z - 1) / z**2 in z**2, up to the tangent of an eighth of pi: 2**-59, 2**-30.
_ATAN64 = (
    -0.333333333333332, 0.19999999999953796, -0.1428571428021591, 0.11111110784343754,
    -0.09090897780862162, 0.0769206058647651, -0.06663107811190064, 0.058479132229677364,
    -0.050393965533240846, 0.03806648424875245, -0.017908862594651208,
)  # fmt: skip
# (asin(z) / z - 1) / z**2 in z**2, up to a half: 2**-55.
_ASIN64 = (
    0.16666666666665372, 0.07500000000345865, 0.04464285682119302, 0.03038195942355413,
    0.022371751326573666, 0.017359804503488892, 0.0138842618800777, 0.012175553139055396,
    0.006500682405997904, 0.01960277660742265, -0.01634112179088734, 0.031992460285042185,
)  # fmt: skip

# Half of pi in three parts; the first two have 33 bits, so that their multiples are exact.
_HALF_PI = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21)
_PER_HALF_PI = 0.6366197723675814
_ROUNDING = 6755399441055744.0
_LARGE = 1e6

# Each in two parts.
_PI_2 = (1.5707963267948966, 6.123233995736766e-17)
_PI_4 = (0.7853981633974483, 3.061616997868383e-17)
_PI = (3.141592653589793, 1.2246467991473532e-16)


class _Turned(NamedTuple):
    """``x = quarter * pi / 2 + r + rest``; the quarter stands in the lowest bits."""

    quarter: Lanes
    r: Lanes
    rest: Lanes


def _turned(x: Lanes) -> _Turned:
    """Take multiples of half of pi from a number (float64) of up to a million."""
    rounding = fma(x, _PER_HALF_PI, _ROUNDING)
    n = rounding - _ROUNDING
    first = fma(n, -_HALF_PI[0], x)
    second = n * _HALF_PI[1]
    high = first - second
    back = first - high  # what the difference lost, whichever was the larger
    lost = (first - (high + back)) + (back - second)
    low = fma(n, -_HALF_PI[2], lost)
    r = high + low
    return _Turned(rounding.bits, r, (high - r) + low)


def _sin_cos(turned: _Turned, *, short: bool) -> tuple[Lanes, Lanes]:
    """Take sine and cosine of what is within a quarter of pi."""
    _, r, rest = turned
    z = r * r
    half = z * 0.5
    if short:
        sin = fma(r * z, polynomial(z, _SIN32), r)
        return sin, fma(z * z, polynomial(z, _COS32), 1.0 - half)
    sin = r + fma(r * z, polynomial(z, _SIN64), fma(-half, rest, rest))
    most = 1.0 - half
    lost = (1.0 - most) - half
    return sin, most + (fma(z * z, polynomial(z, _COS64), lost) - r * rest)


def _circular(x: Lanes, name: str) -> Lanes:
    """Take a sine, cosine or tangent; what is large goes to the C library, one by one."""
    short = not x.double
    wide = x.widened() if short else x
    turned = _turned(wide)
    sin, cos = _sin_cos(turned, short=short)
    quarter = turned.quarter + 1 if name == "cos" else turned.quarter
    odd = (quarter & 1).equals(1)
    if name == "tan":
        made = where(odd, -cos, sin) / where(odd, sin, cos)
    else:
        made = (where(odd, cos, sin).bits ^ ((quarter & 2) << 62)).number
    if name != "cos":
        made = where(wide.equals(0.0), wide, made)  # which keeps its sign
    made = _unless_large(wide, made, name)
    return made.narrowed() if short else made


def _unless_large(x: Lanes, made: Lanes, name: str) -> Lanes:
    """Put in what the C library says wherever a number is large."""
    f = x.f
    large = (abs(x) > _LARGE).reg
    some = _any(f, large)
    place = f.slot(made.reg.type)
    f.store(made.reg, place)
    with f.when(some):
        full = f"clearprop.large.{name}.{mangled(x.reg.type)}"
        f.module.need(full, lambda: _one_by_one(f, full, name, x.reg.type))
        f.store(f.select(large, f.call(full, x.reg.type, x.reg), made.reg), place)
    return Lanes(f, f.load(made.reg.type, place))


def _any(f: Function, conditions: Reg) -> Reg:
    """Tell whether a condition holds in some lane."""
    if conditions.width == 1:
        return conditions
    name = f"llvm.vector.reduce.or.{mangled(conditions.type)}"
    f.module.need(name, lambda: f"declare i1 @{name}({conditions.type})")
    return f.call(name, I1, conditions)


def _one_by_one(outer: Function, full: str, name: str, type_: str) -> str:
    """Write a function that asks the C library for every lane."""
    outer.module.need(name, lambda: f"declare double @{name}(double)")
    x = Reg("%x", type_)
    f = Function(outer.module, full, [x], type_, "noinline cold #0", "internal")
    if x.width == 1:
        return f.text(f.call(name, F64, x))
    made = x
    for lane in range(x.width):
        made = f.insert(made, f.call(name, F64, f.extract(x, lane)), lane)
    return f.text(made)


def sin(x: Lanes) -> Lanes:
    """Take the sine."""
    return _circular(x, "sin")


def cos(x: Lanes) -> Lanes:
    """Take the cosine."""
    return _circular(x, "cos")


def tan(x: Lanes) -> Lanes:
    """Take the tangent."""
    return _circular(x, "tan")


def _angle(above: Lanes, below: Lanes) -> tuple[Lanes, Lanes]:
    """Give the angle whose tangent is ``above / below``, both positive, as the sum of two."""
    steep = above > below * (1 + math.sqrt(2))
    middle = above > below * (math.sqrt(2) - 1)
    z = where(steep, -below, where(middle, above - below, above)) / where(
        steep, above, where(middle, above + below, below)
    )
    square = z * z
    rest = z * square * polynomial(square, _ATAN64)
    start = where(steep, z.like(_PI_2[0]), where(middle, z.like(_PI_4[0]), 0.0))
    start_low = where(steep, z.like(_PI_2[1]), where(middle, z.like(_PI_4[1]), 0.0))
    high = start + z
    low = (z - (high - start)) + (rest + start_low)
    return high, low


def atan(x: Lanes) -> Lanes:
    """Invert the tangent."""
    high, low = _angle(abs(x), x.like(1.0))
    return (high + low).signed_as(x)


def atan2(y: Lanes, x: Lanes) -> Lanes:
    """Give the angle of a point above the first axis, by its second and first coordinates."""
    above, below = abs(y), abs(x)
    infinite = above.equals(math.inf) & below.equals(math.inf)
    scale = where((above > 2.0**1000) | (below > 2.0**1000), y.like(2.0**-100), 1.0)
    above = where(infinite, 1.0, above * scale)
    below = where(infinite, 1.0, below * scale)
    high, low = _angle(above, where(above.equals(0.0) & below.equals(0.0), 1.0, below))
    left = x.bits < 0
    other = (_PI[0] - high) + (_PI[1] - low)
    return where(left, other, high + low).signed_as(y)


def _arc(size: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    """
    Tell whether a size is more than a half, and give the arc of whose sine it is in two parts.

    Of what is more than a half, the arc is half of what is left to a right angle.
    """
    more = size > 0.5
    square = where(more, (1.0 - size) * 0.5, size * size)
    root = square.sqrt()
    arc = where(more, root, size)
    product, error = two_product(root, root)
    lost = where(more & (root > 0.0), ((square - product) - error) / (root + root), 0.0)
    rest = fma(arc * square, polynomial(square, _ASIN64), lost)
    return more, arc, rest


def asin(x: Lanes) -> Lanes:
    """Invert the sine."""
    more, arc, rest = _arc(abs(x))
    left = (_PI_4[0] - arc) + (_PI_4[0] - arc) + (_PI_2[1] - rest - rest)
    return where(more, left, arc + rest).signed_as(x)


def acos(x: Lanes) -> Lanes:
    """Invert the cosine."""
    more, arc, rest = _arc(abs(x))
    below = x < 0.0
    twice = (arc + rest) * 2.0
    obtuse = (_PI[0] - arc * 2.0) + (_PI[1] - rest * 2.0)
    signed, signed_rest = arc.signed_as(x), where(below, -rest, rest)
    upright = _PI_2[0] - (signed + (signed_rest - _PI_2[1]))
    return where(more, where(below, obtuse, twice), upright)
