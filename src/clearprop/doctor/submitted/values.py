"""A class of scalar values, tried on formulas of ours that use what it can do."""

from __future__ import annotations

from typing import Any

from clearprop.doctor.submitted.functions import ValueSubject
from clearprop.doctor.submitted.guard import Budget
from clearprop.doctor.submitted.subject import Asked

__all__ = ["is_value_class", "of_class"]


def is_value_class(thing: Any) -> bool:
    """Tell classes of values with operators and a way back."""
    return (
        isinstance(thing, type)
        and hasattr(thing, "backward")
        and ("__add__" in vars(thing) or "__mul__" in vars(thing))
    )


def of_class(kind: type, budget: Budget) -> ValueSubject:
    """Make a formula of all that values of a class can do, and take that for the program."""
    add, mul = hasattr(kind, "__add__"), hasattr(kind, "__mul__")
    calls = [n for n in ("tanh", "relu", "sigmoid", "exp") if hasattr(kind, n)]
    binary = [n for n in ("__sub__", "__truediv__") if n in vars(kind)]

    def formula(a: Any, b: Any, c: Any) -> Any:
        d = a * b if mul else a + b
        e = d + a if add else d * a
        if mul:
            e = e * d
        for name in calls:
            e = e + c if add else e
            e = getattr(e, name)()
            e = e * c if mul else e + c
        if add:
            e = e + c
        if "__sub__" in binary:
            e = e - a
        if "__truediv__" in binary:
            e = e / b
        if mul and add:
            e = e * d + a
            e = d * e + b
        return e

    xs = tuple(kind(v) for v in (0.7, -0.6, 1.3))
    return ValueSubject(formula, Asked(x=xs), budget)
