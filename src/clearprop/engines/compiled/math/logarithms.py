"""Logarithms and what is made of them, branch-free, in vectors of any width."""

from __future__ import annotations

import math
import struct
from typing import NamedTuple

from clearprop.engines.compiled.math.exponentials import exponential
from clearprop.engines.compiled.math.lanes import (
    Lanes,
    fma,
    polynomial,
    two_product,
    two_sum,
    where,
)

__all__ = ["acosh", "asinh", "atanh", "log", "log1p", "log2", "log10", "pow"]

# With s = f / (2 + f): (log((1 + s) / (1 - s)) - 2 s) / s**3, in s**2, for 1 + f from sqrt(1/2)
# to sqrt(2); least largest error relative to the logarithm: 2**-59.
_S64 = (
    0.6666666666666735, 0.3999999999940869, 0.2857142874391978, 0.22222198398916415,
    0.18183574165192243, 0.15313781073567012, 0.14798797702763933,
)  # fmt: skip
# The same with a term more, for powers, which need more bits: 2**-66.
_LONG64 = (
    0.6666666666666666, 0.40000000000004954, 0.28571428569396057, 0.22222222609765527,
    0.1818177810304552, 0.15387000747395307, 0.13251866116822064, 0.13237430721735036,
)  # fmt: skip
# (log(1 + f) - f + f**2 / 2) / f**3 in f, relative to the logarithm: 2**-30.
_F32 = (
    0.333333135, -0.250000119, 0.20002079, -0.166678369, 0.142200172, -0.124086186, 0.118887775,
    -0.116582587, 0.0672260225,
)  # fmt: skip

# Numbers in two parts; the first has so few bits that its products with exponents are exact.
_LOG2_64 = (0.6931471805598903, 5.497923018708371e-14)
_LOG2_32 = (0.693359375, -2.12194440e-4)
_LOG10_OF_2 = (0.30102999566395283, 2.8363394551044964e-14)
# One over log(2) and log(10): 21 bits, the rest, and all.
_PER_LOG2 = (1.4426946640014648, 3.768874985636099e-07, 1.4426950408889634)
_PER_LOG10 = (0.4342944622039795, 1.9699272335463627e-08, 0.4342944819032518)

_INF = math.inf


class _Split(NamedTuple):
    """``x = 2**k (1 + f)`` with ``1 + f`` between the root of a half and that of two."""

    k: Lanes
    f: Lanes
    power: Lanes  # 2**-k


def _split(x: Lanes, *, normal: bool = False) -> _Split:
    """Split a positive number; a `normal` one has its whole mantissa."""
    double = x.double
    mantissa, bias = (52, 1023) if double else (23, 127)
    lift = None
    if not normal:
        small = x < (2.0**-1022 if double else 2.0**-126)
        x = where(small, x * (2.0**54 if double else 2.0**25), x)
        lift = where(small, x.like(54.0 if double else 25.0), 0.0)
    root = math.sqrt(0.5)
    one, least = _bits(1.0, double), _bits(root, double)
    moved = x.bits + (one - least)
    exponent = moved >> mantissa
    # An integer in the mantissa of a large number is that number of its last places.
    large = float(1 << mantissa)
    k = (exponent | _bits(large, double)).number - (large + bias)
    f = ((moved & ((1 << mantissa) - 1)) + least).number - 1.0
    power = ((exponent.like(2 * bias) - exponent) << mantissa).number
    return _Split(k if lift is None else k - lift, f, power)


def _bits(value: float, double: bool) -> int:
    """Give a number's bits as an integer."""
    if double:
        return int(struct.unpack("<q", struct.pack("<d", value))[0])
    return int(struct.unpack("<i", struct.pack("<f", value))[0])


def _ended(x: Lanes, made: Lanes, zero: float = 0.0) -> Lanes:
    """Put in what a logarithm is at infinity and of a NaN, at `zero` and below."""
    made = where(x < _INF, made, x)
    made = where(x.equals(zero), -_INF, made)
    return where(x < zero, math.nan, made)


def _sum64(k: Lanes, f: Lanes, small: Lanes | float = 0.0) -> Lanes:
    """Give ``k log(2) + log(1 + f) + small``."""
    s = f / (f + 2.0)
    z = s * s
    half = f * f * 0.5
    rest = fma(k, _LOG2_64[1], small) if isinstance(small, Lanes) else k * _LOG2_64[1]
    inner = fma(s, fma(z, polynomial(z, _S64), half), rest)
    return fma(k, _LOG2_64[0], f - (half - inner))


def log(x: Lanes) -> Lanes:
    """Take the natural logarithm."""
    k, f, _ = _split(x)
    if x.double:
        return _ended(x, _sum64(k, f))
    square = f * f
    rest = fma(square * f, polynomial(f, _F32), k * _LOG2_32[1])
    return _ended(x, fma(k, _LOG2_32[0], fma(square, -0.5, rest) + f))


