"""Exponentials and what is made of them, branch-free, in vectors of any width."""

from __future__ import annotations

from typing import NamedTuple

from clearprop.engines.compiled.machine.ir import I32, literal
from clearprop.engines.compiled.math.lanes import Lanes, fma, fuses, polynomial, where
from clearprop.engines.compiled.math.tables import by_table, tanh_by_table

__all__ = ["cosh", "exp", "expm1", "exponential", "sigmoid", "sinh", "tanh"]

# (e**r - 1 - r) / r**2 for |r| <= log(2) / 2, least largest error relative to e**r - 1: 2**-61
# and, in float32, 2**-26.
_Q64 = (
    0.5, 0.16666666666666677, 0.04166666666666666, 0.00833333333332159, 0.0013888888888900753,
    0.00019841269886045025, 2.480158727695034e-05, 2.755724437169e-06, 2.755732388944594e-07,
    2.51089658278669e-08, 2.089728150042561e-09,
)  # fmt: skip
_Q32 = (0.49999997, 0.16666545, 0.0416675098, 0.00836640503, 0.00138640276)

# (tanh(x) / x - 1) / x**2 in x**2, up to 3/5: 2**-57.
_TANH64 = (
    -0.3333333333333313, 0.13333333333300565, -0.05396825394971911, 0.0218694880123493,
    -0.008863226906969208, 0.0035920384364878572, -0.0014552208664437385, 0.0005872067174374883,
    -0.00023043449946261163, 7.935764877021715e-05, -1.720054563685089e-05,
)  # fmt: skip

_PER_LOG2 = 1.4426950408889634
# log(2) in two parts; the first has so few bits that its products with exponents are exact.
_LOG2_64 = (0.6931471805598903, 5.497923018708371e-14)
_LOG2_32 = (0.693359375, -2.12194440e-4)

# Added to a number, these leave it rounded to a whole one, in the lowest bits.
_ROUNDING_64, _ROUNDING_32 = 6755399441055744.0, 12582912.0


class _Parts(NamedTuple):
    """What an exponential is made of: ``e**x = 2**n (1 + p)``, with ``n`` rounded as above."""

    n: Lanes
    rounding: Lanes
    p: Lanes


def _rounding(x: Lanes) -> float:
    return _ROUNDING_64 if x.double else _ROUNDING_32


def _parts(x: Lanes, rest: Lanes | None = None, rounding: Lanes | None = None) -> _Parts:
    """Split ``x + rest``, of which the rest is far smaller."""
    double = x.double
    high, low = _LOG2_64 if double else _LOG2_32
    if rounding is None:
        rounding = fma(x, _PER_LOG2, _rounding(x))
    n = rounding - _rounding(x)
    if not double:
        r = fma(n, -low, fma(n, -high, x))
        return _Parts(n, rounding, fma(r * r, polynomial(r, _Q32), r))
    first, second = fma(n, -high, x), n * low
    r = first - second
    lost = (first - r) - second
    if rest is not None:
        r, lost = _ordered_sum(r, lost + rest)
    return _Parts(n, rounding, r + fma(r * r, polynomial(r, _Q64), lost))


def _ordered_sum(a: Lanes, b: Lanes) -> tuple[Lanes, Lanes]:
    """Give the rounded sum with the smaller of two, and what rounding took."""
    total = a + b
    return total, (a - total) + b


def _two_to(rounding: Lanes) -> Lanes:
    """Give ``2**n`` of an `n` in the lowest bits, between the exponents of normal numbers."""
    mantissa = 52 if rounding.double else 23
    bits = rounding.bits
    return ((bits << mantissa) + bits.like((1023 << 52) if rounding.double else (127 << 23))).number


def _scaled(value: Lanes, n: Lanes) -> Lanes:
    """Give ``value * 2**n``, of whatever `n`: rounded once, to infinity or to nothing too."""
    scalef = _scalef(value, n)
    if scalef is not None:
        return scalef
    magic = _rounding(n)
    half = fma(n, 0.5, magic)
    other = (n - (half - magic)) + magic
    return value * _two_to(half) * _two_to(other)


