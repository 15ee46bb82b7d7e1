"""
Any recurrent cell as a link: one step as it was read on a tape, walked over time and back.

What the walk back uses at each step are lines with names ("slope 0", "edge 3", "carry 0",
"order" …), and a mistake is a change of some of them: the rule "slip" gives them by place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import Activation
from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.traced.arithmetic import ARITHMETIC
from clearprop.doctor.traced.functions import known_functions
from clearprop.doctor.traced.recurrence import Block, Key
from clearprop.doctor.traced.region import Elsewhere

__all__ = ["Cell", "Node", "Table", "Walked", "unrolled_link", "weight_gradient"]

_PLAIN = {"linear", "negative", "square", "cube", "sqrt", "reciprocal", "log", "exp", "abs"}


@dataclass(frozen=True)
class Node:
    """
    A stage of one step, for all units.

    Attributes
    ----------
    op : str
        "gate", "state", "constant", "function", or an operation.
    value : object
        Which gate or memory, the constant, the Activation.
    children : tuple of int
    """

    op: str
    value: Any
    children: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """Where weights of a gate stand in a variable: `cells`, −1 for none, in its flat numbers."""

    role: str
    gate: int
    key: Key
    cells: np.ndarray


@dataclass(frozen=True)
class Walked:
    """How the rows that come in are steps and samples, in one run: row i is step t, sample n."""

    steps: int
    samples: int
    rows: np.ndarray
    columns: np.ndarray
    start: Mapping[int, np.ndarray]


@dataclass
class Cell:
    """
    One step of a recurrent layer.

    Attributes
    ----------
    units : int
    nodes : list of Node
    roots : list of int
        What each memory becomes.
    inner : list of int
        What goes into gates of the same step.
    tables : list of Table
    fixed : list of float
        By gate, what is added besides.
    shown : list of int
        The memories that go out.
    runs : dict
        By the shapes of the variables.
    """

    units: int
    nodes: list[Node]
    roots: list[int]
    inner: list[int]
    tables: list[Table]
    fixed: list[float]
    shown: list[int]
    roles: list[str]
    runs: dict[Any, Walked] = field(default_factory=dict)
    slips: Any = None

    @property
    def gates(self) -> int:
        """Count the gates."""
        return len(self.fixed)

    @property
    def dense(self) -> list[tuple[int, Key]]:
        """List by gate where what it has weights for comes from, but for what comes in."""
        pairs = ((t.gate, t.key) for t in self.tables if t.key[0] in ("state", "inner"))
        return list(dict.fromkeys(pairs))

    @property
    def edges(self) -> list[tuple[int, int]]:
        """List operations and their operands by number, but for constants and functions."""
        return [
            (i, c) for i, node in enumerate(self.nodes)
            if node.op not in ("gate", "state", "constant", "function")
            for c, child in enumerate(node.children) if self.nodes[child].op != "constant"
        ]  # fmt: skip

    @property
    def functions(self) -> list[int]:
        """List the stages that are functions of one number."""
        return [i for i, node in enumerate(self.nodes) if node.op == "function"]

    def of_kind(self, kind: str) -> list[str]:
        """List the variables: "weights", "biases", those for "x", those for "memories"."""
        sources: dict[str, set[str]] = {r: set() for r in self.roles}
        for table in self.tables:
            sources[table.role].add(table.key[0])
        biases = [r for r, s in sources.items() if s == {"1"}]
        weights = [r for r in self.roles if r not in biases]
        kinds = {
            "all": list(self.roles), "weights": weights, "biases": biases,
            "x": [r for r in weights if sources[r] <= {"x", "1"}],
            "memories": [r for r in weights if "x" not in sources[r]],
        }  # fmt: skip
        return kinds[kind]

    def role_of(self, gate: int, key: Key) -> str:
        """Name the variable that has these weights."""
        return next(t.role for t in self.tables if (t.gate, t.key) == (gate, key))

    @property
    def single(self) -> frozenset[str]:
        """List the variables that belong to one gate each."""
        gates = {r: {t.gate for t in self.tables if t.role == r} for r in self.roles}
        return frozenset(r for r, g in gates.items() if len(g) == 1)

    def run_of(self, values: Mapping[str, Any]) -> Walked:
        """Give how rows are steps, for variables of these shapes."""
        found = self.runs.get(shapes_of(values))
        if found is None:
            raise Elsewhere
        return found


def shapes_of(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give the shapes of all variables."""
    return tuple((n, np.shape(values[n])) for n in sorted(values))