def _log1p(x: Lanes) -> Lanes:
    """Take the logarithm of ``1 + x`` in float64, of what is not below -1."""
    total, rest = two_sum(x, x.like(1.0))
    k, f, power = _split(total, normal=True)
    # The rest belongs to the mantissa: log(m + c) is log(m) + c / m, but for less than counts.
    return _sum64(k, f, where(x < 2.0**60, rest * power / (f + 1.0), 0.0))


def log1p(x: Lanes) -> Lanes:
    """Take the logarithm of one more."""
    made = where(abs(x) < 1e-17, x, _log1p(x))
    return _ended(x, made, -1.0)


def _to_base(x: Lanes, of_two: tuple[float, float], per: tuple[float, float, float]) -> Lanes:
    """Take the logarithm to a base: of two, and one over that base's natural logarithm."""
    k, f, _ = _split(x)
    s = f / (f + 2.0)
    z = s * s
    half = f * f * 0.5
    high = ((f - half).bits & ~((1 << 32) - 1)).number
    low = fma(s, fma(z, polynomial(z, _S64), half), (f - high) - half)
    rest = fma(high, per[1], low * per[2])
    total, lost = two_sum(k * of_two[0], high * per[0])
    return _ended(x, total + (fma(k, of_two[1], rest) + lost))


def log2(x: Lanes) -> Lanes:
    """Take the logarithm to base 2."""
    return _to_base(x, (1.0, 0.0), _PER_LOG2)


def log10(x: Lanes) -> Lanes:
    """Take the logarithm to base 10."""
    return _to_base(x, _LOG10_OF_2, _PER_LOG10)


def asinh(x: Lanes) -> Lanes:
    """Invert the hyperbolic sine."""
    size = abs(x)
    large = size > 2.0**60
    square = size * size
    argument = size + square / ((square + 1.0).sqrt() + 1.0)
    made = _log1p_of(where(large, size, argument)) + where(large, x.like(math.log(2)), 0.0)
    return where(size < 1e-9, size, made).signed_as(x)


def acosh(x: Lanes) -> Lanes:
    """Invert the hyperbolic cosine."""
    large = x > 2.0**60
    above = x - 1.0
    argument = above + fma(above, above, above * 2.0).sqrt()
    made = _log1p_of(where(large, x, argument)) + where(large, x.like(math.log(2)), 0.0)
    return where(x < 1.0, math.nan, made)


def atanh(x: Lanes) -> Lanes:
    """Invert the hyperbolic tangent."""
    size = abs(x)
    made = log1p(size * 2.0 / (1.0 - size)) * 0.5
    return where(size < 1e-9, size, made).signed_as(x)


def _log1p_of(x: Lanes) -> Lanes:
    """Take the logarithm of one more than what is not negative, or a NaN, or infinite."""
    return where(x < _INF, _log1p(x), x)


def _pair(x: Lanes) -> tuple[Lanes, Lanes]:
    """Take the logarithm of a positive number as the sum of two."""
    k, f, _ = _split(x)
    below = f + 2.0
    lost = f - (below - 2.0)
    s = f / below
    product, error = two_product(s, below)
    s_low = (((f - product) - error) - s * lost) / below
    z, z_low = two_product(s, s)
    z_low = fma(s * 2.0, s_low, z_low)
    # log(1 + f) = 2 s + s (2/3 z + tail z**2)
    third, third_low = two_product(z, z.like(_LONG64[0]))
    third_low = fma(z_low, _LONG64[0], third_low)
    third, rest = two_sum(third, z * z * polynomial(z, _LONG64[1:]))
    third_low = third_low + rest
    cubic, cubic_low = two_product(s, third)
    cubic_low = fma(s, third_low, fma(s_low, third, cubic_low))
    twice, rest = two_sum(s * 2.0, cubic)
    rest = rest + fma(s_low, 2.0, cubic_low)
    high, lost = two_sum(k * _LOG2_64[0], twice)
    return two_sum(high, fma(k, _LOG2_64[1], lost + rest))


def _power(x: Lanes, y: Lanes) -> Lanes:
    """Raise a positive number to a power."""
    if not x.double:
        wide, y = x.widened(), y.widened()
        k, f, _ = _split(wide, normal=True)
        return exponential(_ended(wide, _sum64(k, f)) * y).narrowed()
    high, low = _pair(x)
    bounded = x < _INF
    high = where(x.equals(0.0), -_INF, where(bounded, high, x))
    product, error = two_product(y, high)
    usual = abs(product) < 800.0
    return exponential(product, where(usual, fma(y, low, error), 0.0))


def pow(x: Lanes, y: Lanes) -> Lanes:
    """Raise to a power."""
    size = abs(x)
    made = _power(size, y)
    half = y * 0.5
    whole = y.floor().equals(y)
    odd = whole & ((half.floor() + half.floor()) < y)
    signed = where(odd, made.signed_as(x), made)
    negative = (x < 0.0) & (size < _INF) & (abs(y) < _INF)
    signed = where(negative & (y.floor() < y), math.nan, signed)
    certain = x.equals(1.0) | y.equals(0.0) | (x.equals(-1.0) & abs(y).equals(_INF))
    return where(certain, 1.0, signed)
