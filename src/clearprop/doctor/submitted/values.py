"""Scalar values that know their way back: formulas of them, and classes tried on ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.findings import Finding
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.operations import Form, probed
from clearprop.doctor.submitted.signature import BACKWARD, arguments, first_of
from clearprop.doctor.submitted.subject import Asked, Gradients, Subject, Values, as_output
from clearprop.doctor.submitted.variables import gradient_of_held, is_numbers, like, plain

__all__ = ["Form", "ValueSubject", "form_of", "is_value_class", "of_class"]


def _held(value: Any) -> dict[str, Any]:
    slots = [n for k in type(value).__mro__ for n in _as_names(vars(k).get("__slots__", ()))]
    held = {n: getattr(value, n) for n in slots if hasattr(value, n)}
    return held | dict(getattr(value, "__dict__", {}))


def _as_names(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def form_of(value: Any) -> Form | None:
    """Tell how a scalar value is made; None for what is none."""
    if isinstance(value, np.ndarray | type) or is_numbers(value) or callable(value):
        return None
    if type(value).__module__.partition(".")[0] in ("numpy", "torch", "jax", "jaxlib", "clearprop"):
        return None
    names = [n for n in dir(type(value)) if callable(getattr(type(value), n, None))]
    held = _held(value)
    back = first_of(BACKWARD, {n: type(value) for n in names if n not in held})
    numbers = [n for n, v in held.items() if is_numbers(v)]
    if back is None or not numbers:
        return None
    grads = [n for n in held if gradient_of_held(n) and (n in numbers or held[n] is None)]
    if len(grads) != 1:
        return None
    rest = [n for n in numbers if n != grads[0]]
    if len(rest) > 1:  # which of them is what it is made of?
        try:
            own = _held(type(value)(1.25))
        except Exception:  # noqa: BLE001 - foreign code may raise anything
            return None
        rest = [n for n in rest if own.get(n) == 1.25]
    return Form(rest[0], grads[0], back) if len(rest) == 1 else None


class ValueSubject(Subject):
    """
    A function of scalar values that know how to go ``backward()``.

    Parameters
    ----------
    f : callable
        From values to a value.
    asked : Asked
    budget : Budget
    """

    def __init__(self, f: Callable[..., Any], asked: Asked, budget: Budget) -> None:
        super().__init__(budget, f, *(type(v) for v in asked.xs))
        self._f, self._patterns, self.is_loss = f, asked.xs, True
        forms = [form_of(v) for v in asked.xs]
        self._forms = [f if f is not None else Form("data", "grad", "backward") for f in forms]
        names = [n for n in arguments(f)[0] if n != "*"]
        if len(names) != len(asked.xs):
            names = [f"x{i + 1}" for i in range(len(asked.xs))]
        self.inputs = self.expected = tuple(names)
        self.start = {
            n: plain(getattr(v, form.data))
            for n, v, form in zip(names, asked.xs, self._forms, strict=True)
        }

    def _put(self, values: Values) -> None:
        return

    def _forward(self, values: Values) -> Any:
        self._live = [
            self.budget.call("made", type(v), like(values[n], getattr(v, form.data)))
            for n, v, form in zip(self.inputs, self._patterns, self._forms, strict=True)
        ]
        self._output = self.budget.call("forward", self._f, *self._live)
        y = as_output(getattr(self._output, self._forms[0].data, self._output))
        return np.sum(y)  # its way back starts at ones

    def trace(self, made: Mapping[str, Any]) -> Any:
        """Run the function on other things than the program's values."""
        return self.budget.call("forward", self._f, *(made[n] for n in self.inputs))

    def _backward(self, upstream: np.ndarray | None) -> Gradients:
        back = getattr(self._output, self._forms[0].back, None)
        if back is None:
            raise Failed("no_backward", "backward")
        self.budget.call("backward", back, *([1.0] if arguments(back)[0] else []))
        found: Gradients = {}
        for name, value, form in zip(self.inputs, self._live, self._forms, strict=True):
            given = getattr(value, form.grad)
            found[name] = None if given is None else plain(getattr(given, form.data, given))
        return found

    def own_findings(self) -> list[Finding]:
        """Try what the class can do, one operation and then two at a time."""
        kinds = {type(v) for v in self._patterns}
        if len(kinds) != 1 or any(np.ndim(v) for v in self.start.values()):
            return []
        name = probed(kinds.pop(), self._forms[0], self.budget)
        self.snapshot.restore()
        return [Finding(name, places=self.inputs)] if name else []


def is_value_class(thing: Any) -> bool:
    """Tell classes of values with operators and a way back."""
    if not isinstance(thing, type):
        return False
    ways = {n: f for n, f in vars(thing).items() if callable(f)}
    return first_of(BACKWARD, ways) is not None and ("__add__" in ways or "__mul__" in ways)


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
