"""Which style a program was handed in: an object, a pair of functions, a step, scalar values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from clearprop.doctor.submitted.composed import LayerOf, NetworkOf, as_row
from clearprop.doctor.submitted.foreign import is_foreign, of_foreign
from clearprop.doctor.submitted.functions import PairSubject
from clearprop.doctor.submitted.guard import Budget, Failed
from clearprop.doctor.submitted.local import Local, local_of, local_of_object
from clearprop.doctor.submitted.losses import LossSubject, StepSubject
from clearprop.doctor.submitted.making import made
from clearprop.doctor.submitted.objects import ObjectSubject
from clearprop.doctor.submitted.signature import (
    BACKWARD,
    FORWARD,
    GRADIENT,
    LOSS,
    arguments,
    first_of,
    is_target,
    roles,
)
from clearprop.doctor.submitted.snapshot import Snapshot, functions_of
from clearprop.doctor.submitted.subject import Asked, Subject
from clearprop.doctor.submitted.values import ValueSubject, form_of, is_value_class, of_class
from clearprop.doctor.submitted.variables import (
    closed_over,
    is_numbers,
    partner,
    places,
    plain,
    values_around,
)

__all__ = ["as_subject"]


def as_subject(thing: Any, asked: Asked, budget: Budget) -> Subject:
    """
    Put what was handed in into the one form that is judged.

    Parameters
    ----------
    thing : object
        A class, an object, a function, a pair of functions, a module.
    asked : Asked
        What was given besides.
    budget : Budget

    Raises
    ------
    Failed
        If it cannot be run, or has no way back.
    """
    if is_foreign(thing):
        return of_foreign(thing, asked, budget)
    if is_value_class(thing) and asked.x is None:
        return of_class(thing, budget)
    _no_program(thing)
    note = None
    if isinstance(thing, type):
        thing, note = made(thing, asked, budget)
    subject = _of_thing(as_row(thing), asked, budget)
    subject.told = (*subject.told, *([("made", note)] if note else []))
    return subject


def _no_program(thing: Any) -> None:
    """Refuse what nobody can go forward with: numbers, text, arrays."""
    if thing is None or isinstance(thing, str | bytes) or is_numbers(thing):
        raise Failed("no_program", "check", what=type(thing).__name__)


def _of_thing(thing: Any, asked: Asked, budget: Budget) -> Subject:
    asked = _spread(thing, asked)
    if isinstance(thing, tuple | list) and len(thing) == 2 and all(map(callable, thing)):
        return _pair(thing[0], thing[1], asked, budget)
    if _has_values(asked.xs) and callable(thing):
        return ValueSubject(thing, asked, budget)
    functions = functions_of(thing) if not _is_function(thing) else {}
    if not functions:
        return _function(thing, asked, budget)
    local = local_of_object(thing, asked, budget)
    if local is not None:
        return _of_local(local, asked, budget)
    if isinstance(thing, Mapping) or type(thing).__name__ in ("module", "SimpleNamespace"):
        return _namespace(functions, thing, asked, budget)
    return _guessed(thing, asked, budget)


def _spread(thing: Any, asked: Asked) -> Asked:
    """Take a list of arrays for several inputs, where forward asks for as many."""
    if not isinstance(asked.x, list) or len(asked.x) < 2 or asked.params is not None:
        return asked
    ahead: Any = thing[0] if isinstance(thing, tuple | list) and thing else thing
    if not _is_function(ahead):
        functions = functions_of(ahead)
        ahead = functions.get(first_of(FORWARD, functions) or "")
    needed = arguments(ahead)[0] if callable(ahead) else []
    many = len(needed) == len(asked.x) + (asked.t is not None)
    return replace(asked, x=tuple(asked.x)) if many else asked


def _is_function(thing: Any) -> bool:
    kinds = ("function", "method", "builtin_function_or_method", "partial", "ufunc")
    return type(thing).__name__ in kinds


def _has_values(xs: tuple[Any, ...]) -> bool:
    return bool(xs) and all(form_of(x) is not None for x in xs)


def _of_local(local: Local, asked: Asked, budget: Budget) -> Subject:
    """Take a function with its derivative for a layer, and say so."""
    x = np.array(asked.xs[0], dtype=np.float64) if np.ndim(asked.xs[0]) else float(asked.xs[0])
    subject = PairSubject(local.forward, local.backward, replace(asked, x=x), budget)
    subject.told = (("local_of_output" if local.of_output else "local", {}),)
    return subject


def _pair(first: Any, second: Any, asked: Asked, budget: Budget) -> Subject:
    local = local_of(first, second, asked, budget)
    if local is not None:
        return _of_local(local, asked, budget)
    asked = _target_of_pair(first, second, asked)
    if _is_gradient_at(first, second, asked, budget):
        params = asked.x if isinstance(asked.x, np.ndarray | list) else asked.xs[0]
        return LossSubject(first, second, replace(asked, x=None, params=params), budget)
    network = asked.x is not None and asked.t is not None and _takes_data(second)
    owner = getattr(first, "__self__", None)
    if asked.params is None and owner is not None and owner is getattr(second, "__self__", None):
        kind = NetworkOf if network and _takes_data(first) else LayerOf
        return ObjectSubject(kind(owner, first.__name__, second.__name__), asked, budget)
    if asked.params is None and network and _takes_data(first):
        around = values_around(first, second)
        if around or any(_target_first(f) for f in (first, second)):
            return ObjectSubject({"loss": first, "gradient": second, **around}, asked, budget)
    if asked.params is not None and _returns_number(first, asked, budget):
        return LossSubject(first, second, asked, budget)
    if asked.x is None and asked.params is None:
        asked = replace(asked, x=np.linspace(-1.3, 1.7, 12).reshape(3, 4))
    return PairSubject(first, second, asked, budget)


def _target_of_pair(first: Any, second: Any, asked: Asked) -> Asked:
    """Take one of two inputs for the target, where both functions call it so."""
    if asked.t is not None or asked.params is not None or len(asked.xs) != 2:
        return asked
    if not (_takes_data(first) and _takes_data(second)):
        return asked
    which = [is_target(n) for n in arguments(first)[0]]
    if sum(which) != 1 or [is_target(n) for n in arguments(second)[0]] != which:
        return asked
    k = which.index(True)
    return replace(asked, x=asked.xs[1 - k], t=asked.xs[k])


def _is_gradient_at(first: Any, second: Any, asked: Asked, budget: Budget) -> bool:
    """Tell ``loss(w)`` with ``grad(w)``, to which w was handed in as the input."""
    if len(asked.xs) != 1 or asked.t is not None or asked.params is not None:
        return False
    ahead, back = arguments(first)[0], arguments(second)[0]
    if len(ahead) != 1 or len(back) != 1 or not is_numbers(asked.xs[0]):
        return False
    if roles(back).get(back[0]) == "upstream" or not np.ndim(asked.xs[0]):
        return False
    before = Snapshot(first, second)
    x = asked.xs[0]
    try:
        given = [budget.call("forward", f, np.array(x) if isinstance(x, np.ndarray) else x)
                 for f in (first, second)]  # fmt: skip
    except Failed:
        return False
    finally:
        before.restore()
    number = is_numbers(given[0]) and np.ndim(given[0]) == 0
    return number and is_numbers(given[1]) and np.shape(given[1]) == np.shape(x)


def _target_first(f: Any) -> bool:
    first, second = arguments(f)[0]
    known = roles([first, second])
    return known.get(first) == "target" and known.get(second) != "target"


def _takes_data(f: Any) -> bool:
    """Tell what takes input and target, and nothing that comes in from behind."""
    needed = arguments(f)[0]
    return len(needed) == 2 and not {"upstream", "cache"} & set(roles(needed).values())


def _returns_number(f: Any, asked: Asked, budget: Budget) -> bool:
    """Tell a loss of parameters from a forward pass that takes inputs first."""
    try:
        y = LossSubject(f, None, asked, budget).forward
        probe = LossSubject(f, None, asked, budget)
        return bool(np.ndim(y(dict(probe.start))) == 0)
    except (Failed, TypeError, ValueError, KeyError, IndexError):
        return False


def _function(f: Any, asked: Asked, budget: Budget) -> Subject:
    if not callable(f):
        raise Failed("no_program", "check", what=type(f).__name__)
    if asked.loss is not None and asked.params is not None:
        return StepSubject(f, asked, budget)
    if asked.params is not None and asked.x is None:
        return LossSubject(f, None, asked, budget)
    if asked.params is not None and _returns_number(f, asked, budget):
        return LossSubject(f, None, asked, budget)
    return PairSubject(f, None, asked, budget)


def _namespace(functions: Mapping[str, Any], thing: Any, asked: Asked, budget: Budget) -> Subject:
    loss, grad = first_of(LOSS, functions), first_of(GRADIENT, functions)
    forward, back = first_of(FORWARD, functions), first_of(BACKWARD, functions)
    if loss and grad and asked.params is not None:
        return LossSubject(functions[loss], functions[grad], asked, budget)
    keeps = isinstance(thing, ModuleType) and _keeps_gradients(functions, forward, back)
    if forward and back and not loss and not keeps:
        pair = PairSubject(functions[forward], functions[back], asked, budget)
        if asked.x is not None:
            return pair
    return ObjectSubject(thing, asked, budget)


def _keeps_gradients(functions: Mapping[str, Any], forward: Any, back: Any) -> bool:
    """Tell functions that leave gradients of a module's arrays in the module."""
    if forward is None or back is None:
        return False
    held = [p.name for p in closed_over(functions[forward]) if np.ndim(p.read())]
    code = getattr(functions[back], "__code__", None)
    return code is not None and any(partner(n, list(code.co_names)) for n in held)


