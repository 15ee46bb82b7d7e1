"""Convolutions and poolings among the links: layers and maxima of windows that slide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Part
from clearprop.doctor.derivations.sliding import conv_link, pool_link
from clearprop.doctor.traced.geometry import Sliding, slid
from clearprop.doctor.traced.layers import Found, Reading
from clearprop.doctor.traced.parts import NotRaised, Parts
from clearprop.doctor.traced.picking import Terms, picked_link, terms_in
from clearprop.doctor.traced.refs import ref_of

__all__ = ["Windowed"]

Spot = tuple[tuple[int, ...], tuple[int, ...]]  # the sizes of the axes, and where on them


class Windowed(Parts):
    """Puts convolutions and poolings among the links."""

    def __init__(self, readings: Any, shapes: Any, seen: Any) -> None:
        super().__init__(readings, shapes, seen)
        self.spots: list[dict[int, Spot]] = [{} for _ in readings]
        self.picks: dict[int, tuple[int, list[np.ndarray], list[np.ndarray]]] = {}

    # ---- places ---------------------------------------------------------------------------------
    def _spot(self, r: int, u: int) -> Spot | None:
        """Say where on the axes of its picture a number stands."""
        if u in self.spots[r]:
            return self.spots[r][u]
        reading = self.readings[r]
        base = reading.base[u]
        if len(base) != 1:
            return None
        (b,) = base
        if b in self.spots[r]:
            return self.spots[r][b]
        leaf = reading.tape.leaf.get(b)
        if leaf is None:  # of a layer: its row and its column
            front, n, j = self.where[r].get(b, (-1, 0, 0))
            return None if front < 0 else (self.fronts[front].ids[r].shape, (n, j))
        shape = self.shapes[r][leaf[0]]
        return shape, tuple(int(i) for i in np.unravel_index(leaf[1], shape)) if shape else ()

    def _places(self, r: int, ids: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]] | None:
        """Give the places of numbers, −1 for padding, and the sizes of the axes."""
        tape = self.readings[r].tape
        spots = [None if tape.op[int(u)] == "constant" else self._spot(r, int(u))
                 for u in ids.ravel()]  # fmt: skip
        kinds = {s[0] for s in spots if s is not None}
        unknown = any(s is None and tape.op[int(u)] != "constant"
                      for s, u in zip(spots, ids.ravel(), strict=True))  # fmt: skip
        if len(kinds) != 1 or unknown:
            return None
        (sizes,) = kinds
        flat = [(-1,) * len(sizes) if s is None else s[1] for s in spots]
        return np.array(flat).reshape(*ids.shape, len(sizes)), sizes

    def _pictures(
        self, index: int, given: Sequence[np.ndarray], found: Sequence[Sliding]
    ) -> int | None:
        """Lay numbers out as pictures."""
        terms = []
        for r, (ids, own) in enumerate(zip(given, found, strict=True)):
            place: dict[tuple[int, ...], int] = {}
            for k, u in enumerate(ids.ravel()):
                spot = self._spot(r, int(u)) if u >= 0 else None
                if spot is not None:
                    place[spot[1]] = k
            flat = own.places.reshape(-1, own.places.shape[-1])
            pairs = [(i, place[tuple(at)]) for i, at in enumerate(flat.tolist())
                     if tuple(at) in place]  # fmt: skip
            terms.append(_moves(pairs, own.picture))
        return self._add_pick(index, terms, None)

    def _add_pick(self, index: int, terms: Sequence[Terms], ids: Any) -> int | None:
        link = picked_link([values for values, _ in self.seen], terms, 1)
        if link is None:
            return None
        return self.add(Part(link), (index,), ids or [], base=ids is not None)

    # ---- convolution ----------------------------------------------------------------------------
    def convolved(self, layers: Sequence[Found], source: int, bias: Any) -> bool:
        """Make a layer of windows a convolution, if it is one."""
        if source not in self.picks or source != len(self.parts) - 1:
            return False
        before, given, come = self.picks[source]
        found: list[Sliding] = []
        for r, ids in enumerate(come):
            places = self._places(r, ids)
            own = slid(*places) if places is not None else None
            if own is None or (found and own.slide != found[0].slide):
                return False
            found.append(own)
        weights = [layer.weights[own.taps].transpose(3, 0, 1, 2)
                   for layer, own in zip(layers, found, strict=True)]  # fmt: skip
        ref = ref_of([self._cells(self.readings[0], weights[0])], self.shapes[:1])
        if ref is None:
            return False
        kept = self.parts[:], self.sources[:]
        self.undo(source)
        pictures = self._pictures(before, given, found)
        if pictures is None:
            self.parts[:], self.sources[:] = kept
            return False
        roles = {"W": ref} if bias is None else {"W": ref, "b": bias}
        conv = self.add(Part(conv_link(found[0].slide), roles), (pictures,), [], base=False)
        terms = []
        for r, (layer, own) in enumerate(zip(layers, found, strict=True)):
            count, rows, cols = own.windows.shape
            filters = layer.out.shape[1]
            shape = (count, filters, rows, cols)
            pairs = []
            for (n, i, j), row in np.ndenumerate(own.windows):
                for f in range(filters):
                    at = int(np.ravel_multi_index((n, f, i, j), shape))
                    pairs.append((int(row) * filters + f, at))
                    self.spots[r][int(layer.out[row, f])] = shape, (n, f, i, j)
            terms.append(_moves(pairs, layer.out.shape))
        return self._add_pick(conv, terms, [layer.out for layer in layers]) is not None

    # ---- pooling --------------------------------------------------------------------------------
    def pooled(self, index: int, there: Sequence[np.ndarray], come: Sequence[np.ndarray]) -> Any:
        """Lead to windows' maxima or means, wherever these stand; None where they are none."""
        found: list[Sliding] = []
        ends: list[list[int]] = []
        kinds: set[str] = set()
        for r, ids in enumerate(come):
            seen = self._windows(r, there[r], ids)
            if seen is None:
                return None
            kind, nodes, windows = seen
            if kind == "sum" and _divided(self.readings[r], nodes, windows.shape[1]):
                raise NotRaised("sums that are means, if one goes a step further")
            places = self._places(r, windows)
            sliding = (
                slid(_in_order(places[0]), places[1], pools=True) if places is not None else None
            )
            if sliding is None or (found and sliding.slide != found[0].slide):
                return None
            kinds.add(kind)
            found.append(sliding)
            ends.append(nodes)
        if len(kinds) != 1:
            return None
        before = len(self.parts)
        pictures = self._pictures(index, there, found)
        if pictures is None:
            self.undo(before)
            return None
        pool = self.add(Part(pool_link(kinds.pop(), found[0].slide)), (pictures,), [], base=False)
        given, terms = [], []
        for r, (ids, own, nodes) in enumerate(zip(come, found, ends, strict=True)):
            flat = np.array(nodes)[own.windows.ravel()]
            self._note(r, own, nodes)
            place = {int(u): k for k, u in enumerate(flat)}
            pairs = [(i, place[int(u)]) for i, u in enumerate(ids.ravel()) if int(u) in place]
            given.append(flat)
            terms.append(_moves(pairs, ids.shape))
        last = self._add_pick(pool, terms, None)
        if last is None:
            self.undo(before)
            return None
        self.picks[last] = (pool, given, list(come))
        return last

    def _note(self, r: int, own: Sliding, nodes: Sequence[int]) -> None:
        """Say where what came of the windows stands: as the window did, with its own number."""
        _, rows, cols = own.windows.shape
        for (n, i, j), row in np.ndenumerate(own.windows):
            self.spots[r][int(nodes[row])] = (*self._heads(own), rows, cols), (
                *self._head(own, n), i, j
            )  # fmt: skip

    @staticmethod
    def _heads(own: Sliding) -> tuple[int, ...]:
        return tuple(len(set(own.places[:, 0, 0, 0, a].tolist())) for a in _kept(own))

    @staticmethod
    def _head(own: Sliding, n: int) -> tuple[int, ...]:
        values = [sorted(set(own.places[:, 0, 0, 0, a].tolist())) for a in _kept(own)]
        at = own.places[n, 0, 0, 0]
        return tuple(v.index(int(at[a])) for v, a in zip(values, _kept(own), strict=True))

    def _windows(
        self, r: int, there: np.ndarray, come: np.ndarray
    ) -> tuple[str, list[int], np.ndarray] | None:
        """Take numbers for what they are of: kind, which, and the numbers of each window."""
        reading = self.readings[r]
        place = {int(u) for u in there.ravel() if u >= 0}
        nodes = [u for u in dict.fromkeys(int(u) for u in come.ravel())
                 if reading.tape.op[u] != "constant"]  # fmt: skip
        kinds, windows = set(), []
        for u in nodes:
            own = _peak(reading, u, place) or _mean(reading, u, there)
            if own is None:
                return None
            kinds.add(own[0])
            windows.append(own[1])
        if len(kinds) != 1 or len({len(w) for w in windows}) != 1 or len(windows[0]) < 2:
            return None
        return kinds.pop(), nodes, np.array(windows)


