"""The eager engine: each step runs at once, operation by operation, on NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from math import isfinite
from typing import Any, ClassVar, final

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, no_grad, recording
from clearprop.core.tape import plain, walk
from clearprop.core.tensor import Node, Tensor
from clearprop.engines.blocks import Updates
from clearprop.engines.engine import (
    Array,
    Data,
    Engine,
    Epoch,
    Leaf,
    Logs,
    Meter,
    Rows,
    Task,
    Watch,
)

__all__ = ["Eager"]


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
        if task.rule is not None and (self._updates is None or self._updates.rule is not task.rule):
            self._updates = Updates(task.rule)
        for number in epochs:
            # Nothing is entered across the `yield`: whoever asks has modes of its own.
            with _arrays(recording()):
                epoch = _train_epoch(task, self._updates, data, number, rows(number), watch)
            yield epoch

    def evaluate(self, task: Task, data: Data, rows: Iterable[Rows], watch: Watch) -> Logs:
        figures = Figures(task.meters)
        with _arrays(no_grad()):
            for chosen in _watched(rows, watch, figures.logs):
                x, y, weight = data.take(chosen)
                output = task.forward(_input(x), False)
                figures.add(len(x), task.loss(y, output, weight))
                figures.measure(task, y, output)
        return figures.logs()

    def predict(
        self,
        forward: Callable[[Tensor, bool], Tensor],
        x: Array,
        rows: Iterable[Rows],
        watch: Watch,
    ) -> Array:
        parts = []
        with _arrays(no_grad()):
            for chosen in _watched(rows, watch, dict):
                parts.append(forward(_input(x[chosen]), False).data)
        return np.concatenate(parts)


class Figures:
    """The loss and the meters over the steps of an epoch."""

    def __init__(self, meters: Sequence[Meter]) -> None:
        self.meters, self.total, self.count = meters, 0.0, 0
        for meter in meters:
            meter.reset()

    def add(self, count: int, loss: Tensor) -> float:
        """Take in the mean loss of `count` examples, and give it as a number."""
        value = float(loss.node.data)
        self.total += value * count
        self.count += count
        return value

    def measure(self, task: Task, y: Array, output: Tensor) -> None:
        """Let the meters see the predictions; weights of examples are for the loss alone."""
        if self.meters:
            with no_grad():
                prediction = task.predict(output).data
            for meter in self.meters:
                meter.update(y, prediction)

    def logs(self) -> Logs:
        """Give every figure so far."""
        mean = self.total / self.count if self.count else float("nan")
        return {"loss": mean, **{meter.name: meter.result() for meter in self.meters}}


def _train_epoch(
    task: Task,
    updates: Updates | None,
    data: Data,
    number: int,
    rows: Iterable[Rows],
    watch: Watch,
) -> Epoch:
    epoch, figures = Epoch(number), Figures(task.meters)
    for chosen in _watched(rows, watch, figures.logs):
        x, y, weight = data.take(chosen)
        output = task.forward(_input(x), True)
        loss = task.loss(y, output, weight)
        value = figures.add(len(x), loss)
        figures.measure(task, y, output)
        if not isfinite(value) and epoch.not_finite is None:
            epoch.not_finite = epoch.steps, value
        descend(task, updates, loss.node, epoch.unreached)
        epoch.steps += 1
    epoch.logs = figures.logs()
    return epoch


def _watched(rows: Iterable[Rows], watch: Watch, logs: Callable[[], Logs]) -> Iterator[Rows]:
    """Give the rows of each step; between the steps, tell the watch and hear whether to stop."""
    for step, chosen in enumerate(rows):
        if watch.steps:
            watch.begins(step)
        yield chosen
        if watch.steps:
            watch.ended(step, logs)
        if watch.stop():
            return


def descend(task: Task, updates: Updates | None, loss: Node, unreached: set[str]) -> None:
    """Take one step: every weight follows its gradient, all computed before any is changed."""
    memory, rule = task.memory, task.rule
    assert rule is not None
    assert updates is not None
    if loss.needs_grad:
        gradients = walk(loss, _ONES[loss.data.dtype.char], _nodes(task.leaves), NUMPY, plain)
        lr = rule.rate(memory.step)
        for i, leaf in enumerate(task.leaves):
            if gradients[i] is None:
                unreached.add(leaf.path)
                continue
            w = leaf.node.data
            state = memory.states.get(leaf.path)
            if state is None:
                state = rule.init(NUMPY, w)
            w, memory.states[leaf.path] = updates(w, gradients, i, state, memory.step, lr)
            leaf.hold(w)
    memory.step += 1


def _nodes(leaves: Sequence[Leaf]) -> list[Node]:
    return [leaf.node for leaf in leaves]


def _input(x: Array) -> Tensor:
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
