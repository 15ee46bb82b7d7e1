"""Any formula of a few numbers or arrays, traced: gates, scalar values, and their mistakes."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations import dense
from clearprop.doctor.derivations.activations import ACTIVATIONS, activation_link
from clearprop.doctor.derivations.chain import Changes, Env, Link, Part
from clearprop.doctor.submitted.guard import Failed

__all__ = ["ORDER", "Graph", "Traced", "chains"]

ORDER = 5
_MOST = 64  # nodes; more are several samples, and rather a loss than a formula

_UNARY = {
    np.negative: "negative", np.exp: "exp", np.tanh: "tanh", np.log: "log", np.sqrt: "sqrt",
    np.sin: "sin", np.cos: "cos", np.square: "square", np.reciprocal: "reciprocal",
    np.absolute: "abs",
}  # fmt: skip
_BINARY = {np.add: "add", np.subtract: "sub", np.multiply: "mul", np.true_divide: "div",
           np.power: "pow", np.matmul: "matmul", np.maximum: "max", np.minimum: "min"}  # fmt: skip


class Traced:
    """
    Something that behaves as a number or an array, and notes how others are made of it.

    Parameters
    ----------
    op : str
        What made it; "variable" or "constant" for what was there.
    parents : tuple of Traced
    data : array
    name : str
    """

    __array_priority__ = 1000

    def __init__(self, op: str, parents: tuple[Traced, ...], data: Any, name: str = "") -> None:
        self.op, self.parents, self.name, self.place = op, parents, name, -1
        self.data = np.asarray(data, dtype=np.float64)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.data.shape)

    @property
    def ndim(self) -> int:
        return int(self.data.ndim)

    def copy(self) -> Traced:
        return self

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **named: Any) -> Any:
        if method != "__call__" or named:
            return NotImplemented
        if ufunc in _UNARY:
            return _one(_UNARY[ufunc], args[0])
        if ufunc in _BINARY:
            return _two(_BINARY[ufunc], args[0], args[1])
        return NotImplemented

    def __add__(self, other: Any) -> Traced:
        return _two("add", self, other)

    def __radd__(self, other: Any) -> Traced:
        return _two("add", other, self)

    def __sub__(self, other: Any) -> Traced:
        return _two("sub", self, other)

    def __rsub__(self, other: Any) -> Traced:
        return _two("sub", other, self)

    def __mul__(self, other: Any) -> Traced:
        return _two("mul", self, other)

    def __rmul__(self, other: Any) -> Traced:
        return _two("mul", other, self)

    def __truediv__(self, other: Any) -> Traced:
        return _two("div", self, other)

    def __rtruediv__(self, other: Any) -> Traced:
        return _two("div", other, self)

    def __pow__(self, other: Any) -> Traced:
        return _two("pow", self, other)

    def __matmul__(self, other: Any) -> Traced:
        return _two("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Traced:
        return _two("matmul", other, self)

    def __neg__(self) -> Traced:
        return _one("negative", self)

    def __getattr__(self, name: str) -> Any:
        known = {"tanh": "tanh", "exp": "exp", "relu": "relu", "sigmoid": "sigmoid", "log": "log",
                 "sqrt": "sqrt", "sin": "sin", "cos": "cos", "square": "square"}  # fmt: skip
        if name in known:
            return lambda: _one(known[name], self)
        if name in _NAMED:
            return lambda other: _two(_NAMED[name], self, other)
        raise AttributeError(name)


_NAMED = {"add": "add", "sub": "sub", "mul": "mul", "div": "div", "pow": "pow"}


def _as_traced(value: Any) -> Traced:
    return value if isinstance(value, Traced) else Traced("constant", (), value)


def _one(op: str, a: Any) -> Traced:
    a = _as_traced(a)
    return Traced(op, (a,), ACTIVATIONS[op].f(a.data))


_FORWARD = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.true_divide,
            "pow": np.power, "matmul": np.matmul, "max": np.maximum, "min": np.minimum}  # fmt: skip


def _two(op: str, a: Any, b: Any) -> Traced:
    a, b = _as_traced(a), _as_traced(b)
    return Traced(op, (a, b), _FORWARD[op](a.data, b.data))


# Of each operation, what goes back to its operands; in e: a, b, y and g.
_RULES: dict[str, tuple[Any, Any]] = {
    "add": (lambda e: e.g * np.ones_like(e.y), lambda e: e.g * np.ones_like(e.y)),
    "sub": (lambda e: e.g * np.ones_like(e.y), lambda e: -e.g * np.ones_like(e.y)),
    "mul": (lambda e: e.g * e.b, lambda e: e.g * e.a),
    "div": (lambda e: e.g / e.b, lambda e: -e.g * e.a / e.b**2),
    "pow": (lambda e: e.g * e.b * e.a ** (e.b - 1), lambda e: e.g * e.y * np.log(np.abs(e.a))),
    "max": (lambda e: e.g * (e.a > e.b), lambda e: e.g * (e.b >= e.a)),
    "min": (lambda e: e.g * (e.a < e.b), lambda e: e.g * (e.b <= e.a)),
    "matmul": (
        lambda e: e.g @ e.b.T if e.b.ndim == 2 else np.outer(e.g, e.b),
        lambda e: e.a.T @ e.g,
    ),
}


def _link(node: Traced, before_error: bool) -> Link:
    if node.op in ACTIVATIONS:
        link = activation_link(ACTIVATIONS[node.op])
        return replace(link, about={**link.about, "output": before_error})
    a, b = _RULES[node.op]
    about = {"op": node.op, "output": before_error}
    return Link("gate", node.op, _FORWARD[node.op], {"a": a, "b": b}, about)


_END = Link("formula of a loss", "formula of a loss", lambda e: e.x, {})


def _unbroadcast(g: Any, shape: tuple[int, ...]) -> np.ndarray:
    g = np.asarray(g, dtype=np.float64)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1 and g.shape[axis] != 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


class Graph:
    """
    A formula as a graph, with the interface of a chain: its links are its operations.

    Parameters
    ----------
    trace : callable ``(values) -> Traced``
        Runs the program on traced values.
    values : mapping of str to array
        Where it is traced first.
    """

    penalty: Mapping[str, float] = {}
    weights: frozenset[str] = frozenset()
    lr: float | None = None

    def __init__(self, trace: Any, values: Mapping[str, np.ndarray], *, is_loss: bool) -> None:
        self._trace = trace
        self.nodes = self._sorted(trace(values))
        before = self._before_error()
        self.parts = tuple(Part(_link(n, id(n) in before)) for n in self.nodes if n.parents) + (
            (Part(_END),) if is_loss else ()
        )

    def _before_error(self) -> set[int]:
        """Find the y of y − t: what a constant is subtracted from, or what from a constant."""
        found = set()
        for node in self.nodes:
            if node.op in ("sub", "add") and len(node.parents) == 2:
                a, b = node.parents
                found |= {id(x) for x, y in ((a, b), (b, a)) if x.parents and y.op == "constant"}
        return found

    @staticmethod
    def _sorted(root: Any) -> list[Traced]:
        """Give the nodes, each behind what it is made of."""
        order: list[Traced] = []
        seen: set[int] = set()

        def visit(node: Traced) -> None:
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(root)
        return order

    def forward(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Give the output."""
        return np.asarray(self._trace(values).data)

    def where(self, kind: str) -> list[int]:
        """List the operations of a kind."""
        return [k for k, part in enumerate(self.parts) if part.link.kind == kind]

    @property
    def title(self) -> str:
        """Name the operations."""
        return ", ".join(part.link.name for part in self.parts)

    def gradients(
        self,
        values: Mapping[str, np.ndarray],
        upstream: np.ndarray | None,
        changes: Changes | None = None,
        after: Mapping[str, np.ndarray] | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Walk back, with mistakes put in; see `Chain.gradients`."""
        changes = changes or {}
        nodes = self._sorted(self._trace(values))
        number = {id(n): k for k, n in enumerate(n for n in nodes if n.parents)}
        come: dict[int, list[tuple[str, Any]]] = {id(n): [] for n in nodes}
        root = nodes[-1]
        seed = np.ones(root.shape) if upstream is None else np.reshape(upstream, root.shape)
        come[id(root)].append(("seed", seed))
        walk = changes.get((-1, "walk"))
        order = nodes[::-1] if walk is None else walk(nodes, root)
        collect = changes.get((-1, "collect"))
        for node in order:
            if node.parents:
                self._back(node, number[id(node)], come, changes, collect)
        found: dict[str, Any] = {}
        for node in nodes:
            if node.op == "variable":
                g = _whole(come[id(node)], collect, node)
                found[node.name] = found.get(node.name, 0.0) + g
        return found

    def _back(
        self, node: Traced, k: int, come: dict[int, list[tuple[str, Any]]],
        changes: Changes, collect: Any,
    ) -> None:  # fmt: skip
        link = self.parts[k].link
        g = _whole(come[id(node)], collect, node)
        e: Env = SimpleNamespace(y=node.data, d={}, about=link.about, index=k, envs=[], N=1)
        e.x = e.a = node.parents[0].data
        e.b = node.parents[-1].data
        e.upstream, e.envs = g, [e] * (k + 1)
        for place, rule in (("upstream", lambda e: g), *link.rules.items()):
            change = changes.get((k, place))
            right = rule(e) if place != "upstream" else g
            made = right if change is None else change(e, right)
            if place == "upstream":
                e.g = made
            else:
                e.d[place] = made
        places = ("x",) if link.kind == "activation" else ("a", "b")
        for place, parent in zip(places, node.parents, strict=True):
            come[id(parent)].append((node.op, _unbroadcast(e.d[place], parent.shape)))


def _whole(parts: Sequence[tuple[str, Any]], collect: Any, node: Traced) -> Any:
    """Add up what has come to a node."""
    if collect is not None and len(parts) > 1 and getattr(collect, "at", node.place) == node.place:
        return collect(parts)
    return sum((part for _, part in parts), start=np.zeros(node.shape))


@contextlib.contextmanager
def _math_for_traced() -> Iterator[None]:
    """Let the functions of `math` take traced values for a moment."""
    names = ("exp", "tanh", "log", "sqrt", "sin", "cos")
    kept = {name: getattr(math, name) for name in names}

    def made(name: str) -> Any:
        def either(x: Any, *more: Any) -> Any:
            return _one(name, x) if isinstance(x, Traced) and not more else kept[name](x, *more)

        return either

    try:
        for name in names:
            setattr(math, name, made(name))
        yield
    finally:
        for name, function in kept.items():
            setattr(math, name, function)


def chains(subject: Any, observed: Sequence[Any]) -> Iterator[Any]:
    """Trace a program that is a formula of its inputs."""
    trace = getattr(subject, "trace", None)
    values, _output = observed[0]
    if trace is None or sum(np.size(v) for v in values.values()) > 400:
        return

    if len(values) == 1 and values[next(iter(values))].ndim:
        yield from dense.chains(subject, observed)  # an activation has a name of its own

    def traced(at: Mapping[str, np.ndarray]) -> Traced:
        made = {n: Traced("variable", (), v, n) for n, v in at.items()}
        for k, variable in enumerate(made.values()):
            variable.place = k
        with _math_for_traced():
            result = trace(made)
        if not isinstance(result, Traced) or len(Graph._sorted(result)) > _MOST:
            raise Failed("raised", "trace")
        return result

    try:
        graph = Graph(traced, values, is_loss=subject.is_loss)
        same = all(np.allclose(graph.forward(v), y, rtol=1e-9) for v, y in observed)
    except Exception:  # noqa: BLE001 - a program that will not be traced may raise anything
        return
    ops = {part.link.name for part in graph.parts}
    if same and graph.parts and "matmul" not in ops:
        yield graph