# ---- from the tape's operations to functions ------------------------------------------------
def simplified(block: Block) -> tuple[list[Node], list[int], list[int]]:
    """Put operations together that are a function of one number; give roots and inner ones."""
    graph = block.graph
    points = {i for i, (op, _, _) in enumerate(graph) if op in ("gate", "state")}
    points |= {*block.roots, *block.inner}
    while True:
        base = _bases(graph, points)
        more = {i for i, b in base.items() if len(b) > 1}
        more |= {
            c for i in more | {i for i in points if len(_below(graph, base, i)) > 1}
            for c in graph[i][2] if base[c]
        }  # fmt: skip
        if more <= points:
            break
        points |= more
    nodes: list[Node] = []
    place: dict[int, int] = {}
    for i, (op, value, children) in enumerate(graph):
        below = _below(graph, base, i)
        if op == "constant":
            place[i] = _put(nodes, Node("constant", value))
        elif i not in points:
            continue
        elif op in ("gate", "state"):
            place[i] = _put(nodes, Node(op, value))
        elif len(below) == 1:
            (q,) = below
            act = _function(graph, i, q)
            direct = all(c == q or graph[c][0] == "constant" for c in children)
            if act is None or (act.name in _PLAIN and direct):
                if not direct:
                    act = _own(graph, i, q)
                    place[i] = _put(nodes, Node("function", act, (place[q],)))
                    continue
                place[i] = _put(nodes, Node(op, None, tuple(place[c] for c in children)))
            else:
                place[i] = _put(nodes, Node("function", act, (place[q],)))
        else:
            place[i] = _put(nodes, Node(op, None, tuple(place[c] for c in children)))
    return nodes, [place[i] for i in block.roots], [place[i] for i in block.inner]


def _put(nodes: list[Node], node: Node) -> int:
    nodes.append(node)
    return len(nodes) - 1


def _bases(graph: Sequence[Any], points: set[int]) -> dict[int, frozenset[int]]:
    base: dict[int, frozenset[int]] = {}
    for i, (_, _, children) in enumerate(graph):
        own: frozenset[int] = frozenset().union(*(base[c] for c in children))
        base[i] = frozenset((i,)) if i in points else own
    return base


def _below(graph: Sequence[Any], base: Mapping[int, frozenset[int]], i: int) -> frozenset[int]:
    return frozenset().union(*(base[c] for c in graph[i][2]))


def _compiled(graph: Sequence[Any], i: int, q: int) -> Callable[[Any], tuple[Any, Any]]:
    """Make a function, with its slope, of what leads from one node to another."""

    def f(z: Any) -> tuple[Any, Any]:
        z = np.asarray(z, dtype=np.float64)
        known: dict[int, tuple[Any, Any]] = {q: (z, np.ones_like(z))}

        def at(k: int) -> tuple[Any, Any]:
            if k not in known:
                op, value, children = graph[k]
                if op == "constant":
                    known[k] = (value, 0.0)
                else:
                    parts = [at(c) for c in children]
                    y, slopes = ARITHMETIC[op]([v for v, _ in parts])
                    total = sum(d * t for d, (_, t) in zip(slopes, parts, strict=True))
                    known[k] = (y, total)
            return known[k]

        with np.errstate(all="ignore"):
            y, slope = at(i)
        return y, np.broadcast_to(slope, z.shape)

    return f


def _function(graph: Sequence[Any], i: int, q: int) -> Activation | None:
    z = np.linspace(-3.05, 3.05, 40)
    return known_functions(z, np.broadcast_to(_compiled(graph, i, q)(z)[0], z.shape))


def _own(graph: Sequence[Any], i: int, q: int) -> Activation:
    f = _compiled(graph, i, q)
    return Activation("the program's own function", lambda z: f(z)[0], lambda z: f(z)[1])


