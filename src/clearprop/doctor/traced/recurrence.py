"""Recurrence on a tape: units whose weights are used again on what they have made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearprop.doctor.traced.arithmetic import ARITHMETIC

__all__ = ["Block", "Gate", "NoBlock", "blocks_of"]

Key = tuple[str, int]  # where a gate's numbers come from: ("x", 0), ("state", f), ("inner", m)


class NoBlock(ValueError):  # noqa: N818 - it is an answer, not a fault
    """Weights are used again in no way that is known."""


@dataclass
class Gate:
    """
    One sum of weights times something, of all units alike.

    Attributes
    ----------
    weights : dict of Key to array of int, shape (rows, units)
        Nodes of the weights; −1 where a unit has none for a row.
    biases : list of array of int, shape (units,)
    fixed : float
        A number that is added besides.
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


class _Finder:
    """Reads one recurrent layer."""

    def __init__(self, reading: Any, of: dict[int, int], groups: set[int]) -> None:
        self.reading, self.tape, self.groups = reading, reading.tape, groups
        self.of = {u: g for u, g in of.items() if g in groups}
        self.other = {u: g for u, g in of.items() if g not in groups}
        self.time: dict[int, int] = {}
        self.made: dict[int, dict[int, list[int]]] = {g: {} for g in groups}
        self._times()
        self.sample: dict[int, int] = {}
        for by_time in self.made.values():
            for units in by_time.values():
                self.sample.update({u: n for n, u in enumerate(units)})
        some = next(iter(self.made.values()))
        self.steps = 1 + max(self.time[u] for u in self.of)
        self.samples = len(some[self.steps - 1])
        if self.steps < 2 or any(
            len(m.get(t, ())) != self.samples for m in self.made.values()
            for t in range(1, self.steps)
        ):  # fmt: skip
            raise NoBlock("steps of different sizes")
        self.absorbed: list[int] = []  # groups of other units that the step takes in
        self._known: dict[int, set[int]] = {}

    def _times(self) -> None:
        seen: dict[int, int] = {}
        for u in self.reading.nodes:
            parents = [p for p in self.tape.parents[u] if p in self.time]
            t = max((self.time[p] for p in parents), default=-1)
            bits = 0
            for p in parents:
                if self.time[p] == t:
                    bits |= seen[p]
            g = self.of.get(u)
            if g is None:
                if t >= 0:
                    self.time[u], seen[u] = t, bits
                continue
            if t < 0 or bits >> g & 1:
                t, bits = t + 1, 0
            self.time[u], seen[u] = t, bits | 1 << g
            self.made[g].setdefault(t, []).append(u)

    # ---- what goes from step to step ----------------------------------------------------------
    def _crossing(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Give by step what goes on to the next one, and what goes into gates of the same."""
        cross: dict[int, list[int]] = {}
        inner: dict[int, list[int]] = {}
        useful = self._useful()
        for u in sorted(useful):
            t = self.time[u]
            if u in self.of:
                before = [a for _, a in self.reading.forms[u] if a >= 0]
            elif any(p in self.of for p in self._within(u)):
                before = list(self.tape.parents[u])
            else:
                continue
            for a in before:
                when = self.time.get(a, -1)
                if when == t - 1 and when >= 0:
                    cross.setdefault(when, []).append(a)
                elif when == t and u in self.of:
                    inner.setdefault(t, []).append(a)
                elif 0 <= when < t - 1:
                    raise NoBlock("a step that is passed over")
        return cross, inner

    def _useful(self) -> set[int]:
        """List what leads to the units, and at the last of two steps to what is used behind."""
        waiting = list(self.of)
        if self.steps == 2:
            ends = [a for u in self.other for _, a in self.reading.forms[u] if a >= 0]
            waiting += [a for a in ends if self.time.get(a) == 1]
            waiting += [int(u) for u in self.reading.output.ravel()
                        if self.reading.output.size > 1 and self.time.get(int(u)) == 1]  # fmt: skip
        found = set(waiting)
        while waiting:
            u = waiting.pop()
            for p in self.tape.parents[u]:
                if p in self.time and p not in found:
                    found.add(p)
                    waiting.append(p)
        return found

    def _within(self, u: int) -> set[int]:
        """List the units of the same step of which a number is made; none for parts of a sum."""
        known = self._known.get(u)
        if known is None:
            known = set()
            if u in self.of:
                known = {u}
            elif u in self.time:
                for p in self.tape.parents[u]:
                    if self.time.get(p) == self.time[u]:
                        known |= self._within(p)
            self._known[u] = known
        return known

    # ---- classes and families ------------------------------------------------------------------
    def _roots(self) -> None:
        """Find what the memories become, for each unit, and what goes into gates besides."""
        cross, inner = self._crossing()
        if self.steps == 2:
            cross[1] = [a for a in self._useful() if a not in self.of or not self._feeds(a)]
            cross[1] = [a for a in cross[1] if self._is_end(a)]
        parent = {g: g for g in self.groups}

        def top(g: int) -> int:
            while parent[g] != g:
                g = parent[g]
            return g

        def join(some: set[int]) -> int:
            classes = [top(self.of[u]) for u in some]
            for c in classes:
                parent[c] = classes[0]
            return classes[0]

        of_first = [a for a in dict.fromkeys(inner.get(1, [])) if self._first_sample(a)]
        at = {
            t: [a for a in dict.fromkeys(cross.get(t, [])) if self._first_sample(a)] for t in (0, 1)
        }
        for a in [*at[1], *of_first, *at[0]]:
            join(self._within(a) | self._before(a))
        own: dict[int, tuple[list[int], ...]] = {}
        for k, some in enumerate((at[0], at[1], of_first)):
            for a in some:
                c = top(self.of[next(iter(self._within(a)))])
                own.setdefault(c, ([], [], []))[k].append(a)
        self.classes = []
        for c in own:
            first, second, middle = (sorted(v, key=self._size) for v in own[c])
            if len(second) < len(first) and second:
                second = [self._follow(second[-1], self._path(first[-1], s)) for s in first]
            if not first or len(second) != len(first):
                raise NoBlock("memories that come and go")
            self.classes.append((c, first, second, middle))
        if len({(len(f), len(m)) for _, f, _, m in self.classes}) != 1:
            raise NoBlock("units that are not alike")

    def _feeds(self, a: int) -> bool:
        return any(a in (p for _, p in self.reading.forms[u]) for u in self.of)

    def _is_end(self, a: int) -> bool:
        """Tell numbers of the last step that are used behind the layer."""
        if self.time.get(a) != 1:
            return False
        if self.reading.output.size > 1 and a in self.reading.output:
            return True
        return any(a == come for u in self.other for _, come in self.reading.forms[u])

    def _before(self, a: int) -> set[int]:
        """List units of the step before by which a number of this step is joined to others."""
        found: set[int] = set()
        for v in self._inside(a):
            for p in self.tape.parents[v]:
                if self.time.get(p, -1) == self.time[a] - 1 >= 0:
                    found |= self._within(p)
        return found

    def _first_sample(self, a: int) -> bool:
        some = self._within(a)
        if not some or len({self.sample[u] for u in some}) != 1:
            raise NoBlock("numbers of several samples")
        return self.sample[next(iter(some))] == 0

    def _inside(self, a: int) -> list[int]:
        """List the operations of one step that a number is made by."""
        t = self.time[a]
        found: list[int] = []
        waiting = [a]
        while waiting:
            v = waiting.pop()
            if v not in self.of and self.time.get(v) == t and v not in found:
                found.append(v)
                waiting.extend(self.tape.parents[v])
        return found

    def _size(self, a: int) -> int:
        return len(self._inside(a))

    def _path(self, a: int, b: int) -> list[int]:
        """Say by which operands one number leads to another."""
        if a == b:
            return []
        if a not in self.of and self.time.get(a) == self.time[b]:
            for k, p in enumerate(self.tape.parents[a]):
                if self._is_made_of(p, b):
                    return [k, *self._path(p, b)]
        raise NoBlock("a memory that is apart")

    def _is_made_of(self, a: int, b: int) -> bool:
        return a == b or (a in self.time and b in self._inside(a))

    def _follow(self, a: int, path: Sequence[int]) -> int:
        for k in path:
            if k >= len(self.tape.parents[a]):
                raise NoBlock("steps that are not alike")
            a = self.tape.parents[a][k]
        return a

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
        if not self.features:
            raise NoBlock("nothing goes in")
        weight: dict[int, tuple[int, int]] = {}  # by feature: a group, and its weight for it
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
        elif then not in self.of and self.time.get(then) == 1 and now not in self.of:
            if self.tape.op[then] == self.tape.op[now]:
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
        if self.absorbed and not hasattr(self, "_others"):
            self._others: dict[tuple[int, frozenset[int]], int] = {}
            for v, g in self.other.items():
                come = frozenset(a for _, a in self.reading.forms[v] if a >= 0)
                self._others[g, come] = v
        positions = [self.features[a] for _, a in self.reading.forms[u] if a >= 0]
        key = frozenset(int(a) for a in self.all_come[t, n][positions])
        return self._others.get((self.other[u], key), -1)
