"""
When a printed equality is true.

Both sides are worked out from the digits that are printed, in decimal arithmetic. On the right
there usually is one number, the result.

``=``
    The left side, rounded to the last place of the result, is the result. A result without a
    decimal point, or of fewer than three significant digits, or with both fewer significant
    digits and fewer decimals than some number on the left, claims to be exact and has to be.
``≈``
    The left side differs from the result by no more than ten units of the result's last place, so
    that all digits but the last agree. A result of fewer than four digits has to be nearer: within
    a unit of its third digit, or, with fewer than three, within its own rounding. ``≈ 0`` is true
    if the left side is no more than errors in the fifth digit of its numbers and functions make.

So ``0.74 × 0.7 = 0.518`` and ``2 / 3 = 0.667`` are true, ``7 / 2 = 4`` and ``0.74 × 0.7 = 0.5``
are not. Where a side has no value, as after a division by zero, nothing is true of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, TypeAlias

from clearprop.explain.evaluation import evaluate
from clearprop.explain.expression import Call, Expr, Num, Power

__all__ = ["Relation", "holds", "reach_of_rounding"]

Relation: TypeAlias = Literal["=", "≈"]

_FEWEST_DIGITS = 3
_BAND, _FEWEST_DIGITS_FOR_BAND = 10, 4
# What counts as exact, and as zero: functions are worked out to finitely many digits, and what is
# too small for a float is zero in floating point.
_EXACT = Decimal("1e-30")
_NOTHING = Decimal("1e-40")
_FIFTH_DIGIT = Decimal("1e-5")


def holds(left: Expr, relation: Relation, right: Expr) -> bool:
    """
    Tell whether a printed equality is true.

    Parameters
    ----------
    left, right : Expr
        Formulas whose numbers are decimals, with the digits that are printed.
    relation : {"=", "≈"}

    Returns
    -------
    bool

    Examples
    --------
    >>> from decimal import Decimal
    >>> third = Num(Decimal("0.3333"))
    >>> [holds(third * 3, relation, Num(1)) for relation in ("=", "≈")]
    [False, True]
    """
    if isinstance(left, Num) and not isinstance(right, Num):
        left, right = right, left
    try:
        computed, stated = evaluate(left), evaluate(right)
        error = abs(computed - stated)
        if error <= (_EXACT * abs(stated) or _NOTHING):
            return True
        if relation == "≈" and stated == 0:
            return error <= reach_of_rounding(left)
    except ArithmeticError:
        return False
    return error <= _allowed(stated, left, right, relation)


def _allowed(stated: Decimal, left: Expr, right: Expr, relation: Relation) -> Decimal:
    """Give by how much the sides may differ."""
    most_digits, most_decimals = _precision(left)
    digits, decimals = _precision(right)
    if isinstance(right, Num):
        if relation == "≈":
            half = _place(stated, digits or len(str(abs(stated)))) / 2
            return max(half, _BAND * _place(stated, max(digits, _FEWEST_DIGITS_FOR_BAND)))
        if digits < _FEWEST_DIGITS or (digits < most_digits and decimals < most_decimals):
            return Decimal(0)
        return _place(stated, digits) / 2
    unit = _place(stated, max(digits, most_digits, _FEWEST_DIGITS))
    return unit / 2 if relation == "=" else unit * _BAND


def reach_of_rounding(formula: Expr) -> Decimal:
    """
    Give how far a formula's value can move when all in it is off in the fifth digit.

    Raises
    ------
    ArithmeticError
        If it may then have no value at all.

    Examples
    --------
    >>> float(reach_of_rounding(Num(0.5) - Num(0.5)))
    1e-05
    """
    value = evaluate(formula)
    moved = (evaluate(formula, off=part, by=_FIFTH_DIGIT) for part in _rounded(formula))
    return sum((abs(each - value) for each in moved), Decimal(0))


def _rounded(formula: Expr) -> Iterator[Expr]:
    """Give what rounding enters by: numbers other than whole exponents, and functions."""
    if isinstance(formula, Num | Call):
        yield formula
    whole_power = isinstance(formula, Power) and _precision(formula.exponent) == (0, 0)
    for operand in formula.operands()[: 1 if whole_power else None]:
        yield from _rounded(operand)


def _precision(formula: Expr) -> tuple[int, int]:
    """Count the most significant digits and decimals of a number; whole ones are exact: none."""
    most_digits = most_decimals = 0
    for number in formula.numbers():
        mantissa, _, exponent = str(number.value).partition("E")
        whole, _, fraction = mantissa.lstrip("-").partition(".")
        if fraction or exponent:
            most_digits = max(most_digits, len((whole + fraction).lstrip("0")))
            most_decimals = max(most_decimals, len(fraction) - int(exponent or 0))
    return most_digits, most_decimals


def _place(value: Decimal, digits: int) -> Decimal:
    """Give one unit of the last of the significant digits of a number."""
    return Decimal(1).scaleb(value.adjusted() - digits + 1)
