"""One step of a recurrent layer, for all units: stages, weights, and what is a function of what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import Activation
from clearprop.doctor.traced.arithmetic import ARITHMETIC
from clearprop.doctor.traced.functions import known_functions
from clearprop.doctor.traced.recurrence import Block, Key
from clearprop.doctor.traced.region import Elsewhere

__all__ = ["Cell", "Node", "Table", "Walked", "shapes_of", "simplified"]

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
    alone : bool
        Whether nothing goes in but what its memory is at first.
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
    alone: bool = False
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
            more = _within_scales(graph, base, points)
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


def _within_scales(
    graph: Sequence[Any], base: Mapping[int, frozenset[int]], points: set[int]
) -> set[int]:
    """List functions with a name that are only multiplied by a number, or moved by one."""
    found = set()
    for i in points:
        below = _below(graph, base, i)
        inner = [c for c in graph[i][2] if graph[c][0] != "constant"]
        if len(below) != 1 or len(inner) != 1 or inner[0] in points:
            continue
        (q,) = below
        own = _function(graph, inner[0], q)
        if _function(graph, i, q) is None and own is not None and own.name not in _PLAIN:
            found.add(inner[0])
    return found


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
