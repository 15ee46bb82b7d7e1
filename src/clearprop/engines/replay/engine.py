"""The eager engine as users have it: step by step, and where there are many, by a plan of one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, final

from clearprop.core.tree import flatten
from clearprop.engines.eager import Eager
from clearprop.engines.engine import Beside, Data, Engine, Task, Watch
from clearprop.engines.passes import Epoch, Epochs, Logs, Passes, Rows
from clearprop.engines.worth import seconds

if TYPE_CHECKING:
    from clearprop.engines.compiled.engine import Compiled

__all__ = ["Replaying"]

Array: TypeAlias = Any

# Seconds of eager training from which on a plan is made: what making the first takes, and for each
# weight, some times over.
LEAST, A_WEIGHT = 0.05, 0.003


@final
class Replaying(Engine):
    """
    Runs steps on NumPy arrays, operation by operation.

    Of a long training one step is taken down and what it comes to is done again and again, in
    memory that is used again. What somebody else wrote is always run itself, at each step, and so
    is everything while somebody looks at each.
    """

    name: ClassVar[str] = "eager"

    def __init__(self) -> None:
        self._steps = Eager()
        self._planned: Compiled | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)()  # a model's copy has weights of its own

    def train(
        self,
        task: Task,
        data: Data,
        epochs: Iterable[int],
        rows: Callable[[int], Iterable[Rows]],
        watch: Watch,
    ) -> Iterator[Epoch]:
        engine = self._for(task, data, rows, watch)
        for number in epochs:
            if engine is not self._steps and not _is_as_it_was(task):
                engine = self._steps
            with self._not_torn():
                yield from engine.train(task, data, [number], rows, watch)

    def train_through(
        self, task: Task, data: Data, epochs: range, rows: Any, watch: Watch
    ) -> Iterator[Epochs]:
        engine = self._for(task, data, rows, watch)
        with self._not_torn():
            yield from engine.train_through(task, data, epochs, rows, watch)

    def evaluate(self, task: Task, data: Data, rows: Iterable[Rows], watch: Watch) -> Logs:
        return self._steps.evaluate(task, data, rows, watch)

    def predict(
        self,
        forward: Callable[[Any, bool], Any],
        data: Data,
        rows: Iterable[Rows],
        watch: Watch,
        beside: Beside | None = None,
    ) -> Array:
        return self._steps.predict(forward, data, rows, watch, beside)

    def _for(self, task: Task, data: Data, rows: Any, watch: Watch) -> Engine:
        """Choose who trains."""
        beside = task.beside
        if beside is None or beside.foreign or watch.steps:
            return self._steps
        if type(data) is not Data or not isinstance(rows, Passes) or not rows.examples:
            return self._steps
        batch = min(rows.batch, rows.examples)
        steps = -(-rows.examples // batch) * rows.epochs.stop
        shape = flatten(data.x)[0][0].shape
        if steps * seconds("train", beside, shape, batch) < _least(beside):
            return self._steps
        if not _is_as_it_was(task):
            return self._steps
        return self.planned if self.planned.prepare(task, data, batch) else self._steps

    @contextlib.contextmanager
    def _not_torn(self) -> Iterator[None]:
        """Begin anew with what the weights hold if a step was broken off in the middle."""
        try:
            yield
        except (Exception, KeyboardInterrupt):
            self._planned = None
            raise

    @property
    def planned(self) -> Compiled:
        """Who makes plans."""
        if self._planned is None:
            from clearprop.engines.compiled.engine import Compiled
            from clearprop.engines.replay.running import replayed  # nobody waits for it before

            self._planned = Compiled(replayed)
        return self._planned


def _least(beside: Beside) -> float:
    return LEAST + A_WEIGHT * len(beside.variables)


def _is_as_it_was(task: Task) -> bool:
    return task.beside is not None and task.beside.unchanged()
