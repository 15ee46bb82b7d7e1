"""Affine layers in the numbers of a forward pass: sums of weights times what comes in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.traced.recurrence import Block, blocks_of
from clearprop.doctor.traced.tape import Tape

__all__ = ["Found", "Reading", "Recurrent"]

Pair = tuple[int, int]  # a weight and what it is multiplied by; −1 for a bias


class Recurrent(ValueError):  # noqa: N818 - it is an answer, not a fault
    """Weights are used again on what they have made."""


@dataclass
class Found:
    """
    An affine layer as it stands on a tape.

    Attributes
    ----------
    weights : array of int, shape (inputs, outputs)
        Nodes of the weights.
    bias : array of int, shape (outputs,), or None
    come : array of int, shape (samples, inputs)
        Nodes of what comes in.
    out : array of int, shape (samples, outputs)
        Nodes of what goes out.
    ones : array of int or None
        Weights of a constant input of 1.
    """

    weights: np.ndarray
    bias: np.ndarray | None
    come: np.ndarray
    out: np.ndarray
    level: int = 0
    ones: np.ndarray | None = None

    @property
    def first(self) -> int:
        """Give the first node that goes out."""
        return int(self.out.min())

    @property
    def single(self) -> bool:
        """Whether it is a single weight, used once."""
        return bool(self.weights.size == self.out.size == 1)

    def ordered(self, rows: np.ndarray, inputs: np.ndarray) -> None:
        """Put samples and inputs in another order."""
        self.come = self.come[rows][:, inputs]
        self.out = self.out[rows]
        self.weights = self.weights[inputs]


class Reading:
    """
    A tape read: which numbers matter, what they depend on, which are outputs of affine layers.

    Parameters
    ----------
    tape : Tape
    output : array of int
        Nodes of what came out.
    parameters : collection of str
        The variables that may be weights and biases.
    single : collection of str
        Other variables, of one number each, that may be biases.
    thick : collection of str
        Parameters that are matrices.
    slopes : bool
        Whether a weight alone is no layer, but the slope of an activation.
    """

    def __init__(
        self, tape: Tape, output: np.ndarray, parameters: Collection[str],
        single: Collection[str] = (), thick: Collection[str] = (),
        *, slopes: bool = False,
    ) -> None:  # fmt: skip
        self.tape, self.output, self.single = tape, output, single
        self.thick = frozenset(thick)
        self.value = tape.value
        self.nodes = range(len(tape.op))  # what a relu cuts off belongs to its layer too
        self.reached = self._reachable()
        self.parameter = {u for u in self.nodes if u in tape.leaf and tape.leaf[u][0] in parameters}
        self.forms: dict[int, dict[Pair, float]] = {}
        self._come: dict[int, dict[int, int]] = {}
        merged = self._read_forms()
        able = {
            u: frozenset(p for p, _ in form) for u, form in self.forms.items()
            if u not in merged and any(a >= 0 for _, a in form)
        }  # fmt: skip
        real = {w for u, w in able.items() if tape.fed[u]} - self._scales(able)
        if slopes:
            real = {w for w in real if len(w) > 1}
        self.units = {u for u, w in able.items() if w in real}
        self.blocks: list[Block] = []
        self.memory: dict[int, int] = {}  # what recurrent layers give, and which of them
        try:
            self._read_bases()
        except Recurrent:
            self._read_blocks()
            self._read_bases()
        self.layers: list[Any] = self._layers()

    def _reachable(self) -> set[int]:
        seen = {int(u) for u in self.output.ravel()}
        waiting = list(seen)
        parents = self.tape.parents
        while waiting:
            for p in parents[waiting.pop()]:
                if p not in seen:
                    seen.add(p)
                    waiting.append(p)
        return seen

    def _scales(self, able: dict[int, frozenset[int]]) -> set[frozenset[int]]:
        """List the weights that stand alone, each before a number of its own: γ of a norm."""
        come: dict[frozenset[int], set[int]] = {}
        for u, weights in able.items():
            pairs = [(p, a) for p, a in self.forms[u] if a >= 0]
            if len(pairs) == 1:
                come.setdefault(weights, set()).add(pairs[0][1])
        by_variable: dict[str, list[frozenset[int]]] = {}
        for weights in come:
            for p in weights:
                by_variable.setdefault(self._variable(p) if p in self.parameter else "", []).append(
                    weights
                )
        found: set[frozenset[int]] = set()
        for name, some in by_variable.items():
            if name and len(some) > 1 and not come[some[0]] & come[some[1]]:
                found.update(some)
        return found

    # ---- sums of weights times something -----------------------------------------------------
    def _read_forms(self) -> set[int]:
        """Read each number as a sum of weights times something, where it is one."""
        tape = self.tape
        merged: set[int] = set()
        for u in self.nodes:
            if u in self.parameter or self._alone(u):
                self.forms[u] = {(u, -1): 1.0}
                continue
            form = self._form(tape.op[u], tape.parents[u])
            if form:
                self.forms[u] = form
                if tape.op[u] in ("add", "sub", "sum"):
                    merged.update(p for p in tape.parents[u] if p in self.forms)
        return merged

    def _alone(self, u: int) -> bool:
        """Tell single numbers that may be biases: of the program's text, or with a name."""
        leaf = self.tape.leaf.get(u)
        return self.tape.op[u] == "constant" or (leaf is not None and leaf[0] in self.single)

    def _form(self, op: str, parents: tuple[int, ...]) -> dict[Pair, float] | None:
        if op in ("add", "sum"):
            return self._sum(parents, (1.0,) * len(parents))
        if op == "sub" and parents[1] in self.parameter:
            return self._sum(parents, (1.0, -1.0))
        if op == "mul":
            return self._product(*parents)
        if op == "dot":
            pairs = [self._product(a, b) for a, b in zip(parents[::2], parents[1::2], strict=True)]
            return self._joined(pairs, [1.0] * len(pairs))
        return None

    def _product(self, a: int, b: int) -> dict[Pair, float] | None:
        for weight, come in ((a, b), (b, a)):
            if weight in self.parameter and come not in self.parameter:
                return None if self._scaled(weight, come) else {(weight, come): 1.0}
        return None

    def _scaled(self, weight: int, come: int) -> bool:
        """Tell λ·w, which is multiplied by w again: a penalty, and no layer."""
        parents = self.tape.parents[come]
        rest = [p for p in parents if p != weight]
        return len(rest) < len(parents) and all(self.tape.op[p] == "constant" for p in rest)

    def _sum(self, parents: tuple[int, ...], signs: tuple[float, ...]) -> dict[Pair, float] | None:
        return self._joined([self.forms.get(p) for p in parents], signs)

    def _joined(
        self, forms: Sequence[dict[Pair, float] | None], signs: Sequence[float]
    ) -> dict[Pair, float] | None:
        """Add sums up; None where a weight or an input would be in twice: these are two units."""
        total: dict[Pair, float] = {}
        weights: set[int] = set()
        come: set[int] = set()
        fed = self.tape.fed
        for form, sign in zip(forms, signs, strict=True):
            if form is None:
                return None
            own = {p for p, _ in form}
            other = {a for _, a in form if a >= 0 and fed[a]}
            if not weights.isdisjoint(own) or not come.isdisjoint(other):
                return None
            weights |= own
            come |= other
            total.update(form if sign == 1.0 else {key: c * sign for key, c in form.items()})
        return total

    # ---- what depends on what ---------------------------------------------------------------
    def _read_blocks(self) -> None:
        """Find recurrent layers; their units are no layers of their own."""
        self.blocks = blocks_of(self)
        for k, block in enumerate(self.blocks):
            self.units -= block.owned
            for ids in block.out:
                self.memory.update(dict.fromkeys(ids[ids >= 0].tolist(), k))

    def _read_bases(self) -> None:
        """Note, of each number, the inputs and outputs of layers that it is a function of."""
        tape = self.tape
        self.level: dict[int, int] = {}
        self.base: dict[int, frozenset[int]] = {}
        groups: dict[frozenset[int], int] = {}
        behind: dict[int, int] = {}  # by node: the groups of units that it depends on, as bits
        self.above: dict[int, int] = {}
        for u in self.nodes:
            parents = tape.parents[u]
            bits = 0
            for p in parents:
                bits |= behind[p]
            behind[u] = bits
            if u in self.memory:
                g = groups.setdefault(frozenset((-1 - self.memory[u],)), len(groups))
                self.above[g] = self.above.get(g, 0) | bits & ~(1 << g)
                self.blocks[self.memory[u]].group = g
                behind[u] = bits | 1 << g
                self.base[u] = frozenset((u,))
                continue
            if u in self.units:
                weights = frozenset(p for p, _ in self.forms[u])
                g = groups.setdefault(weights, len(groups))
                if bits >> g & 1:
                    raise Recurrent
                self.level[u] = g
                self.above[g] = self.above.get(g, 0) | bits
                behind[u] = bits | 1 << g
                self.base[u] = frozenset((u,))
                continue
            if not parents:
                own = u in tape.leaf and u not in self.parameter
                self.base[u] = frozenset((u,) if own else ())
                continue
            first = self.base[parents[0]]
            if all(self.base[p] is first for p in parents):
                self.base[u] = first
            else:
                self.base[u] = frozenset().union(*(self.base[p] for p in parents))

    def _layers(self) -> list[Any]:
        """Put units together that belong to one layer."""
        by_weights: dict[int, list[int]] = {}
        for u in sorted(self.units):
            by_weights.setdefault(self.level[u], []).append(u)
        levels: dict[int, int] = {}
        for g in by_weights:
            self._level_of(g, levels)
        groups: dict[tuple[int, int, Any, Any], list[list[int]]] = {}
        for g, units in by_weights.items():
            level = levels[g]
            rows = tuple(
                frozenset(a for _, a in self.forms[u] if a >= 0 and self.base[a]) for u in units
            )
            kinds = self._variables(units[0]) if any(rows) else ("constants",)
            groups.setdefault((level, len(units), rows, kinds), []).append(units)
        found: list[Any] = []
        for (level, *_), outputs in groups.items():
            if not any(u in self.reached for units in outputs for u in units):
                continue
            layer = self._layer(outputs)
            if layer is None:
                raise ValueError("units that are no layer")
            layer.level = level
            found.append(layer)
        for block in self.blocks:
            block.level = self._level_of(block.group, levels)
        return sorted([*found, *self.blocks], key=lambda layer: (layer.level, layer.first))

    def _variables(self, u: int) -> tuple[str, ...]:
        """Name the matrices that a unit's weights stand in; units may hold their own rows."""
        names = {self._variable(p) for p, a in self.forms[u] if a >= 0 and p in self.parameter}
        return tuple(sorted(n for n in names if n in self.thick))

    def _level_of(self, g: int, levels: dict[int, int]) -> int:
        if g not in levels:
            above = [k for k in self.above if self.above[g] >> k & 1]
            levels[g] = 1 + max((self._level_of(k, levels) for k in above), default=0)
        return levels[g]

    def _variable(self, p: int) -> str:
        return self.tape.leaf[p][0]

    def _entering(self, u: int) -> dict[int, int]:
        """Give by weight what comes to a unit."""
        known = self._come.get(u)
        if known is None:
            known = self._come[u] = {p: a for p, a in self.forms[u] if a >= 0}
        return known

    def _signature(self, units: list[int], p: int) -> tuple[object, ...]:
        """Say what comes to a weight, sample by sample."""
        out: list[object] = []
        for u in units:
            a = self._entering(u)[p]
            out.append((0, a) if self.base[a] else (1, self.value[a]))
        return tuple(out)

    def _layer(self, outputs: list[list[int]]) -> Found | None:
        columns, biases, come = [], [], None
        for units in outputs:
            form = self.forms[units[0]]
            if any(c != 1.0 for u in units for c in self.forms[u].values()):
                return None
            own = [p for p, a in form if a < 0]
            weights = [p for p, a in form if a >= 0]
            signed = sorted((self._signature(units, p), p) for p in weights)
            if come is None:
                come = [s for s, _ in signed]
            elif [s for s, _ in signed] != come:
                return None
            if len(own) > 1:
                return None
            columns.append([p for _, p in signed])
            biases.append(own)
        if len({len(b) for b in biases}) != 1:
            return None
        order = sorted(range(len(outputs)), key=lambda j: min(columns[j]))
        first = outputs[order[0]]
        entering = [[self._entering(u)[p] for p in columns[order[0]]] for u in first]
        inputs = np.argsort(columns[order[0]])  # as the weights stand, whatever comes in
        return Found(
            np.array([columns[j] for j in order]).T[inputs],
            np.array([biases[j][0] for j in order]) if biases[0] else None,
            np.array(entering)[:, inputs],
            np.array([outputs[j] for j in order]).T,
        )
