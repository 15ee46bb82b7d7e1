"""The eager engine: each step runs at once, operation by operation, on NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from contextvars import copy_context
from math import isfinite
from typing import Any, ClassVar, final

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, no_grad, recording
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import map_tree
from clearprop.engines.blocks import Updates
from clearprop.engines.engine import (
    Array,
    Beside,
    Data,
    Engine,
    Leaf,
    Meter,
    Rule,
    Task,
    Watch,
    rows_in,
)
from clearprop.engines.passes import Epoch, Logs, Rows

__all__ = ["Eager", "Figures", "Steps"]


@final
class Eager(Engine):
    """Runs a step by recording its forward pass and walking back over the record."""

    name: ClassVar[str] = "eager"

    def __init__(self) -> None:
        self._updates: Updates | None = None  # of the rule that it was last asked to follow

    def train(
        self,
        task: Task,
        data: Data,
        epochs: Iterable[int],
        rows: Callable[[int], Iterable[Rows]],
        watch: Watch,
    ) -> Iterator[Epoch]:
        updates = self._follow(task)
        for number in epochs:
            # Nothing is entered across the `yield`: whoever asks has modes of its own.
            steps = Steps(rows(number), watch)
            with _arrays(recording()):
                epoch = _train_epoch(task, updates, data, number, steps)
            yield epoch

    def step(
        self, task: Task, batch: tuple[Array, Array, Array], figures: Figures, unreached: set[str]
    ) -> float:
        """Take one step of training, and give the loss before it."""
        updates = self._follow(task)
        with _arrays(recording()):
            return _step(task, updates, batch, figures, unreached)

    def judge(self, task: Task, batch: tuple[Array, Array, Array], figures: Figures) -> None:
        """Take the loss and the meters' figures of one batch in."""
        x, y, weight = batch
        with _arrays(no_grad()):
            output = task.forward(_input(x), False)
            figures.add(rows_in(x), task.loss(y, output, weight))
            figures.measure(task, y, output, weight)

    def answer(self, forward: Callable[[Any, bool], Any], x: Array) -> Array:
        """Give what `forward` makes of one batch."""
        with _arrays(no_grad()):
            return map_tree(lambda each: each.data, forward(_input(x), False))

    def _follow(self, task: Task) -> Updates | None:
        if task.rule is not None and (self._updates is None or self._updates.rule is not task.rule):
            self._updates = Updates(task.rule)
        return self._updates

    def evaluate(self, task: Task, data: Data, rows: Iterable[Rows], watch: Watch) -> Logs:
        figures, steps = Figures(task.meters), Steps(rows, watch)
        for chosen in steps.each(figures.logs):
            self.judge(task, data.take(chosen), figures)
        return figures.logs()

    def predict(
        self,
        forward: Callable[[Any, bool], Any],
        data: Data,
        rows: Iterable[Rows],
        watch: Watch,
        beside: Beside | None = None,
    ) -> Array:
        steps = Steps(rows, watch)
        parts = [self.answer(forward, data.take(chosen)[0]) for chosen in steps.each(dict)]
        return map_tree(lambda *each: np.concatenate(each), *parts)


class Figures:
    """The loss and the meters over the steps of an epoch."""

    def __init__(self, meters: Sequence[Meter]) -> None:
        self.meters, self.total, self.count = meters, 0.0, 0
        for meter in meters:
            meter.reset()

    def add(self, count: int, loss: Tensor) -> float:
        """Take in the mean loss of `count` examples, and give it as a number."""
        value = float(loss.node.data)
        self.take(count, value)
        return value

    def take(self, count: int, value: float) -> None:
        """Take in the mean loss of `count` examples as a number."""
        self.total += value * count
        self.count += count

    def take_all(self, count: int, values: Array) -> None:
        """Take in the mean losses of batches, of `count` examples each."""
        self.total += float(values.sum(dtype=float)) * count
        self.count += count * len(values)

    def measure(self, task: Task, y: Array, output: Any, weight: Array) -> None:
        """Let the meters see the predictions."""
        if self.meters:
            with no_grad():
                prediction = task.predict(output)
            for meter in self.meters:
                meter.update(y, prediction, weight)

    def logs(self) -> Logs:
        """Give every figure so far."""
        mean = self.total / self.count if self.count else float("nan")
        return {"loss": mean, **{meter.name: meter.result() for meter in self.meters}}


