"""Scalar values tried one operation at a time, so that what goes wrong between them shows."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.signature import arguments

__all__ = ["Form", "probed"]

_OPERATORS = {
    "__add__": operator.add, "__mul__": operator.mul, "__sub__": operator.sub,
    "__truediv__": operator.truediv,
}  # fmt: skip
_CALLS = ("tanh", "relu", "sigmoid", "exp", "log", "sin")
_AT = (0.7, 0.4, 1.3)

Formula = Callable[..., Any]


@dataclass(frozen=True)
class Form:
    """
    What a value calls its number, its gradient and its way back.

    Attributes
    ----------
    data, grad, back : str
    """

    data: str
    grad: str
    back: str


def probed(kind: type, form: Form, budget: Budget) -> str:
    """
    Name a mistake that lies between the operations of a class of values; "" where it does not.

    Each operation by itself must be right; then two in a row tell whether what comes in is
    multiplied; then a value used twice, whether both uses are summed; then a result used twice,
    at two depths, whether the way back waits for both.
    """
    ops = [f for name, f in _OPERATORS.items() if hasattr(kind, name)]
    known = [name for name in _CALLS if callable(getattr(kind, name, None))]
    calls: list[Formula] = [lambda a, name=name: getattr(a, name)() for name in known]
    add, mul = (_OPERATORS[n] if hasattr(kind, n) else None for n in ("__add__", "__mul__"))
    if add is None or mul is None:
        return ""
    try:
        if any(_off(kind, form, f, budget) is not None for f in (*ops, *calls)):
            return ""
        for f in _in_a_row(ops, calls, mul):
            off = _off(kind, form, f, budget)
            if off is not None:
                local = _as_if_one_came_in(kind, form, f, budget)
                return "upstream-ignored" if _close(off, local) else ""
        for f in _used_twice(ops, add, mul):
            if _off(kind, form, f, budget) is not None:
                return "paths-not-summed"
        for f in _shared(add, mul):
            if _off(kind, form, f, budget) is not None:
                return "backward-order"
    except Failed as failed:
        if failed.kind == "endless":
            raise
    return ""


def _in_a_row(ops: list[Formula], calls: list[Formula], mul: Formula) -> Iterator[Formula]:
    """Yield formulas of an operation whose result is used once, multiplied by another value."""
    for f in ops:
        yield lambda a, b, c, f=f: mul(f(a, b), c)
    for f in calls:
        yield lambda a, b, f=f: mul(f(a), b)


def _used_twice(ops: list[Formula], add: Formula, mul: Formula) -> Iterator[Formula]:
    """Yield formulas in which only what goes in is used twice."""
    yield lambda a, b, c: add(mul(a, b), mul(a, c))
    yield lambda a, b, c: add(mul(b, a), mul(c, a))
    yield lambda a, b, c: mul(add(a, b), add(a, c))
    yield lambda a, b, c: mul(add(b, a), add(c, a))
    yield lambda a, b: add(a, a)
    for f in ops[2:]:
        yield lambda a, b, c, f=f: mul(f(a, b), f(a, c))
        yield lambda a, b, c, f=f: mul(f(b, a), f(c, a))


def _shared(add: Formula, mul: Formula) -> Iterator[Formula]:
    """Yield formulas in which a result is used twice, once further on than the other time."""
    yield lambda a, b, c: (lambda d: add(mul(d, c), d))(mul(a, b))
    yield lambda a, b, c: (lambda d: add(d, mul(d, c)))(mul(a, b))
    yield lambda a, b: (lambda d: (lambda e: mul(add(e, d), e))(mul(d, d)))(mul(a, b))


def _values(f: Formula) -> tuple[float, ...]:
    return _AT[: len(arguments(f)[0])]


def _number(kind: type, form: Form, f: Formula, at: tuple[float, ...], budget: Budget) -> float:
    out = budget.call("forward", lambda: f(*(kind(v) for v in at)))
    return float(getattr(out, form.data))


def _slopes(kind: type, form: Form, f: Formula, budget: Budget) -> np.ndarray:
    at = _values(f)
    found = []
    for i in range(len(at)):
        ends = [
            _number(kind, form, f, (*at[:i], at[i] + h, *at[i + 1 :]), budget)
            for h in (1e-5, -1e-5)
        ]
        found.append((ends[0] - ends[1]) / 2e-5)
    return np.array(found)


def _given(kind: type, form: Form, f: Formula, budget: Budget) -> np.ndarray:
    live = [kind(v) for v in _values(f)]
    out = budget.call("forward", f, *live)
    back = getattr(out, form.back)
    budget.call("backward", back, *([1.0] if arguments(back)[0] else []))
    return np.array([np.nan if (g := getattr(v, form.grad)) is None else float(g) for v in live])


def _off(kind: type, form: Form, f: Formula, budget: Budget) -> np.ndarray | None:
    """Give the gradients of a formula where they are wrong."""
    given = _given(kind, form, f, budget)
    return None if _close(given, _slopes(kind, form, f, budget)) else given


def _as_if_one_came_in(kind: type, form: Form, f: Formula, budget: Budget) -> np.ndarray:
    """Give what an operation's values get of a product where it does not look at what comes in."""
    due = _slopes(kind, form, f, budget)
    due[:-1] /= _values(f)[-1]
    return due


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.all(np.abs(a - b) <= 1e-6 * (1 + np.abs(b))))
