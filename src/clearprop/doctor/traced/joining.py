"""Steps of several numbers that are known: softmax, normalisations, sums and products."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import (
    LOG_SOFTMAX,
    SOFTMAX,
    softmax,
)
from clearprop.doctor.derivations.chain import FLAT, Link, Part, Ref
from clearprop.doctor.derivations.normalisation import _EPS, _link, _roles
from clearprop.doctor.traced.functions import identified, scaling
from clearprop.doctor.traced.layers import Reading
from clearprop.doctor.traced.masks import dropout_link
from clearprop.doctor.traced.mixing import Mixing
from clearprop.doctor.traced.parts import Front, NotRaised, Orders, in_order
from clearprop.doctor.traced.region import Region

__all__ = ["Joining"]


class Joining(Mixing):
    """Leads to matrices whose numbers are functions of several."""

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
                links = identified(z, a)
                if links is not None:
                    for link in links:
                        source = self.add(Part(link), (source,), there, base=False)
                    return source, orders
            except NotRaised:
                pass
            self.undo(before)
        if len(involved) == 1:
            front = self.fronts[involved[0]]
            if all(c.shape == f.shape for c, f in zip(come, front.ids, strict=True)):
                found = self._of_rows(front, come, same, movable)
                if found is not None:
                    return found
        found = self._gate(come, same) or self._mixed(come, same)
        if found is None and regions and not self._loose:
            self._loose = True
            try:
                found = self._gate(come, same) or self._mixed(come, same)
            finally:
                self._loose = False
        return found

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
                order = in_order(rows) if (rows >= 0).any() else np.arange(len(ids))
            except NotRaised:
                order = np.arange(len(ids))
            orders.append((order if movable else np.arange(len(ids)), np.arange(ids.shape[1])))
        there = [ids[a] for ids, (a, _) in zip(come, orders, strict=True)]
        z, a = self.values(front.ids), self.values(there)
        for link, f in ((SOFTMAX, softmax), (LOG_SOFTMAX, lambda v: np.log(softmax(v)))):
            if all(np.allclose(f(x), y, rtol=1e-8, atol=1e-12) for x, y in zip(z, a, strict=True)):
                return self.add(Part(link), (front.index,), there, base=False), orders
        c = _temperature(z, a)
        if c is not None:
            middle = self.add(Part(scaling(c)), (front.index,), there, base=False)
            return self.add(Part(SOFTMAX), (middle,), there, base=False), orders
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
        e = SimpleNamespace(x=x, N=len(x), d={})
        for role, ref in part.roles.items():
            setattr(e, role, ref.read(self.seen[k][0]))
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
        sides: list[list[np.ndarray]] = []
        for side in (0, 1):
            sides.append([
                np.array([[r.tape.parents[int(u)][side] for u in row] for row in ids])
                for r, ids in zip(self.readings, come, strict=True)
            ])  # fmt: skip
        before = len(self.parts)
        try:
            indices = [self._side(side) for side in sides]
        except NotRaised:
            self.undo(before)
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
        mask = entry.read(self.seen[0][0])
        scales = {float(v) for v in mask.ravel() if v}
        if len(scales) != 1 or mask.all():
            return None
        return dropout_link(lambda e: entry.read(e.values), scales.pop())


def _temperature(z: Sequence[np.ndarray], a: Sequence[np.ndarray]) -> float | None:
    """Give what scores are multiplied by before a softmax, if shares are their softmax."""
    if z[0].shape[1] < 2 or any((v <= 0).any() for v in a):
        return None
    own = np.concatenate([(v - v.mean(axis=1, keepdims=True)).ravel() for v in z])
    logs = [np.log(v) for v in a]
    other = np.concatenate([(v - v.mean(axis=1, keepdims=True)).ravel() for v in logs])
    c = float(np.sum(own * other) / max(float(np.sum(own * own)), 1e-300))
    same = all(np.allclose(softmax(c * x), y, rtol=1e-8) for x, y in zip(z, a, strict=True))
    return round(c, 12) if same else None


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
