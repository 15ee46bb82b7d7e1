"""
The same step taken for every part of a sequence, as one loop: also on the way back.

The step is run once, on leaves that stand for its part and for the states before it. What it makes
of them is the body of a loop. The way back is a loop whose body is the walk back over that one
step: it starts from what the step told, and adds up the gradients of what is the same in each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias, final

import numpy as np

from clearprop import ops
from clearprop.core.namespaces import MODE, recording
from clearprop.core.op import ATOM, Op
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node, Tensor, as_tensor
from clearprop.core.tree import flatten, unflatten
from clearprop.engines.compiled.building import as_kind, as_value, constant, fitted, number
from clearprop.engines.compiled.moving import Moving, depending
from clearprop.engines.compiled.namespace import COMPILER
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import NotCompilable, Value
from clearprop.engines.compiled.scan import Looping, part

__all__ = ["roll"]

Tree: TypeAlias = Any

FEWEST = 4  # steps that are worth a loop

# What costs less to compute again than to keep: the way back does so.
CHEAP = frozenset(
    """
    add subtract multiply negative abs maximum minimum where cast square less less_equal greater
    greater_equal equal not_equal logical_and logical_or logical_xor logical_not isnan sign
    """.split()  # noqa: SIM905
)


def roll(
    turn: Callable[[list[Any], Any], tuple[Any, Any]],
    sequences: Sequence[Any],
    states: Tree,
    *,
    reverse: bool,
    whole: bool,
    effects: Callable[[], tuple[int, ...]],
) -> tuple[Any, Tree] | None:
    """
    Take the same step for every part of sequences.

    Parameters
    ----------
    turn, sequences, states, reverse, whole
        As `core.looping.rolled` takes them.
    effects : callable ``() -> tuple``
        Counts what was done so far beside computing: first, how often something was drawn.

    Returns
    -------
    (Tensor, tree of Tensor) or None
        None if the steps differ, or do something beside.
    """
    given = [as_tensor(x) for x in sequences]
    first, form = flatten(states)
    if given[0].shape[0] < FEWEST:
        return None
    begun = effects()
    step = Step.taken(turn, given, [as_tensor(x) for x in first], form, reverse=reverse)
    if step is None:
        return None
    once = effects()
    turn(_tensors(step.parts), unflatten(form, _tensors(step.states)))
    if effects() != once or once[1:] != begun[1:]:  # drawn once, for all steps, is no difference
        return None
    results, last = step.through(whole=whole)
    return results, unflatten(form, last)


def _tensors(nodes: Iterable[Node]) -> list[Tensor]:
    return [Tensor(node) for node in nodes]


def _leaf_node(value: Value) -> Node:
    return Node(value, needs_grad=MODE.get().record and value.dtype.kind == "f")


@final
@dataclass
class Step:
    """One step, and the loop over all of them."""

    loop: Looping
    given: list[Tensor]  # sequences
    first: list[Tensor]  # states before the first step
    parts: list[Node]  # what stands for the step's parts of the sequences
    states: list[Node]  # and for the states before it
    result: Tensor | None = None
    after: list[Tensor] = field(default_factory=list)
    dependent: set[Value] = field(default_factory=set)
    outer: list[Node] = field(default_factory=list)  # what is the same in each step
    told: dict[Value, int] = field(default_factory=dict)  # what the steps tell, by its place
    scan: Value | None = None
    since: int = 0  # the number of the first value of the step
    result_is: int | None = None  # which of the states the result is, if only the last is wanted

    @classmethod
    def taken(
        cls,
        turn: Callable[[list[Any], Any], tuple[Any, Any]],
        given: list[Tensor],
        first: list[Tensor],
        form: Any,
        *,
        reverse: bool,
    ) -> Step | None:
        """Run the step once; None if its states do not stay what they are."""
        loop = Looping(given[0].shape[0], what="turns", reverse=reverse)
        parts = [_leaf_node(loop.each(as_value(x.data))) for x in given]
        states = [_leaf_node(loop.carried(as_value(x.data))) for x in first]
        made = cls(loop, given, first, parts, states)
        made.since = min(leaf.number for leaf in loop.body.leaves)
        result, after = turn(_tensors(parts), unflatten(form, _tensors(states)))
        found, form_after = flatten(after)
        made.result, made.after = as_tensor(result), [as_tensor(x) for x in found]
        kinds = [(x.shape, x.dtype) for x in made.after]
        if form_after != form or kinds != [(x.shape, x.dtype) for x in first]:
            return None
        return made

    def through(self, *, whole: bool) -> tuple[Tensor, list[Tensor]]:
        """Go through all steps; give the results, or the last one, and the states in the end."""
        assert self.result is not None
        result = as_value(self.result.data)
        after = [as_value(x.data) for x in self.after]
        roots = [result, *after]
        leaves = {as_value(node.data) for node in (*self.parts, *self.states)}
        looked_at = [*roots, *self._seen_by_rules()]
        order, self.dependent = depending(looked_at, leaves, since=self.since)
        moving = Moving(self.loop, self.dependent, {leaf: leaf for leaf in leaves})
        moving.take(order)
        kept = list(self.loop.body.states)
        kept += [v for v in order if v in self.dependent and _is_kept(v)]
        self.told = {value: k + whole for k, value in enumerate(kept)}
        tells = [moving.now(result)] * whole + [moving.now(value) for value in kept]
        hands_on = [moving.now(value) for value in after]
        if not whole and any(value is result for value in after):
            self.result_is = [value is result for value in after].index(True)
        elif not whole:
            self.loop.carried(_zeros(result))
            hands_on.append(moving.now(result))
        told, last = self.loop.run(hands_on, tells)
        self.scan = (told or last)[0].inputs[0]
        if whole:
            of_result = told[0]
        else:
            of_result = last[-1 if self.result_is is None else self.result_is]
        made = self._recorded([of_result, *last[: len(after)]])
        return made[0], made[1:]

    def _seen_by_rules(self) -> list[Value]:
        """List what the step's record holds: the results may be made by a shorter way."""
        assert self.result is not None
        seen: dict[Node, None] = {}
        stack = [self.result.node, *(x.node for x in self.after)]
        while stack:
            node = stack.pop()
            if node in seen or getattr(node.data, "number", -1) < self.since:
                continue
            seen[node] = None
            stack.extend(x for x in node.inputs if isinstance(x, Node))
        return [node.data for node in seen]

    def _recorded(self, values: list[Value]) -> list[Tensor]:
        """Give what came of the loop as tensors that know that it did."""
        if not MODE.get().record:
            return [Tensor(Node(value)) for value in values]
        assert self.result is not None
        nodes = [self.result.node, *(x.node for x in self.after)]
        self.outer = _outer(nodes, self.dependent)
        inputs = [*self.outer, *(x.node for x in (*self.first, *self.given))]
        needs = any(node.needs_grad for node in inputs)
        loop = Node(self.scan, LOOP, tuple(inputs), {"step": self}, needs)
        own = [_leads_back(node) and needs for node in nodes]
        return [
            Tensor(Node(value, PART, (loop,), {"place": k}, own[k]))
            for k, value in enumerate(values)
        ]

    def back(self, g: Gradients) -> list[Value | None]:
        """Go through all steps backwards; give the gradients of what went into the loop."""
        assert self.result is not None
        loop = Looping(self.loop.length, what="turns back", reverse=not self.loop.reverse)
        above: list[tuple[Tensor, Value]] = []
        by_states = []
        for k, x in enumerate(self.after):
            start = g.parts.get(k + 1)
            if k == self.result_is and 0 in g.parts:
                start = g.parts[0] if start is None else start + g.parts[0]
            by_states.append(loop.carried(_zeros(as_value(x.data)) if start is None else start))
            above.append((x, by_states[-1]))
        spent = None
        if 0 in g.parts and self.result_is is None:
            if len(g.parts[0].shape) > len(self.result.shape):
                above.append((self.result, loop.each(g.parts[0])))
            else:  # of the step that comes last alone: of all others it is nothing
                spent = loop.carried(g.parts[0])
                above.append((self.result, spent))
        targets = [*self.outer, *self.states, *self.parts]
        found = _walked(above, targets)
        if found is None:
            return [None] * len(targets)
        moving = self._moving(loop, [x for x in found if x is not None])
        rows = [None if x is None else moving.now(x) for x in found]
        n, m = len(self.outer), len(self.outer) + len(self.states)
        hands_on = [
            _zeros(leaf) if own is None else own
            for own, leaf in zip(rows[n:m], by_states, strict=True)
        ]
        if spent is not None:
            hands_on.append(_zeros(spent))
        for node, own in zip(self.outer, rows[:n], strict=True):
            total = loop.carried(_zeros(as_value(node.data)))
            hands_on.append(total if own is None else total + own)
        tells = [row for row in rows[m:] if row is not None]
        told, last = loop.run(hands_on, tells)
        sums, sequences = last[len(hands_on) - n :], iter(told)
        return [
            *sums, *last[: m - n],
            *(None if row is None else next(sequences) for row in rows[m:]),
        ]  # fmt: skip

    def _moving(self, loop: Looping, roots: list[Value]) -> Moving:
        """Move gradients into the body of the way back, where steps tell what they are made of."""
        known: dict[Value, Any] = {value: value for value in loop.body.leaves}
        for value, place in self.told.items():
            known[value] = partial(self._told_by, loop, place)
        for node, x in zip(self.parts, self.given, strict=True):
            known[node.data] = partial(loop.each, as_value(x.data))
        order, dependent = depending(roots, known, since=self.since)
        moving = Moving(loop, dependent, known)
        moving.take(order)
        return moving

    def _told_by(self, loop: Looping, place: int) -> Value:
        assert self.scan is not None
        return loop.each(part(self.scan, place))