def _guessed(thing: Any, asked: Asked, budget: Budget) -> Subject:
    """Take an object; where no input was given, try those that its weights could take."""
    holds = bool(places(thing, numbers_too=False))
    if asked.x is not None and holds and _has_its_data(thing):
        asked = replace(asked, x=None)  # it was made with it
    if asked.x is not None:
        before = Snapshot(thing)
        asked = _target_among(thing, asked)
        try:
            return ObjectSubject(thing, asked, budget)
        except Failed as failed:
            before.restore()
            if failed.kind == "raised" and isinstance(asked.x, list) and is_numbers(asked.x):
                return _guessed(thing, replace(asked, x=np.array(asked.x)), budget)
            one = _one_of(asked)
            if failed.kind != "raised":
                raise
            if one is None:
                raise _with_shape_that_fits(failed, thing, asked, budget) from None
            try:
                return ObjectSubject(thing, one, budget)  # it takes one pattern at a time
            except Failed:
                raise _with_shape_that_fits(failed, thing, asked, budget) from None
    if _has_its_data(thing):
        return ObjectSubject(thing, _with_held_target(thing, asked), budget)
    last: Failed | None = None
    before = Snapshot(thing)
    for x in _inputs_for(thing):
        before.restore()
        try:
            return ObjectSubject(thing, replace(asked, x=x), budget)
        except Failed as failed:
            if failed.kind != "raised":
                raise
            last = failed
    assert last is not None
    raise last


