"""Losses of parameters with their gradients, and update steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Budget
from clearprop.doctor.submitted.packed import Packed, held_constants, write_alike
from clearprop.doctor.submitted.signature import arguments, roles
from clearprop.doctor.submitted.subject import Asked, Gradients, Subject, Values, as_output
from clearprop.doctor.submitted.variables import Place, like, plain

__all__ = ["LossSubject", "StepSubject"]


class LossSubject(Subject):
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
        self._loss, self._grad, self.asked, self.is_loss = loss, grad, asked, True
        self._given = asked.params if asked.params is not None else asked.x
        self._held: dict[str, Place] = {}
        self._packed = Packed(self._given)
        names = list(self._packed.leaves)
        self.parameters = tuple(names)
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
        self.expected = self.parameters
        if not self._data:
            self._held = held_constants(self, loss)
        self.start.update({n: plain(p.read()) for n, p in self._held.items()})
        self.data = (*self._data, *self._held)

    def _put(self, values: Values) -> None:
        for name, place in self._held.items():
            if not np.array_equal(values[name], plain(place.read())):
                write_alike(place, values[name])

    def _args(self, f: Callable[..., Any], values: Values) -> list[Any]:
        data = [like(values[n], x) for n, x in zip(self._data, self.asked.xs, strict=False)]
        if self.target:
            whole = np.asarray(self.asked.t).dtype.kind in "iu"
            t = values["t"]
            data.append(t.astype(int) if whole else like(t, self.asked.t))
        needed = arguments(f)[0]
        params = self._packed.filled(values)
        if len(needed) <= 1 or needed == ["*"]:
            return [params]
        if isinstance(params, tuple | list) and len(needed) == len(params) + len(data):
            known = roles(needed)
            first = needed[0].lower() in ("x", "inputs") or "target" in list(known.values())[:1]
            return [*data, *params] if first and data else [*params, *data]
        if isinstance(params, Mapping) and len(needed) == len(params) + len(data) > 1 + len(data):
            by_name = {**params, **dict(zip(needed, data, strict=False))}
            if all(n in params for n in needed[len(data) :]):
                return [by_name[n] for n in needed]
            if all(n in params for n in needed[: len(params)]):
                return [*(params[n] for n in needed[: len(params)]), *data]
        leading = needed[0].lower()
        if data and leading in ("x", "inputs", "x_batch", "xs"):
            return [*data, params][: len(needed)]
        return [params, *data][: len(needed)]

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
            returned = returned[1] if np.ndim(returned[0]) == 0 else returned
        return self._packed.gradients(returned)


class StepSubject(Subject):
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
        self._step, self.asked, self.is_loss, self.seen_by = step, asked, True, "change"
        self._packed = Packed(asked.params)
        self.parameters = tuple(self._packed.leaves)
        self.start = {n: plain(v) for n, v in self._packed.leaves.items()}
        defaults = arguments(step)[1]
        rates = [v for n, v in defaults.items() if roles([n]).get(n) == "rate" and v is not None]
        self.lr = asked.lr if asked.lr is not None else (float(rates[0]) if rates else None)
        self.factor_known = self.lr is not None
        self.expected = self.parameters
        self._held: dict[str, Place] = {}
        self._held = held_constants(self, asked.loss)
        self.start.update({n: plain(p.read()) for n, p in self._held.items()})
        self.data = tuple(self._held)

    def _put(self, values: Values) -> None:
        for name, place in self._held.items():
            if not np.array_equal(values[name], plain(place.read())):
                write_alike(place, values[name])

    def _data(self, count: int) -> list[Any]:
        data = [*self.asked.xs, *([self.asked.t] if self.asked.t is not None else [])]
        return data[: max(0, count)]

    def _forward(self, values: Values) -> Any:
        self._last = values
        params = self._packed.filled(values)
        needed = arguments(self.asked.loss)[0]
        if len(needed) == len(self.parameters) > 1 and isinstance(params, tuple | list):
            return as_output(self.budget.call("loss", self.asked.loss, *params))
        args = [params, *self._data(len(needed) - 1)]
        return as_output(self.budget.call("loss", self.asked.loss, *args))

    def _backward(self, upstream: np.ndarray | None) -> Gradients:
        params = self._packed.filled(self._last)
        needed = arguments(self._step)[0]
        rate = [n for n in needed[1:] if roles([n]).get(n) == "rate"]
        if len(needed) == len(self.parameters) > 1 and isinstance(params, tuple | list):
            new = self.budget.call("step", self._step, *params)
        else:
            args = [params, *self._data(len(needed) - 1 - len(rate))]
            if rate:
                self.lr = self.lr if self.lr is not None else 0.1
                args.append(self.lr)
            new = self.budget.call("step", self._step, *args)
        after = self._packed.gradients(params if new is None else new)
        lr = self.lr if self.lr else 1.0
        return {
            n: None if v is None else (self._last[n] - v) / lr for n, v in after.items()
        }  # fmt: skip
