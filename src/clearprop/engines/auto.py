"""The engine that is taken where none is asked for: eager for a little, compiled for more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, final

from clearprop.core.tree import flatten
from clearprop.engines.eager import Eager
from clearprop.engines.engine import Beside, Data, Engine, Task, Watch
from clearprop.engines.passes import Epoch, Epochs, Logs, Passes, Rows
from clearprop.engines.worth import least, seconds

if TYPE_CHECKING:
    from clearprop.engines.compiled.engine import Compiled

__all__ = ["Auto"]

Array: TypeAlias = Any

USUAL = 32  # examples a step, where that is not known beforehand


@final
class Auto(Engine):
    """
    Eager until there is so much to do that compiling could pay.

    What compiles is not even loaded before that.
    """

    name: ClassVar[str] = "auto"

    def __init__(self) -> None:
        self._eager = Eager()
        self._full: Compiled | None = None
        self._spent = 0.0  # seconds of eager work, as they are estimated

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)()  # a model's copy has weights of its own

    @property
    def full(self) -> Compiled:
        """The engine that compiles where it pays."""
        if self._full is None:
            from clearprop.engines.compiled.engine import WhereItPays

            self._full = WhereItPays()
        return self._full

    def train(
        self,
        task: Task,
        data: Data,
        epochs: Iterable[int],
        rows: Callable[[int], Iterable[Rows]],
        watch: Watch,
    ) -> Iterator[Epoch]:
        engine = self._for("train", task.beside, data, rows)
        yield from engine.train(task, data, epochs, rows, watch)

    def train_through(
        self, task: Task, data: Data, epochs: range, rows: Any, watch: Watch
    ) -> Iterator[Epochs]:
        engine = self._for("train", task.beside, data, rows)
        yield from engine.train_through(task, data, epochs, rows, watch)

    def evaluate(self, task: Task, data: Data, rows: Iterable[Rows], watch: Watch) -> Logs:
        return self._for("judge", task.beside, data, rows).evaluate(task, data, rows, watch)

    def predict(
        self,
        forward: Callable[[Any, bool], Any],
        data: Data,
        rows: Iterable[Rows],
        watch: Watch,
        beside: Beside | None = None,
    ) -> Array:
        engine = self._for("answer", beside, data, rows)
        return engine.predict(forward, data, rows, watch, beside)

    def notes(self) -> list[str]:
        return [] if self._full is None else self._full.notes()

    def _for(self, kind: str, beside: Beside | None, data: Data, rows: Any) -> Engine:
        """Choose who does it."""
        if self._full is not None:
            return self._full
        if beside is None:
            return self._eager
        if type(data) is not Data:  # batches, of which nobody knows how many there are
            return self.full
        x = flatten(data.x)[0][0]
        batch, steps = len(x), 1
        if isinstance(rows, Passes):
            batch = min(rows.batch, rows.examples)
            steps = -(-rows.examples // batch) * rows.epochs.stop
        elif kind != "train":
            batch, steps = USUAL, -(-len(x) // USUAL)
        self._spent += steps * seconds(kind, beside, x.shape, batch)
        return self._eager if self._spent < least(beside) else self.full