def _scalef(value: Lanes, n: Lanes) -> Lanes | None:
    """Scale by the instruction for it, where the processor has it for vectors of this size."""
    f, type_, width = value.f, value.reg.type, value.reg.width
    size = width * (8 if value.double else 4)
    features = f.target.features.split(",")
    if size not in (16, 32, 64) or size > f.target.bytes or "+avx512f" not in features:
        return None
    if size < 64 and "+avx512vl" not in features:
        return None
    name = f"llvm.x86.avx512.mask.scalef.{'pd' if value.double else 'ps'}.{size * 8}"
    mask = f"i{max(8, width)}"
    kinds = [type_, type_, type_, mask]
    args = [value.reg, n.reg, value.reg, literal(-1, mask)]
    if size == 64:
        kinds.append(I32)
        args.append(literal(4, I32))  # rounded as everything is
    f.module.need(name, lambda: f"declare {type_} @{name}({', '.join(kinds)})")
    return Lanes(f, f.call(name, type_, *args))


def exponential(x: Lanes, rest: Lanes | None = None, *, halved: bool = False) -> Lanes:
    """Give ``e**(x + rest)``, or half of it, of a small rest."""
    x = x.at_most(711.0 if x.double else 90.0).at_least(-746.0 if x.double else -104.0)
    n, _, p = _parts(x, rest)
    return _scaled(p + 1.0, n - 1.0 if halved else n)


def exp(x: Lanes) -> Lanes:
    """Raise e to a power."""
    return exponential(x)


def _less_one(x: Lanes, parts: _Parts | None = None) -> Lanes:
    """Give ``e**x - 1`` where `x` is neither below -700 (-80) nor above 700 (80)."""
    _, rounding, p = _parts(x) if parts is None else parts
    power = _two_to(rounding)
    return fma(p, power, power - 1.0)


def expm1(x: Lanes) -> Lanes:
    """Raise e to a power, and take one from it."""
    least, most = (-40.0, 709.9) if x.double else (-20.0, 89.0)
    _, rounding, p = _parts(x.at_most(most).at_least(least))
    half = _two_to(rounding - 1.0)  # the whole would be too large before the result is
    made = fma(p, half, half - 0.5) * 2.0
    return where(abs(x) < (1e-17 if x.double else 1e-8), x, made)


def tanh(x: Lanes) -> Lanes:
    """Take the hyperbolic tangent."""
    if by_table(x.f, x.reg.type):
        return tanh_by_table(x)
    # Steps often wait for this: the doubling goes on beside, and nothing waits for a bound.
    size = abs(x)
    twice = size + size
    less = _less_one(twice, _parts(twice, rounding=fma(size, 2 * _PER_LOG2, _rounding(x))))
    made = where(size > (20.0 if x.double else 9.1), 1.0, less / (less + 2.0))
    if x.double:
        square = x * x
        near = fma(size * square, polynomial(square, _TANH64), size)
        made = where(size < 0.6, near, made)
    return made.signed_as(x)


def sigmoid(x: Lanes) -> Lanes:
    """Give ``1 / (1 + e**-x)``, exact where it is next to nothing too."""
    below = (-abs(x)).at_least(-746.0 if x.double else -104.0)
    n, _, p = _parts(below)
    total, lost = _ordered_sum(x.like(1.0), p)
    power = _scaled(total, n)
    above = where(x < 0.0, power, 1.0)
    if not (x.double and fuses(x.f)):
        return above / (power + 1.0)
    # What the sums and the quotient lost is put back.
    under, under_lost = _ordered_sum(x.like(1.0), power)
    inverse = 1.0 / under
    made = above * inverse
    above_lost = where(x < 0.0, _scaled(lost, n), 0.0)
    left = fma(-made, under, above) + (above_lost - made * under_lost)
    return fma(left, inverse, made)


def sinh(x: Lanes) -> Lanes:
    """Take the hyperbolic sine."""
    size = abs(x)
    less = _less_one(size.at_most(22.0))
    small = (less + less / (less + 1.0)) * 0.5
    return where(size < 22.0, small, exponential(size, halved=True)).signed_as(x)


def cosh(x: Lanes) -> Lanes:
    """Take the hyperbolic cosine."""
    half = exponential(abs(x), halved=True)
    return half + 0.25 / half
