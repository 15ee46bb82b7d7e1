"""Numbers of several samples mixed: products of two matrices, and shares of a row: attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import SOFTMAX, softmax
from clearprop.doctor.derivations.chain import Link, Part
from clearprop.doctor.traced.parts import NotRaised, Orders
from clearprop.doctor.traced.tape import Tape
from clearprop.doctor.traced.windowed import Windowed

__all__ = ["Mixing"]

Matrices = list[np.ndarray]  # of nodes, one a run; −1 for what is left out


class Mixing(Windowed):
    """Leads to matrices that are products of two others, or the shares of such."""

    _loose = False  # whether steps of the program's own may be taken on the way

    def loosely(self, come: Sequence[np.ndarray]) -> tuple[int, Orders]:
        """Lead to a matrix by known steps between which numbers may be moved about."""
        self._loose = True
        try:
            return self.resolve(come, regions=False)
        finally:
            self._loose = False

    def _mixed(self, come: Sequence[np.ndarray], same: Orders) -> tuple[int, Orders] | None:
        for way in (self._shares, self._product, self._beside):
            parts = len(self.parts)
            try:
                found = way(list(come))
            except NotRaised:
                found = None
            if found is not None:
                return found, same
            self.undo(parts)
        return None

    def _shares(self, come: Matrices) -> int | None:
        """Try a softmax of each row, some of which may be left out."""
        scores = []
        for reading, ids in zip(self.readings, come, strict=True):
            found = _scores(reading.tape, ids)
            if found is None:
                return None
            z = np.where(found >= 0, self._values(reading, found), -np.inf)
            if not np.allclose(softmax(z), self._values(reading, ids), rtol=1e-8, atol=1e-12):
                return None
            scores.append(found)
        masked = any((ids < 0).any() for ids in scores)
        index = self._scaled_product(scores) if masked else self._side(scores)
        if index is None:
            return None
        link = _masked_softmax({ids.shape: ids >= 0 for ids in scores}) if masked else SOFTMAX
        return self.add(Part(link), (index,), come, base=False)

    def _scaled_product(self, come: Matrices) -> int | None:
        """Try a product times a number, of which not all cells are known."""
        tape, ids = self.readings[0].tape, come[0]
        u = int(ids[ids >= 0][0])
        numbers = [p for p in tape.parents[u] if tape.op[p] == "constant"]
        if tape.op[u] not in ("mul", "div") or not numbers:
            return self._product(come)
        inner = []
        for reading, ids in zip(self.readings, come, strict=True):
            parents = reading.tape.parents
            below = {int(u): [p for p in parents[int(u)] if reading.tape.op[p] != "constant"]
                     for u in ids.ravel() if u >= 0}  # fmt: skip
            if any(len(p) != 1 for p in below.values()):
                return None
            inner.append(np.array([[below[int(u)][0] if u >= 0 else -1 for u in row]
                                   for row in ids]))  # fmt: skip
        links = self._links(inner, come)
        index = self._product(inner)
        if index is None or links is None:
            return None
        for link in links:
            index = self.add(Part(link), (index,), come, base=False)
        return index

    def _product(self, come: Matrices) -> int | None:
        """Try a product of two matrices, or of as many as there are samples."""
        factors = [_factors(r.tape, ids) for r, ids in zip(self.readings, come, strict=True)]
        if any(f is None for f in factors):
            return None
        left = [f[0] for f in factors if f is not None]
        right = [f[1] for f in factors if f is not None]
        first = self._side(left)
        parts = len(self.parts)
        for known, turned in ((True, False), (True, True), (False, False), (False, True)):
            laid = [np.concatenate([b.T if turned else b for b in blocks]) for blocks in right]
            try:
                second = self.resolve(laid, regions=False)[0] if known else self._side(laid)
            except NotRaised:
                self.undo(parts)
                continue
            counts = {(a.shape, b.shape): len(blocks)
                      for a, b, blocks in zip(left, laid, right, strict=True)}  # fmt: skip
            weighed = first >= 0 and self.parts[first].link.kind == "softmax"
            link = _product("weighted sum" if weighed else "product", counts, turned)
            return self.add(Part(link), (first, second), come, base=False)
        return None

    def _beside(self, come: Matrices) -> int | None:
        """Try several products side by side: heads."""
        cuts = _cuts(self.readings[0].tape, come[0])
        if len(cuts) < 3:
            return None
        indices = []
        for start, end in pairwise(cuts):
            index = self._product([ids[:, start:end] for ids in come])
            if index is None:
                return None
            indices.append(index)
        return self.add(Part(_side_by_side(cuts)), tuple(indices), come, base=False)

    def _side(self, come: Matrices) -> int:
        """Lead to a matrix of known steps, or of numbers that were moved about."""
        parts = len(self.parts)
        try:
            return self.resolve(come, regions=False)[0]
        except NotRaised:
            self.undo(parts)
            if not self._loose:
                raise
            involved = self._involved(come)
            single = all(
                len(r.base[int(u)]) == 1
                for r, ids in zip(self.readings, come, strict=True)
                for u in ids.ravel()
            )
            if single and len(involved) == 1:
                found = self._moved(self.fronts[involved[0]], come)
                index = found[0] if found is not None else None
            else:
                index = self._some_shares(come)
            if index is None:
                raise
            return index

    def _some_shares(self, come: Matrices) -> int | None:
        """Try some of the shares of each row, each as often as it is used."""
        whole = [_all_shares(r.tape, ids) for r, ids in zip(self.readings, come, strict=True)]
        rows = [ids for ids in whole if ids is not None]
        if len(rows) != len(whole):
            return None
        return self._lead([(self.resolve(rows, regions=False)[0], rows)], come)

    def _values(self, reading: Any, ids: np.ndarray) -> np.ndarray:
        flat = [reading.value[int(u)] if u >= 0 else 0.0 for u in ids.ravel()]
        return np.array(flat).reshape(ids.shape)


def _scores(tape: Tape, ids: np.ndarray) -> np.ndarray | None:
    """Find what the exponentials of shares are of; −1 where a share is nothing."""
    if ids.shape[1] < 2:
        return None
    found = np.full(ids.shape, -1)
    for n, row in enumerate(ids):
        on = [(j, int(u)) for j, u in enumerate(row) if tape.value[int(u)] != 0.0]
        inner = [_of_exp(tape, u) for _, u in on]
        if not inner or min(inner) < 0:
            return None
        shifts = {tape.parents[v][1] if tape.op[v] == "sub" else -1 for v in inner}
        if len(shifts) == 1 and min(shifts) >= 0 and (len(inner) > 1 or _is_top(tape, inner[0])):
            inner = [tape.parents[v][0] for v in inner]
        for (j, _), v in zip(on, inner, strict=True):
            found[n, j] = v
    return found


def _all_shares(tape: Tape, ids: np.ndarray) -> np.ndarray | None:
    """Give all shares of each row of which some are there."""
    rows = []
    for row in ids:
        sums = {tape.parents[u][1] if tape.op[u] == "div" else -1 for u in map(int, row)}
        total = sums.pop()
        if sums or total < 0 or tape.op[total] not in ("sum", "add"):
            return None
        own = [tape.known("div", (e, total)) for e in tape.parents[total]]
        if min(own) < 0:
            return None
        rows.append(own)
    return np.array(rows) if len({len(row) for row in rows}) == 1 else None


def _is_top(tape: Tape, v: int) -> bool:
    """Tell a number less the largest of its row, which is itself."""
    return tape.parents[v][0] == tape.parents[v][1] or tape.op[tape.parents[v][1]] == "max"


def _of_exp(tape: Tape, u: int) -> int:
    """Give what the exponential is of that a share is made of."""
    if tape.op[u] in ("div", "mul"):
        own = [p for p in tape.parents[u] if tape.op[p] == "exp"]
        u = own[0] if own else u
    return tape.parents[u][0] if tape.op[u] == "exp" else -1


def _pairs(tape: Tape, u: int) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    parents = tape.parents[u]
    if tape.op[u] == "dot" or (tape.op[u] == "mul" and len(parents) == 2):
        return parents[::2], parents[1::2]
    return None


def _factors(tape: Tape, ids: np.ndarray) -> tuple[np.ndarray, Matrices] | None:
    """Find the matrices of which a product is: by rows, and by columns for each block of rows."""
    cells = {place: _pairs(tape, int(u)) for place, u in np.ndenumerate(ids) if u >= 0}
    if any(pair is None for pair in cells.values()):
        return None
    for side in (0, 1):
        rows: dict[int, tuple[int, ...]] = {}
        blocks: list[dict[int, tuple[int, ...]]] = []
        starts: list[int] = []
        for (n, j), pair in cells.items():
            assert pair is not None
            if rows.setdefault(n, pair[side]) != pair[side]:
                break
            if not blocks or (blocks[-1].get(j, pair[1 - side]) != pair[1 - side]):
                if starts and starts[-1] == n:
                    break
                blocks.append({})
                starts.append(n)
            blocks[-1][j] = pair[1 - side]
        else:
            count = ids.shape[1]
            sizes = set(np.diff([*starts, len(ids)]).tolist())
            whole = all(len(block) == count for block in blocks) and len(rows) == len(ids)
            if whole and len(sizes) == 1:
                left = np.array([rows[n] for n in range(len(ids))])
                return left, [np.array([b[j] for j in range(count)]).T for b in blocks]
    return None


def _cuts(tape: Tape, ids: np.ndarray) -> list[int]:
    """Find the columns at which another product begins: its rows are of other numbers."""
    cuts = [0]
    for j in range(1, ids.shape[1]):
        a, b = (_pairs(tape, int(ids[0, k])) for k in (j - 1, j))
        if a is None or b is None:
            return []
        if a[0] != b[0] and a[1] != b[1]:
            cuts.append(j)
    return [*cuts, ids.shape[1]]


def _product(name: str, counts: Mapping[Any, int], turned: bool) -> Link:
    """Give the product of two matrices; the second may be laid out by its columns."""

    def both(e: Any) -> tuple[np.ndarray, np.ndarray]:
        a, b = e.xs
        n = counts.get((a.shape, b.shape), 1)
        a, b = a.reshape(n, -1, a.shape[1]), b.reshape(n, -1, b.shape[1])
        return a, b.transpose(0, 2, 1) if turned else b

    def forward(e: Any) -> Any:
        a, b = both(e)
        e.a, e.b = a, b
        return (a @ b).reshape(-1, b.shape[2])

    def first(e: Any) -> Any:
        return (_by_block(e) @ e.b.transpose(0, 2, 1)).reshape(e.xs[0].shape)

    def second(e: Any) -> Any:
        return laid(e, e.a.transpose(0, 2, 1) @ _by_block(e))

    def laid(e: Any, found: Any) -> Any:
        return (found.transpose(0, 2, 1) if turned else found).reshape(e.xs[1].shape)

    about = {"op": "product", "laid": laid}
    return Link("join", name, forward, {"x": first, "x1": second}, about)


def _by_block(e: Any) -> Any:
    return np.reshape(e.g, (len(e.a), e.a.shape[1], e.b.shape[2]))


def _side_by_side(cuts: Sequence[int]) -> Link:
    def part(k: int) -> Any:
        return lambda e: e.g[:, cuts[k] : cuts[k + 1]]

    rules = {"x" if k == 0 else f"x{k}": part(k) for k in range(len(cuts) - 1)}
    return Link(
        "beside", "side by side", lambda e: np.concatenate(e.xs, axis=1), rules, {"cuts": cuts}
    )


def _masked_softmax(masks: Mapping[Any, np.ndarray]) -> Link:
    """Give the softmax of what is not left out in each row."""

    def forward(e: Any) -> Any:
        mask = masks.get(np.shape(e.x))
        return softmax(e.x if mask is None else np.where(mask, e.x, -np.inf))

    return Link("softmax", "softmax", forward, SOFTMAX.rules)