def _target_among(thing: Any, asked: Asked) -> Asked:
    """Take the last of several inputs for the target, where forward calls it so."""
    functions = functions_of(thing)
    ahead = functions.get(first_of(FORWARD, functions) or first_of(LOSS, functions) or "")
    needed = arguments(ahead)[0] if ahead is not None else []
    if asked.t is not None or len(asked.xs) < 2 or len(needed) != len(asked.xs):
        return asked
    if not is_target(needed[-1]):
        return asked
    return replace(asked, x=asked.xs[:-1], t=asked.xs[-1])


def _with_shape_that_fits(failed: Failed, thing: Any, asked: Asked, budget: Budget) -> Failed:
    """Note an input that forward takes, where its weights do not fit the one that was given."""
    functions = functions_of(thing)
    ahead = functions.get(first_of(FORWARD, functions) or "")
    if failed.where != "forward" or not isinstance(failed.error, ValueError) or ahead is None:
        return failed
    for x in _inputs_for(thing) if len(arguments(ahead)[0]) == len(asked.xs) == 1 else []:
        try:
            budget.call("forward", ahead, x)
        except Failed:
            continue
        failed.about = {**failed.about, "fits": x.shape}
        break
    return failed


def _has_its_data(thing: Any) -> bool:
    """Tell a program that was made with its data: its ways take nothing."""
    functions = functions_of(thing)
    ways = [first_of(names, functions) for names in (FORWARD, BACKWARD)]
    return all(w is not None and not arguments(functions[w])[0] for w in ways)


def _with_held_target(thing: Any, asked: Asked) -> Asked:
    """Take what a program holds under a target's name, where none was given."""
    held = [p for p in places(thing, numbers_too=False) if is_target(p.name) or p.name == "y"]
    if asked.t is not None or len(held) != 1:
        return asked
    return replace(asked, t=np.array(held[0].read()))


def _one_of(asked: Asked) -> Asked | None:
    """Give the first of several patterns."""
    if not is_numbers(asked.x) or np.ndim(asked.x) != 2:
        return None
    t = asked.t[0] if asked.t is not None and np.ndim(asked.t) else asked.t
    return replace(asked, x=asked.x[0], t=t)


def _inputs_for(thing: Any) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    arrays = [plain(p.read()) for p in places(thing) if is_numbers(p.read())]
    shapes: list[tuple[int, ...]] = []
    for w in arrays:
        if w.ndim == 2:
            i, o = w.shape
            shapes += [(4, i), (4, o), (o, 4), (i,), (o,)]
            break
        if w.ndim == 4:
            shapes += [(2, w.shape[1], 6, 6)]
            break
    shapes += [(4, 3), (2, 3, 6, 6), (3,), ()]
    return [rng.standard_normal(shape) for shape in shapes]
