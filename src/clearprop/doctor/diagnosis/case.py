"""A case: what there is, and what comes of steps that are tried out aside."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import Any, final

import numpy as np

from clearprop.doctor.diagnosis.facts import RECORDED, Facts, doubled, spread
from clearprop.doctor.diagnosis.rehearsal import Tried, fresh, loss_of, tried
from clearprop.doctor.diagnosis.state import Broken, State, record
from clearprop.engines import Data, Memory, Task
from clearprop.train.aside import aside

__all__ = ["Case"]

WORK = 4_000_000  # numbers: what is tried out at a time; not seconds, which vary with the machine
STEPS = (8, 60)  # at least, at most
WITH_DOMAINS = ("log", "log1p", "log2", "log10", "sqrt", "divide", "pow", "acos", "asin", "atanh")
TOO_LARGE = 1e6  # what comes of larger numbers comes of their size


@final
class Case(Facts):
    """What is diagnosed: everything about it is measured when first asked for, and once."""

    @cached_property
    def start(self) -> State | None:
        """A pass with fresh weights; None if the model cannot be made anew."""
        if self.fresh is None:
            return None
        model, task = self.fresh
        with aside(self.model), aside(model):
            return record(model, task, self.few.x, self.few.y, self.few.weight)

    @cached_property
    def fresh(self) -> tuple[Any, Task] | None:
        """A model like this one before its training."""
        if not self.trained:
            return self.model, replace(self.task, memory=Memory())
        with aside(self.model):
            model = fresh(self.model, self.data.x)
            if model is None:
                return None
            return model, replace(self.task_of(model), memory=Memory())

    @cached_property
    def steps(self) -> int:
        """How many steps are tried out at a time."""
        return int(np.clip(WORK // self._work, *STEPS))

    @cached_property
    def judged(self) -> Data:
        """The examples by which it is judged what steps come to."""
        a_row = self.now.work / min(len(self.data), RECORDED)
        return spread(self.data, int(max(WORK // (2 * a_row + 1), 64)))

    @property
    def _work(self) -> float:
        """About how many numbers a step computes."""
        weights = sum(w.size for w in self.model.weights)
        return 1 + weights + self.now.work * self.batch / min(len(self.data), RECORDED)

    def from_start(self, factor: float = 1.0, steps: int | None = None) -> Tried | None:
        """Try steps from a fresh start."""
        if self.fresh is None:
            return None
        model, task = self.fresh
        with aside(self.model), aside(model):
            steps = steps or self.steps
            return tried(task, self.data, self.batch, steps, factor, self.judged, remember=False)

    def from_here(self, factor: float = 1.0, steps: int | None = None) -> Tried:
        """Try steps from the weights as they are, in double precision."""
        with aside(self.model, double=True):
            data, judged = (Data(*doubled(each)) for each in (self.data, self.judged))
            steps = self.steps if steps is None else steps
            return tried(self.task, data, self.batch, steps, factor, judged)

    @cached_property
    def by_rate_at_start(self) -> dict[float, Tried]:
        """What some steps from a fresh start come to, by what the rate is multiplied by."""
        if self.fresh is None:
            return {}
        return {f: t for f in (1.0, 0.1, 0.01, 0.001) if (t := self.from_start(f)) is not None}

    @cached_property
    def by_rate_here(self) -> dict[float, Tried]:
        """The same from the weights as they are, with larger rates."""
        return {f: self.from_here(f) for f in (1.0, 10.0, 100.0, 1000.0)}

    @cached_property
    def first_step(self) -> dict[str, float]:
        """The first step from a fresh start; see `step_here`."""
        assert self.fresh is not None
        return self._step(*self.fresh, remember=False)

    @cached_property
    def step_here(self) -> dict[str, float]:
        """
        One step with the weights as they are.

        "foretold" and "actual": by how much it lowers the loss of its own examples, as the gradient
        has it and in truth; "move": how far it goes, by the size of the weights.
        """
        return self._step(self.model, self.task, remember=True)

    def _step(self, model: Any, task: Task, *, remember: bool) -> dict[str, float]:
        with aside(self.model), aside(model, double=True):
            batch = Data(*doubled(spread(self.data, self.batch)))
            state = record(model, task, *doubled(batch))
            before = [np.array(leaf.node.data) for leaf in task.leaves]
            done = tried(task, batch, len(batch), 1, remember=remember)
            moves = [leaf.node.data - w for leaf, w in zip(task.leaves, before, strict=True)]
        pairs = zip(state.gradients, moves, strict=True)
        size, moved = (math.sqrt(sum(float((a * a).sum()) for a in x)) for x in (before, moves))
        return {
            "foretold": -sum(float((g * m).sum()) for g, m in pairs if g is not None),
            "actual": done.before - done.after,
            "move": moved / size if size else 0.0,
        }

    @cached_property
    def first_broken(self) -> tuple[int | None, Broken | None]:
        """The step, counted from 1, at which numbers stop being finite, and where they do."""
        if self._observed is not None:
            return self._observed
        if self.start is not None and self.start.broken is not None:
            return 1, self.start.broken
        if self.fresh is None:
            return None, self.now.broken if self._weights_finite else None
        model, task = self.fresh
        step = self.by_rate_at_start[1.0].step
        if step is None:
            return None, self.now.broken if self._weights_finite else None
        with aside(self.model), aside(model):
            tried(task, self.data, self.batch, step - 1, remember=False)
            return step, record(model, task, self.few.x, self.few.y, self.few.weight).broken

    @property
    def _weights_finite(self) -> bool:
        return all(np.isfinite(np.asarray(w.data)).all() for w in self.model.weights)

    @property
    def broken_by_domain(self) -> bool:
        """Whether an operation was given what it has no value for, though nothing was too large."""
        if self.course.not_finite is None and self.now.broken is None:
            return False
        _, broken = self.first_broken
        if broken is None or not broken.op:
            return False
        return broken.op in WITH_DOMAINS and max(abs(broken.low), abs(broken.high)) < TOO_LARGE

    @cached_property
    def without_penalty(self) -> tuple[float, float, int] | None:
        """The loss of the data after some steps anew: with penalties, without; how many steps."""
        if self.fresh is None:
            return None
        model, _ = self.fresh
        steps, found = min(max(self.steps_done, self.steps), 8 * self.steps), []
        for kept in (True, False):
            with aside(self.model), aside(model):
                learnt = replace(self.task_of(model), memory=Memory())
                for weight in model.weights:
                    weight.regularizer = None
                plain = replace(self.task_of(model), memory=Memory())
                tried(learnt if kept else plain, self.data, self.batch, steps, remember=False)
                found.append(loss_of(plain, self.data))
        return found[0], found[1], steps

    @cached_property
    def straight_line(self) -> float:
        """The share of the targets' variance that a straight line tells."""
        x, y = self.table.features, self.table.wanted
        if x is None or y is None:
            return 0.0
        x = np.column_stack([x, np.ones(len(x))])
        told = x @ np.linalg.lstsq(x, y, rcond=None)[0]
        total = ((y - y.mean(axis=0)) ** 2).sum()
        return 1 - float(((y - told) ** 2).sum() / total) if total else 0.0

    @cached_property
    def other_starts(self) -> tuple[int, int, int]:
        """How many of how many other starts get away from where this one is, in so many steps."""
        wanted = min(max(self.steps_done, 300), 2000)
        steps = int(min(wanted, 10 * WORK // self._work))
        here, solved, starts = self.from_here(steps=0).after, 0, 0
        for seed in range(1, 6):
            with aside(self.model):
                model = fresh(self.model, self.data.x, seed)
                if model is None:
                    continue
                task = replace(self.task_of(model), memory=Memory())
                done = tried(task, self.data, self.batch, steps, remember=False)
            starts += 1
            solved += done.step is None and done.after < 0.5 * here
        return solved, starts, steps
