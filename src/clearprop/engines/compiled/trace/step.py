"""A step of training, judging or asking a model, said as a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from clearprop.core.namespaces import NUMPY, no_grad, recording
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten
from clearprop.engines.compiled.program import NotCompilable, Value
from clearprop.engines.compiled.trace.building import as_value, constant
from clearprop.engines.compiled.trace.namespace import COMPILER
from clearprop.engines.compiled.trace.traced import Drawn, Held, Traced
from clearprop.engines.compiled.trace.tracing import Trace, tracing
from clearprop.engines.engine import Beside, Rule, Task
from clearprop.lang import told

__all__ = ["Drawn", "Held", "Traced", "trace_evaluation", "trace_prediction", "trace_training"]

Tree: TypeAlias = Any


def trace_training(task: Task, x: Tree, y: Tree, weight: Tree, *, summed: bool = False) -> Traced:
    """
    Say a step of training: forward, loss, gradients, and what becomes of the weights.

    Parameters
    ----------
    task : Task
    x, y, weight : array or tree of arrays
        One batch; shapes and kinds of numbers are read, values are not.
    summed : bool
        Whether meters are to be told sums instead of predictions, where they can do with those.

    Raises
    ------
    NotCompilable
        If the step decides something by computed numbers, or does what has no primitives.
    """
    if task.rule is None:
        raise NotCompilable(told("compiling.no_optimizer"))
    with tracing(task.beside, task.leaves) as trace, recording():
        inputs, targets, weights = trace.take(x, y, weight)
        output = task.forward(inputs, True)
        loss = task.loss(targets, output, weights)
        trace.tell(loss.node.data)
        trace.measure(task, output, targets, weights, summed=summed)
        _descend(trace, task, task.rule, loss.node)
        return trace.done()


def trace_evaluation(task: Task, x: Tree, y: Tree, weight: Tree, *, summed: bool = False) -> Traced:
    """
    Say a step of judging: forward and loss; nothing is changed.

    Parameters
    ----------
    task : Task
    x, y, weight : array or tree of arrays
        One batch.
    summed : bool
        As for training.

    Raises
    ------
    NotCompilable
        If it cannot be said.
    """
    with tracing(task.beside, task.leaves) as trace, no_grad():
        inputs, targets, weights = trace.take(x, y, weight)
        output = task.forward(inputs, False)
        trace.tell(task.loss(targets, output, weights).node.data)
        trace.measure(task, output, targets, weights, summed=summed)
        return trace.done()


def trace_prediction(forward: Callable[[Any, bool], Any], beside: Beside | None, x: Tree) -> Traced:
    """
    Say what a model makes of a batch; the results are the leaves of that alone.

    Parameters
    ----------
    forward : callable ``(x, training) -> Tensor``
    beside : Beside or None
    x : array or tree of arrays
        One batch.

    Raises
    ------
    NotCompilable
        If it cannot be said.
    """
    with tracing(beside, ()) as trace, no_grad():
        (inputs,) = trace.take(x)
        made, form = flatten(forward(inputs, False))
        trace.traced.program.results += [as_value(each.node.data) for each in made]
        trace.traced.form = (form, None)
        return trace.done()


def _descend(trace: Trace, task: Task, rule: Rule, loss: Node) -> None:
    """Let every weight follow its gradient, as the eager engine does."""
    if not loss.needs_grad:
        trace.traced.unreached.update(leaf.path for leaf in task.leaves)
        return
    scale = rule.loss_scale_factor
    seed = constant(np.asarray(1 if scale is None else scale, loss.data.dtype))
    leaves = task.leaves
    gradients = walk(loss, seed, [trace.given[id(leaf)] for leaf in leaves], COMPILER, plain)
    if scale is not None:
        gradients = [None if g is None else g / scale for g in gradients]
    states = _remembered(trace, task, rule, gradients)
    weights = [leaf.node.data for leaf in leaves]
    numbers: Any = (trace.step, trace.rate)  # which rules take for Python's
    moved = rule.moves(COMPILER, leaves, weights, gradients, states, *numbers)
    for i, w, state in list(moved):
        trace.replace(leaves[i], Tensor(Node(w)))
        for name, value in state.items():
            trace.becomes(states[leaves[i].path][name], value)


def _remembered(
    trace: Trace, task: Task, rule: Rule, gradients: Sequence[Any]
) -> Mapping[str, dict[str, Value]]:
    """Make states of what the optimizer remembers of the weights that have gradients."""
    states = {}
    arrays = {id(leaf): node.data for leaf, node in zip(trace.variables, trace.first, strict=True)}
    for leaf, g in zip(task.leaves, gradients, strict=True):
        if g is None:
            trace.traced.unreached.add(leaf.path)
            continue
        known = task.memory.states.get(leaf.path)
        if known is None:
            known = rule.start(NUMPY, arrays[id(leaf)])
        states[leaf.path] = {
            name: trace.state(Held(None, leaf.path, name), array) for name, array in known.items()
        }
    return states
