"""Weights and what optimizers remember, in memory of our own while native code works on them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import prod
from typing import Any, final

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.engines.compiled.trace.step import Held
from clearprop.engines.engine import Leaf, Task

__all__ = ["Kept", "Slot", "aligned"]

ALIGNMENT = 64  # bytes: a register of the widest vectors, and a line of the cache


def aligned(shape: Sequence[int], dtype: Any) -> np.ndarray:
    """Give an array of that size whose memory begins where vectors do; what is in it is open."""
    kind = np.dtype(dtype)
    size = prod(shape) * kind.itemsize
    raw = np.empty(size + ALIGNMENT, np.uint8)
    first = -raw.__array_interface__["data"][0] % ALIGNMENT
    made: np.ndarray = raw[first : first + size].view(kind).reshape(tuple(shape))
    return made


@final
class Slot:
    """
    One array that lasts from step to step, and who else holds it.

    Attributes
    ----------
    array : numpy.ndarray
        What native code reads and writes.
    ahead : bool
        Whether it is newer than what its owner holds.
    """

    __slots__ = ("_seen", "ahead", "array", "held", "leaf")

    def __init__(self, held: Held, leaf: Leaf | None, now: Any) -> None:
        self.held, self.leaf, self.ahead = held, leaf, False
        self.array = aligned(np.shape(now), np.asarray(now).dtype)
        self._seen: Any = None

    def bring_in(self, task: Task | None) -> None:
        """Take what its owner holds, if that is not what was given to it last."""
        now = self._now(task)
        if now is not self._seen:
            self.array[...] = now
            self._seen = now

    def hand_out(self, task: Task) -> None:
        """Give its owner a copy."""
        made: Any = self.array.copy()
        if self.held.leaf is not None:
            self.held.leaf.hold(made)
        else:
            states, path, name = task.memory.states, self.held.path, self.held.name
            if not isinstance(self._seen, np.ndarray):  # a number, or one of NumPy's
                made = type(self._seen)(made[()])
            # In a dict of its own: whoever holds the older one keeps what it says.
            states[path] = states.get(path, {}) | {name: made}
        self._seen, self.ahead = made, False

    def _now(self, task: Task | None) -> Any:
        if self.held.leaf is not None:
            return self.held.leaf.node.data
        assert task is not None
        assert task.rule is not None
        known = task.memory.states.get(self.held.path)
        if known is None or self.held.name not in known:
            assert self.leaf is not None
            made = task.rule.start(NUMPY, self.leaf.node.data)
            task.memory.states[self.held.path] = known = made | (known or {})
        return known[self.held.name]


@final
class Kept:
    """All such arrays, by what they are: several programs work on the same ones."""

    def __init__(self) -> None:
        self._slots: dict[Hashable, Slot] = {}

    def slots(self, states: Sequence[Held], arrays: Sequence[Any], task: Task | None) -> list[Slot]:
        """
        Give the slots of a program's states.

        Parameters
        ----------
        states : sequence of Held
        arrays : sequence of Value
            Their shapes and kinds of numbers.
        task : Task, optional
            Of training: whose weights the optimizer remembers something of.
        """
        leaves = {} if task is None else {leaf.path: leaf for leaf in task.leaves}
        found = []
        for held, array in zip(states, arrays, strict=True):
            memory = None if task is None or held.leaf is not None else id(task.memory)
            key = (id(held.leaf), memory, held.path, held.name)
            slot = self._slots.get(key)
            if slot is None or (slot.array.shape, slot.array.dtype) != (array.shape, array.dtype):
                template = np.broadcast_to(np.zeros((), array.dtype), array.shape)
                slot = self._slots[key] = Slot(held, leaves.get(held.path), template)
            found.append(slot)
        return found

    def hand_out(self, task: Task) -> None:
        """Give whoever owns an array what native code has made of it."""
        for slot in self._slots.values():
            if slot.ahead:
                slot.hand_out(task)
