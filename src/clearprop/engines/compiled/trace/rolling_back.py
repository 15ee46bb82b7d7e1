"""
The way back through a loop of steps that are all the same: a loop itself.

Its body is the walk back over the one step, which starts from what the step told, and the gradients
of what is the same in each step are added up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, final

import numpy as np

from clearprop import ops
from clearprop.core.namespaces import recording
from clearprop.core.op import ATOM, Op
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node, Tensor
from clearprop.engines.compiled.program import NotCompilable, Value
from clearprop.engines.compiled.trace.building import as_kind, as_value, constant, fitted, number
from clearprop.engines.compiled.trace.moving import Moving, depending
from clearprop.engines.compiled.trace.namespace import COMPILER
from clearprop.engines.compiled.trace.scan import Looping, part
from clearprop.lang import told

if TYPE_CHECKING:
    from clearprop.engines.compiled.trace.rolling import Step

__all__ = ["LOOP", "PART", "leads_back", "zeros_like"]


def zeros_like(like: Value) -> Value:
    """Give zeros of the shape and the kind of a value."""
    return fitted(number(0, like.dtype), like.shape)


def leads_back(node: Node) -> bool:
    """Tell whether a gradient flows through a node."""
    return bool(node.needs_grad and node.data.dtype.kind == "f")


def back(step: Step, g: Gradients) -> list[Value | None]:
    """Go through all steps backwards; give the gradients of what went into the loop."""
    loop = Looping(step.loop.length, what="turns back", reverse=not step.loop.reverse)
    above, by_states, spent = _starting(step, g, loop)
    targets = [*step.outer, *step.states, *step.parts]
    found = _walked(above, targets)
    if found is None:
        return [None] * len(targets)
    moving = _moving(step, loop, [x for x in found if x is not None])
    rows = [None if x is None else moving.now(x) for x in found]
    n, m = len(step.outer), len(step.outer) + len(step.states)
    hands_on = [
        zeros_like(leaf) if own is None else own
        for own, leaf in zip(rows[n:m], by_states, strict=True)
    ]
    hands_on += map(zeros_like, spent)
    for node, own in zip(step.outer, rows[:n], strict=True):
        total = loop.carried(zeros_like(as_value(node.data)))
        hands_on.append(total if own is None else total + own)
    told, last = loop.run(hands_on, [row for row in rows[m:] if row is not None])
    sums, sequences = last[len(hands_on) - n :], iter(told)
    of_parts = (None if row is None else next(sequences) for row in rows[m:])
    return [*sums, *last[: m - n], *of_parts]


def _starting(
    step: Step, g: Gradients, loop: Looping
) -> tuple[list[tuple[Tensor, Value]], list[Value], list[Value]]:
    """
    Say what a turn back begins with.

    Returns
    -------
    above : list of (Tensor, Value)
        What the step made, and its gradient.
    by_states : list of Value
        Of them, what is handed on from the turn before: the gradients of the states.
    spent : list of Value
        The gradient of the result, where it is the last step's alone: of all others it is zero.
    """
    assert step.result is not None
    of_result = g.parts.get(0)
    by_states = []
    for k, x in enumerate(step.after):
        starts = [g.parts[k + 1]] if k + 1 in g.parts else []
        starts += [of_result] if k == step.result_is and of_result is not None else []
        starts = starts or [zeros_like(as_value(x.data))]
        by_states.append(loop.carried(sum(starts[1:], starts[0])))
    above = list(zip(step.after, by_states, strict=True))
    spent: list[Value] = []
    if of_result is not None and step.result_is is None:
        whole = len(of_result.shape) > len(step.result.shape)
        above.append((step.result, loop.each(of_result) if whole else loop.carried(of_result)))
        spent += [] if whole else [above[-1][1]]
    return above, by_states, spent


def _moving(step: Step, loop: Looping, roots: list[Value]) -> Moving:
    """Move gradients into the body of the way back, where steps tell what they are made of."""
    known: dict[Value, Any] = {value: value for value in loop.body.leaves}
    for value, place in step.told.items():
        known[value] = partial(_told_by, step, loop, place)
    for node, x in zip(step.parts, step.given, strict=True):
        known[node.data] = partial(loop.each, as_value(x.data))
    order, dependent = depending(roots, known, since=step.since)
    moving = Moving(loop, dependent, known)
    moving.take(order)
    return moving


def _told_by(step: Step, loop: Looping, place: int) -> Value:
    assert step.scan is not None
    return loop.each(part(step.scan, place))


def _walked(above: Sequence[tuple[Tensor, Value]], targets: list[Node]) -> list[Any] | None:
    """Walk back over the step from what is known of the gradients of its results."""
    total: Any = None
    with recording():
        for x, g in above:
            if leads_back(x.node):
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
        raise NotCompilable(told("compiling.second_derivatives"))
    return Gradients({place: g})


def _of_loop(xp: Any, g: Any, y: Any, i: int, *inputs: Any, step: Step) -> Value:
    if g.found is None:
        g.found = back(step, g)
    own = g.found[i]
    return zeros_like(as_value(inputs[i])) if own is None else as_kind(own, own.dtype)


def _op(forward: Callable[..., Any]) -> Op:
    return Op(
        forward, forward.__name__, forward.__name__, shape=lambda *_, **__: (), cases=[],
        dtype="promote", level=ATOM, elementwise=False, strict=False, stops=False, impl=None,
    )  # fmt: skip


LOOP, PART = _op(_looped), _op(_taken)
LOOP.vjp(inputs=_of_loop)
PART.vjp(x=_of_part)
