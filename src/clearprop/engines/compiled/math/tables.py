"""The hyperbolic tangent of one number by a table: for steps that wait for one after another."""

from __future__ import annotations

import functools
from decimal import Context, Decimal, localcontext

from clearprop.engines.compiled.machine.ir import F64, PTR, Function, Reg, literal
from clearprop.engines.compiled.math.lanes import Lanes, fma, fuses, polynomial, where

__all__ = ["by_table", "tanh_by_table"]

# ``|x| + 1`` is rounded to so many bits behind the first: there is a row for each number that
# comes of it, and for what is too large to matter the row of another.
BITS, EXPONENTS = 5, 3
ENDS_AT = 20.0  # from which on the tangent is 1
TERMS = 8  # of a series in the distance from that number
ROW = 16  # numbers: the tangent there in two parts, the terms, and room to a power of two
NAME = "clearprop.tanh.table"
_LOST = 52 - BITS  # bits that are rounded off
_COUNT = 1 << (EXPONENTS + BITS)


def by_table(f: Function, type_: str) -> bool:
    """Tell whether tangents of this type are looked up: only where the processor fuses."""
    return type_ == F64 and fuses(f)


def tanh_by_table(x: Lanes) -> Lanes:
    """
    Take the hyperbolic tangent of one float64, within 1.2 units in the last place.

    What is found by looking it up need not be divided: half as long to wait for, though not
    faster where many numbers are on their way at the same time.
    """
    f = x.f
    f.module.need(NAME, _written)
    size = abs(x)
    rounded = ((size + 1.0).bits + (1 << (_LOST - 1))) & -(1 << _LOST)
    place = (rounded >> (_LOST - 4)) & ((_COUNT - 1) * ROW)
    row = f.at(Reg(f"@{NAME}", PTR), place.reg, F64)

    def entry(k: int) -> Lanes:
        return Lanes(f, f.load(F64, f.at(row, k, F64), 8))

    d = size - (rounded.number - 1.0)
    bent = polynomial(d, [entry(3 + k) for k in range(TERMS - 1)])
    made = fma(d, entry(2), entry(0)) + fma(d * d, bent, entry(1))
    return where(size > ENDS_AT, 1.0, made).signed_as(x)


def _written() -> str:
    rows = _rows()
    numbers = [x for k in range(_COUNT) for x in rows.get(k, [0.0] * ROW)]
    listed = ", ".join(f"double {literal(x, F64).text}" for x in numbers)
    return f"@{NAME} = internal constant [{len(numbers)} x double] [{listed}], align 64"


@functools.cache
def _rows() -> dict[int, list[float]]:
    """Give, by place, the tangent at each number in two parts, and the terms of its series."""
    rows = {}
    begin, width = 1.0, 2.0**-BITS  # of |x| + 1
    with localcontext(Context(prec=36)):
        while begin < ENDS_AT + 1:
            for k in range(1 << BITS):
                middle = begin + k * width - 1
                if middle < ENDS_AT + width:
                    exponent = (1022 + round(begin).bit_length()) % (1 << EXPONENTS)
                    found = _row(Decimal(middle), Decimal(width) / 2)
                    rows[(exponent << BITS) + k] = found + [0.0] * (ROW - len(found))
            begin, width = 2 * begin, 2 * width
    return rows


def _row(middle: Decimal, half: Decimal) -> list[float]:
    series = _series(middle)
    if middle:  # what the two terms after the last give is put into those before: Chebyshev's way
        for lowered, scale in ((_T10, 512), (_T9, 256)):
            degree = len(lowered)
            top = series[degree] / scale
            for k, c in enumerate(lowered):
                series[k] -= top * c * half ** (degree - k)
        high = float(series[0])
        return [high, float(series[0] - Decimal(high)), *map(float, series[1 : TERMS + 1])]
    # At 0 the distance goes to one side only, and what counts is the error beside it.
    top = series[TERMS + 1] / 32768
    terms = series[1 : TERMS + 1]
    for k, c in enumerate(_T8_SHIFTED):
        terms[k] -= top * c * half ** (TERMS - k)
    return [0.0, 0.0, *map(float, terms)]


def _series(middle: Decimal) -> list[Decimal]:
    """Give the series of the tangent about a number, by its equation: t' = 1 - t**2."""
    power = (2 * middle).exp()
    terms = [(power - 1) / (power + 1)]
    for k in range(TERMS + 2):
        square = sum((terms[i] * terms[k - i] for i in range(k + 1)), Decimal(0))
        terms.append(((1 if k == 0 else 0) - square) / (k + 1))
    return terms


# Chebyshev's polynomials without their last terms, which are 256 x**9, 512 x**10, and, from 0 to 1
# instead of from -1 to 1, 32768 x**8.
_T9 = (0, 9, 0, -120, 0, 432, 0, -576, 0)
_T10 = (-1, 0, 50, 0, -400, 0, 1120, 0, -1280, 0)
_T8_SHIFTED = (1, -128, 2688, -21504, 84480, -180224, 212992, -131072)
