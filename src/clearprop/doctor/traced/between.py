"""What leads from some matrices of a forward pass to another: functions, moves, regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import FLAT, Link, Part, Ref
from clearprop.doctor.traced.functions import compiled, identified, learnt_relu, values_of
from clearprop.doctor.traced.joining import Joining
from clearprop.doctor.traced.masks import masked
from clearprop.doctor.traced.parts import Front, NotRaised, Orders, in_order
from clearprop.doctor.traced.picking import picked_link, terms_in
from clearprop.doctor.traced.region import Region, region_link

__all__ = ["Between"]


class Between(Joining):
    """Builds links for runs of a program at several points together."""

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
        key = (movable, *(ids.tobytes() + bytes(str(ids.shape), "ascii") for ids in come))
        index, part, orders = self._resolved.get(key, (-1, None, []))
        if part is None or index >= len(self.parts) or self.parts[index] is not part:
            index, orders = self._resolve(come, movable, regions)
            if index >= 0:
                self._resolved[key] = index, self.parts[index], orders
        return index, orders

    def _resolve(
        self, come: Sequence[np.ndarray], movable: bool, regions: bool
    ) -> tuple[int, Orders]:
        """Lead to a matrix to which nothing has led so far."""
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
        if not singles and len(involved) == 1:
            pool = self._pool(involved[0], come)
            if pool is not None:
                return pool, same
        if not regions:
            raise NotRaised("a step that is not known")
        return self._region(involved, come), same

    def _pool(self, front: int, come: Sequence[np.ndarray]) -> int | None:
        """Lead there by windows that slide."""
        before = len(self.parts)
        pool = self.pooled(*self._towards(self.fronts[front], come), come)
        if pool is None:
            self.undo(before)
            return None
        return int(pool)

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
        return in_order(rows), in_order(columns.T)

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
            slope = np.asarray(self.seen[k][0][name])
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
        return self._lead([(index, there)], come), same

    def _lead(
        self, sources: Sequence[tuple[int, Sequence[np.ndarray]]], come: Sequence[np.ndarray]
    ) -> int:
        """Lead there by moving numbers about and adding them up; else by the program's own step."""
        if len(sources) == 1:
            pool = self.pooled(*sources[0], come)
            if pool is not None:
                return int(pool)
        terms = []
        for r, (reading, ids) in enumerate(zip(self.readings, come, strict=True)):
            own = terms_in(reading.tape, [given[r] for _, given in sources], ids)
            if own is None:
                return self._step(sources, come)
            terms.append(own)
        link = picked_link([values for values, _ in self.seen], terms, len(sources))
        if link is None:
            return self._step(sources, come)
        found = self.add(Part(link), tuple(i for i, _ in sources), list(come), base=False)
        if len(sources) == 1:
            self.picks[found] = (sources[0][0], list(sources[0][1]), list(come))
        return found

    def _step(
        self, sources: Sequence[tuple[int, Sequence[np.ndarray]]], come: Sequence[np.ndarray]
    ) -> int:
        """Add a step of the program's own, from some matrices to another."""
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
        return self._lead([self._towards(self.fronts[k], come) for k in involved], come)

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
        links = identified(flat_z, flat_a, own=own)
        if links is not None:
            return links
        if all((after >= 0).all() for after in new):
            return masked(self.values(old), self.values(new))
        return None
