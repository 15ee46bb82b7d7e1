"""Which step and which sample each number of a recurrent layer belongs to, on a tape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["NoBlock", "Steps"]


class NoBlock(ValueError):  # noqa: N818 - it is an answer, not a fault
    """Weights are used again in no way that is known."""


class Steps:
    """
    Reads the steps of one recurrent layer.

    Parameters
    ----------
    reading : Reading
    of : dict of int to int
        By unit: its group.
    groups : set of int
        The groups of this layer.
    """

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
        self._sort(own)

    def _sort(self, own: dict[int, tuple[list[int], ...]]) -> None:
        """Put each unit's memories in an order, by how much goes into them."""
        self.classes: list[tuple[int, list[int], list[int], list[int]]] = []
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
