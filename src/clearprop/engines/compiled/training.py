"""Epochs of training: rows of many steps at once, and figures made of what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np

from clearprop.engines.compiled.batches import Arrays, taken
from clearprop.engines.compiled.jobs import Done, Job
from clearprop.engines.compiled.loops import Loop
from clearprop.engines.compiled.running import Bound
from clearprop.engines.eager import Eager, Figures
from clearprop.engines.engine import Data, Meter, Task, Watch
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
    planned: int  # how many such steps there are in all epochs, those that are over included


class _Whole(NamedTuple):
    """All epochs that were asked for, done in one call, and all that is needed to do it again."""

    epochs: range
    loop: Loop
    bound: Bound
    steps: int
    told: _Told
    meters: list[tuple[Meter, int]]


@final
class _Told:
    """What all steps of some epochs tell, each of which has steps of the same sizes."""

    def __init__(self, numbers: range, sizes: list[int], columns: int) -> None:
        self.numbers, self.sizes = numbers, np.array(sizes, float)
        self.values = np.empty((columns, len(numbers), len(sizes)))  # the losses first
        self.done = 0

    def put(self, results: Sequence[Array]) -> None:
        """Take in what the next steps tell."""
        count = len(results[0])
        for column, result in zip(self.values, results, strict=False):
            column.reshape(-1)[self.done : self.done + count] = result
        self.done += count

    def epochs(self, meters: Sequence[tuple[Meter, int]], unreached: set[str]) -> Iterator[Epochs]:
        """Give the epochs that are done, and then what there is of one that is not."""
        whole, more = divmod(self.done, max(1, len(self.sizes)))
        for first, last, steps in ((0, whole, len(self.sizes)), (whole, whole + 1, more)):
            if steps and last > first:
                yield self._made(self.values[:, first:last, :steps], first, meters, unreached)

    def again(
        self, results: Sequence[Array], meters: Sequence[tuple[Meter, int]], unreached: set[str]
    ) -> Epochs:
        """Give all epochs of a training that told the same kind of things once more."""
        shape = self.values.shape[1:]
        told = [each.reshape(shape) for each in results[: len(self.values)]]
        return self._made(told, 0, meters, unreached)

    def _made(self, told: Any, first: int, meters: Any, unreached: set[str]) -> Epochs:
        losses, steps = told[0], told[0].shape[1]
        if steps == 1:
            means = losses[:, 0]
        else:
            sizes = self.sizes[:steps]
            means = (losses @ sizes) / sizes.sum()
        logs = {"loss": means.tolist()}
        for meter, at in meters:
            both = zip(told[at].sum(1, float), told[at + 1].sum(1, float), strict=True)
            logs[meter.name] = [_figure(meter, *each) for each in both]
        finite = isfinite(np.vdot(means, means)) or np.isfinite(means).all()
        odd = None if finite else self._not_finite(first, losses)
        numbers = self.numbers[first : first + len(losses)]
        return Epochs(numbers, logs, steps, odd, unreached)

    def _not_finite(self, first: int, losses: Array) -> tuple[int, int, float] | None:
        bad = np.argwhere(~np.isfinite(losses))
        if not len(bad):  # only their sum was too large
            return None
        k, step = bad[0].tolist()
        return self.numbers[first + k], step, float(losses[k, step])


def _figure(meter: Meter, total: float, count: float) -> float:
    meter.reset()
    meter.add(float(total), float(count))
    return meter.result()


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
    run: object = field(default_factory=object)
    whole: _Whole | None = None
    _last: Done | None = None

    @property
    def batch(self) -> int:
        """How many examples a step takes."""
        return min(self.passes.batch, self.passes.examples)

    def epoch(self, number: int) -> Epoch:
        """Do one epoch, for someone who looks afterwards."""
        figures = Figures(self.task.meters)
        told = self._stretch(range(number, number + 1), figures, 1)
        for epochs in told.epochs((), self.unreached):
            epoch = next(epochs.each())
            epoch.logs = figures.logs()
            return epoch
        return Epoch(number, figures.logs())

    def does(self, task: Task, data: Data, passes: Passes, epochs: range) -> bool:
        """Tell whether it did all of these in one call, and can do so again."""
        whole = self.whole
        return (
            whole is not None
            and task is self.task
            and data is self.data
            and passes is self.passes
            and epochs == whole.epochs
            and whole.loop.at_once(whole.steps)
            and self.arrays.same()
        )

    def again(self) -> Epochs:
        """Do what it did, with whatever weights and learning rates there are now."""
        whole = self.whole
        assert whole is not None
        whole.loop.do(self.task, whole.bound, whole.steps)
        return whole.told.again(whole.bound.results, whole.meters, self.unreached)

    def through(self, epochs: range) -> Iterator[Epochs]:
        """Do epochs, as many at once as may be."""
        at = epochs.start
        while at < epochs.stop and not self.stopped:
            count = self._at_once(at, epochs.stop - at)
            if count > 1 and (sums := self._sums(at)) is not None:
                meters = list(zip(self.task.meters, sums, strict=True))
                told = self._stretch(range(at, at + count), None, 1 + 2 * len(sums))
                self._note_whole(epochs, told, meters)
                yield from told.epochs(meters, self.unreached)
            else:
                yield Epochs.of(self.epoch(at))
                count = 1
            at += count

    def _note_whole(self, epochs: range, told: _Told, meters: list[tuple[Meter, int]]) -> None:
        """Note what ran if it was everything, in one call, and would be the same again."""
        done = self._last
        if (
            told.numbers == epochs
            and done is not None
            and done.loop is not None
            and done.bound is not None
            and done.steps == told.values[0].size
            and self.passes.again
            and not self.passes.shuffled
            and not done.loop.traced.draws
            and self.arrays.remember()
        ):
            self.whole = _Whole(epochs, done.loop, done.bound, done.steps, told, meters)

    def _sums(self, at: int) -> list[int] | None:
        """Give where sums for the meters are in all results; None if they need anything else."""
        if not self.task.meters:
            return []
        first, full, rest = self._sizes(at)
        epochs = self.passes.epochs.stop
        loops = [
            self.job.loop(self.arrays, size, steps * epochs, self.run)
            for size, steps in ((self.batch, (first + full) * bool(full)), (rest, bool(rest)))
            if steps
        ]
        if any(loop is None or None in loop.sums for loop in loops):
            return None
        return [at for at in loops[0].sums if at is not None] if loops[0] is not None else None

    def _at_once(self, at: int, left: int) -> int:
        """Say how many epochs to do at once."""
        passes = self.passes
        first, last = passes.span(at)
        if left == 1 or passes.span(at + 1) != (first, last):
            return 1
        if not passes.shuffled and last - first >= SHORT:
            return 1
        return max(1, min(left, ROWS // passes.examples))

    def _sizes(self, epoch: int) -> tuple[int, int, int]:
        """Give the first step of an epoch, how many whole ones there are, and what is left."""
        examples, batch = self.passes.examples, self.batch
        first, last = self.passes.span(epoch)
        rest = examples - (last - 1) * batch if last * batch > examples else 0
        return first, last - first - (rest > 0), rest

    def _stretch(self, numbers: range, figures: Figures | None, columns: int) -> _Told:
        batch, (first, full, rest) = self.batch, self._sizes(numbers.start)
        told = _Told(numbers, [batch] * full + [rest] * (rest > 0), columns)
        for part in self._parts(numbers, first, full, rest):
            for done in self.job.steps(
                self.arrays, part.batch, part.steps, part.rows, part.first_row,
                lambda rows: self._eagerly(rows, figures, told),
                planned=part.planned, run=self.run,
            ):  # fmt: skip
                self._take(done, figures, told)
                self._last = done
                if self.watch.glances and figures is not None:
                    self.watch.ended(told.done - 1, figures.logs)
                if self.watch.stop():
                    self.stopped = True
                    return told
        return told

    def _parts(self, numbers: range, first: int, full: int, rest: int) -> Iterator[_Part]:
        """Divide epochs into steps of one size."""
        # An epoch that was begun earlier counts whole: a training that is taken up again is to do
        # what it would have done, to the last bit.
        epochs = self.passes.epochs.stop
        planned = (first + full) * epochs
        batch, orders = self.batch, self.passes.orders(numbers)
        start, end = first * batch, (first + full) * batch
        if not rest:
            if orders is None and len(numbers) > 1:
                count = self.passes.examples
                orders = (np.arange(len(numbers) * count) % count).reshape(-1, count)
            rows = None if orders is None else orders[:, start:end].reshape(-1)
            if full:
                yield _Part(batch, full * len(numbers), rows, start, planned)
            return
        for k in range(len(numbers)):
            own = None if orders is None else orders[k, start:]
            if full:
                rows = None if own is None else own[: full * batch]
                yield _Part(batch, full, rows, start, planned)
            rows = None if own is None else own[full * batch :]
            yield _Part(rest, 1, rows, end, epochs)

    def _eagerly(self, rows: Any, figures: Figures | None, told: _Told) -> None:
        batch = self.data.take(rows)
        figures = Figures(()) if figures is None else figures
        told.put([[self.eager.step(self.task, batch, figures, self.unreached)]])

    def _take(self, done: Done, figures: Figures | None, told: _Told) -> None:
        """Take in what a program tells of steps."""
        if done.loop is None:
            return
        told.put(done.results)
        if figures is None:
            self.unreached |= done.loop.traced.unreached
            return
        if len(done.loop.traced.unreached):
            self.unreached |= done.loop.traced.unreached
        figures.take_all(done.loop.batch, done.results[0])
        if figures.meters:
            y, weight = taken(self.data.y, done.rows), taken(self.data.weight, done.rows)
            self.job.measure(figures, done, y, weight)
