"""Losses of parameters with their gradients, and update steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.packed import Packed, held_constants, write_alike
from clearprop.doctor.submitted.signature import arguments, is_input, positional, roles
from clearprop.doctor.submitted.subject import Asked, Gradients, Subject, Values, as_output
from clearprop.doctor.submitted.variables import Place, is_numbers, like, plain

__all__ = ["LossSubject", "StepSubject"]


class _OfParameters(Subject):
    """What has its parameters handed in, in a structure of its own, with data beside them."""

    def _take(self, given: Any, asked: Asked) -> None:
        """Note parameters and data."""
        self.asked, self.is_loss, self._given = asked, True, given
        self._held: dict[str, Place] = {}
        self._packed = Packed(given)
        self.parameters = self.expected = tuple(self._packed.leaves)
        if not self.parameters:
            raise Failed("nothing", "check")
        self.start = {n: plain(v) for n, v in self._packed.leaves.items()}
        self.whole_numbers = frozenset(
            n for n, v in self._packed.leaves.items() if np.asarray(v).dtype.kind in "iu"
        )
        self._data: list[str] = []
        if asked.params is not None and asked.x is not None:
            for i, x in enumerate(asked.xs):
                name = "x" if i == 0 else f"x{i + 1}"
                self._data.append(name)
                self.start[name] = plain(x)
        if asked.params is not None and asked.t is not None:
            self.target, self.start["t"] = "t", np.array(asked.t, dtype=np.float64)

    def _hold(self, f: Callable[..., Any]) -> None:
        """Note the numbers that a loss has from outside, where it is given no data."""
        if not self._data:
            self._held = held_constants(self, f)
        self.start.update({n: plain(p.read()) for n, p in self._held.items()})
        self.data = (*self._data, *self._held)

    def _put(self, values: Values) -> None:
        for name, place in self._held.items():
            if not np.array_equal(values[name], plain(place.read())):
                write_alike(place, values[name])

    def _args(self, f: Callable[..., Any], values: Values) -> list[Any]:
        """Give a function parameters and data in the order in which it asks for them."""
        data = [self._shaped(values[n], x) for n, x in zip(self._data, self.asked.xs, strict=False)]
        if self.target:
            t = values["t"]
            data.append(self._shaped(t, self.asked.t))
        needed = [n for n in arguments(f)[0] if roles([n]).get(n) not in ("rate", "momentum")]
        params = self._packed.filled(values)
        if len(needed) <= 1 or needed == ["*"]:
            return [params]
        if len(data) == 2 and _turned(needed):
            data = data[::-1]
        if isinstance(params, tuple | list) and len(needed) == len(params) + len(data):
            known = roles(needed)
            first = is_input(needed[0]) or "target" in list(known.values())[:1]
            return [*data, *params] if first and data else [*params, *data]
        if isinstance(params, Mapping) and len(needed) == len(params) + len(data) > 1 + len(data):
            by_name = {**params, **dict(zip(needed, data, strict=False))}
            if all(n in params for n in needed[len(data) :]):
                return [by_name[n] for n in needed]
            if all(n in params for n in needed[: len(params)]):
                return [*(params[n] for n in needed[: len(params)]), *data]
        leading = roles(needed[:1]).get(needed[0])
        if data and (is_input(needed[0]) or leading == "target") and len(needed) > len(data):
            return [*data, params][: len(needed)]
        return [params, *data][: len(needed)]

    def _shaped(self, array: np.ndarray, pattern: Any) -> Any:
        whole = np.asarray(pattern).dtype.kind in "iu" and np.array_equal(array, np.round(array))
        if whole and isinstance(pattern, np.ndarray):
            return array.astype(pattern.dtype)
        if whole and isinstance(pattern, list):
            return array.astype(int).tolist()
        return array.astype(int) if whole else like(array, pattern)


def _turned(needed: list[str]) -> bool:
    """Tell whether the target is asked for before the input."""
    known = roles(needed)
    targets = [i for i, n in enumerate(needed) if known.get(n) == "target"]
    inputs = [i for i, n in enumerate(needed) if is_input(n)]
    return bool(targets and inputs and targets[0] < inputs[0])


class LossSubject(_OfParameters):
    """
    ``loss(params)`` and ``grad(params)``, both with data if there is some.

    Parameters
    ----------
    loss, grad : callable
        `grad` is None where `loss` gives both.
    asked : Asked
    budget : Budget
    """

    def __init__(
        self,
        loss: Callable[..., Any],
        grad: Callable[..., Any] | None,
        asked: Asked,
        budget: Budget,
    ) -> None:
        super().__init__(budget, loss, grad)
        self._loss = positional(loss)
        self._grad = positional(grad) if grad is not None else None
        self._take(asked.params if asked.params is not None else asked.x, asked)
        self._hold(loss)

    def _forward(self, values: Values) -> Any:
        self._last = values
        result = self.budget.call("loss", self._loss, *self._args(self._loss, values))
        self._both = result if self._grad is None else None
        return as_output(result[0] if isinstance(result, tuple) else result)

    def trace(self, made: Mapping[str, Any]) -> Any:
        """Run the loss on other things than numbers."""
        if any(np.ndim(v) for v in self._packed.leaves.values()):
            return None
        params = self._packed.filled(made)
        return self.budget.call("loss", self._loss, params)

    def _backward(self, upstream: np.ndarray | None) -> Gradients:
        if self._grad is None:
            returned = self._both[1] if isinstance(self._both, tuple) else None
        else:
            args = self._args(self._grad, self._last)
            returned = self.budget.call("grad", self._grad, *args)
        two = isinstance(self._given, tuple | list) and len(self._given) == 2
        if isinstance(returned, tuple) and len(returned) == 2 and not two:
            first = returned[0]
            returned = returned[1] if is_numbers(first) and np.ndim(first) == 0 else returned
        return self._packed.gradients(returned)


class StepSubject(_OfParameters):
    """
    ``step(params) → params``, of a loss that is known: the gradient is told from the change.

    Parameters
    ----------
    step : callable
    asked : Asked
    budget : Budget
    """

    def __init__(self, step: Callable[..., Any], asked: Asked, budget: Budget) -> None:
        super().__init__(budget, step, asked.loss)
        self._step, self._loss, self.seen_by = positional(step), positional(asked.loss), "change"
        self._take(asked.params, asked)
        needed, defaults = arguments(self._step)
        rates = [v for n, v in defaults.items() if roles([n]).get(n) == "rate" and v is not None]
        self.lr = asked.lr if asked.lr is not None else (float(rates[0]) if rates else None)
        if self.lr is None and any(roles([n]).get(n) == "rate" for n in needed[1:]):
            self.lr = 0.1
        self.factor_known = self.lr is not None
        if len(arguments(self._loss)[0]) <= 1 or len(self.parameters) > 1 == len(needed):
            self._forget_data(needed)
        self._hold(asked.loss)

    def _forget_data(self, needed: list[str]) -> None:
        """Leave out data that the loss has from outside, whatever else was handed in."""
        if len(arguments(self._loss)[0]) <= 1:
            for name in (*self._data, *([self.target] if self.target else [])):
                self.start.pop(name)
            self._data, self.target = [], None

    def _forward(self, values: Values) -> Any:
        self._last = values
        return as_output(self.budget.call("loss", self._loss, *self._args(self._loss, values)))

    def _backward(self, upstream: np.ndarray | None) -> Gradients:
        args = self._args(self._step, self._last)
        if not self.target and self.asked.x is not None and len(args) == 1:
            args += self._given_data(len(arguments(self._step)[0]) - 1)
        for i, name in enumerate(arguments(self._step)[0]):
            if roles([name]).get(name) == "rate":
                args.insert(i, self.lr)
        params = args[0] if len(args) == 1 else None
        new = self.budget.call("step", self._step, *args)
        structure = next((a for a in args if type(a) is type(self._given)), params)
        after = self._packed.gradients(structure if new is None else _first_of_kind(new, self))
        lr = self.lr if self.lr else 1.0
        return {
            n: None if v is None else (self._last[n] - v) / lr for n, v in after.items()
        }  # fmt: skip

    def _given_data(self, count: int) -> list[Any]:
        data = [*self.asked.xs, *([self.asked.t] if self.asked.t is not None else [])]
        return data[: max(0, count)]


def _first_of_kind(new: Any, subject: StepSubject) -> Any:
    """Take the parameters of what a step gives: some give a loss or a state beside them."""
    given = subject._given
    if isinstance(new, tuple) and not isinstance(given, tuple):
        alike = [part for part in new if type(part) is type(given)]
        if alike and np.ndim(new[0] if not isinstance(new[0], Mapping) else 1) == 0:
            return alike[0]
        return alike[0] if len(alike) == 1 else new
    return new
