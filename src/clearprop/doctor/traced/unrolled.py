"""
Any recurrent cell as a link: one step as it was read on a tape, walked over time and back.

What the walk back uses at each step are lines with names ("slope 0", "edge 3", "carry 0",
"order" …), and a mistake is a change of some of them: the rule "slip" gives them by place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.traced.arithmetic import ARITHMETIC
from clearprop.doctor.traced.cell import Cell, Node
from clearprop.doctor.traced.recurrence import Key
from clearprop.doctor.traced.region import Elsewhere

__all__ = ["unrolled_link", "weight_gradient"]


# ---- forward --------------------------------------------------------------------------------
def _blocks(e: Env, cell: Cell) -> tuple[dict[tuple[int, Key], Any], dict[int, Any]]:
    """Cut the variables into weights by gate and source, and biases by gate."""
    weights: dict[tuple[int, Key], Any] = {}
    biases: dict[int, Any] = dict(enumerate(cell.fixed))
    for table in cell.tables:
        flat = np.append(np.ravel(getattr(e, table.role)), 0.0)
        block = flat[table.cells]
        if table.key[0] == "1":
            biases[table.gate] = biases[table.gate] + block
        else:
            known = weights.get((table.gate, table.key))
            weights[table.gate, table.key] = block if known is None else known + block
    return weights, biases


def _forward(e: Env, cell: Cell) -> Any:
    run = cell.run_of(e.values)
    rows = run.samples if cell.alone else run.steps * run.samples
    if np.shape(e.x) != (rows, len(run.columns)):
        raise Elsewhere
    e.T, e.N, e.H, e.run = run.steps, run.samples, cell.units, run
    come = np.empty(np.shape(e.x))
    come[np.ix_(run.rows[:rows], run.columns)] = e.x
    e.begun = come if cell.alone else None
    e.come = np.zeros((e.T, e.N, 0)) if cell.alone else come.reshape(e.T, e.N, -1)
    e.weights, e.biases = _blocks(e, cell)
    shape = (e.T, e.N, e.H)
    e.v = [np.zeros(shape) if n.op != "constant" else n.value for n in cell.nodes]
    e.before = [np.zeros(shape) for _ in cell.roots]
    e.state = [np.zeros(shape) for _ in cell.roots]
    e.partial = {}
    now = [_start(e, cell, f) for f in range(len(cell.roots))]
    of_x = {k: e.come @ w for (k, key), w in e.weights.items() if key[0] == "x"}
    for t in range(e.T):
        for f, h in enumerate(now):
            e.before[f][t] = h
        for i, node in enumerate(cell.nodes):
            if node.op == "constant":
                continue
            e.v[i][t] = _value(e, cell, i, node, t, of_x)
        now = [e.v[r][t] for r in cell.roots]
        for f, h in enumerate(now):
            e.state[f][t] = h
    _note_partials(e, cell)
    whole = np.concatenate([e.state[f] for f in cell.shown], axis=2)
    return whole.reshape(e.T * e.N, -1)[run.rows]


def _start(e: Env, cell: Cell, f: int) -> Any:
    own = getattr(e, f"s{f}", None)
    if own is None:
        own = e.run.start.get(f) if e.begun is None else e.begun
    return np.zeros((e.N, e.H)) if own is None else own


def _value(e: Env, cell: Cell, i: int, node: Node, t: int, of_x: Mapping[int, Any]) -> Any:
    if node.op == "state":
        return e.before[node.value][t]
    if node.op == "function":
        return node.value.f(e.v[node.children[0]][t])
    if node.op == "gate":
        z = e.biases[node.value]
        if node.value in of_x:
            z = z + of_x[node.value][t]
        for (k, key), w in e.weights.items():
            if k == node.value and key[0] != "x":
                z = z + source_of(e, cell, key)[t] @ w
        return z
    parts = [e.v[c] if np.ndim(e.v[c]) == 0 else e.v[c][t] for c in node.children]
    return ARITHMETIC[node.op](parts)[0]


def source_of(e: Env, cell: Cell, key: Key) -> Any:
    """Give what weights are multiplied by, over all steps."""
    if key[0] == "x":
        return e.come
    if key[0] == "1":
        return np.ones((e.T, e.N, 1))
    return e.before[key[1]] if key[0] == "state" else e.v[cell.inner[key[1]]]


def _note_partials(e: Env, cell: Cell) -> None:
    shape = (e.T, e.N, e.H)
    for i, node in enumerate(cell.nodes):
        if node.op not in ("gate", "state", "constant", "function"):
            slopes = ARITHMETIC[node.op]([e.v[c] for c in node.children])[1]
            for c, d in enumerate(slopes):
                e.partial[i, c] = np.broadcast_to(d, shape)


# ---- back -----------------------------------------------------------------------------------
def over(e: Env, place: str, right: Any) -> Any:
    """Give a line of the derivation, or what a mistake makes of it."""
    change = e.d["slip"].get(place)
    return right if change is None else change(e, right)


class _Walk:
    """The way back over the steps, with the lines that it reads."""

    def __init__(self, e: Env, cell: Cell) -> None:
        self.e, self.cell = e, cell
        g = np.empty((e.T * e.N, len(cell.shown) * e.H))
        g[e.run.rows] = e.g
        parts = np.split(g.reshape(e.T, e.N, -1), len(cell.shown), axis=2)
        self.arrives = dict(zip(cell.shown, parts, strict=True))
        self.own = np.zeros((cell.gates, e.T, e.N, e.H))
        self.raw, self.delta = np.zeros_like(self.own), np.zeros_like(self.own)
        self.slopes = {
            i: over(e, f"slope {k}", cell.nodes[i].value.slope(e.v[cell.nodes[i].children[0]]))
            for k, i in enumerate(cell.functions)
        }
        self.edges = {
            (i, c): over(e, f"edge {k}", e.partial[i, c]) for k, (i, c) in enumerate(cell.edges)
        }
        self.dense = {
            pair: (over(e, f"open {k}", 1.0), over(e, f"back {k}", e.weights[pair].T))
            for k, pair in enumerate(cell.dense)
        }
        self.gates = over(e, "gates", tuple(range(cell.gates)))
        self.kept = over(e, "kept", frozenset())  # weights of which the gates keep what is theirs
        self.sends = over(e, "sends", "delta")
        self.carry = [over(e, f"carry {f}", 1.0) for f in range(len(cell.roots))]
        self.come = [over(e, f"arrive {k}", None) for k in range(cell.gates)]

    def whole(self) -> Any:
        """Go back over all steps."""
        e, cell = self.e, self.cell
        back: list[Any] = [np.zeros((e.N, e.H)) for _ in cell.roots]
        for t in over(e, "order", list(range(e.T))[::-1]):
            total: list[Any] = [0.0] * len(cell.nodes)
            for f, r in enumerate(cell.roots):
                total[r] = total[r] + self.carry[f] * back[f]
                if f in self.arrives:
                    total[r] = total[r] + self.arrives[f][t]
            back = [np.zeros((e.N, e.H)) for _ in cell.roots]
            for i in range(len(cell.nodes) - 1, -1, -1):
                self._through(i, t, total, back)
            for k, j in enumerate(self.gates):
                self.delta[k, t] = self.own[j, t]
            self._to_memories(t, back)
        e.into, e.kept, e.own = back, self.kept, self.own
        return self.delta

    def _through(self, i: int, t: int, total: list[Any], back: list[Any]) -> None:
        """Go back through one stage of a step."""
        node, g = self.cell.nodes[i], total[i]
        if node.op == "state":
            back[node.value] = back[node.value] + g
        elif node.op == "function":
            child = node.children[0]
            below = self.cell.nodes[child]
            if below.op == "gate":
                self.raw[below.value, t] = g
                change = self.come[below.value]
                g = g if change is None else change(g)
            total[child] = total[child] + g * self.slopes[i][t]
        elif node.op == "gate":
            self._through_gate(node.value, t, g, total)
        else:
            for c, child in enumerate(node.children):
                if (i, c) in self.edges:
                    total[child] = total[child] + g * self.edges[i, c][t]

    def _through_gate(self, gate: int, t: int, g: Any, total: list[Any]) -> None:
        """Keep a gate's own; go on to what went into it in the same step."""
        self.own[gate, t] = g
        for (k, key), (opened, block) in self.dense.items():
            if k == gate and key[0] == "inner":
                m = self.cell.inner[key[1]]
                total[m] = total[m] + opened * (self.own[k, t] @ block)

    def _to_memories(self, t: int, back: list[Any]) -> None:
        """Send what goes back through weights to the step before."""
        sent = self.raw if self.sends == "dh" else self.delta
        for (k, key), (opened, block) in self.dense.items():
            if key[0] == "state":
                some = self.own if self.cell.role_of(k, key) in self.kept else sent
                back[key[1]] = back[key[1]] + opened * (some[k, t] @ block)