def _is_kept(value: Value) -> bool:
    return value.op not in CHEAP and value.op != "scan" and PRIMITIVES[value.op].kind != "view"


def _zeros(like: Value) -> Value:
    return fitted(number(0, like.dtype), like.shape)


def _leads_back(node: Node) -> bool:
    return node.needs_grad and node.data.dtype.kind == "f"


def _outer(roots: Sequence[Node], dependent: set[Value]) -> list[Node]:
    """List the nodes with gradients that a step takes and that are the same in each."""
    found: dict[Node, None] = {}
    seen: set[Node] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node in seen or not node.needs_grad:
            continue
        seen.add(node)
        if node.data not in dependent:
            found[node] = None
        else:
            stack.extend(x for x in node.inputs if isinstance(x, Node))
    return list(found)


def _walked(above: Sequence[tuple[Tensor, Value]], targets: list[Node]) -> list[Any] | None:
    """Walk back over the step from what is known of the gradients of its results."""
    total: Any = None
    with recording():
        for x, g in above:
            if _leads_back(x.node):
                share = ops.sum(ops.multiply(x, Tensor(Node(g))))
                total = share if total is None else total + share
    if total is None:
        return None
    one = constant(np.ones((), total.dtype))
    return walk(total.node, one, targets, COMPILER, plain)