def _train_epoch(
    task: Task,
    updates: Updates | None,
    data: Data,
    number: int,
    steps: Steps,
) -> Epoch:
    epoch, figures = Epoch(number), Figures(task.meters)
    for chosen in steps.each(figures.logs):
        value = _step(task, updates, data.take(chosen), figures, epoch.unreached)
        if not isfinite(value) and epoch.not_finite is None:
            epoch.not_finite = epoch.steps, value
        epoch.steps += 1
    epoch.logs = figures.logs()
    return epoch


def _step(
    task: Task,
    updates: Updates | None,
    batch: tuple[Array, Array, Array],
    figures: Figures,
    unreached: set[str],
) -> float:
    """Take a step, and give the loss before it."""
    x, y, weight = batch
    output = task.forward(_input(x), True)
    loss = task.loss(y, output, weight)
    value = figures.add(rows_in(x), loss)
    figures.measure(task, y, output, weight)
    descend(task, updates, loss.node, unreached)
    return value


class Steps:
    """
    The steps of one pass over the data.

    Callbacks run in the modes that held when this was made: a gradient can be taken there, and
    NumPy warns as it does elsewhere.
    """

    def __init__(self, rows: Iterable[Rows], watch: Watch) -> None:
        self.rows, self.watch, self.outside = rows, watch, copy_context()

    def each(self, logs: Callable[[], Logs]) -> Iterator[Rows]:
        """Give the rows of each step; between steps, tell the watch and hear whether to stop."""
        watch, outside = self.watch, self.outside
        for step, chosen in enumerate(self.rows):
            if watch.steps:
                outside.run(watch.begins, step)
            yield chosen
            if watch.steps or watch.glances:
                outside.run(watch.ended, step, logs)
            if watch.stop():
                return


def descend(task: Task, updates: Updates | None, loss: Node, unreached: set[str]) -> None:
    """Take one step: every weight follows its gradient, all computed before any is changed."""
    memory, rule = task.memory, task.rule
    assert rule is not None
    assert updates is not None
    if loss.needs_grad:
        start, scale = _ONES[loss.data.dtype.char], rule.loss_scale_factor
        if scale is not None:
            start = np.asarray(scale, start.dtype)
        gradients = walk(loss, start, _nodes(task.leaves), NUMPY, plain)
        if scale is not None:
            gradients = [None if g is None else g / scale for g in gradients]
        lr = rule.rate(memory.step)
        (_follow if rule.plain else _move)(task, rule, updates, gradients, lr, unreached)
    else:
        unreached.update(leaf.path for leaf in task.leaves)
    memory.step += 1


def _follow(
    task: Task, rule: Rule, updates: Updates, gradients: list[Any], lr: float, unreached: set[str]
) -> None:
    """Let every weight follow its gradient by the rule alone."""
    memory = task.memory
    for i, leaf in enumerate(task.leaves):
        if gradients[i] is None:
            unreached.add(leaf.path)
            continue
        w = leaf.node.data
        state = memory.states.get(leaf.path)
        if state is None:
            state = rule.start(NUMPY, w)
        w, memory.states[leaf.path] = updates(w, gradients, i, state, memory.step, lr)
        constraint = getattr(leaf, "constraint", None)
        leaf.hold(w if constraint is None else constraint(NUMPY, w))


def _move(
    task: Task, rule: Rule, updates: Updates, gradients: list[Any], lr: float, unreached: set[str]
) -> None:
    """Let the rule move all weights, with what it asks for around each one's step."""
    memory, leaves = task.memory, task.leaves
    unreached.update(leaf.path for i, leaf in enumerate(leaves) if gradients[i] is None)
    weights = [leaf.node.data for leaf in leaves]
    for i, w, state in rule.moves(
        NUMPY, leaves, weights, gradients, memory.states, memory.step, lr, updates
    ):
        memory.states[leaves[i].path] = state
        leaves[i].hold(w)


def _nodes(leaves: Sequence[Leaf]) -> list[Node]:
    return [leaf.node for leaf in leaves]


def _input(x: Array) -> Any:
    if not isinstance(x, np.ndarray):
        return map_tree(lambda each: Tensor(Node(each)), x)
    node = Node(x)
    node.name = "x"
    return Tensor(node)


def _arrays(mode: AbstractContextManager[None]) -> ExitStack:
    """Compute with NumPy in `mode`; what overflows is said once, of the loss, not by NumPy."""
    stack = ExitStack()
    stack.enter_context(computing_with(NUMPY))
    stack.enter_context(mode)
    stack.enter_context(np.errstate(all="ignore"))
    return stack


_ONES: dict[str, Any] = {char: np.ones((), char) for char in "fd"}
