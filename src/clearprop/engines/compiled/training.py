"""Epochs of training: rows of many steps at once, and figures made of what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np

from clearprop.engines.compiled.batches import Arrays, taken
from clearprop.engines.compiled.jobs import Done, Job
from clearprop.engines.eager import Eager, Figures
from clearprop.engines.engine import Data, Task, Watch
from clearprop.engines.passes import Epoch, Epochs, Passes

__all__ = ["Training"]

Array: TypeAlias = Any

ROWS = 1 << 18  # how many row numbers are drawn before they are needed
SHORT = 64  # steps; of epochs that are shorter several are run at once, whatever their order


class _Part(NamedTuple):
    """Steps of one size."""

    batch: int
    steps: int
    rows: Array | None
    first_row: int
    left: int  # how many such steps are planned, these included


@final
class _Losses:
    """The losses of all steps of some epochs, each of which has steps of the same sizes."""

    def __init__(self, numbers: range, sizes: list[int]) -> None:
        self.numbers, self.sizes = numbers, np.array(sizes, float)
        self.values = np.empty((len(numbers), len(sizes)))
        self.done = 0

    def put(self, values: Array) -> None:
        """Take in those of the next steps."""
        self.values.reshape(-1)[self.done : self.done + len(values)] = values
        self.done += len(values)

    def epochs(self, unreached: set[str]) -> Iterator[Epochs]:
        """Give the epochs that are done, and then what there is of one that is not."""
        whole, more = divmod(self.done, max(1, len(self.sizes)))
        if whole:
            yield self._epochs(0, whole, len(self.sizes), unreached)
        if more:
            yield self._epochs(whole, whole + 1, more, unreached)

    def _epochs(self, first: int, last: int, steps: int, unreached: set[str]) -> Epochs:
        values, sizes = self.values[first:last, :steps], self.sizes[:steps]
        means = (values * sizes).sum(1) / sizes.sum()
        odd = None
        if not np.isfinite(means).all():
            bad = np.argwhere(~np.isfinite(values))
            if len(bad):
                k, step = (int(each) for each in bad[0])
                odd = (self.numbers[first + k], step, float(values[k, step]))
        return Epochs(self.numbers[first:last], {"loss": means.tolist()}, steps, odd, unreached)


@final
@dataclass
class Training:
    """
    A training that runs.

    Parameters
    ----------
    job : Job
    eager : Eager
    task : Task
    data : Data
    arrays : Arrays
        The same data.
    passes : Passes
    watch : Watch
    """

    job: Job
    eager: Eager
    task: Task
    data: Data
    arrays: Arrays
    passes: Passes
    watch: Watch
    unreached: set[str] = field(default_factory=set)
    stopped: bool = False

    def epoch(self, number: int) -> Epoch:
        """Do one epoch, for someone who looks afterwards."""
        figures = Figures(self.task.meters)
        losses = self._stretch(range(number, number + 1), figures)
        for epochs in losses.epochs(self.unreached):
            epoch = next(epochs.each())
            epoch.logs = figures.logs()
            return epoch
        return Epoch(number, figures.logs())

    def through(self, epochs: range) -> Iterator[Epochs]:
        """Do epochs, as many at once as may be."""
        at = epochs.start
        while at < epochs.stop and not self.stopped:
            count = self._at_once(at, epochs.stop - at)
            if self.task.meters:
                yield Epochs.of(self.epoch(at))
            else:
                yield from self._stretch(range(at, at + count), Figures(())).epochs(self.unreached)
            at += count

    def _at_once(self, at: int, left: int) -> int:
        """Say how many epochs to do at once."""
        passes = self.passes
        first, last = passes.span(at)
        if self.task.meters or left == 1 or passes.span(at + 1) != (first, last):
            return 1
        if not passes.shuffled and last - first >= SHORT:
            return 1
        return max(1, min(left, ROWS // passes.examples))

    def _stretch(self, numbers: range, figures: Figures) -> _Losses:
        passes, batch = self.passes, self.passes.batch
        first, last = passes.span(numbers.start)
        rest = passes.examples - (last - 1) * batch if last * batch > passes.examples else 0
        full = last - first - (rest > 0)
        losses = _Losses(numbers, [batch] * full + [rest] * (rest > 0))
        left = max(1, passes.epochs.stop - numbers.start)
        for part in self._parts(numbers, first, full, rest, left):
            for done in self.job.steps(
                self.arrays, part.batch, part.steps, part.rows, part.first_row, part.left,
                lambda rows: self._eagerly(rows, figures, losses),
            ):  # fmt: skip
                self._take(done, figures, losses)
                if self.watch.glances:
                    self.watch.ended(losses.done - 1, figures.logs)
                if self.watch.stop():
                    self.stopped = True
                    return losses
        return losses

    def _parts(
        self, numbers: range, first: int, full: int, rest: int, left: int
    ) -> Iterator[_Part]:
        """Divide epochs into steps of one size."""
        batch, orders = self.passes.batch, self.passes.orders(numbers)
        orders = None if orders is None else np.ascontiguousarray(orders)
        start, end = first * batch, (first + full) * batch
        if not rest:
            if orders is None and len(numbers) > 1:
                orders = np.broadcast_to(
                    np.arange(self.passes.examples), (len(numbers), self.passes.examples)
                )
            rows = None if orders is None else orders[:, start:end].reshape(-1)
            if full:
                yield _Part(batch, full * len(numbers), rows, start, full * left)
            return
        for k in range(len(numbers)):
            own = None if orders is None else orders[k, start:]
            if full:
                rows = None if own is None else own[: full * batch]
                yield _Part(batch, full, rows, start, full * (left - k))
            rows = None if own is None else own[full * batch :]
            yield _Part(rest, 1, rows, end, left - k)

    def _eagerly(self, rows: Any, figures: Figures, losses: _Losses) -> None:
        batch = self.data.take(rows)
        losses.put([self.eager.step(self.task, batch, figures, self.unreached)])

    def _take(self, done: Done, figures: Figures, losses: _Losses) -> None:
        """Take in what a program tells of steps."""
        if done.loop is None:
            return
        losses.put(done.results[0])
        if len(done.loop.traced.unreached):
            self.unreached |= done.loop.traced.unreached
        figures.take(done.loop.batch * done.steps, float(done.results[0].mean(dtype=float)))
        if figures.meters:
            y, weight = taken(self.data.y, done.rows), taken(self.data.weight, done.rows)
            self.job.measure(figures, done, y, weight)