@final
class Gradients:
    """The gradients of what a loop gives, by their places; to a walk, one array among others."""

    shape, dtype = (), np.dtype(np.float64)

    def __init__(self, parts: dict[int, Value]) -> None:
        self.parts = parts
        self.found: list[Value | None] | None = None

    def __add__(self, other: Gradients) -> Gradients:
        both = dict(self.parts)
        for place, g in other.parts.items():
            both[place] = both[place] + g if place in both else g
        return Gradients(both)


def _looped(xp: Any, *inputs: Any, step: Step) -> Any:
    raise NotImplementedError  # it is made, and never computed from its inputs


def _taken(xp: Any, x: Any, *, place: int) -> Any:
    raise NotImplementedError


def _of_part(xp: Any, g: Any, y: Any, x: Any, *, place: int) -> Gradients:
    if xp is not COMPILER:
        raise NotCompilable("derivatives of derivatives through a loop over time")
    return Gradients({place: g})


def _of_loop(xp: Any, g: Any, y: Any, i: int, *inputs: Any, step: Step) -> Value:
    if g.found is None:
        g.found = step.back(g)
    own = g.found[i]
    return _zeros(as_value(inputs[i])) if own is None else as_kind(own, own.dtype)


def _op(forward: Callable[..., Any]) -> Op:
    return Op(
        forward, forward.__name__, forward.__name__, shape=lambda *_, **__: (), cases=[],
        dtype="promote", level=ATOM, elementwise=False, strict=False, stops=False, impl=None,
    )  # fmt: skip


LOOP, PART = _op(_looped), _op(_taken)
LOOP.vjp(inputs=_of_loop)
PART.vjp(x=_of_part)
