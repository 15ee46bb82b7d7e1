"""Work out formulas in decimal arithmetic, from exactly the digits that are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from types import MappingProxyType

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

__all__ = ["FUNCTIONS", "evaluate"]

_CONTEXT = Context(prec=50, traps=[InvalidOperation, DivisionByZero, Overflow])
_ONE = Decimal(1)


def _sigmoid(x: Decimal) -> Decimal:
    return _ONE / (_ONE + (-x).exp())


def _sinh(x: Decimal) -> Decimal:
    return (x.exp() - (-x).exp()) / 2


def _cosh(x: Decimal) -> Decimal:
    return (x.exp() + (-x).exp()) / 2


def _tanh(x: Decimal) -> Decimal:
    return 2 * _sigmoid(2 * x) - _ONE


def _softplus(x: Decimal) -> Decimal:
    return (_ONE + x.exp()).ln()


def _floating(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    """Take a function that `decimal` does not have from `math`, good to some sixteen digits."""

    def compute(x: Decimal) -> Decimal:
        try:
            return Decimal(function(float(x)))
        except ValueError:  # outside its domain
            raise InvalidOperation from None

    return compute


# By every name under which a formula may call them.
FUNCTIONS: Mapping[str, Callable[..., Decimal]] = MappingProxyType(
    {
        "abs": abs,
        "exp": Decimal.exp,
        "expm1": lambda x: x.exp() - _ONE,
        "ln": Decimal.ln,
        "log": Decimal.ln,
        "log10": Decimal.log10,
        "log1p": lambda x: (_ONE + x).ln(),
        "log2": lambda x: x.ln() / Decimal(2).ln(),
        "sqrt": Decimal.sqrt,
        "√": Decimal.sqrt,
        "σ": _sigmoid,
        "sigmoid": _sigmoid,
        "relu": lambda x: max(x, Decimal(0)),
        "ReLU": lambda x: max(x, Decimal(0)),
        "softplus": _softplus,
        "tanh": _tanh,
        "sinh": _sinh,
        "cosh": _cosh,
        "max": max,
        "min": min,
        "maximum": max,
        "minimum": min,
        "sign": lambda x: _ONE.copy_sign(x) if x else Decimal(0),
        "floor": lambda x: Decimal(math.floor(x)),
        "ceil": lambda x: Decimal(math.ceil(x)),
        "trunc": lambda x: Decimal(math.trunc(x)),
        **{
            name: _floating(getattr(math, name))
            for name in [
                "sin",
                "cos",
                "tan",
                "asin",
                "acos",
                "atan",
                "asinh",
                "acosh",
                "atanh",
                "erf",
                "erfc",
            ]
        },
    }
)


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
            return math.prod(values, start=_ONE)
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
