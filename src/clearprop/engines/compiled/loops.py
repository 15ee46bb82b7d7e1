"""Many steps of a program in one call, and what has to be known and told around them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np

from clearprop.core.tree import flatten
from clearprop.engines.compiled.kept import Kept, aligned
from clearprop.engines.compiled.running import Bound, Runner
from clearprop.engines.compiled.trace.step import Traced
from clearprop.engines.engine import Beside, Task

__all__ = ["Chunk", "Loop"]

Array: TypeAlias = Any

AT_ONCE = 0.1  # seconds that native code may run before somebody can say stop
ROOM = 1 << 25  # bytes for what is drawn for steps, and told of them, at once


class Chunk(NamedTuple):
    """Steps that were done in one call."""

    first: int
    steps: int
    bound: Bound


@final
class Loop:
    """
    A program that is ready to run.

    Parameters
    ----------
    traced : Traced
    runner : Runner
    batch : int
        The rows of a step.
    beside : Beside
    kept : Kept
        Where its states are.
    task : Task or None
        What is trained; None if nothing changes.
    meters : sequence of Meter
        Whom the program tells something.

    Attributes
    ----------
    sums : list of (int or None)
        By meter, which of the results it adds up; None if it looks at predictions.
    predictions : int
        Where these begin among the results.
    """

    def __init__(
        self,
        traced: Traced,
        runner: Runner,
        batch: int,
        beside: Beside,
        kept: Kept,
        task: Task | None,
        meters: Sequence[Any] = (),
    ) -> None:
        program = traced.program
        self.traced, self.runner, self.batch, self.beside = traced, runner, batch, beside
        own = slice(len(traced.states))
        self.slots = kept.slots(traced.states, program.states[own], task)
        self.states = [*(slot.array for slot in self.slots), *traced.numbers]
        self.changed = [
            slot
            for slot, before, after in zip(
                self.slots, program.states[own], program.after[own], strict=True
            )
            if after is not before
        ]
        reached = {} if task is None else {leaf.path for leaf in task.leaves}
        self.reached = [path for path in reached if path not in traced.unreached]
        self.seconds: float | None = None  # that a step took
        count = len(program.results)
        self.sums = traced.sums or [None] * len(meters)
        self.predictions = count - sum(len(flatten(form)[0]) for form in traced.form)
        size = sum(value.nbytes for value in [*program.draws, *program.results])
        self.most = max(1, ROOM // max(1, size))

    def run(
        self,
        task: Task | None,
        data: Sequence[Array],
        rows: Array | None,
        first_row: int,
        steps: int,
    ) -> Iterator[Chunk]:
        """
        Do steps, and tell of those that were done in one call before going on.

        Parameters
        ----------
        task : Task or None
            As for the loop itself, which other tasks that do the same may share.
        data : list of array
        rows, first_row
            As `Bound` has them.
        steps : int
        """
        done = 0
        if rows is not None:  # native code trusts what it is handed
            rows = np.ascontiguousarray(rows, np.int64)
            assert rows.size == steps * self.batch
        while done < steps:
            count = self._count(steps - done)
            chosen = None if rows is None else rows[done * self.batch : (done + count) * self.batch]
            bound = Bound(
                data, chosen, first_row + done * self.batch, self._draws(count),
                np.empty((count, len(self.traced.scalars))), self.states,
                [
                    aligned((count, *each.shape), each.dtype)
                    if each.shape
                    else np.empty(count, each.dtype)
                    for each in self.traced.program.results
                ],
            )  # fmt: skip
            self.do(task, bound, count)
            yield Chunk(done, count, bound)
            done += count

    def do(self, task: Task | None, bound: Bound, steps: int) -> None:
        """Do steps on arrays that are bound; again on the same ones if nothing is drawn."""
        if task is not None:
            states = task.memory.states
            for path in self.reached:
                if path not in states:
                    states[path] = {}
            if self.traced.scalars:
                self._fill(task, bound)
        for slot in self.slots:
            if not slot.ahead:
                slot.bring_in(task)
        began = time.perf_counter()
        self.runner.run(bound, steps)
        self.seconds = (time.perf_counter() - began) / steps
        self._count_on(task, steps)

    def at_once(self, steps: int) -> bool:
        """Tell whether so many steps are done in one call, and nothing is drawn for them."""
        return not self.traced.draws and self._count(steps) == steps

    def _count(self, left: int) -> int:
        """Say how many steps to do at once."""
        if self.seconds is None:
            return min(left, 1)
        return max(1, min(left, self.most, int(AT_ONCE / max(self.seconds, AT_ONCE / 1e9))))

    def _draws(self, count: int) -> list[Array]:
        """Draw what layers would have drawn, step by step."""
        beside, each_step = self.beside, self.traced.drawn_per_step
        return [
            np.stack([
                beside.draw(
                    one.path, one.seed,
                    beside.counters[one.path].step + step * each_step[one.path] + one.offset,
                    one.kind, one.shape, one.rate,
                )
                for step in range(count)
            ])
            for one in self.traced.draws
        ]  # fmt: skip

    def _fill(self, task: Task, bound: Bound) -> None:
        """Put in the learning rate and the number of each step, if the program asks for them."""
        columns, first, rule = bound.scalars, task.memory.step, task.rule
        assert rule is not None
        steady = _steady(rule)
        rate = rule.rate(first) if steady else None
        if steady and self.traced.scalars == ["lr"]:
            if bound.filled != rate:
                columns[:] = bound.filled = rate
            return
        bound.filled, count = None, len(columns)
        for k, name in enumerate(self.traced.scalars):
            if name != "lr":
                columns[:, k] = np.arange(first, first + count)
            elif steady:
                columns[:, k] = rate
            else:
                columns[:, k] = [rule.rate(first + step) for step in range(count)]

    def _count_on(self, task: Task | None, count: int) -> None:
        for slot in self.changed:
            slot.ahead = True
        if task is not None:
            task.memory.step += count
        for path, times in self.traced.drawn_per_step.items():
            self.beside.counters[path].step += times * count


def _steady(rule: Any) -> bool:
    """Tell whether a rule's learning rate is the same number for every step."""
    rate: float | Callable[..., float] | None = getattr(rule, "learning_rate", None)
    return isinstance(rate, float | int)