# ---- forward --------------------------------------------------------------------------------
def _blocks(e: Env, cell: Cell) -> tuple[dict[tuple[int, Key], Any], dict[int, Any]]:
    """Cut the variables into weights by gate and source, and biases by gate."""
    weights: dict[tuple[int, Key], Any] = {}
    biases: dict[int, Any] = {k: c for k, c in enumerate(cell.fixed)}
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
    if np.shape(e.x) != (run.steps * run.samples, len(run.columns)):
        raise Elsewhere
    e.T, e.N, e.H, e.run = run.steps, run.samples, cell.units, run
    come = np.empty(np.shape(e.x))
    come[np.ix_(run.rows, run.columns)] = e.x
    e.come = come.reshape(e.T, e.N, -1)
    e.weights, e.biases = _blocks(e, cell)
    shape = (e.T, e.N, e.H)
    e.v = [np.zeros(shape) if n.op != "constant" else n.value for n in cell.nodes]
    e.before = [np.zeros(shape) for _ in cell.roots]
    e.state = [np.zeros(shape) for _ in cell.roots]
    e.partial: dict[tuple[int, int], Any] = {}
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
        own = e.run.start.get(f)
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


def _back(e: Env, cell: Cell) -> Any:
    run = e.run
    g = np.empty((e.T * e.N, len(cell.shown) * e.H))
    g[run.rows] = e.g
    parts = np.split(g.reshape(e.T, e.N, -1), len(cell.shown), axis=2)
    arrives = dict(zip(cell.shown, parts, strict=True))
    own = np.zeros((cell.gates, e.T, e.N, e.H))
    e.raw = np.zeros_like(own)
    slopes = {
        i: over(e, f"slope {k}", cell.nodes[i].value.slope(e.v[cell.nodes[i].children[0]]))
        for k, i in enumerate(cell.functions)
    }
    edges = {(i, c): over(e, f"edge {k}", e.partial[i, c]) for k, (i, c) in enumerate(cell.edges)}
    dense = {pair: (over(e, f"open {k}", 1.0), over(e, f"back {k}", e.weights[pair].T))
             for k, pair in enumerate(cell.dense)}  # fmt: skip
    gates = over(e, "gates", tuple(range(cell.gates)))
    kept = over(e, "kept", frozenset())  # weights of single gates that keep what is theirs
    sends = over(e, "sends", "delta")
    carry = [over(e, f"carry {f}", 1.0) for f in range(len(cell.roots))]
    come = [over(e, f"arrive {k}", None) for k in range(cell.gates)]
    delta = np.zeros_like(own)
    back = [np.zeros((e.N, e.H)) for _ in cell.roots]
    for t in over(e, "order", list(range(e.T))[::-1]):
        total: list[Any] = [0.0] * len(cell.nodes)
        for f, r in enumerate(cell.roots):
            total[r] = total[r] + carry[f] * back[f]
            if f in arrives:
                total[r] = total[r] + arrives[f][t]
        back = [np.zeros((e.N, e.H)) for _ in cell.roots]
        for i in range(len(cell.nodes) - 1, -1, -1):
            node, g = cell.nodes[i], total[i]
            if node.op == "state":
                back[node.value] = back[node.value] + g
            elif node.op == "function":
                child = node.children[0]
                if cell.nodes[child].op == "gate":
                    k = cell.nodes[child].value
                    e.raw[k, t] = g
                    g = g if come[k] is None else come[k](g)
                total[child] = total[child] + g * slopes[i][t]
            elif node.op == "gate":
                own[node.value, t] = g
                for (k, key), (opened, block) in dense.items():
                    if k == node.value and key[0] == "inner":
                        m = cell.inner[key[1]]
                        total[m] = total[m] + opened * (own[k, t] @ block)
            elif node.op != "constant":
                for c, child in enumerate(node.children):
                    if (i, c) in edges:
                        total[child] = total[child] + g * edges[i, c][t]
        for k, j in enumerate(gates):
            delta[k, t] = own[j, t]
        sent = e.raw if sends == "dh" else delta
        for (k, key), (opened, block) in dense.items():
            if key[0] == "state":
                some = own if cell.role_of(k, key) in kept else sent
                back[key[1]] = back[key[1]] + opened * (some[k, t] @ block)
    e.into, e.kept, e.own = back, kept, own
    return delta


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

    rules: dict[str, Any] = {"slip": lambda e: {}, "delta": lambda e: _back(e, cell)}
    rules.update({role: gradient(role) for role in cell.roles})
    rules.update({f"s{f}": start(f) for f in starts})
    rules["x"] = lambda e: over(e, "x", _to_x(e, cell))
    return Link("unrolled", "recurrent layer", lambda e: _forward(e, cell), rules, {"cell": cell})
