"""
Mistakes on the way back through any recurrent cell that was read on a tape.

What can go wrong depends on the cell: which functions, products and paths it has. The slips of a
cell are lists of changed lines; the entries of the catalogue are the first of them, the second …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake, again
from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.traced.cell import Cell
from clearprop.doctor.traced.unrolled import weight_gradient

__all__ = ["MISTAKES", "Slip", "entries"]

Slip = Mapping[str, Callable[[Env, Any], Any]]  # what to make of lines, by place
_MOST = 64  # of one name
_GATES = 4  # so many are put into every other order


def _zero(e: Env, right: Any) -> Any:
    return np.zeros_like(right)


def _none(e: Env, right: Any) -> Any:
    return 0.0


def _negative(e: Env, right: Any) -> Any:
    return -right


def _given(value: Any) -> Callable[[Env, Any], Any]:
    return lambda e, right: value


def _state(f: int) -> Callable[[Env, Any], Any]:
    return lambda e, right: e.state[f]


def _memory_before(f: int) -> Callable[[Env, Any], Any]:
    return lambda e, right: e.before[f]


def _slope_before(act: Any, f: int) -> Callable[[Env, Any], Any]:
    return lambda e, right: act.of_output(e.before[f])


def _later(e: Env, right: Any) -> Any:
    return np.concatenate([right[1:], right[-1:]])


def _former(e: Env, right: Any) -> Any:
    return np.concatenate([right[:1], right[:-1]])


# ---- paths ----------------------------------------------------------------------------------
def _is_dense(cell: Cell, f: int) -> bool:
    """Tell memories that go through weights to the next step."""
    return any(key == ("state", f) for _, key in cell.dense)


def _one_step(cell: Cell) -> Iterator[Slip]:
    every = range(len(cell.roots))
    dense = [f for f in every if _is_dense(cell, f)]
    yield {f"carry {f}": _none for f in every}
    if len(dense) < len(cell.roots):
        yield {f"carry {f}": _none for f in dense}


def _cell_path(cell: Cell) -> Iterator[Slip]:
    """Cut the way of the memory that has no weights: from the next step, or to the other one."""
    for f in range(len(cell.roots)):
        if len(cell.roots) < 2 or (_is_dense(cell, f) and f == len(cell.roots) - 1):
            continue
        yield {f"carry {f}": _none}
        yield {f"s{f}": _zero}
        root = cell.roots[f]
        places = dict.fromkeys(_uses(cell).get(root, []), _zero)
        yield places
        yield {place: _zero for place in places if place.startswith(("slope", "edge"))}


def _uses(cell: Cell) -> dict[int, list[str]]:
    """Give by node the lines by which something comes back to it, within one step."""
    uses: dict[int, list[str]] = {}
    for k, (i, c) in enumerate(cell.edges):
        uses.setdefault(cell.nodes[i].children[c], []).append(f"edge {k}")
    for k, _ in enumerate(cell.functions):
        uses.setdefault(cell.nodes[cell.functions[k]].children[0], []).append(f"slope {k}")
    states = {n.value: i for i, n in enumerate(cell.nodes) if n.op == "state"}
    for k, (_, key) in enumerate(cell.dense):
        node = cell.inner[key[1]] if key[0] == "inner" else states.get(key[1], -1 - key[1])
        uses.setdefault(node, []).append(f"open {k}")
    return uses


def _paths(cell: Cell) -> Iterator[Slip]:
    """Leave out one of several ways back to a number, or all but one, or those of a kind."""
    for node, places in _uses(cell).items():
        if len(places) < 2 and node not in cell.inner:
            continue
        some: list[tuple[str, ...]] = [(p,) for p in places]
        some += [tuple(p for p in places if p != q) for q in places]
        some += [tuple(p for p in places if p.startswith(kind)) for kind in ("open", "edge")]
        for group in dict.fromkeys(some):
            if 0 < len(group) < len(places):
                yield dict.fromkeys(group, _zero)
                if all(p.startswith("open") for p in group):
                    yield dict.fromkeys((*group, *_through_inner(cell)), _zero)
    if cell.inner and _through_inner(cell):
        yield dict.fromkeys(_through_inner(cell), _zero)
    gates = [k for k in range(cell.gates) if any(t.gate == k and t.key[0] == "x"
                                                 for t in cell.tables)]  # fmt: skip
    for k in gates if len(gates) > 1 else ():
        yield {f"open x {k}": _zero}
        yield {f"open x {o}": _zero for o in gates if o != k}


def _through_inner(cell: Cell) -> list[str]:
    """List the lines by which something comes back through a gate of the same step."""
    return [f"open {k}" for k, (_, key) in enumerate(cell.dense)
            if key[0] == "inner" and cell.inner[key[1]] not in cell.roots]  # fmt: skip


# ---- products -------------------------------------------------------------------------------
def _products(cell: Cell) -> list[tuple[int, int, int, int]]:
    """List the products of two numbers: both edges, and what they lead to."""
    number = {edge: k for k, edge in enumerate(cell.edges)}
    return [
        (number[i, 0], number[i, 1], *node.children)  # type: ignore[misc]
        for i, node in enumerate(cell.nodes)
        if node.op == "mul" and (i, 0) in number and (i, 1) in number
    ]


def _not_swapped(cell: Cell) -> Iterator[Slip]:
    for a, b, left, right in _products(cell):
        own_a, own_b = _value(left), _value(right)
        yield {f"edge {a}": own_a}
        yield {f"edge {b}": own_b}
        yield {f"edge {a}": own_a, f"edge {b}": own_b}


def _value(node: int) -> Callable[[Env, Any], Any]:
    return lambda e, right: e.v[node]


def _wrong_time(cell: Cell) -> Iterator[Slip]:
    after = {f: f"given state {f}" for f in range(len(cell.roots)) if _is_dense(cell, f)}
    for f, place in after.items():
        yield {place: _state(f)}
        yield {place: _former}
        for slip in _slopes_before(cell, f):
            yield slip
            yield {**slip, place: _state(f)}
    for m, node in enumerate(cell.inner):
        if node in cell.roots:
            f = cell.roots.index(node)
            yield {f"given inner {m}": _memory_before(f)}
    yield {"order": lambda e, right: right[::-1]}
    yield {"given x 0": _later}
    yield {"given x 0": _former}
    yield {"given x 0": lambda e, right: np.concatenate([np.zeros_like(right[:1]), right[:-1]])}
    states = {i: n.value for i, n in enumerate(cell.nodes) if n.op == "state"}
    for a, b, left, right in _products(cell):
        for edge, other, own in ((a, right, left), (b, left, right)):
            if other in states:  # what the memory was multiplied by
                yield {f"edge {edge}": _state(states[other])}
            if own in states:
                yield {f"edge {edge}": _former}
                yield {f"edge {edge}": _later}


def _slopes_before(cell: Cell, f: int) -> Iterator[Slip]:
    """Take a slope at the memory of the step before, where the memory is a function itself."""
    for k, i in enumerate(cell.functions):
        act = cell.nodes[i].value
        if i == cell.roots[f] and act.of_output is not None:
            yield {f"slope {k}": _slope_before(act, f)}


def _gate_order(cell: Cell) -> Iterator[Slip]:
    every = tuple(range(cell.gates))
    if cell.gates < 2:
        return
    orders = permutations(every) if cell.gates <= _GATES else _exchanges(every)
    for order in orders:
        if order == every:
            continue
        yield {"gates": _given(order)}
        if cell.single and len(cell.single) < len(cell.roles):
            yield {"gates": _given(order), "kept": _given(cell.single)}
    some = [*cell.of_kind("x"), None], [*cell.of_kind("memories"), None]
    biases = cell.of_kind("biases")
    for order in _exchanges(every):
        for group in some:
            for with_b in dict.fromkeys(((), tuple(biases), *((b,) for b in biases))):
                rest = frozenset(cell.roles) - {*group, *with_b}
                if rest and len(group) > 1:
                    yield {"gates": _given(order),
                           "kept": _given(rest)}  # fmt: skip
        yield {r: _exchanged(cell, r, order) for r in cell.roles}
        yield {r: _exchanged(cell, r, order) for r in cell.roles
               if any(t.role == r and t.key[0] != "1" for t in cell.tables)}  # fmt: skip
        for r in cell.roles:
            yield {r: _exchanged(cell, r, order)}


def _exchanged(cell: Cell, role: str, order: tuple[int, ...]) -> Callable[[Env, Any], Any]:
    """Give the gradient of one variable with the gates' own in another order."""
    return lambda e, right: weight_gradient(e, cell, role, delta=e.d["delta"][list(order)])