def _kept(own: Sliding) -> list[int]:
    """List the axes that do not slide."""
    first = own.places[0]
    return [a for a in range(own.places.shape[-1]) if len(set(first[..., a].ravel().tolist())) == 1]


def _peak(reading: Reading, u: int, place: set[int]) -> tuple[str, list[int]] | None:
    op = reading.tape.op[u]
    if op not in ("max", "min"):
        return None
    found: list[int] = []
    waiting = [u]
    while waiting:
        v = waiting.pop()
        if v in place:
            found.append(v)
        elif reading.tape.op[v] == op:
            waiting.extend(reading.tape.parents[v])
        else:
            return None
    return op, sorted(set(found))


def _mean(reading: Reading, u: int, there: np.ndarray) -> tuple[str, list[int]] | None:
    terms = terms_in(reading.tape, [there], np.array([u]))
    if terms is None or len(set(terms.given.tolist())) != len(terms.given):
        return None
    c = terms.times
    if not np.allclose(c, c[0]):
        return None
    kind = {True: "mean"}.get(bool(np.isclose(c[0] * len(c), 1))) or (
        "sum" if np.isclose(c[0], 1) else None
    )
    return None if kind is None else (kind, there.ravel()[terms.given].tolist())


def _divided(reading: Reading, nodes: Sequence[int], count: int) -> bool:
    """Tell sums that are divided by how many were added, and used for nothing else."""
    tape, sums = reading.tape, set(nodes)
    used = set()
    for u in reading.reached:
        for p in tape.parents[u]:
            if p in sums:
                others = [tape.value[q] for q in tape.parents[u] if tape.op[q] == "constant"]
                right = {"div": float(count), "mul": 1 / count}.get(tape.op[u])
                if right is None or len(others) != 1 or abs(others[0] / right - 1) > 1e-9:
                    return False
                used.add(p)
    return used == sums


def _in_order(places: np.ndarray) -> np.ndarray:
    """Put the numbers of each window in the order in which they stand."""
    out = places.copy()
    for r, own in enumerate(places):
        out[r] = own[np.lexsort(own.T[::-1])]
    return out


def _moves(pairs: Sequence[tuple[int, int]], shape: tuple[int, ...]) -> Terms:
    result, given = (np.array(v, dtype=int) for v in zip(*sorted(pairs), strict=True))
    return Terms(result, given, np.ones(len(result)), tuple(shape))
