"""Work out formulas in decimal arithmetic, from exactly the digits that are written."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

from clearprop.errors import unknown
from clearprop.explain.expression import (
    Call,
    Expr,
    Negative,
    Num,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
)
from clearprop.explain.functions import FUNCTIONS

__all__ = ["FUNCTIONS", "evaluate"]

_CONTEXT = Context(prec=50, traps=[InvalidOperation, DivisionByZero, Overflow])


def evaluate(
    formula: Expr, read: Callable[[Num], Decimal] = lambda number: Decimal(number.value)
) -> Decimal:
    """
    Work out a formula to fifty digits.

    Parameters
    ----------
    formula : Expr
    read : callable, optional
        What each number stands for; by default itself.

    Returns
    -------
    Decimal

    Raises
    ------
    ArithmeticError
        If it has no value: a division by zero, the logarithm of a negative number, an overflow.
    OptionError
        If it calls a function that is not in `FUNCTIONS`.

    Examples
    --------
    >>> from clearprop.explain.expression import Num, call
    >>> evaluate(Num(2) * 3 + call("max", 1, -1))
    Decimal('7')
    """
    with localcontext(_CONTEXT):
        return +_value(formula, read)


def _value(formula: Expr, read: Callable[[Num], Decimal]) -> Decimal:
    if isinstance(formula, Num):
        return read(formula)
    values = [_value(operand, read) for operand in formula.operands()]
    match formula:
        case Sum():
            return sum(values, Decimal(0))
        case Product():
            return math.prod(values, start=Decimal(1))
        case Negative():
            return -values[0]
        case Quotient():
            return values[0] / values[1]
        case Power():
            return values[0] ** values[1]
        case Rest():
            return values[0]
        case Call(name=name):
            if name not in FUNCTIONS:
                raise unknown("function", name, FUNCTIONS)
            result = FUNCTIONS[name](*values)
            if not result.is_finite():  # the logarithm of zero
                raise InvalidOperation
            return result
        case _:
            raise TypeError(f"not a formula: {formula!r}")
