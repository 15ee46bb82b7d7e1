"""Recurrence on a tape: units whose weights are used again on what they have made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearprop.doctor.traced.arithmetic import ARITHMETIC
from clearprop.doctor.traced.steps import NoBlock, Steps

__all__ = ["Block", "Gate", "blocks_of"]

Key = tuple[str, int]  # where a gate's numbers come from: ("x", 0), ("state", f), ("inner", m)


@dataclass
class Gate:
    """
    One sum of weights times something, of all units alike.

    Attributes
    ----------
    weights : dict of Key to array of int, shape (rows, units)
        Nodes of the weights; −1 where a unit has none for a row.
    biases : list of array of int, shape (units,)
    fixed : float, added besides
    """

    weights: dict[Key, np.ndarray] = field(default_factory=dict)
    biases: list[np.ndarray] = field(default_factory=list)
    fixed: float = 0.0


@dataclass
class Block:
    """
    A recurrent layer as it stands on a tape.

    Attributes
    ----------
    steps, samples, units : int
    gates : list of Gate
    graph : list of (op, value, children)
        One step: "gate" k, "state" f, "constant" c, or an operation on nodes before it.
    roots : list of int
        The node that each memory becomes.
    inner : list of int
        Nodes that go into gates of the same step.
    come : array of int, shape (steps, samples, features)
    out : list of array of int, shape (steps, samples, units)
        By memory; −1 where the program did without.
    start : list of array of int, shape (samples, units), or None
        What the memories are at first; None for zeros.
    owned : set of int
        The nodes of the gates, and of other units that the steps take in.
    """

    steps: int
    samples: int
    units: int
    gates: list[Gate]
    graph: list[tuple[str, Any, tuple[int, ...]]]
    roots: list[int]
    inner: list[int]
    come: np.ndarray
    out: list[np.ndarray]
    start: list[np.ndarray | None]
    owned: set[int]
    level: int = 0
    group: int = -1

    @property
    def first(self) -> int:
        """Give the first node that goes out."""
        return min(int(ids[ids >= 0].min()) for ids in self.out)

    @property
    def single(self) -> bool:
        """Whether it is a single weight, used once: never."""
        return False

    @property
    def plan(self) -> tuple[Any, ...]:
        """Say what it is made of, to compare it with another run's."""
        return (
            self.units, len(self.gates), tuple(self.graph), tuple(self.roots), tuple(self.inner)
        )  # fmt: skip


def blocks_of(reading: Any) -> list[Block]:
    """
    Find the recurrent layers of a tape.

    Parameters
    ----------
    reading : Reading
    """
    groups: dict[frozenset[int], int] = {}
    of: dict[int, int] = {}
    behind: dict[int, int] = {}
    above: dict[int, int] = {}
    for u in reading.nodes:
        bits = 0
        for p in reading.tape.parents[u]:
            bits |= behind[p]
        behind[u] = bits
        if u in reading.units:
            weights = frozenset(p for p, _ in reading.forms[u])
            g = of[u] = groups.setdefault(weights, len(groups))
            above[g] = above.get(g, 0) | bits
            behind[u] = bits | 1 << g
    again = {g for g in above if above[g] >> g & 1}
    _join_first_steps(groups, of, above, again)
    parts: list[set[int]] = []
    for g in sorted(again):
        mine = next((c for c in parts if all(_mutual(above, g, o) for o in c)), None)
        if mine is None:
            parts.append(mine := set())
        mine.add(g)
    parts.sort(key=lambda c: bin(above[min(c)]).count("1"))
    return [_Finder(reading, of, part).block() for part in parts]


def _mutual(above: dict[int, int], a: int, b: int) -> bool:
    return bool(above[a] >> b & 1 and above[b] >> a & 1)


def _join_first_steps(
    groups: dict[frozenset[int], int], of: dict[int, int], above: dict[int, int], again: set[int]
) -> None:
    """Count units that have no memory yet to those of which they are the first step."""
    alias = {}
    for weights, g in groups.items():
        if g not in again:
            whole = [o for other, o in groups.items() if o in again and weights < other]
            if len(whole) == 1 and above[whole[0]] >> g & 1:
                alias[g] = whole[0]
    for u, g in of.items():
        of[u] = alias.get(g, g)


