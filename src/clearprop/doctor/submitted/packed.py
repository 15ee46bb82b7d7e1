"""Parameters in a program's own structure, and numbers that its functions have from outside."""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.submitted.collecting import collect, unrolled
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.signature import is_input, roles
from clearprop.doctor.submitted.subject import Gradients, Subject, Values, as_output
from clearprop.doctor.submitted.variables import (
    Place,
    closed_over,
    is_numbers,
    like,
    nudged,
    plain,
)

__all__ = ["Packed", "held_constants", "write_alike"]


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
        named = isinstance(given, Mapping) or is_record(given) or hasattr(given, "_fields")
        self._root = "" if named else name
        self._list(given, self._root)

    def _list(self, value: Any, name: str) -> None:
        if is_record(value):
            for key, each in vars(value).items():
                self._list(each, f"{name}.{key}" if name else key)
        elif isinstance(value, Mapping):
            for key, each in value.items():
                self._list(each, f"{name}[{key!r}]" if name else str(key))
        elif isinstance(value, list | tuple) and not (is_numbers(value) and _matrix(value)):
            for key, each in _numbered(value):
                self._list(each, _within(name, key, value))
        elif is_numbers(value):
            self.leaves[name] = value

    def filled(self, values: Values) -> Any:
        """Give the structure with other numbers."""
        return self._filled(self.given, self._root, values)

    def _filled(self, value: Any, name: str, values: Values) -> Any:
        if is_record(value):
            new = copy.copy(value)
            for key, each in vars(value).items():
                inner = f"{name}.{key}" if name else key
                object.__setattr__(new, key, self._filled(each, inner, values))
            return new
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
            parts = [self._filled(v, _within(name, k, value), values) for k, v in _numbered(value)]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        return value

    def gradients(self, given: Any) -> Gradients:
        """Put gradients of the same structure to names."""
        found: Gradients
        names = list(self.leaves)
        shapes = {n: np.shape(v) for n, v in self.leaves.items()}
        if isinstance(self.given, Mapping) or not isinstance(self.given, list | tuple):
            given = unrolled(given)
        if is_record(given) and is_record(self.given):
            found = {}
            self._gather(self.given, given, self._root, found)
            return found
        if isinstance(given, Mapping):
            found = {}
            if isinstance(self.given, Mapping) and set(given) == set(self.given):
                self._gather(self.given, given, self._root, found)
            return found | collect(given, (), [n for n in names if found.get(n) is None], shapes)
        if len(names) == 1:
            return {names[0]: plain(given) if is_numbers(given) else None}
        found = {}
        self._gather(self.given, given, self._root, found)
        return found

    def _gather(self, value: Any, given: Any, name: str, found: Gradients) -> None:
        if name in self.leaves:
            found[name] = plain(given) if is_numbers(given) else None
        elif is_record(value) and is_record(given):
            for key, each in vars(value).items():
                inner = f"{name}.{key}" if name else key
                self._gather(each, getattr(given, key, None), inner, found)
        elif isinstance(value, list | tuple) and isinstance(given, list | tuple | np.ndarray):
            for (key, each), g in zip(_numbered(value), given, strict=False):
                self._gather(each, g, _within(name, key, value), found)
        elif isinstance(value, Mapping) and isinstance(given, Mapping):
            for key, each in value.items():
                self._gather(each, given.get(key), f"{name}[{key!r}]" if name else str(key), found)


def is_record(value: Any) -> bool:
    """Tell objects that are there to hold numbers: dataclasses, namespaces, plain objects."""
    if isinstance(value, type | Mapping | list | tuple | np.ndarray | np.generic):
        return False
    if not hasattr(value, "__dict__") or callable(value):
        return False
    return any(is_numbers(v) for v in vars(value).values()) or dataclasses.is_dataclass(value)


def _numbered(value: Any) -> list[tuple[Any, Any]]:
    """List the parts of a sequence by index, those of a named tuple by name."""
    fields = getattr(value, "_fields", None)
    return list(zip(fields, value, strict=True)) if fields else list(enumerate(value))


def _within(name: str, key: Any, value: Any) -> str:
    if hasattr(value, "_fields"):
        return f"{name}.{key}" if name else str(key)
    return f"{name}[{key}]"


def _matrix(value: Any) -> bool:
    """Tell a matrix, or a long vector, from a few numbers or arrays that each have their role."""
    if any(isinstance(v, np.ndarray) for v in value) or isinstance(value, tuple):
        return False
    if all(isinstance(v, int | float | np.generic) for v in value):
        return len(value) > 16
    return all(isinstance(v, list) for v in value) and len({len(v) for v in value}) == 1


_SETTING = re.compile(
    r"(?i)^(lam|lambda_?|l2|reg|regularization|lr|eta|alpha|beta|rate|learning_rate|weight_decay"
    r"|decay|eps|epsilon|n|m|h|step|scale|momentum|mu|margin|temperature|heat|tau|gamma)$"
)


def _is_setting(name: str, arrays: int) -> bool:
    """Tell rates, margins, temperatures from data: a target is no number beside two arrays."""
    datum = is_input(name) or name.lower() == "y" or roles([name]).get(name) == "target"
    return bool(_SETTING.match(name)) or (arrays > 1 and not datum)


def held_constants(subject: Subject, f: Callable[..., Any]) -> dict[str, Place]:
    """Find the numbers that a function has from outside and that its output depends on."""
    here = subject.forward(dict(subject.start))
    found: dict[str, Place] = {}
    subject.snapshot.restore()
    listed = [p for p in closed_over(f) if p.name not in subject.start]
    arrays = sum(np.ndim(p.read()) > 0 for p in listed)
    for place in listed:
        old = plain(place.read())
        if old.ndim == 0 and (here.ndim or (arrays and _is_setting(place.name, arrays))):
            continue
        subject.snapshot.restore()
        try:
            whole = np.asarray(place.read()).dtype.kind in "iu"
            write_alike(place, np.roll(old, 1, axis=0) if whole and old.ndim else nudged(old))
            there = as_output(subject._forward(dict(subject.start)))
        except Failed:
            continue
        finally:
            subject.snapshot.restore()
        if there.shape != here.shape or not np.allclose(there, here, rtol=1e-9, atol=0):
            found[place.name] = place
    return found


def write_alike(place: Place, array: np.ndarray) -> None:
    """Write numbers; whole ones, such as indices, as whole numbers."""
    old = place.read()
    if isinstance(old, np.ndarray) and old.dtype.kind in "iu":
        if old.shape == np.shape(array):
            old[...] = array
        else:
            place.put(np.asarray(array).astype(old.dtype))
        return
    place.write(array)
