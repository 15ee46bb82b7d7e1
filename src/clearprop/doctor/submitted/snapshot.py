"""What a program holds, noted so that it can be put back: objects, closures, its own globals."""

from __future__ import annotations

import functools
import random
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from clearprop.doctor.submitted.frozen import frozen_in

__all__ = ["Snapshot", "functions_of"]

_DEEPEST = 200_000  # objects; what holds more is not a learner's layer
_OF_CLASSES = (
    types.FunctionType, staticmethod, classmethod, property, list, dict, np.ndarray,
)  # fmt: skip
_PLAIN = (int, float, complex, str, bytes, bool, type(None), np.generic, range, type)


class Snapshot:
    """
    Notes what is reachable from some objects, shallow part by part, so that identity is kept.

    Putting back writes into the very objects that were there: two layers that share an array
    still share it, and whoever else holds the program's objects sees them as they were.

    Parameters
    ----------
    *roots : object
        Objects and functions of the program.
    """

    def __init__(self, *roots: Any) -> None:
        self._notes: list[tuple[Any, Any]] = []
        self._globals: list[tuple[dict[str, Any], str, Any]] = []
        self._seen: dict[int, Any] = {}
        self._numpy, self._python = np.random.get_state(), random.getstate()  # noqa: NPY002 - theirs
        waiting = list(roots)
        while waiting and len(self._seen) < _DEEPEST:
            thing = waiting.pop()
            if isinstance(thing, _PLAIN) and not isinstance(thing, type):
                continue
            if id(thing) in self._seen:
                continue
            self._seen[id(thing)] = thing
            waiting.extend(self._note(thing))

    @property
    def noted(self) -> list[tuple[Any, Any]]:
        """What was found, with what it held."""
        return self._notes

    @property
    def own_globals(self) -> list[tuple[dict[str, Any], str, Any]]:
        """The program's own globals: where, by what name, what."""
        return self._globals

    def restore(self) -> None:
        """Put everything back, the random generators of Python and NumPy too."""
        for thing, kept in self._notes:
            _put_back(thing, kept)
        for space, name, value in self._globals:
            space[name] = value
        np.random.set_state(self._numpy)  # noqa: NPY002 - theirs
        random.setstate(self._python)

    def restore_chance(self) -> None:
        """Put only the random generators back, so that the next draws are the first again."""
        for thing, kept in self._notes:
            if isinstance(thing, np.random.Generator | np.random.RandomState | random.Random):
                _put_back(thing, kept)
        np.random.set_state(self._numpy)  # noqa: NPY002 - theirs
        random.setstate(self._python)

    def _note(self, thing: Any) -> Iterator[Any]:  # noqa: C901 - a case a kind
        if isinstance(thing, np.ndarray):
            self._notes.append((thing, thing.copy()))
            if thing.dtype == object:
                yield from thing.ravel().tolist()
        elif isinstance(thing, dict):
            self._notes.append((thing, dict(thing)))
            yield from thing.values()
        elif isinstance(thing, list | set):
            self._notes.append((thing, thing.copy()))
            yield from thing
        elif isinstance(thing, tuple | frozenset):
            yield from thing
        elif isinstance(thing, np.random.Generator):
            self._notes.append((thing, thing.bit_generator.state))
        elif isinstance(thing, random.Random):
            self._notes.append((thing, thing.getstate()))
        elif isinstance(thing, np.random.RandomState):
            self._notes.append((thing, thing.get_state()))
        elif isinstance(thing, types.FunctionType):
            yield from self._note_function(thing)
        elif isinstance(thing, functools.partial):
            yield thing.func
            yield from self._note_frozen(thing)
        elif isinstance(thing, staticmethod | classmethod):
            yield thing.__func__
        elif isinstance(thing, property):
            yield from (f for f in (thing.fget, thing.fset) if f is not None)
        elif isinstance(thing, types.MethodType):
            yield from (thing.__self__, thing.__func__)
        elif isinstance(thing, types.CellType):
            try:
                self._notes.append((thing, thing.cell_contents))
                yield thing.cell_contents
            except ValueError:  # an empty cell
                return
        elif isinstance(thing, type):
            yield from self._note_class(thing)
        elif not isinstance(thing, types.ModuleType):
            yield from self._note_object(thing)

    def _note_function(self, function: types.FunctionType) -> Iterator[Any]:
        yield from function.__closure__ or ()
        yield from self._note_frozen(function)
        space = function.__globals__
        for name in _names(function.__code__):
            if name not in space or name.startswith("__"):
                continue
            value = space[name]
            foreign = getattr(value, "__module__", None) != function.__module__
            if isinstance(value, types.FunctionType | type):
                if not foreign:
                    yield value
            elif not isinstance(value, types.ModuleType | types.BuiltinFunctionType | np.ufunc):
                self._globals.append((space, name, value))
                yield value

    def _note_frozen(self, function: Any) -> Iterator[Any]:
        for frozen in frozen_in(function):
            self._notes.append((frozen, frozen.items()))
            yield from frozen.items().values()

    def _note_class(self, kind: type) -> Iterator[Any]:
        if kind.__module__ == "builtins" or kind.__module__.partition(".")[0] in _LIBRARIES:
            return
        for name, value in vars(kind).items():
            if isinstance(value, _OF_CLASSES):
                yield value
            elif isinstance(value, int | float) and not name.startswith("__"):
                self._notes.append((_ClassName(kind, name), value))

    def _note_object(self, thing: Any) -> Iterator[Any]:
        foreign = type(thing).__module__.partition(".")[0] in _LIBRARIES
        if foreign and not getattr(type(thing), "of_program", False):
            return
        if hasattr(thing, "__dict__"):
            self._notes.append((thing.__dict__, dict(thing.__dict__)))
            yield from thing.__dict__.values()
        slots = [n for k in type(thing).__mro__ for n in _slots(k) if hasattr(thing, n)]
        if slots:
            held = {name: getattr(thing, name) for name in slots}
            self._notes.append((_Slots(thing), held))
            yield from held.values()
        yield type(thing)


