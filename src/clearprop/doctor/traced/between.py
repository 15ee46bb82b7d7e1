"""What leads from some matrices of a forward pass to another: functions, softmax, skips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import LOG_SOFTMAX, SOFTMAX, softmax
from clearprop.doctor.derivations.chain import FLAT, Link, Part, Ref
from clearprop.doctor.derivations.normalisation import _EPS, _link, _roles
from clearprop.doctor.traced.functions import compiled, identified, learnt_relu, values_of
from clearprop.doctor.traced.layers import Reading
from clearprop.doctor.traced.masks import dropout_link, masked
from clearprop.doctor.traced.refs import ref_of
from clearprop.doctor.traced.region import Region, region_link

__all__ = ["Between", "Front", "NotRaised"]

Orders = list[tuple[np.ndarray, np.ndarray]]


class NotRaised(ValueError):  # noqa: N818 - it is an answer, not a fault
    """A forward pass is not made of links that are known."""


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


class Between:
    """
    Builds links for runs of a program at several points together.

    Parameters
    ----------
    readings : list of Reading
    shapes : list of mapping
        In each run, the shapes of the variables.
    """

    def __init__(
        self, readings: list[Reading], shapes: list[Mapping[str, tuple[int, ...]]]
    ) -> None:
        self.readings, self.shapes = readings, shapes
        self.parts: list[Part] = []
        self.sources: list[tuple[int, ...]] = []
        self.entries: list[Any] = []
        self.fronts: list[Front] = []
        self.where: list[dict[int, tuple[int, int, int]]] = [{} for _ in readings]
        self.regions = 0

    @staticmethod
    def _cells(reading: Reading, ids: np.ndarray) -> np.ndarray:
        out = np.empty(ids.shape, dtype=object)
        for place, u in np.ndenumerate(ids):
            out[place] = reading.tape.leaf[int(u)]
        return out

    # ---- what there is ------------------------------------------------------------------------
    def add(self, part: Part, sources: tuple[int, ...], ids: list[np.ndarray], *,
            base: bool = True) -> int:  # fmt: skip
        """Put a link at the end; `base` if other numbers are to be functions of its outputs."""
        self.parts.append(part)
        self.sources.append(sources)
        if base:
            self._front(ids, len(self.parts) - 1)
        return len(self.parts) - 1

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

    # ---- from there to here -------------------------------------------------------------------
    def resolve(
        self, come: Sequence[np.ndarray], *, movable: bool = False, regions: bool = True
    ) -> tuple[int, Orders]:
        """
        Lead to a matrix from what there is.

        Parameters
        ----------
        come : sequence of array of int
            In each run, its nodes.
        movable : bool
            Whether its rows and columns may be put into another order.
        regions : bool
            Whether what is not known may become a step of the program's own.

        Returns
        -------
        int
            The link (or entry) that gives it.
        list of (array, array)
            In each run, the order of rows and of columns in which it is given.
        """
        self._enter(come)
        same = [(np.arange(c.shape[0]), np.arange(c.shape[1])) for c in come]
        singles = all(
            len(r.base[int(u)]) <= 1
            for r, ids in zip(self.readings, come, strict=True) for u in ids.ravel()
        )  # fmt: skip
        involved = self._involved(come)
        if not involved:
            raise NotRaised("constants alone")
        if singles and len(involved) == 1:
            found = self._elementwise(self.fronts[involved[0]], come, movable, regions)
            if found is not None:
                return found
        if not singles:
            found = self._known_step(involved, come, same, movable, regions)
            if found is not None:
                return found
        if not regions:
            raise NotRaised("a step that is not known")
        return self._region(involved, come), same

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

    def _elementwise(
        self, front: Front, come: Sequence[np.ndarray], movable: bool, regions: bool
    ) -> tuple[int, Orders] | None:
        """Lead there number by number; None where it is no function of single numbers."""
        orders = []
        try:
            for r, ids in enumerate(come):
                if ids.shape != front.ids[r].shape:
                    raise NotRaised("another shape")
                orders.append(self._order(r, ids, front))
        except NotRaised:
            return self._moved(front, come) if regions else None
        straight = all((a == np.arange(len(a))).all() and (b == np.arange(len(b))).all()
                       for a, b in orders)  # fmt: skip
        if not (movable or straight):
            return self._moved(front, come) if regions else None
        there = [ids[a][:, b] for ids, (a, b) in zip(come, orders, strict=True)]
        links = self._links(front.ids, there, lambda: self._own(front, there))
        if links is None:
            part = self._learnt(front, there)
            if part is None:
                return None
            return self.add(part, (front.index,), there, base=False), orders
        index = front.index
        for link in links:
            index = self.add(Part(link), (index,), there, base=False)
        return index, orders

    def _order(self, r: int, come: np.ndarray, front: Front) -> tuple[np.ndarray, np.ndarray]:
        rows, columns = np.full(come.shape, -1), np.full(come.shape, -1)
        for place, u in np.ndenumerate(come):
            for b in self.readings[r].base[int(u)]:
                _, rows[place], columns[place] = self.where[r][b]
        return _filled(rows), _filled(columns.T)

    def _learnt(self, front: Front, come: Sequence[np.ndarray]) -> Part | None:
        """Try an activation with a parameter of its own."""
        names = {
            r.tape.leaf[p][0] for r, ids in zip(self.readings, come, strict=True)
            for u in ids.ravel() for p in r.tape.parents[int(u)] if p in r.parameter
        }  # fmt: skip
        if len(names) != 1:
            return None
        (name,) = names
        found = None
        for k, (z, a) in enumerate(zip(self.values(front.ids), self.values(come), strict=True)):
            slope = np.asarray(self.seen[k][0][name])  # type: ignore[attr-defined]
            found = learnt_relu(z, a, slope)
            if found is None:
                return None
        return None if found is None else Part(found, {"a": Ref(name, FLAT)})

    def _own(self, front: Front, come: Sequence[np.ndarray]) -> Any:
        """Make the program's own function of the first number that passes through it."""
        reading, ids = self.readings[0], come[0]
        for place, u in np.ndenumerate(ids):
            if reading.base[int(u)]:
                return compiled(reading.tape, int(u), int(front.ids[0][place]))
        return None

    def _moved(self, front: Front, come: Sequence[np.ndarray]) -> tuple[int, Orders] | None:
        """Lead there by a function and then by moving numbers about."""
        there = [np.full(ids.shape, -1) for ids in front.ids]
        for r, ids in enumerate(come):
            for u in ids.ravel():
                for b in self.readings[r].base[int(u)]:
                    _, n, j = self.where[r][b]
                    if there[r][n, j] not in (-1, int(u)):
                        return None
                    there[r][n, j] = int(u)
        links = self._links(front.ids, there)
        if links is None:
            return None
        index = front.index
        for link in links:
            index = self.add(Part(link), (index,), there, base=False)
        same = [(np.arange(c.shape[0]), np.arange(c.shape[1])) for c in come]
        return self._step([(index, there)], come), same

    def _step(
        self, sources: Sequence[tuple[int, Sequence[np.ndarray]]], come: Sequence[np.ndarray]
    ) -> int:
        """Add a step of the program's own, from some matrices to another."""
        self.regions += 1
        regions, shapes = [], []
        names: list[str] = []
        for r, reading in enumerate(self.readings):
            flat = [ids[r].ravel() for _, ids in sources]
            free = Region(reading.tape, np.concatenate(flat), come[r]).free
            strangers = {reading.tape.leaf[u][0] for u in free}
            names = names or sorted(strangers)
            if strangers - set(names) or any(u not in reading.parameter for u in free):
                raise NotRaised("a step that takes what is no parameter")
            own = []
            for name in names:
                leaves = sorted((k, u) for u, (n, k) in reading.tape.leaf.items() if n == name)
                own.append(np.array([u for _, u in leaves]))
            regions.append(Region(reading.tape, np.concatenate([*flat, *own]), come[r]))
            shapes.append([ids[r].shape for _, ids in sources] + [self.shapes[r][n] for n in names])
        roles = {f"p{i}": Ref(n) for i, n in enumerate(names)}
        link = region_link(regions, shapes, [c.shape for c in come], list(roles))
        index = self.add(Part(link, roles), tuple(i for i, _ in sources), list(come), base=False)
        return index

    def _region(self, involved: Sequence[int], come: Sequence[np.ndarray]) -> int:
        return self._step([self._towards(self.fronts[k], come) for k in involved], come)

    def _towards(
        self, front: Front, come: Sequence[np.ndarray]
    ) -> tuple[int, Sequence[np.ndarray]]:
        """Go as far as single numbers go: to the activation that stands before a step."""
        there = [np.full(ids.shape, -1) for ids in front.ids]
        for r, (reading, ids) in enumerate(zip(self.readings, come, strict=True)):
            where = {int(u): place for place, u in np.ndenumerate(front.ids[r])}
            inner = Region(reading.tape, front.ids[r], ids).inner
            ends = [int(u) for u in ids.ravel()]
            ends += [p for v in inner if len(reading.base[v]) > 1 for p in reading.tape.parents[v]]
            for v in ends:
                base = reading.base[v]
                place = where.get(next(iter(base))) if len(base) == 1 else None
                if place is not None and there[r][place] not in (-1, v):
                    return front.index, front.ids
                if place is not None:
                    there[r][place] = v
        links = self._links(front.ids, there)
        if not links:
            return front.index, front.ids
        index = front.index
        for link in links:
            index = self.add(Part(link), (index,), there, base=False)
        return index, there

    def _links(
        self, old: Sequence[np.ndarray], new: Sequence[np.ndarray], own: Any = None
    ) -> list[Link] | None:
        """Name the function between two matrices, where numbers of the second are known."""
        z, a = [], []
        for r, (before, after) in enumerate(zip(old, new, strict=True)):
            used = after >= 0
            z.append(values_of(self.readings[r].tape, before[used]))
            a.append(values_of(self.readings[r].tape, after[used]))
        flat_z, flat_a = np.concatenate(z), np.concatenate(a)
        if np.array_equal(flat_z, flat_a):
            return []
        link = identified(flat_z, flat_a, own=own)
        if link is not None:
            return [link]
        if all((after >= 0).all() for after in new):
            return masked(self.values(old), self.values(new))
        return None

    # ---- steps of several numbers that are known ----------------------------------------------
    def _known_step(
        self, involved: Sequence[int], come: Sequence[np.ndarray], same: Orders, movable: bool,
        regions: bool,
    ) -> tuple[int, Orders] | None:  # fmt: skip
        behind = self._behind(come)
        if behind is not None:
            before = len(self.parts)
            try:
                source, orders = self.resolve(behind, movable=movable, regions=regions)
                there = [ids[a][:, b] for ids, (a, b) in zip(come, orders, strict=True)]
                mid = [ids[a][:, b] for ids, (a, b) in zip(behind, orders, strict=True)]
                z, a = (np.concatenate([v.ravel() for v in self.values(m)]) for m in (mid, there))
                link = identified(z, a)
                if link is not None:
                    return self.add(Part(link), (source,), there, base=False), orders
            except NotRaised:
                pass
            del self.parts[before:], self.sources[before:]
        if len(involved) == 1:
            front = self.fronts[involved[0]]
            if all(c.shape == f.shape for c, f in zip(come, front.ids, strict=True)):
                found = self._of_rows(front, come, same, movable)
                if found is not None:
                    return found
        return self._gate(come, same)

    def _of_rows(
        self, front: Front, come: Sequence[np.ndarray], same: Orders, movable: bool
    ) -> tuple[int, Orders] | None:
        """Try softmax and normalisations."""
        orders = []
        for r, ids in enumerate(come):
            rows = np.full(ids.shape, -1)
            for place, u in np.ndenumerate(ids):
                own = {self.where[r][b][1] for b in self.readings[r].base[int(u)]}
                rows[place] = own.pop() if len(own) == 1 else -1
            try:
                order = _filled(rows) if (rows >= 0).any() else np.arange(len(ids))
            except NotRaised:
                order = np.arange(len(ids))
            orders.append((order if movable else np.arange(len(ids)), np.arange(ids.shape[1])))
        there = [ids[a] for ids, (a, _) in zip(come, orders, strict=True)]
        z, a = self.values(front.ids), self.values(there)
        for link, f in ((SOFTMAX, softmax), (LOG_SOFTMAX, lambda v: np.log(softmax(v)))):
            if all(np.allclose(f(x), y, rtol=1e-8, atol=1e-12) for x, y in zip(z, a, strict=True)):
                return self.add(Part(link), (front.index,), there, base=False), orders
        norm = self._norm(z, a, there)
        if norm is not None:
            return self.add(norm, (front.index,), there, base=False), orders
        return None

    def _norm(
        self, z: Sequence[np.ndarray], a: Sequence[np.ndarray], come: Sequence[np.ndarray]
    ) -> Part | None:
        """Try normalisations over the batch and over the features."""
        reading, units = self.readings[0], z[0].shape[1]
        inner = Region(reading.tape, np.array(list(self.where[0])), come[0]).inner
        names = dict.fromkeys(
            reading.tape.leaf[u][0] for u in inner if u in reading.parameter
        )  # fmt: skip
        thin = [n for n in names if int(np.prod(self.shapes[0][n])) == units]
        if len(thin) != len(names) or len(names) > 2:
            return None
        own = {reading.value[u] for u in inner if reading.tape.op[u] == "constant"}
        for eps in [*(c for c in own if 0 <= c < 0.1), *_EPS]:
            for axis, name in ((0, "batch norm"), (1, "layer norm")):
                for roles in _roles(thin):
                    part = Part(_link(name, axis, eps), {r: Ref(n, FLAT) for r, n in roles.items()})
                    if all(self._gives(part, x, y, k)
                           for k, (x, y) in enumerate(zip(z, a, strict=True))):  # fmt: skip
                        return part
        return None

    def _gives(self, part: Part, x: np.ndarray, y: np.ndarray, k: int) -> bool:
        from types import SimpleNamespace

        e = SimpleNamespace(x=x, N=len(x), d={})
        for role, ref in part.roles.items():
            setattr(e, role, ref.read(self.seen[k][0]))  # type: ignore[attr-defined]
        with np.errstate(all="ignore"):
            return bool(np.allclose(part.link.forward(e), y, rtol=1e-9, atol=1e-11))

    def _behind(self, come: Sequence[np.ndarray]) -> list[np.ndarray] | None:
        """Find the matrix that a matrix is a function of, number by number."""
        out = []
        for r, ids in enumerate(come):
            reading = self.readings[r]
            found = np.full(ids.shape, -1)
            for place, u in np.ndenumerate(ids):
                if len(reading.base[int(u)]) < 2:
                    return None
                v = self._dominator(reading, int(u))
                if v is None:
                    return None
                found[place] = v
            out.append(found)
        return out

    def _dominator(self, reading: Reading, u: int, most: int = 60) -> int | None:
        """Find the furthest number, of several bases, through which all of a number goes."""
        tape, best = reading.tape, None
        frontier = {u}
        for _ in range(most):
            top = max(frontier)
            if reading.base[top] == frozenset((top,)) or top in reading.parameter:
                return best
            frontier.discard(top)
            frontier |= {p for p in tape.parents[top] if tape.op[p] != "constant"}
            if len(frontier) == 1:
                (v,) = frontier
                if len(reading.base[v]) < 2:
                    return best
                best = v
            elif len(frontier) > 12:
                return best
        return best

    def _gate(self, come: Sequence[np.ndarray], same: Orders) -> tuple[int, Orders] | None:
        """Try sums and products of two matrices that are known."""
        ops = {r.tape.op[int(u)] for r, ids in zip(self.readings, come, strict=True)
               for u in ids.ravel()}  # fmt: skip
        if len(ops) != 1 or not ops <= _GATES.keys():
            return None
        (op,) = ops
        sides = []
        for side in (0, 1):
            sides.append([
                np.array([[r.tape.parents[int(u)][side] for u in row] for row in ids])
                for r, ids in zip(self.readings, come, strict=True)
            ])  # fmt: skip
        before = len(self.parts)
        try:
            indices = []
            for side in sides:
                found, _ = self.resolve(side, regions=False)
                indices.append(found)
        except NotRaised:
            del self.parts[before:], self.sources[before:]
            return None
        link = self._mask(op, indices)
        if link is not None:
            return self.add(Part(link), tuple(i for i in indices if i >= 0), list(come),
                            base=False), same  # fmt: skip
        return self.add(Part(_GATES[op]), tuple(indices), list(come), base=False), same

    def _mask(self, op: str, indices: Sequence[int]) -> Link | None:
        """Tell masks of dropout, held as data, from factors."""
        held = [i for i in indices if i < 0]
        if op != "mul" or len(held) != 1:
            return None
        entry = self.entries[-1 - held[0]]
        mask = entry.read(self.seen[0][0])  # type: ignore[attr-defined]
        scales = {float(v) for v in mask.ravel() if v}
        if len(scales) != 1 or mask.all():
            return None
        return dropout_link(lambda e: entry.read(e.values), scales.pop())


def _gate(op: str, forward: Any, a: Any, b: Any) -> Link:
    return Link("join", op, lambda e: forward(e.xs[0], e.xs[1]), {"x": a, "x1": b}, {"op": op})


_GATES = {
    "add": _gate("add", np.add, lambda e: e.g, lambda e: e.g),
    "sub": _gate("sub", np.subtract, lambda e: e.g, lambda e: -e.g),
    "mul": _gate("mul", np.multiply, lambda e: e.g * e.xs[1], lambda e: e.g * e.xs[0]),
    "div": _gate(
        "div", np.divide, lambda e: e.g / e.xs[1], lambda e: -e.g * e.xs[0] / e.xs[1] ** 2
    ),
}


def _filled(places: np.ndarray) -> np.ndarray:
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
