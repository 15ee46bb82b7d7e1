"""Optimizers in every form, run on gradients that are given: dicts, lists, arrays, states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.optimizer_holding import own_parameters, step_with_gradients
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.signature import arguments, first_of, roles
from clearprop.doctor.submitted.snapshot import Snapshot, functions_of
from clearprop.doctor.submitted.variables import Place, is_numbers, partner, places, plain

__all__ = ["OPTIMIZER_STEPS", "Ran", "is_step_of_gradients", "run"]

OPTIMIZER_STEPS = (
    "update", "step", "apply", "apply_gradients", "optimize", "update_params", "update_weights",
    "갱신", "__call__",
)  # fmt: skip
_STEPS = 6
_GRADIENT = re.compile(r"(?i)^(d\w{0,2}|d_\w+|g|gs|\w*grad\w*|slopes?|derivs?|\w*기울기\w*)$")
_TIME = re.compile(r"(?i)^(t|time|step|steps|iteration|iter|it|i|k|n|epoch|count|횟수)$")


@dataclass(frozen=True)
class Ran:
    """The weights of each step, of one or two parameters."""

    path: dict[str, list[np.ndarray]]
    first: dict[str, np.ndarray]
    gradients: list[dict[str, np.ndarray]]
    lr: float | None = None  # where the program asked for one

    def before(self, name: str, t: int) -> np.ndarray:
        """Give the weights that step t, from 1, starts from."""
        return self.first[name] if t == 1 else self.path[name][t - 2]


def is_step_of_gradients(f: Any) -> bool:
    """Tell a function that takes weights and their gradients."""
    needed = arguments(f)[0][:2]
    return len(needed) == 2 and sum(bool(_GRADIENT.match(n)) for n in needed) == 1


def run(thing: Any, lr: float | None, seed: int, budget: Budget, size: float = 1.0) -> Ran:
    """
    Let an optimizer take some steps.

    Parameters
    ----------
    thing : object or function
    lr : float or None
        Given where it asks for a rate.
    seed : int
    budget : Budget
    size : float
        Of the gradients; each entry has its own besides, from 1 down to 1e-4.

    Raises
    ------
    Failed
        If it cannot be run in any form.
    """
    rng = np.random.default_rng(seed)
    first = {"W": rng.normal(size=(2, 3)), "b": rng.normal(size=3)}
    sizes = {"W": np.logspace(0, -4, 6).reshape(2, 3), "b": np.array([1.0, 0.1, 0.001])}
    gradients = [
        {n: size * sizes[n] * (1 + k % 3) * _away(rng.normal(size=w.shape)) for n, w in
         first.items()} for k in range(_STEPS)
    ]  # fmt: skip
    f = thing
    if not _is_plain_function(thing):
        functions = functions_of(thing)
        name = first_of(OPTIMIZER_STEPS, functions)
        if name is None:
            raise Failed("no_step", "update")
        f = functions[name]
    snapshot = Snapshot(thing, f)
    last: Failed | None = None
    for way in _ways(f):
        snapshot.restore()
        try:
            ran = way(f, thing, first, gradients, lr, budget)
        except Failed as failed:
            if failed.kind == "endless":
                raise
            last = failed
            continue
        except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
            last = Failed("raised", "update", error)
            continue
        finally:
            snapshot.restore()
        if ran is not None and any(not np.array_equal(p[-1], ran.first[n])
                                   for n, p in ran.path.items()):  # fmt: skip
            return ran
    raise last or Failed("no_step", "update")


def _away(values: np.ndarray) -> np.ndarray:
    return np.asarray(values + 0.2 * np.sign(values))


def _is_plain_function(thing: Any) -> bool:
    return type(thing).__name__ in ("function", "method", "partial", "builtin_function_or_method")


def _ways(f: Any) -> Iterator[Callable[..., Ran | None]]:
    needed = arguments(f)[0]
    if not needed:
        yield _on_held
        return
    if len(needed) == 1 and _GRADIENT.match(needed[0]):
        yield _on_own
        return
    yield from (_on_dict, _on_list, _on_one)


class _Calls:
    """Calls of a step: what it asks for besides weights and gradients is filled in."""

    def __init__(self, f: Any, lr: float | None, budget: Budget) -> None:
        self.f, self.lr, self.budget, self.t = f, lr, budget, 0
        needed, given = arguments(f)
        self.needed = needed
        pair = needed[:2]
        self.turned = len(pair) == 2 and bool(
            (_GRADIENT.match(pair[0]) and not _GRADIENT.match(pair[1]))
            or roles(pair).get(pair[0]) == "upstream"
        )
        self.optional = [n for n in given if given[n] is None and roles([n]).get(n) != "rate"]
        self.states: dict[str, Any] = {}

    def __call__(self, params: Any, grads: Any) -> Any:
        """Take a step; give the new weights, or None where they were changed in place."""
        self.t += 1
        args = [grads, params] if self.turned else [params, grads]
        free: list[str] = []
        for name in self.needed[2:]:
            if roles([name]).get(name) == "rate":
                self.lr = 0.1 if self.lr is None else self.lr
                args.append(self.lr)
            elif _TIME.match(name):
                args.append(self.t)
            else:
                free.append(name)
                args.append(self.states.get(name, self._start(params)))
        named = {n: self.states[n] for n in self.optional if n in self.states}
        result = self.budget.call("update", self.f, *args, **named)
        free = free or self.optional
        if isinstance(result, tuple) and free and 2 <= len(result) <= 1 + len(free):
            self.states.update(zip(free, result[1:], strict=False))
            return result[0]
        return result

    def _start(self, params: Any) -> Any:
        """Give a state to start from: zeros, as the weights are."""
        if isinstance(params, Mapping):
            return {n: np.zeros_like(w) for n, w in params.items()}
        if isinstance(params, list):
            return [np.zeros_like(w) for w in params]
        return np.zeros_like(params)


def _on_dict(f: Any, thing: Any, first: Any, gradients: Any, lr: Any, budget: Budget) -> Any:
    params: Any = {n: w.copy() for n, w in first.items()}
    path: dict[str, list[np.ndarray]] = {n: [] for n in first}
    step = _Calls(f, lr, budget)
    for g in gradients:
        result = step(params, {n: v.copy() for n, v in g.items()})
        if isinstance(result, Mapping):
            params = dict(result)
        elif result is not None:
            return None
        for n in first:
            path[n].append(plain(params[n]))
    return Ran(path, first, gradients, step.lr)


def _on_list(f: Any, thing: Any, first: Any, gradients: Any, lr: Any, budget: Budget) -> Any:
    params: Any = [w.copy() for w in first.values()]
    path: dict[str, list[np.ndarray]] = {n: [] for n in first}
    step = _Calls(f, lr, budget)
    for g in gradients:
        result = step(params, [v.copy() for v in g.values()])
        if isinstance(result, list | tuple) and len(result) == len(params):
            params = list(result)
        elif result is not None:
            return None
        for n, p in zip(first, params, strict=True):
            path[n].append(plain(p))
    if any(p[-1].shape != first[n].shape for n, p in path.items()):
        return None
    return Ran(path, first, gradients, step.lr)


def _on_one(f: Any, thing: Any, first: Any, gradients: Any, lr: Any, budget: Budget) -> Any:
    w, path, step = first["W"].copy(), [], _Calls(f, lr, budget)
    for g in gradients:
        result = step(w, g["W"].copy())
        w = w if result is None else plain(result)
        path.append(plain(w))
    return Ran({"W": path}, {"W": first["W"]}, gradients, step.lr)


def _on_own(f: Any, thing: Any, first: Any, gradients: Any, lr: Any, budget: Budget) -> Any:
    """Let an optimizer step that holds its parameters and is given their gradients."""
    held = own_parameters(getattr(f, "__self__", thing))
    if held is None:
        raise Failed("no_step", "update")
    named = held.items() if isinstance(held, Mapping) else enumerate(held)
    own = {str(n): plain(w) for n, w in named}
    rng = np.random.default_rng(1)
    every = [
        {n: rng.normal(size=w.shape) * (1 + k % 3) for n, w in own.items()} for k in range(_STEPS)
    ]
    return Ran(step_with_gradients(f, held, every, budget), own, every)


def _on_held(f: Any, thing: Any, first: Any, gradients: Any, lr: Any, budget: Budget) -> Any:
    """Let an optimizer that holds its parameters step, with gradients written beside them."""
    owner = getattr(f, "__self__", thing)
    listed = {p.name: p for p in places(owner, numbers_too=False, aliases=True)}
    names = list(listed)
    pairs: list[tuple[Place, Place]] = []
    for name, place in listed.items():
        title = partner(name, [n for n in names if n != name])
        if title is not None and np.shape(listed[title].read()) == np.shape(place.read()):
            pairs.append((place, listed[title]))
    pairs = [(p, g) for p, g in pairs if is_numbers(p.read())][:2]
    if not pairs:
        raise Failed("no_step", "update")
    rng = np.random.default_rng(1)
    own = {p.name: plain(p.read()) for p, _ in pairs}
    every = [
        {n: rng.normal(size=w.shape) * (1 + k % 3) for n, w in own.items()} for k in range(_STEPS)
    ]
    path: dict[str, list[np.ndarray]] = {n: [] for n in own}
    for g in every:
        for p, d in pairs:
            d.write(g[p.name])
        budget.call("update", f)
        for p, _ in pairs:
            path[p.name].append(plain(p.read()))
    return Ran(path, own, every)
