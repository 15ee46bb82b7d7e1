"""The links that were found so far, and the matrices of numbers that they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from clearprop.doctor.derivations.chain import Link, Part
from clearprop.doctor.traced.functions import values_of
from clearprop.doctor.traced.layers import Reading
from clearprop.doctor.traced.refs import ref_of

__all__ = ["Front", "NotRaised", "NotTraced", "Orders", "Parts", "in_order"]

Orders: TypeAlias = list[tuple[np.ndarray, np.ndarray]]


class NotRaised(ValueError):  # noqa: N818 - it is an answer, not a fault
    """A forward pass is not made of links that are known."""


class NotTraced(NotRaised):
    """A program cannot be run on traced numbers."""


@dataclass
class Front:
    """
    A matrix of numbers on the way.

    Attributes
    ----------
    ids : list of array of int
        In each run: the nodes, a sample a row; −1 where nobody uses a number.
    index : int
        The link that gives it; −1 − k for the entry k.
    """

    ids: list[np.ndarray]
    index: int


class Parts:
    """
    Links for runs of a program at several points together.

    Parameters
    ----------
    readings : list of Reading
    shapes : list of mapping
        In each run, the shapes of the variables.
    seen : list of (values, output)
    """

    def __init__(
        self,
        readings: list[Reading],
        shapes: list[Mapping[str, tuple[int, ...]]],
        seen: list[tuple[Mapping[str, np.ndarray], np.ndarray]],
    ) -> None:
        self.readings, self.shapes, self.seen = readings, shapes, seen
        self.parts: list[Part] = []
        self.sources: list[tuple[int, ...]] = []
        self.entries: list[Any] = []
        self.fronts: list[Front] = []
        self.where: list[dict[int, tuple[int, int, int]]] = [{} for _ in readings]
        self._resolved: dict[Any, tuple[int, Any, Orders]] = {}  # what leads to a matrix

    def resolve(
        self, come: Sequence[np.ndarray], *, movable: bool = False, regions: bool = True
    ) -> tuple[int, Orders]:
        """Lead to a matrix from what there is."""
        raise NotImplementedError

    def _moved(self, front: Front, come: Sequence[np.ndarray]) -> tuple[int, Orders] | None:
        """Lead there by a function and then by moving numbers about."""
        raise NotImplementedError

    def _lead(
        self, sources: Sequence[tuple[int, Sequence[np.ndarray]]], come: Sequence[np.ndarray]
    ) -> int:
        """Lead there by moving numbers about and adding them up; else by the program's own step."""
        raise NotImplementedError

    def _links(
        self, old: Sequence[np.ndarray], new: Sequence[np.ndarray], own: Any = None
    ) -> list[Link] | None:
        """Name the function between two matrices, where numbers of the second are known."""
        raise NotImplementedError

    @staticmethod
    def _cells(reading: Reading, ids: np.ndarray) -> np.ndarray:
        out = np.empty(ids.shape, dtype=object)
        for place, u in np.ndenumerate(ids):
            out[place] = reading.tape.leaf[int(u)]
        return out

    def add(self, part: Part, sources: tuple[int, ...], ids: list[np.ndarray], *,
            base: bool = True) -> int:  # fmt: skip
        """Put a link at the end; `base` if other numbers are to be functions of its outputs."""
        self.parts.append(part)
        self.sources.append(sources)
        if base:
            self._front(ids, len(self.parts) - 1)
        return len(self.parts) - 1

    def undo(self, count: int) -> None:
        """Take away all links but the first ones."""
        del self.parts[count:], self.sources[count:]

    def _front(self, ids: list[np.ndarray], index: int) -> Front:
        front = Front(ids, index)
        self.fronts.append(front)
        for known, matrix in zip(self.where, ids, strict=True):
            for (n, j), u in np.ndenumerate(matrix):
                known[int(u)] = (len(self.fronts) - 1, n, j)
        return front

    def values(self, ids: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Give the numbers of nodes in each run."""
        return [values_of(r.tape, i) for r, i in zip(self.readings, ids, strict=True)]

    def _enter(self, come: Sequence[np.ndarray]) -> None:
        """Make an entry of what a matrix is made of, where it is data."""
        alone: list[np.ndarray] = []
        for r, ids in enumerate(come):
            reading = self.readings[r]
            bases = [[reading.base[int(u)] for u in row] for row in ids]
            fresh = [b for row in bases for s in row for b in s if b not in self.where[r]]
            if not fresh:
                return
            single = all(len(s) == 1 for row in bases for s in row)
            matrix = np.array([[next(iter(s)) for s in row] for row in bases]) if single else None
            if matrix is None or len(set(fresh)) != matrix.size:
                alone = []
                break
            rows = np.argsort(matrix.min(axis=1), kind="stable")
            columns = np.argsort(matrix[rows].min(axis=0), kind="stable")
            alone.append(matrix[rows][:, columns])
        if len(alone) == len(self.readings):
            cells = [self._cells(r, m) for r, m in zip(self.readings, alone, strict=True)]
            x = ref_of(cells, self.shapes)
            if x is not None:
                self.entries.append(x)
                self._front(alone, -len(self.entries))
                return
        names = dict.fromkeys(
            r.tape.leaf[b][0] for k, (r, ids) in enumerate(zip(self.readings, come, strict=True))
            for u in ids.ravel() for b in r.base[int(u)] if b not in self.where[k]
        )  # fmt: skip
        for name in names:
            self._enter_variable(name)

    def _enter_variable(self, name: str) -> None:
        """Make an entry of a variable as it is, its samples in rows."""
        ids = []
        for r, shape in zip(self.readings, self.shapes, strict=True):
            own = sorted((k, u) for u, (n, k) in r.tape.leaf.items() if n == name)
            flat = np.array([u for _, u in own])
            rows = shape[name][0] if len(shape[name]) > 1 else 1
            ids.append(flat.reshape(rows, -1))
        cells = [self._cells(r, m) for r, m in zip(self.readings, ids, strict=True)]
        x = ref_of(cells, self.shapes)
        if x is None:
            raise NotRaised("an input that is laid out in no way")
        self.entries.append(x)
        self._front(ids, -len(self.entries))

    def _involved(self, come: Sequence[np.ndarray]) -> list[int]:
        """List the matrices of which another's numbers are made."""
        found = set()
        for r, ids in enumerate(come):
            for u in ids.ravel():
                for b in self.readings[r].base[int(u)]:
                    if b not in self.where[r]:
                        raise NotRaised("a number that came from nowhere")
                    found.add(self.where[r][b][0])
        return sorted(found)


def in_order(places: np.ndarray) -> np.ndarray:
    """Give the order in which lines of a matrix come; what is not known fills what is left."""
    n = len(places)
    order = np.full(n, -1)
    left = []
    for line in range(n):
        own = {int(p) for p in places[line] if p >= 0}
        if len(own) > 1:
            raise NotRaised("a line from several")
        if own:
            place = own.pop()
            if order[place] >= 0:
                raise NotRaised("two lines from one")
            order[place] = line
        else:
            left.append(line)
    order[order < 0] = left
    return order
