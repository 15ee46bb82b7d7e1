"""The compiled engine: whole loops of steps in native code, and the rest as the eager one does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import isfinite
from typing import Any, ClassVar, Self, TypeAlias, cast

import numpy as np

from clearprop.core.tree import map_tree, unflatten
from clearprop.engines.compiled.batches import Arrays, merged, segments, taken
from clearprop.engines.compiled.jobs import Done, Job
from clearprop.engines.compiled.programs import Programs
from clearprop.engines.compiled.running import Build
from clearprop.engines.compiled.trace.step import trace_evaluation, trace_prediction, trace_training
from clearprop.engines.compiled.training import Training
from clearprop.engines.eager import Eager, Figures, Steps
from clearprop.engines.engine import Beside, Data, Engine, Task, Watch, rows_in
from clearprop.engines.passes import Epoch, Epochs, Logs, Passes, Rows

__all__ = ["Compiled", "WhereItPays"]

Array: TypeAlias = Any


class Compiled(Engine):
    """
    Runs many steps in one call of native code, made of what a step was traced to be.

    What cannot be traced runs eagerly, and `notes` says why.

    Parameters
    ----------
    build : Build, optional
        Makes code of programs; by default native code for this machine.
    """

    name: ClassVar[str] = "compiled"
    always: ClassVar[bool] = True  # whether to compile whatever it costs

    def __init__(self, build: Build | None = None) -> None:
        self.programs = Programs(build)
        self._eager = Eager()
        self._said: set[str] = set()
        self._changed: set[int] = set()  # owners whose models were not as at first, when seen last
        self._last: Training | None = None  # that can be done again as it is
        self._alone = threading.RLock()  # one thread at a time works in a program's memory

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(self.programs.build)  # a model's copy has weights of its own

    # -- training -----------------------------------------------------------------------------

    def train(
        self,
        task: Task,
        data: Data,
        epochs: Iterable[int],
        rows: Callable[[int], Iterable[Rows]],
        watch: Watch,
    ) -> Iterator[Epoch]:
        job = self._job("train", task, task.beside, partial(trace_training, task, summed=True))
        if job is None:
            yield from self._eager.train(task, data, epochs, rows, watch)
            return
        self._look_again(task, job.beside)
        whole = isinstance(rows, Passes) and type(data) is Data and not watch.steps
        training = self._training(job, task, data, rows, watch) if whole else None
        if training is not None:
            training.run = rows  # of which one epoch after the other is asked for
        for number in epochs:
            with self._alone:
                try:
                    if training is not None:
                        epoch = training.epoch(number)
                    else:
                        steps = Steps(rows(number), watch)
                        epoch = self._step_by_step(job, task, data, number, steps)
                finally:
                    self.programs.hand_out(task)
            yield epoch

    def train_through(
        self, task: Task, data: Data, epochs: range, rows: Any, watch: Watch
    ) -> Iterator[Epochs]:
        beside = task.beside
        if beside is not None and (self._changed or beside.open or not watch.looked):
            self._look_again(task, beside)
        with self._alone:
            last = self._last
            if last is not None and not watch.steps and last.does(task, data, rows, epochs):
                try:
                    yield last.again()
                finally:
                    self.programs.hand_out(task)
                return
        job = self._job("train", task, task.beside, partial(trace_training, task, summed=True))
        if job is None or not isinstance(rows, Passes) or type(data) is not Data or watch.steps:
            yield from super().train_through(task, data, epochs, rows, watch)
            return
        with self._alone:  # nobody gets between the epochs here
            training = self._training(job, task, data, rows, watch)
            try:
                yield from training.through(epochs)
            finally:
                self.programs.hand_out(task)
            self._last = None if training.whole is None or job.beside.foreign else training

    def _training(self, job: Job, task: Task, data: Data, rows: Any, watch: Watch) -> Training:
        arrays = Arrays(data.x, data.y, data.weight)
        return Training(job, self._eager, task, data, arrays, rows, watch)

    def _step_by_step(self, job: Job, task: Task, data: Data, number: int, steps: Steps) -> Epoch:
        """Do an epoch a step at a time: somebody looks, or the batches come one by one."""
        epoch, figures = Epoch(number), Figures(task.meters)
        for chosen in steps.each(figures.logs):
            self._look_again(task, job.beside)  # whoever looks may change something
            x, y, weight = batch = data.take(chosen)
            arrays, size = Arrays(x, y, weight), rows_in(x)
            losses: list[float] = []

            def eagerly(_: Any, batch: Any = batch, losses: list[float] = losses) -> None:
                losses.append(self._eager.step(task, batch, figures, epoch.unreached))

            for done in job.steps(arrays, size, 1, None, 0, eagerly):
                if done.loop is not None:
                    losses.append(float(done.results[0][0]))
                    figures.take(size, losses[0])
                    job.measure(figures, done, y, weight)
                    epoch.unreached |= done.loop.traced.unreached
            self.programs.hand_out(task)
            if not isfinite(losses[0]) and epoch.not_finite is None:
                epoch.not_finite = epoch.steps, losses[0]
            epoch.steps += 1
        epoch.logs = figures.logs()
        return epoch

    # -- judging and answering ----------------------------------------------------------------

    def evaluate(self, task: Task, data: Data, rows: Iterable[Rows], watch: Watch) -> Logs:
        job = self._job("judge", task, task.beside, partial(trace_evaluation, task, summed=True))
        if job is None:
            return self._eager.evaluate(task, data, rows, watch)
        figures = Figures(task.meters)

        def eagerly(chosen: Any) -> None:
            self._eager.judge(task, data.take(chosen), figures)

        each = self._each(job, data, rows, watch, figures.logs, eagerly, judged=True)
        with self._alone:
            for done, chosen in each:
                assert done.loop is not None
                figures.take_all(done.loop.batch, done.results[0])
                job.measure(figures, done, chosen[1], chosen[2])
            return figures.logs()

    def predict(
        self,
        forward: Callable[[Any, bool], Any],
        data: Data,
        rows: Iterable[Rows],
        watch: Watch,
        beside: Beside | None = None,
    ) -> Array:
        job = self._job("answer", beside, beside, lambda x: trace_prediction(forward, beside, x))
        if job is None:
            return self._eager.predict(forward, data, rows, watch)
        parts: list[Array] = []

        def eagerly(chosen: Any) -> None:
            parts.append(self._eager.answer(forward, data.take(chosen)[0]))

        with self._alone:
            for done, _ in self._each(job, data, rows, watch, dict, eagerly, judged=False):
                assert done.loop is not None
                parts.append(unflatten(done.loop.traced.form[0], merged(done.results)))
        return map_tree(lambda *each: _joined(each), *parts)

    def _each(
        self,
        job: Job,
        data: Data,
        rows: Iterable[Rows],
        watch: Watch,
        logs: Callable[[], Logs],
        eagerly: Callable[[Any], None],
        *,
        judged: bool,
    ) -> Iterator[tuple[Done, tuple[Array, Array, Array]]]:
        """Do steps that change nothing; give those that programs did, and their examples."""
        self._look_again(job.owner, job.beside)
        if type(data) is Data and not watch.steps:
            rows = list(rows)
            parts = segments(data, rows)
            if parts is not None:
                whole = Arrays(data.x, data.y, data.weight) if judged else Arrays(data.x)
                count = 0
                for first, batch, steps in parts:
                    for done in job.steps(whole, batch, steps, None, first, eagerly):
                        if done.loop is not None:
                            examples = (
                                None, taken(data.y, done.rows), taken(data.weight, done.rows)
                            )  # fmt: skip
                            yield done, examples
                        count += done.steps
                        if watch.glances:
                            watch.ended(count - 1, logs)
                        if watch.stop():
                            return
                return
        for chosen in Steps(rows, watch).each(logs):
            x, y, weight = data.take(chosen)
            one = Arrays(x, y, weight) if judged else Arrays(x)
            own = partial(_as_it_is, eagerly, chosen)
            for done in job.steps(one, rows_in(x), 1, None, 0, own):
                if done.loop is not None:
                    yield done, (x, y, weight)

    # -- what there is, and why there is not more -----------------------------------------------

    def notes(self) -> list[str]:
        new = [why for why in self.programs.why_not if why not in self._said]
        self._said.update(new)
        return new

    def prepare(self, task: Task, data: Data, batch: int) -> bool:
        """Make the program of a step of training; tell whether it can be made."""
        job = self._job("train", task, task.beside, partial(trace_training, task, summed=True))
        if job is None:
            return False
        job.always = True
        arrays = Arrays(data.x, data.y, data.weight)
        return job.loop(arrays, min(batch, len(data)), 1) is not None

    def told(self) -> list[str]:
        """Say in words what each program does that was made, the last one last."""
        from clearprop.engines.compiled.text.telling import told

        return [told(kind, loop) for kind, loop in self.programs.loops()]

    def _job(
        self, kind: str, owner: Any, beside: Beside | None, trace: Callable[..., Any]
    ) -> Job | None:
        if beside is None:
            return None
        task = cast(Task, owner) if kind == "train" else None
        meters = owner.meters if isinstance(owner, Task) else ()
        return Job(self.programs, self.always, kind, owner, beside, trace, task, meters)

    def _look_again(self, owner: Any, beside: Beside) -> None:
        """Forget programs of a model that is not what it was any more."""
        if beside.open:
            self.programs.doubt(owner)
            self._last = None
        changed = not beside.unchanged()
        if changed or id(owner) in self._changed:  # or it is again what it was before
            self.programs.forget(owner)
            self._last = None
        (self._changed.add if changed else self._changed.discard)(id(owner))


class WhereItPays(Compiled):
    """Compiles where there is so much to do that it pays."""

    always: ClassVar[bool] = False


def _as_it_is(eagerly: Callable[[Any], None], chosen: Any, _: Any) -> None:
    """Do a step with the rows as they came, not by their place in the batch."""
    eagerly(chosen)


def _joined(parts: tuple[Array, ...]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
