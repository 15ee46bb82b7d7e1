"""
Numbers that note what is done with them.

Every number of a forward pass is a node of a tape: how it was made, of which others. Arrays are
arrays of such numbers, so that moving them about (indices, transposes, copies into other arrays)
leaves no mark: what remains is the same however a program is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import numpy as np

from clearprop.doctor.traced.arithmetic import ARITHMETIC

__all__ = ["Tape", "TooLong", "current", "writing"]


class TooLong(RuntimeError):  # noqa: N818 - it is an answer, not a fault
    """A forward pass has more numbers in it than are noted."""


class Tape:
    """
    The numbers of a forward pass, in the order in which they were made.

    Parameters
    ----------
    most : int
        How many are noted before `TooLong` is raised.
    parameters : collection of str
        The variables that are no data; what is made of data twice alike is one number.

    Attributes
    ----------
    op : list of str
        How each was made; "leaf" and "constant" for what was there.
    parents : list of tuple of int
    value : list of float
    leaf : dict of int to (str, int)
        For what the program was given: the variable's name, and which of its numbers.
    """

    def __init__(self, most: int = 150_000, parameters: Collection[str] = ()) -> None:
        self.op: list[str] = []
        self.parents: list[tuple[int, ...]] = []
        self.value: list[float] = []
        self.leaf: dict[int, tuple[str, int]] = {}
        self.fed: list[bool] = []
        self.size = 0
        self._parameters = frozenset(parameters)
        self._alike: dict[tuple[str, tuple[int, ...]], int] = {}
        self._most = most
        self._constants: dict[float, int] = {}

    def _add(self, op: str, parents: tuple[int, ...], value: float) -> int:
        fed = any(self.fed[p] for p in parents)
        if fed:
            known = self._alike.get((op, parents))
            if known is not None:
                return known
            self._alike[op, parents] = len(self.op)
        self.fed.append(fed)
        self.op.append(op)
        self.parents.append(parents)
        self.value.append(value)
        self.size += 1 + len(parents) // 8
        if self.size > self._most:
            raise TooLong
        return len(self.op) - 1

    def constant(self, value: float) -> int:
        """Give the node of a constant."""
        value = float(value)
        known = self._constants.get(value)
        if known is None:
            known = self._add("constant", (), value)
            if value == value:
                self._constants[value] = known
        return known

    def given(self, name: str, array: np.ndarray) -> np.ndarray:
        """Give the nodes of a variable."""
        ids = np.empty(array.shape, dtype=np.int64)
        flat = ids.reshape(-1)
        for k, v in enumerate(np.ravel(array).tolist()):
            flat[k] = self._add("leaf", (), v)
            self.leaf[int(flat[k])] = (name, k)
            self.fed[-1] = name not in self._parameters
        return ids

    def make(self, op: str, parents: tuple[int, ...], value: float) -> int:
        """Note a number; what is made of constants alone is one, what changes nothing is none."""
        ops = self.op
        if all(ops[p] == "constant" for p in parents):
            return self.constant(value)
        if op in _IDLE and len(parents) == 2:
            a, b = parents
            idle = _IDLE[op]
            if ops[b] == "constant" and self.value[b] == idle:
                return a
            if op in ("add", "mul") and ops[a] == "constant" and self.value[a] == idle:
                return b
        if op in _SIGNED and any(ops[p] == "neg" for p in parents):
            turned = self._turned(op, parents)
            if turned is not None:
                return self._add("neg", (self.make(turned[0], turned[1], -value),), value)
        return self._add(op, parents, value)

    def known(self, op: str, parents: tuple[int, ...]) -> int:
        """Give the node that was made so; −1 where there is none."""
        count = len(self.op)
        values = [np.float64(self.value[p]) for p in parents]
        u = self.make(op, parents, float(ARITHMETIC[op](values)[0]))
        return u if u < count else -1

    def _turned(self, op: str, parents: tuple[int, ...]) -> tuple[str, tuple[int, ...]] | None:
        """Take a minus sign out of sums and products: (−x)·w is −(x·w)."""
        own = [self.parents[p][0] if self.op[p] == "neg" else -1 for p in parents]
        if op in ("add", "sum") and min(own) >= 0:
            return op, tuple(own)
        if op == "sub" and own[0] >= 0 and own[1] < 0:
            return "add", (own[0], parents[1])
        if op in ("mul", "div") and (own[0] < 0) != (own[1] < 0):
            return op, tuple(o if o >= 0 else p for o, p in zip(own, parents, strict=True))
        if op == "dot":
            for side in (0, 1):
                if min(own[side::2]) >= 0 and max(own[1 - side :: 2]) < 0:
                    mixed = list(parents)
                    mixed[side::2] = own[side::2]
                    return op, tuple(mixed)
        return None


_SIGNED = {"add", "sum", "sub", "mul", "div", "dot"}
_IDLE = {"add": 0.0, "sub": 0.0, "mul": 1.0, "div": 1.0, "pow": 1.0}

_TAPES: list[Tape] = []


def current() -> Tape:
    """Give the tape that is written on."""
    return _TAPES[-1]


@contextmanager
def writing(tape: Tape) -> Iterator[Tape]:
    """Write on a tape for a while."""
    _TAPES.append(tape)
    try:
        yield tape
    finally:
        _TAPES.pop()
