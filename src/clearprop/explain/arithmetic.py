"""From a formula with names to the same formula with numbers, ready to be printed and checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial, reduce

from clearprop.core.wording import Worded, fill
from clearprop.errors import FormatError, OptionError
from clearprop.explain.digits import show
from clearprop.explain.evaluation import FUNCTIONS, evaluate
from clearprop.explain.expression import Expr, Negative, Num, Rest, Sum, call
from clearprop.explain.formula import Applied, Formula, Quantity, Terms
from clearprop.explain.parsing import parse
from clearprop.explain.typeset import typeset

__all__ = ["with_numbers"]

_OPERATORS: dict[str, Callable[..., Expr]] = {
    "add": lambda x1, x2: x1 + x2,
    "subtract": lambda x1, x2: x1 - x2,
    "multiply": lambda x1, x2: x1 * x2,
    "divide": lambda x1, x2: x1 / x2,
    "negative": lambda x: -x,
    "pow": lambda x1, x2: x1**x2,
    "square": lambda x: x**2,
    "reciprocal": lambda x: 1 / x,
}


_AS_IN_SYMBOLS = {"maximum": "max", "minimum": "min"}


def with_numbers(formula: Formula) -> Expr | None:
    """
    Put the numbers in.

    Returns
    -------
    Expr or None
        None where an operation has no sign or name of its own to be worked out by.

    Examples
    --------
    >>> import clearprop as cp
    >>> from clearprop.explain.typeset import typeset
    >>> from clearprop.explain.formula import apply
    >>> product = apply(cp.multiply, {"x1": Quantity(2.0, "x"), "x2": Quantity(3.0, "w")}, 6.0)
    >>> typeset(with_numbers(product), str)
    '2.0 × 3.0'
    """
    if isinstance(formula, Quantity):
        return Num(formula.value)
    if isinstance(formula, Terms):
        return _sum(formula)
    return _applied(formula)


def _applied(formula: Applied) -> Expr | None:
    if formula.op == "where":  # with numbers, a choice is what was chosen
        return with_numbers(formula.args["x1" if formula.args["condition"].value else "x2"])
    args = {name: with_numbers(arg) for name, arg in formula.args.items()}
    if any(arg is None for arg in args.values()):
        return None
    if formula.op in _OPERATORS:
        return _OPERATORS[formula.op](**args)
    if formula.op == "clip" and len(args) < 3:
        return None  # bounded on one side
    if formula.op in FUNCTIONS:
        return call(
            _AS_IN_SYMBOLS.get(formula.op, formula.op),
            *(arg for arg in args.values() if arg is not None),
        )
    return _read_from_words(formula, {k: arg for k, arg in args.items() if arg is not None})


def _read_from_words(formula: Applied, args: Mapping[str, Expr]) -> Expr | None:
    """Read an operation's own words as a formula, if that is what they are."""

    def word(name: str) -> Worded:
        if name in formula.settings:
            return Worded(str(formula.settings[name]))
        return Worded(f"({typeset(args[name], partial(show, digits=17))})")

    places = (*args, *formula.settings)
    try:
        found = parse(fill(formula.words, places, word, formula.level, latex=False))
        worked = float(evaluate(found))
    except (FormatError, OptionError, ArithmeticError):
        return None
    close = math.isclose(worked, formula.value, rel_tol=1e-9, abs_tol=1e-12)
    return found if close else None  # words may leave out what the number depends on


def _sum(formula: Terms) -> Expr | None:
    parts = [part for part in map(with_numbers, formula.parts) if part is not None]
    if len(parts) < len(formula.parts):
        return None
    if formula.rest_count:
        parts.append(Rest(formula.rest_count, Num(formula.rest_total)))
    total = reduce(_plus, parts)
    return total if formula.over == 1 else total / formula.over


def _plus(left: Expr, right: Expr) -> Expr:
    """Add; a negative product is subtracted, as one writes it."""
    if isinstance(right, Num) and float(right.value) < 0:
        parts = left.parts if isinstance(left, Sum) else (left,)
        return Sum((*parts, Negative(Num(-right.value))))
    return left + right