def _exchanges(every: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for a in every:
        for b in every[a + 1 :]:
            order = list(every)
            order[a], order[b] = b, a
            yield tuple(order)


def _signs(cell: Cell) -> Iterator[Slip]:
    for k, _ in enumerate(cell.functions):
        yield {f"slope {k}": _negative}
    for k, _ in enumerate(cell.edges):
        yield {f"edge {k}": _negative}


def _straight(cell: Cell) -> Iterator[Slip]:
    """Go back through W as it is, where each gate has squares of weights of its own."""
    whole = {t.role for t in cell.tables}
    squares = [
        k for k, (gate, key) in enumerate(cell.dense)
        if any(t.gate == gate and t.key == key and sum(o.role == t.role for o in cell.tables) == 1
               and t.cells.shape[0] == t.cells.shape[1] > 1 for t in cell.tables)
    ]  # fmt: skip
    of_x = [
        t.gate for t in cell.tables
        if t.key[0] == "x" and t.cells.shape[0] == t.cells.shape[1] > 1
        and sum(o.role == t.role for o in cell.tables) == 1
    ]  # fmt: skip
    turned = lambda e, right: right.T  # noqa: E731 - a rule in one word
    if not whole:
        return
    groups = [tuple(squares), *((k,) for k in squares)]
    for group in dict.fromkeys(g for g in groups if g):
        yield {f"back {k}": turned for k in group}
    if of_x:
        yield {f"back x {k}": turned for k in of_x}
        yield {f"back x {k}": turned for k in of_x} | {f"back {k}": turned for k in squares}


def _stale_weights(cell: Cell) -> Iterator[Slip]:
    """Go back through weights that a step has changed already."""

    def changed(pair: Any, e: Env, right: Any) -> Any:
        tables = [t for t in cell.tables if (t.gate, t.key) == pair]
        if any(np.shape(e.after.get(t.role)) != np.shape(getattr(e, t.role)) for t in tables):
            return right
        flat = [np.append(np.ravel(e.after[t.role]), 0.0)[t.cells] for t in tables]
        return sum(flat).T

    yield {f"back {k}": partial(changed, pair) for k, pair in enumerate(cell.dense)}


# ---- as entries of the catalogue ------------------------------------------------------------
def entries(make: Callable[[Cell], Iterator[Slip]], most: int = _MOST) -> tuple[Edit, ...]:
    """Give edits for the slips that a cell may have: the first, the second and so on."""

    def of(link: Link) -> list[Slip]:
        cell = link.about["cell"]
        if cell.slips is None:
            cell.slips = {}
        if make not in cell.slips:
            cell.slips[make] = [s for s in make(cell) if s]
        found: list[Slip] = cell.slips[make]
        return found

    def edit(m: int) -> Edit:
        def change(e: Env, right: Any) -> Any:
            return {**right, **of_cell(e)[m]}

        def of_cell(e: Env) -> list[Slip]:
            found: list[Slip] = e.about["cell"].slips[make]
            return found

        return Edit("unrolled", {"slip": change}, lambda link, i, n: len(of(link)) > m)

    return tuple(edit(m) for m in range(most))


MISTAKES: tuple[Mistake, ...] = (
    again("rnn-one-step", *entries(_one_step, 2)),
    replace(again("rnn-wrong-time", *entries(_wrong_time)), gives_way_to=("rnn-one-step",)),
    again("lstm-gate-order", *entries(_gate_order, 160)),
    again("lstm-cell-path-cut", *entries(_cell_path, 16)),
    replace(
        again("paths-not-summed", *entries(_paths)),
        gives_way_to=("rnn-one-step", "lstm-cell-path-cut"),
    ),
    again("multiply-not-swapped", *entries(_not_swapped, 32)),
    again("sign-one", *entries(_signs, 40)),
    again("weight-not-transposed", *entries(_straight, 16)),
    again("update-before-propagate", *entries(_stale_weights, 1)),
)  # fmt: skip
