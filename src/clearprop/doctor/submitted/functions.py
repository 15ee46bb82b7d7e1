"""Functions that were handed in: forward with backward, loss with grad, a step, scalar values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.submitted.collecting import collect
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.signature import arguments, roles
from clearprop.doctor.submitted.subject import Asked, Gradients, Subject, Values, as_output
from clearprop.doctor.submitted.variables import Place, closed_over, is_numbers, like, plain

__all__ = ["LossSubject", "PairSubject", "StepSubject", "ValueSubject"]


class Packed:
    """
    Arrays in a structure of the program's: one array, a list, a dict, nested.

    Parameters
    ----------
    given : object
        The structure, with its numbers.
    """

    def __init__(self, given: Any, name: str = "w") -> None:
        self.given = given
        self.leaves: dict[str, Any] = {}
        self._list(given, "" if isinstance(given, Mapping) else name)

    def _list(self, value: Any, name: str) -> None:
        if isinstance(value, Mapping):
            for key, each in value.items():
                self._list(each, f"{name}[{key!r}]" if name else str(key))
        elif isinstance(value, list | tuple) and not (is_numbers(value) and _matrix(value)):
            for i, each in enumerate(value):
                self._list(each, f"{name}[{i}]")
        elif is_numbers(value):
            self.leaves[name] = value

    def filled(self, values: Values) -> Any:
        """Give the structure with other numbers."""
        return self._filled(self.given, "" if isinstance(self.given, Mapping) else "w", values)

    def _filled(self, value: Any, name: str, values: Values) -> Any:
        if name in self.leaves:
            array = values[name]
            if not isinstance(array, np.ndarray | float):
                return array  # something that stands for a number
            if isinstance(value, np.ndarray) and np.array_equal(value, array):
                return value.copy()
            return like(array, value)
        if isinstance(value, Mapping):
            return {
                key: self._filled(each, f"{name}[{key!r}]" if name else str(key), values)
                for key, each in value.items()
            }
        if isinstance(value, list | tuple):
            parts = [self._filled(each, f"{name}[{i}]", values) for i, each in enumerate(value)]
            return type(value)(parts)
        return value

    def gradients(self, given: Any) -> Gradients:
        """Put gradients of the same structure to names."""
        names = list(self.leaves)
        shapes = {n: np.shape(v) for n, v in self.leaves.items()}
        if isinstance(given, Mapping):
            return collect(given, (), names, shapes)
        if len(names) == 1:
            return {names[0]: plain(given) if is_numbers(given) else None}
        found: Gradients = {}
        self._gather(self.given, given, "" if isinstance(self.given, Mapping) else "w", found)
        return found

    def _gather(self, value: Any, given: Any, name: str, found: Gradients) -> None:
        if name in self.leaves:
            found[name] = plain(given) if is_numbers(given) else None
        elif isinstance(value, list | tuple) and isinstance(given, list | tuple | np.ndarray):
            for i, (each, g) in enumerate(zip(value, given, strict=False)):
                self._gather(each, g, f"{name}[{i}]", found)
        elif isinstance(value, Mapping) and isinstance(given, Mapping):
            for key, each in value.items():
                self._gather(each, given.get(key), f"{name}[{key!r}]" if name else str(key), found)


def _matrix(value: Any) -> bool:
    """Tell a matrix, or a long vector, from a few numbers or arrays that each have their role."""
    if any(isinstance(v, np.ndarray) for v in value) or isinstance(value, tuple):
        return False
    if all(isinstance(v, int | float | np.generic) for v in value):
        return len(value) > 16
    return all(isinstance(v, list) for v in value) and len({len(v) for v in value}) == 1


def held_constants(subject: Subject, f: Callable[..., Any]) -> dict[str, Place]:
    """Find the numbers that a function has from outside and that its output depends on."""
    here = subject.forward(dict(subject.start))
    found: dict[str, Place] = {}
    subject.snapshot.restore()
    listed = [p for p in closed_over(f) if p.name not in subject.start]
    arrays = any(np.ndim(p.read()) for p in listed)
    for place in listed:
        old = plain(place.read())
        if old.ndim == 0 and (here.ndim or (arrays and _SETTING.match(place.name))):
            continue
        subject.snapshot.restore()
        try:
            whole = np.asarray(place.read()).dtype.kind in "iu"
            place.write(np.roll(old, 1, axis=0) if whole and old.ndim else old * 1.01 + 0.01)
            there = as_output(subject._forward(dict(subject.start)))
        except Failed:
            continue
        finally:
            subject.snapshot.restore()
        if there.shape != here.shape or not np.allclose(there, here, rtol=1e-9, atol=0):
            found[place.name] = place
    return found


_SETTING = re.compile(
    r"(?i)^(lam|lambda_?|l2|reg|regularization|lr|eta|alpha|beta|rate|learning_rate|weight_decay|decay|"
    r"eps|epsilon|n|m|h|step|scale|momentum|mu)$"
)


def _write_alike(place: Place, array: np.ndarray) -> None:
    """Write numbers; whole ones, such as indices, as whole numbers."""
    old = place.read()
    if isinstance(old, np.ndarray) and old.dtype.kind in "iu":
        old[...] = array
        return
    place.write(array)


class PairSubject(Subject):
    """
    ``forward(x, w, b) → out`` or ``(out, cache)`` or ``(out, backward)``, and backward.

    Parameters
    ----------
    forward, backward : callable
        `backward` is None where forward gives it.
    asked : Asked
    budget : Budget
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any] | None,
        asked: Asked,
        budget: Budget,
    ) -> None:
        super().__init__(budget, forward, backward)
        self._ahead, self._back, self.asked = forward, backward, asked
        needed = [n for n in arguments(forward)[0] if n != "*"]
        params = asked.params
        named = dict(params) if isinstance(params, Mapping) else {}
        if params is not None and not named:
            many = params if isinstance(params, tuple | list) else (params,)
            named = dict(zip(needed[len(asked.xs) :], many, strict=False))
        names = needed[: len(asked.xs)]
        if len(names) < len(asked.xs):
            names = ["x"] if len(asked.xs) == 1 else [f"x{i + 1}" for i in range(len(asked.xs))]
        self._patterns: dict[str, Any] = {**dict(zip(names, asked.xs, strict=True)), **named}
        self._fixed = {
            n: v for n, v in self._patterns.items()
            if not is_numbers(v) or np.asarray(v).dtype.kind == "b"
        }  # fmt: skip
        self.start = {n: plain(v) for n, v in self._patterns.items() if n not in self._fixed}
        self._takes_target = (
            asked.t is not None and len(needed) > len(self._patterns) or "t" in needed[1:]
        ) and asked.t is not None
        self._order = list(self._patterns)
        self._held: dict[str, Place] = {}
        if self._takes_target:
            self.target, self.start["t"] = "t", np.array(asked.t, dtype=np.float64)
            self.is_loss = True
        self.inputs = tuple(n for n in names if n in self.start)
        self.parameters = tuple(n for n in named if n in self.start)
        self._settle()

    def _settle(self) -> None:
        """Guess which of several inputs is the target, the parameters."""
        y = self.forward(dict(self.start))
        self.scalar_output = y.ndim == 0
        last = self._order[-1]
        known = roles(self._order[1:])
        whole = {
            n: np.asarray(v).dtype.kind in "iu" for n, v in self._patterns.items()
        }  # fmt: skip
        targets = [n for n, role in known.items() if role == "target" and n in self.inputs]
        if (
            not targets
            and y.ndim == 0
            and len(self.inputs) == 2
            and (whole[last] or last in ("y", "labels"))
        ):
            targets = [last]
        if targets and self.target is None:
            self._target_name = targets[0]
            self.inputs = tuple(n for n in self.inputs if n != targets[0])
            self.is_loss = True
            self.target = targets[0]
        elif self._back is None and not callable(self._cache) and y.ndim == 0:
            self.is_loss = True
        elif not self._takes_target and y.ndim == 0 and self._backward_takes() == 0:
            self.is_loss = True
        self.whole_numbers = frozenset(n for n in self.differentiable if whole.get(n))
        self.expected = self.differentiable
        self._held = held_constants(self, self._ahead)
        self.start.update({n: plain(p.read()) for n, p in self._held.items()})
        self.parameters = (*self.parameters, *self._held)

    def _backward_takes(self) -> int:
        if self._back is None:
            return 1
        return len(arguments(self._back)[0])

    def _put(self, values: Values) -> None:
        for name, place in self._held.items():
            place.write(values[name])

    def _value(self, name: str, values: Values) -> Any:
        if name in self._fixed:
            return self._fixed[name]
        pattern = self._patterns[name]
        if np.array_equal(values[name], self.start[name]):
            return np.array(pattern) if isinstance(pattern, np.ndarray) else pattern
        if name == self.target and np.asarray(pattern).dtype.kind in "iu":
            return values[name].astype(np.asarray(pattern).dtype)
        return like(values[name], pattern)

    def _forward(self, values: Values) -> Any:
        self._given = [self._value(n, values) for n in self._order]
        if self._takes_target:
            t = values["t"]
            whole = np.asarray(self.asked.t).dtype.kind in "iu"
            self._given.append(t.astype(int) if whole else like(t, self.asked.t))
        result = self.budget.call("forward", self._ahead, *self._given)
        self._cache: Any = None
        self._rest: tuple[Any, ...] = ()
        if isinstance(result, tuple) and len(result) >= 2:
            self._cache, self._rest = result[1], result[1:]
            result = result[0]
        self._output = result
        return as_output(result)

    def trace(self, made: Mapping[str, Any]) -> Any:
        """Run forward on other things than arrays."""
        given = [made.get(n, self._patterns[n]) for n in self._order]
        result = self.budget.call("forward", self._ahead, *given)
        return result[0] if isinstance(result, tuple) else result

    def _backward(self, upstream: np.ndarray | None) -> Gradients:
        if upstream is None:
            upstream = np.ones(np.shape(self._output))
        g = like(upstream, self._output)
        back = self._back if self._back is not None else self._cache
        if not callable(back):  # forward gave the gradients beside its output
            if self._back is not None or not self._rest:
                raise Failed("no_backward", "backward")
            given = self._rest[0] if len(self._rest) == 1 else self._rest
            shapes = {n: np.shape(self.start[n]) for n in self.differentiable}
            return collect(given, self.inputs, self.parameters, shapes)
        needed, _ = arguments(back)
        known = roles(needed)
        if len(needed) == 0:
            args = []
        elif len(needed) == 1:
            args = [g] if known.get(needed[0]) != "cache" else [self._cache]
        elif len(needed) == 2 and self._rest:
            first_is_cache = known.get(needed[0]) == "cache" or known.get(needed[1]) == "upstream"
            args = [self._cache, g] if first_is_cache else [g, self._cache]
        elif self._rest and len(needed) == 1 + len(self._rest):
            args = [g, *self._rest]
        else:  # backward(dout, x, w, b): what forward was given, besides what comes in
            args = self._as_given(needed, known, g)
        returned = self.budget.call("backward", back, *args)
        shapes = {n: np.shape(self.start[n]) for n in self.differentiable}
        asked = [n for n in self.parameters if n not in self._held]
        return collect(returned, self.inputs, asked, shapes)

    def _as_given(self, needed: list[str], known: Mapping[str, str], g: Any) -> list[Any]:
        ahead = [n for n in arguments(self._ahead)[0]]
        by_name = dict(zip(ahead, self._given, strict=False))
        rest = [n for n in needed if n not in by_name]
        if len(needed) == len(self._given) and not rest:
            return list(self._given)
        if len(rest) == 1:
            return [by_name.get(n, g) for n in needed]
        if len(rest) == 2 and self._rest:
            return [by_name[n] if n in by_name else g if n == rest[0] else self._cache for n in needed]
        return ([g, *self._given] if len(needed) > len(self._given) else list(self._given))[
            : len(needed)
        ]


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
                _write_alike(place, values[name])

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
        first = needed[0].lower()
        if data and first in ("x", "inputs", "x_batch", "xs"):
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
        if isinstance(returned, tuple) and len(returned) == 2 and np.ndim(returned[0]) == 0:
            if not isinstance(self._given, tuple | list) or len(self._given) != 2:
                returned = returned[1]
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
                _write_alike(place, values[name])

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
        names = [n for n in arguments(f)[0] if n != "*"]
        if len(names) != len(asked.xs):
            names = [f"x{i + 1}" for i in range(len(asked.xs))]
        self.inputs = self.expected = tuple(names)
        self.start = {n: plain(v.data) for n, v in zip(names, asked.xs, strict=True)}

    def _put(self, values: Values) -> None:
        return

    def _forward(self, values: Values) -> Any:
        self._live = [
            type(v)(like(values[n], v.data))
            for n, v in zip(self.inputs, self._patterns, strict=True)
        ]
        self._output = self.budget.call("forward", self._f, *self._live)
        return as_output(getattr(self._output, "data", self._output))

    def trace(self, made: Mapping[str, Any]) -> Any:
        """Run the function on other things than the program's values."""
        return self.budget.call("forward", self._f, *(made[n] for n in self.inputs))

    def _backward(self, upstream: np.ndarray | None) -> Gradients:
        self.budget.call("backward", self._output.backward)
        return {n: plain(v.grad) for n, v in zip(self.inputs, self._live, strict=True)}
