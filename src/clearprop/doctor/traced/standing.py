"""Arrays that stand in a program exchanged while it is traced: what is written into them is noted.

A program may copy the parameters that it is handed into arrays of its own, and compute with these.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any

import numpy as np

from clearprop.doctor.submitted.frozen import Frozen
from clearprop.doctor.traced.numbers import Arr, ids_of

__all__ = ["stand_ins"]

_LARGEST = 20_000  # numbers; what is larger is data, into which nobody writes


def stand_ins(snapshot: Any, parameters: Iterable[Any]) -> None:
    """
    Exchange the arrays that a program holds; restoring the snapshot puts them back.

    Parameters
    ----------
    snapshot : Snapshot
        Of the program.
    parameters : iterable of object
        Arrays (and others) that are exchanged however large they are.
    """
    standing = _Standing(snapshot._seen.values(), parameters)
    for holder, _ in snapshot._notes:
        standing.exchange_in(holder)
    for space, name, _ in snapshot._globals:
        new = standing.instead(space.get(name))
        if new is not None:
            space[name] = new


class _Standing:
    """
    What stands for the arrays of a program: parts of one array stay parts of one.

    Parameters
    ----------
    things : iterable of object
        All that a program is made of.
    parameters : iterable of object
        Of these, what is exchanged however large it is.
    """

    def __init__(self, things: Iterable[Any], parameters: Iterable[Any]) -> None:
        owners = [_owner(p) for p in parameters if isinstance(p, np.ndarray)]
        self._always = {id(owner) for owner in owners}
        self._arrays: dict[int, Arr] = {}
        self._owners: dict[int, tuple[np.ndarray, int]] = {}
        for array in things:
            if isinstance(array, np.ndarray) and not isinstance(array, Arr):
                owner = _owner(array)
                self._owners[id(owner)] = owner, self._owners.get(id(owner), (None, 0))[1] + 1

    def exchange_in(self, holder: Any) -> None:
        """Exchange what a dict, a list, a cell, an object's slots or a function's defaults have."""
        if isinstance(holder, dict | list):
            held: Any = holder
            items = list(holder.items() if isinstance(holder, dict) else enumerate(holder))
        elif isinstance(holder, Frozen):
            held, items = holder, list(holder.items().items())
        elif isinstance(holder, types.CellType):
            held, items = _Attributes(holder), [("cell_contents", _contents(holder))]
        elif hasattr(holder, "thing"):
            names = getattr(type(holder.thing), "__slots__", ())
            names = [names] if isinstance(names, str) else names
            held = _Attributes(holder.thing)
            items = [(n, getattr(holder.thing, n, None)) for n in names]
        else:
            return
        for key, value in items:
            new = self.instead(value)
            if new is not None:
                held[key] = new

    def instead(self, value: Any) -> Any:
        """Give what stands in the place of a value; None where it stays."""
        if isinstance(value, tuple):
            parts = [self.instead(v) for v in value]
            if all(p is None for p in parts):
                return None
            parts = [v if p is None else p for v, p in zip(value, parts, strict=True)]
            return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        if not isinstance(value, np.ndarray) or isinstance(value, Arr):
            return None
        if id(value) not in self._arrays:
            made = self._made(value)
            if made is None:
                return None
            self._arrays[id(value)] = made
        return self._arrays[id(value)]

    def _made(self, value: np.ndarray) -> Arr | None:
        owner = _owner(value)
        large = owner.size > _LARGEST and id(owner) not in self._always
        if value.dtype.kind != "f" or not value.ndim or large:
            return None
        alone = self._owners.get(id(owner), (owner, 1))[1] < 2
        if alone or owner.dtype != np.float64 or not owner.flags.c_contiguous:
            return np.array(value, dtype=np.float64).view(Arr)  # noted when its numbers are used
        if id(owner) not in self._arrays:
            whole = owner.copy().view(Arr)
            whole.ids = ids_of(whole)
            self._arrays[id(owner)] = whole
        if value is owner:
            return self._arrays[id(owner)]
        return _part(value, owner, self._arrays[id(owner)])


class _Attributes:
    """An object whose attributes are written as items."""

    def __init__(self, thing: Any) -> None:
        self._thing = thing

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self._thing, name, value)


def _contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # an empty cell
        return None


def _owner(array: np.ndarray) -> np.ndarray:
    """Give the array that has the memory of another."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _part(value: np.ndarray, owner: np.ndarray, whole: Arr) -> Arr:
    """Give the part of a traced array that an array is of another."""
    start = value.__array_interface__["data"][0] - owner.__array_interface__["data"][0]

    def view(of: np.ndarray) -> np.ndarray:
        return np.ndarray(value.shape, of.dtype, of, start, value.strides)

    part = view(whole.view(np.ndarray)).view(Arr)
    assert whole.ids is not None
    part.ids = view(whole.ids)
    return part