_LIBRARIES = ("numpy", "clearprop", "jax", "torch", "scipy", "threading", "_thread", "typing")


class _Slots:
    """An object whose attributes stand in slots."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def put(self, held: dict[str, Any]) -> None:
        for name, value in held.items():
            setattr(self.thing, name, value)


class _ClassName:
    """A number kept on a class, such as a counter."""

    def __init__(self, kind: type, name: str) -> None:
        self.kind, self.name = kind, name

    def put(self, value: Any) -> None:
        setattr(self.kind, self.name, value)


def _put_back(thing: Any, kept: Any) -> None:
    if isinstance(thing, np.ndarray):
        if thing.shape == kept.shape and thing.flags.writeable:
            thing[...] = kept
    elif isinstance(thing, dict | set):
        thing.clear()
        thing.update(kept)
    elif isinstance(thing, list):
        thing[:] = kept
    elif isinstance(thing, np.random.Generator):
        thing.bit_generator.state = kept
    elif isinstance(thing, random.Random):
        thing.setstate(kept)
    elif isinstance(thing, np.random.RandomState):
        thing.set_state(kept)
    elif isinstance(thing, types.CellType):
        thing.cell_contents = kept
    else:
        thing.put(kept)


def _slots(kind: type) -> list[str]:
    slots = vars(kind).get("__slots__", ())
    names = [slots] if isinstance(slots, str) else list(slots)
    return [name for name in names if name not in ("__dict__", "__weakref__")]


def _names(code: types.CodeType) -> set[str]:
    """Give the global names that a function mentions, those of its inner functions too."""
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*map(_names, inner)) if inner else set(code.co_names)


def functions_of(thing: Any) -> dict[str, Any]:
    """Give what can be called of an object, a class, a module, or a dict of functions, by name."""
    if isinstance(thing, dict):
        return {name: f for name, f in thing.items() if callable(f)}
    if isinstance(thing, types.ModuleType):
        own = vars(thing).items()
        return {n: f for n, f in own if callable(f) and not n.startswith("__")}
    names = [n for n in dir(thing) if not (n.startswith("__") and n != "__call__")]
    found = {}
    for name in names:
        try:
            value = getattr(thing, name)
        except Exception:  # noqa: BLE001 - a property of foreign code may raise anything
            continue
        if callable(value) and not isinstance(value, np.ndarray):
            found[name] = value
    return found
