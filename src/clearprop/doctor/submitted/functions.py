"""Functions that were handed in: forward with backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.submitted.collecting import collect
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.packed import held_constants
from clearprop.doctor.submitted.several import Joined, coming_in
from clearprop.doctor.submitted.signature import arguments, roles
from clearprop.doctor.submitted.subject import Asked, Gradients, Subject, Values, as_output
from clearprop.doctor.submitted.variables import Place, is_numbers, like, plain

__all__ = ["PairSubject"]


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
        self._fixed |= self._indices(names)
        self.start = {n: plain(v) for n, v in self._patterns.items() if n not in self._fixed}
        self._takes_target = (
            (asked.t is not None and len(needed) > len(self._patterns)) or "t" in needed[1:]
        ) and asked.t is not None
        self._order = list(self._patterns)
        self._held: dict[str, Place] = {}
        if self._takes_target:
            self.target, self.start["t"] = "t", np.array(asked.t, dtype=np.float64)
            self.is_loss = True
        self.inputs = tuple(n for n in names if n in self.start)
        self.parameters = tuple(n for n in named if n in self.start)
        self._settle()

    def _indices(self, names: Sequence[str]) -> dict[str, Any]:
        """Find whole numbers that choose from another input: they cannot be other numbers."""
        arrays = {n: v for n in names if isinstance(v := self._patterns[n], np.ndarray)}
        whole = [n for n, v in arrays.items() if v.dtype.kind in "iu"]
        found = {}
        for name in whole if len(self._patterns) > len(whole) else ():
            moved = {**self._patterns, name: self._patterns[name] + 0.25}
            try:
                self.budget.call("forward", self._ahead, *moved.values())
            except Failed as failed:
                if failed.kind != "endless":
                    found[name] = self._patterns[name]
        return found

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
            and not self._gives_gradient_of_last()
        ):
            targets = [last]
        if targets and self.target is None:
            self._target_name = targets[0]
            self.inputs = tuple(n for n in self.inputs if n != targets[0])
            self.is_loss = True
            self.target = targets[0]
        elif (self._back is None and not callable(self._cache) and y.ndim == 0) or (
            not self._takes_target and y.ndim == 0 and self._backward_takes() == 0
        ):
            self.is_loss = True
        self.whole_numbers = frozenset(n for n in self.differentiable if whole.get(n))
        self.expected = self.differentiable
        self._held = held_constants(self, self._ahead)
        self.start.update({n: plain(p.read()) for n, p in self._held.items()})
        self.parameters = (*self.parameters, *self._held)

    def _gives_gradient_of_last(self) -> bool:
        """Tell a second number from a target: a way back that takes what comes in gives both."""
        back = self._back if self._back is not None else self._cache
        if not callable(back) or len(arguments(back)[0]) != 1:
            return False
        try:
            given = self._backward(np.asarray(0.7))
        except Failed:
            return False
        return all(given.get(n) is not None for n in self.inputs)

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
        gradients = coming_in(arguments(self._back)[0]) if self._back else 0
        if gradients > 1 and isinstance(result, tuple) and isinstance(result[0], tuple | list):
            result = (*result[0], *result[1:])  # several outputs stand in one place
        self._joined = Joined.of(result, gradients)
        if self._joined is not None:
            rest = result[len(self._joined.parts) :]
            result = (self._joined.whole, *rest) if rest else self._joined.whole
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
        if self._joined is not None and self._back is not None:
            parts = self._joined.parted(upstream)
            returned = self.budget.call("backward", self._back, *parts, *self._rest)
            return self._collected(returned)
        if not callable(back):  # forward gave the gradients beside its output
            if self._back is not None or not self._rest:
                raise Failed("alone" if self._back is None else "no_backward", "backward")
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
        return self._collected(self.budget.call("backward", back, *args))

    def _collected(self, returned: Any) -> Gradients:
        shapes = {n: np.shape(self.start[n]) for n in self.differentiable}
        given = [n for n in self._order if n not in self._fixed]
        given += [self.target] if self._takes_target and self.target else []
        many = isinstance(returned, tuple | list) and len(returned) == len(given) > len(shapes)
        own = is_numbers(returned) and np.shape(returned) in shapes.values()
        if many and not own and self.target in given:  # one of the target too: nobody asks for it
            pairs = zip(given, returned, strict=True)
            returned = [r for n, r in pairs if n != self.target]
            returned = returned[0] if len(returned) == 1 else tuple(returned)
        asked = [n for n in self.parameters if n not in self._held]
        return collect(returned, self.inputs, asked, shapes)

    def _as_given(self, needed: list[str], known: Mapping[str, str], g: Any) -> list[Any]:
        ahead = list(arguments(self._ahead)[0])
        by_name = dict(zip(ahead, self._given, strict=False))
        rest = [n for n in needed if n not in by_name]
        if len(needed) == len(self._given) and not rest:
            return list(self._given)
        if len(rest) == 1:
            return [by_name.get(n, g) for n in needed]
        if len(rest) == 2 and self._rest:
            return [
                by_name[n] if n in by_name else g if n == rest[0] else self._cache for n in needed
            ]
        return ([g, *self._given] if len(needed) > len(self._given) else list(self._given))[
            : len(needed)
        ]
