"""
The same step taken for every part of a sequence, as one loop.

The step is run once, on leaves that stand for its part and for the states before it. What it makes
of them is the body of the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

from clearprop.core.namespaces import MODE
from clearprop.core.tensor import Node, Tensor, as_tensor
from clearprop.core.tree import flatten, unflatten
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Value
from clearprop.engines.compiled.trace.building import as_value
from clearprop.engines.compiled.trace.moving import Moving, depending
from clearprop.engines.compiled.trace.rolling_back import LOOP, PART, leads_back, zeros_like
from clearprop.engines.compiled.trace.scan import Looping

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
        result, after = as_value(self.result.data), [as_value(x.data) for x in self.after]
        moving, kept = self._into_body([result, *after])
        self.told = {value: k + whole for k, value in enumerate(kept)}
        tells = [moving.now(result)] * whole + [moving.now(value) for value in kept]
        hands_on = [moving.now(value) for value in after]
        if not whole and any(value is result for value in after):
            self.result_is = [value is result for value in after].index(True)
        elif not whole:
            self.loop.carried(zeros_like(result))
            hands_on.append(moving.now(result))
        told, last = self.loop.run(hands_on, tells)
        self.scan = (told or last)[0].inputs[0]
        of_result = told[0] if whole else last[-1 if self.result_is is None else self.result_is]
        made = self._recorded([of_result, *last[: len(after)]])
        return made[0], made[1:]

    def _into_body(self, roots: list[Value]) -> tuple[Moving, list[Value]]:
        """Move the step into the loop's body; list what it may have to tell."""
        leaves = {as_value(node.data) for node in (*self.parts, *self.states)}
        looked_at = [*roots, *self._seen_by_rules()]
        order, self.dependent = depending(looked_at, leaves, since=self.since)
        moving = Moving(self.loop, self.dependent, {leaf: leaf for leaf in leaves})
        moving.take(order)
        kept = [value for value in order if value in self.dependent and _is_kept(value)]
        return moving, [*self.loop.body.states, *kept]

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
        own = [leads_back(node) and needs for node in nodes]
        return [
            Tensor(Node(value, PART, (loop,), {"place": k}, own[k]))
            for k, value in enumerate(values)
        ]


def _is_kept(value: Value) -> bool:
    return value.op not in CHEAP and value.op != "scan" and PRIMITIVES[value.op].kind != "view"


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
