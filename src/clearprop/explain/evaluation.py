"""Work out formulas in decimal arithmetic, from exactly the digits that are written."""

from __future__ import annotations

import math
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


def evaluate(formula: Expr, *, off: Expr | None = None, by: Decimal = Decimal(0)) -> Decimal:
    """
    Work out a formula to fifty digits.

    Parameters
    ----------
    formula : Expr
    off : Expr, optional
        A part of the formula whose value is taken too large, to see what that does.
    by : Decimal
        By what fraction of itself.

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

    def value(part: Expr) -> Decimal:
        computed = _value(part, [value(operand) for operand in part.operands()])
        return computed * (1 + by) if part is off else computed

    with localcontext(_CONTEXT):
        return +value(formula)


def _value(formula: Expr, operands: list[Decimal]) -> Decimal:
    match formula:
        case Num(value=value):
            return Decimal(value)
        case Sum():
            return sum(operands, Decimal(0))
        case Product():
            return math.prod(operands, start=Decimal(1))
        case Negative():
            return -operands[0]
        case Quotient():
            return operands[0] / operands[1]
        case Power():
            return operands[0] ** operands[1]
        case Rest():
            return operands[0]
        case Call(name=name):
            if name not in FUNCTIONS:
                raise unknown("function", name, FUNCTIONS)
            result = FUNCTIONS[name](*operands)
            if not result.is_finite():  # the logarithm of zero
                raise InvalidOperation
            return result
        case _:
            raise TypeError(f"not a formula: {formula!r}")