class _Finder(Steps):
    """Reads one recurrent layer."""

    # ---- one step as a graph ---------------------------------------------------------------------
    def _leaves(self, ends: Sequence[int], middle: Sequence[int]) -> tuple[list[int], list[int]]:
        """List units and other leaves of a step, in the order in which they are met."""
        units: dict[int, None] = {}
        order: dict[int, None] = {}

        def visit(v: int) -> None:
            if v in order:
                return
            if v in self.of or (v in self.other and v not in self.time):
                for _, a in self.reading.forms[v]:
                    if a in middle:
                        visit(a)
                units[v] = None
            elif self.time.get(v) == 1:
                for p in self.tape.parents[v]:
                    visit(p)
            order[v] = None

        for end in ends:
            visit(end)
        return list(units), list(order)

    def block(self) -> Block:
        """Read it."""
        self._roots()
        found = []
        for c, first, second, middle in self.classes:
            units, order = self._leaves([*second, *middle], middle)
            found.append((min(p for u in units for p, _ in self.reading.forms[u]),
                          c, first, second, middle, units, order))  # fmt: skip
        found.sort(key=lambda f: f[0])
        self.rows = found
        if len({len(units) for *_, units, _ in found}) != 1:
            raise NoBlock("units that are not alike")
        graph = self._graph()
        gates = self._gates()
        come = self._come(gates)
        out, start = self._states(graph)
        places = {v: i for i, v in enumerate(self.kept)}
        _, _, _, second, middle, _, _ = found[0]
        return Block(
            self.steps, self.samples, len(found), gates, graph, [places[v] for v in second],
            [places[v] for v in middle], come, out, start,
            set(self.of) | {u for u, g in self.other.items() if g in self.absorbed},
        )  # fmt: skip

    def _graph(self) -> list[tuple[str, Any, tuple[int, ...]]]:
        """Give one step as operations on the numbers of all units."""
        _, _, first, _, _, units, order = self.rows[0]
        self.kept = order
        place = {v: i for i, v in enumerate(order)}
        gate = {u: k for k, u in enumerate(units)}
        state = {a: f for f, a in enumerate(first)}
        self.absorbed = [self.other[u] for u in units if u in self.other]
        out: list[tuple[str, Any, tuple[int, ...]]] = []
        for v in order:
            op = self.tape.op[v]
            if v in gate:
                out.append(("gate", gate[v], ()))
            elif v in state:
                out.append(("state", state[v], ()))
            elif self.time.get(v) == 1:
                if op not in ARITHMETIC:
                    raise NoBlock("an operation that is not known")
                out.append((op, None, tuple(place[p] for p in self.tape.parents[v])))
            elif op == "constant":
                out.append(("constant", self.tape.value[v], ()))
            else:
                raise NoBlock("a number from elsewhere")
        return out

    def _gates(self) -> list[Gate]:
        """Give the weights of each gate, and where what they are multiplied by comes from."""
        states = {a: (f, j) for j, row in enumerate(self.rows) for f, a in enumerate(row[2])}
        inners = {a: (m, j) for j, row in enumerate(self.rows) for m, a in enumerate(row[4])}
        size = len(self.rows)
        outside = sorted({
            a for *_, units, _ in self.rows for u in units for _, a in self.reading.forms[u]
            if a >= 0 and a not in self.time and self.tape.op[a] != "constant"
        })  # fmt: skip
        self.features = {a: i for i, a in enumerate(outside)}
        self.by_weight: dict[Key, dict[int, tuple[int, int]]] = {}
        gates = []
        for k in range(len(self.rows[0][5])):
            gate = Gate()
            fixed = []
            for j, row in enumerate(self.rows):
                u = row[5][k]
                count, added = 0, 0.0
                for (p, a), c in self.reading.forms[u].items():
                    if c != 1.0:
                        raise NoBlock("weights that are multiplied")
                    if a < 0 and p not in self.reading.parameter:
                        added += self.tape.value[p]
                    elif a < 0 or (self.tape.op[a] == "constant" and self.tape.value[a] == 1.0):
                        if len(gate.biases) <= count:
                            gate.biases.append(np.full(size, -1))
                        gate.biases[count][j] = p
                        count += 1
                    else:
                        key, i, rows = self._source(a, states, inners, len(outside), size)
                        cells = gate.weights.setdefault(key, np.full((rows, size), -1))
                        cells[i, j] = p
                fixed.append(added)
            if len(set(fixed)) != 1 or any((b < 0).any() for b in gate.biases):
                raise NoBlock("units that are not alike")
            gate.fixed = fixed[0]
            gates.append(gate)
        return gates

    @staticmethod
    def _source(
        a: int, states: dict[int, Any], inners: dict[int, Any], features: int, size: int
    ) -> tuple[Key, int, int]:
        if a in states:
            return ("state", states[a][0]), states[a][1], size
        if a in inners:
            return ("inner", inners[a][0]), inners[a][1], size
        return ("x", 0), -1, features

    def _come(self, gates: Sequence[Gate]) -> np.ndarray:
        """Find what goes in from outside at each step; complete the tables of weights."""
        weight = self._weights_of_features(gates)
        if len(weight) != len(self.features):
            raise NoBlock("what goes in is not known at each step")
        come = np.full((self.steps, self.samples, len(weight)), -1)
        for f, (g, p) in weight.items():
            for t, units in self.made[g].items():
                if len(units) != self.samples:
                    raise NoBlock("samples that cannot be told apart")
                for n, u in enumerate(units):
                    a = self.reading._entering(u).get(p)
                    if a is None:
                        raise NoBlock("what goes in is not known at each step")
                    come[t, n, f] = a
        self.all_come = come
        return come

    def _weights_of_features(self, gates: Sequence[Gate]) -> dict[int, tuple[int, int]]:
        """Give by feature a group of units, and the weight that it has for it."""
        weight: dict[int, tuple[int, int]] = {}
        for k, gate in enumerate(gates):
            if ("x", 0) not in gate.weights:
                continue
            table = gate.weights["x", 0]
            table[:] = -1
            for j, row in enumerate(self.rows):
                u = row[5][k]
                for p, a in self.reading.forms[u]:
                    if a in self.features:
                        table[self.features[a], j] = p
                        if u in self.of:
                            weight.setdefault(self.features[a], (self.of[u], p))
        return weight

    # ---- the memories over all steps -------------------------------------------------------------
    def _states(self, graph: Any) -> tuple[list[np.ndarray], list[np.ndarray | None]]:
        size, families = len(self.rows), len(self.rows[0][2])
        shape = (self.steps, self.samples, size)
        out = [np.full(shape, -1) for _ in range(families)]
        start: list[np.ndarray | None] = [None] * families
        cross, _ = self._crossing()
        known: dict[tuple[int, int], list[int]] = {}
        of_class = {self.of[u]: j for j, row in enumerate(self.rows) for u in row[5]
                    if u in self.of}  # fmt: skip
        for a in dict.fromkeys(cross[0]):
            u = next(iter(self._within(a)))
            known.setdefault((self.sample[u], of_class[self.of[u]]), []).append(a)
        for (n, j), some in known.items():
            some.sort(key=self._size)
            if len(some) != families:
                raise NoBlock("memories that come and go")
            for f, a in enumerate(some):
                out[f][0, n, j] = a
                self._bind(self.rows[j][3][f], a, self.rows[j], start, n, j)
        self._bind_dense(start)
        for t in range(1, self.steps):
            for n in range(self.samples):
                for j in range(size):
                    before = [o[t - 1, n, j] for o in out]
                    for f, a in enumerate(self._replayed(graph, t, n, j, before)):
                        out[f][t, n, j] = a
        return out, start

    def _bind(
        self, then: int, now: int, row: Any, start: list[np.ndarray | None], n: int, j: int
    ) -> None:
        """Find by the second step what stood in the place of the memories at the first."""
        if then in row[2]:
            self._started(start, row[2].index(then), n, j, now)
        elif (
            then not in self.of and self.time.get(then) == 1 and now not in self.of
            and self.tape.op[then] == self.tape.op[now]
        ):  # fmt: skip
            pairs = zip(self.tape.parents[then], self.tape.parents[now], strict=False)
            for a, b in pairs:
                self._bind(a, b, row, start, n, j)

    def _started(self, start: list[np.ndarray | None], f: int, n: int, j: int, node: int) -> None:
        if node in self.time:
            raise NoBlock("a memory that is there before it begins")
        own = start[f]
        if own is None:
            own = start[f] = np.full((self.samples, len(self.rows)), -1)
        own[n, j] = node

    def _bind_dense(self, start: list[np.ndarray | None]) -> None:
        """Find by the weights what went in at the first step in place of the memories."""
        states = {a: (f, j) for j, row in enumerate(self.rows) for f, a in enumerate(row[2])}
        for row in self.rows:
            for u in row[5]:
                for p, a in self.reading.forms[u]:
                    if a not in states or u not in self.of:
                        continue
                    for n, v in enumerate(self.made[self.of[u]].get(0, ())):
                        node = self.reading._entering(v).get(p)
                        if node is not None:
                            self._started(start, states[a][0], n, states[a][1], node)

    def _replayed(self, graph: Any, t: int, n: int, j: int, before: list[int]) -> list[int]:
        """Find the numbers on the tape that the memories are after a step."""
        tape, units = self.tape, self.rows[j][5]
        ids: list[int] = []
        for op, value, children in graph:
            if op == "gate":
                u = units[value]
                mine = self.made.get(self.of.get(u, -1), {}).get(t)
                ids.append(mine[n] if mine else self._elsewhere(u, t, n))
            elif op == "state":
                ids.append(int(before[value]))
            elif op == "constant":
                ids.append(tape.constant(value))
            elif min((ids[c] for c in children), default=-1) < 0:
                ids.append(-1)
            else:
                parents = tuple(ids[c] for c in children)
                ids.append(tape.known(op, parents))
        second = self.rows[0][3]
        place = {v: i for i, v in enumerate(self.kept)}
        return [ids[place[v]] for v in second]

    def _elsewhere(self, u: int, t: int, n: int) -> int:
        """Find at another step what a unit that has no memory gives."""
        if not hasattr(self, "_others"):
            self._others = {
                (g, frozenset(a for _, a in self.reading.forms[v] if a >= 0)): v
                for v, g in self.other.items()
            }
        positions = [self.features[a] for _, a in self.reading.forms[u] if a >= 0]
        key = frozenset(int(a) for a in self.all_come[t, n][positions])
        return self._others.get((self.other[u], key), -1)