def weight_gradient(
    e: Env, cell: Cell, role: str, *, times: Sequence[int] | None = None, rows: Any = None,
    delta: Any = None,
) -> Any:  # fmt: skip
    """
    Sum up the gradient of one variable over steps and samples.

    Parameters
    ----------
    e : state at the link
    cell : Cell
    role : str
    times : sequence of int, optional
        Only these steps.
    rows : slice, optional
        Only these samples.
    delta : array, optional
        What takes the place of the gates' own.
    """
    value = np.asarray(getattr(e, role))
    flat = np.zeros(value.size + 1)
    steps = slice(None) if times is None else list(times)
    some = slice(None) if rows is None else rows
    if delta is None:
        delta = e.own if role in e.kept else e.d["delta"]
    for table in cell.tables:
        if table.role != role:
            continue
        d = delta[table.gate][steps][:, some]
        if table.key[0] == "1":
            np.add.at(flat, table.cells, d.sum(axis=(0, 1)))
            continue
        given = over(e, f"given {table.key[0]} {table.key[1]}", source_of(e, cell, table.key))
        np.add.at(flat, table.cells, np.einsum("tnr,tnh->rh", given[steps][:, some], d))
    return flat[:-1].reshape(value.shape)


def _to_x(e: Env, cell: Cell) -> Any:
    if cell.alone:
        return e.into[0][np.ix_(e.run.rows[: e.N], e.run.columns)]
    total = np.zeros(e.come.shape)
    for (k, key), w in e.weights.items():
        if key[0] == "x":
            delta = e.own if cell.role_of(k, key) in e.kept else e.d["delta"]
            total = total + over(e, f"open x {k}", 1.0) * (delta[k] @ over(e, f"back x {k}", w.T))
    return total.reshape(e.T * e.N, -1)[np.ix_(e.run.rows, e.run.columns)]


def unrolled_link(cell: Cell, starts: Sequence[int]) -> Link:
    """
    Give a recurrent layer, walked over all steps, as a link.

    Parameters
    ----------
    cell : Cell
    starts : sequence of int
        The memories that begin with variables of the program: the roles "s0", "s1" …
    """

    def gradient(role: str) -> Callable[[Env], Any]:
        return lambda e: over(e, role, weight_gradient(e, cell, role))

    def start(f: int) -> Callable[[Env], Any]:
        return lambda e: over(e, f"s{f}", e.into[f])

    rules: dict[str, Any] = {"slip": lambda e: {}, "delta": lambda e: _Walk(e, cell).whole()}
    rules.update({role: gradient(role) for role in cell.roles})
    rules.update({f"s{f}": start(f) for f in starts})
    rules["x"] = lambda e: over(e, "x", _to_x(e, cell))
    return Link("unrolled", "recurrent layer", lambda e: _forward(e, cell), rules, {"cell": cell})
