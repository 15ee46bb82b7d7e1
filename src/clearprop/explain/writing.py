"""Writing formulas down: operations on formulas, sums, and fractions of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from clearprop.core.op import REGISTRY
from clearprop.explain.formula import Applied, Formula, Quantity, Terms, apply, evaluate

__all__ = ["is_zero", "op", "times", "total", "written"]


def op(name: str, *args: Formula) -> Applied:
    """Apply an operation, exactly as it is written."""
    rule = REGISTRY[name]
    named = dict(zip(rule.inputs, args, strict=True))
    made = Applied(rule.name, rule.words, rule.latex, rule.level, named, 0.0)
    with np.errstate(all="ignore"):  # log 0 and 1/0 are infinite
        return replace(made, value=evaluate(made))


def times(formula: Formula, by: Fraction) -> Formula:
    """Multiply by a fraction: nothing for 1, and a division for 1/2."""
    if by.numerator != 1:
        formula = op("multiply", Quantity(float(by.numerator)), formula)
    if by.denominator != 1:
        formula = op("divide", formula, Quantity(float(by.denominator)))
    return formula


def is_zero(formula: Formula) -> bool:
    """Tell whether a formula is the plain number 0."""
    return isinstance(formula, Quantity) and not formula.symbol and formula.value == 0


def written(name: str, *args: Formula, **params: Any) -> Formula:
    """Apply an operation, simply: ``1 · y`` is y, and ``where(c, a, a)`` is a."""
    op = REGISTRY[name]
    named = dict(zip(op.inputs, args, strict=True))
    if name == "where" and args[1] == args[2]:
        return args[1]
    if name in ("multiply", "divide") and is_zero(args[0]):
        return args[0]
    if name == "add" and is_zero(args[0]):
        return args[1]
    numbers = {k: Quantity(float(v)) for k, v in params.items() if _is_number(v)}
    settings = {k: v for k, v in params.items() if not _is_number(v)}
    made = Applied(op.name, op.words, op.latex, op.level, named | numbers, 0.0, settings)
    return apply(op, named | numbers, evaluate(made), settings)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def total(parts: Sequence[Formula]) -> Formula:
    """Add up; one part is itself."""
    if len(parts) == 1:
        return parts[0]
    return Terms(tuple(parts), 0, 0.0, 1.0, sum(part.value for part in parts))
