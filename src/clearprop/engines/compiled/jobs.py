"""Steps over rows of arrays, by programs where there are any, and eagerly where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, final

from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten, unflatten
from clearprop.engines.compiled.batches import Arrays, merged, taken
from clearprop.engines.compiled.loops import Loop
from clearprop.engines.compiled.programs import Programs, Wanted
from clearprop.engines.compiled.running import Bound
from clearprop.engines.compiled.trace.step import Traced
from clearprop.engines.eager import Figures
from clearprop.engines.engine import Beside, Task
from clearprop.engines.worth import least, seconds

__all__ = ["Done", "Job"]

Array: TypeAlias = Any


@final
@dataclass
class Done:
    """
    Steps that were done in one call.

    Attributes
    ----------
    first, steps : int
    loop : Loop or None
        The program that did them; None for one that was done eagerly.
    bound : Bound or None
        The arrays that it worked on.
    rows : slice or array of int64
        All examples that they took.
    """

    first: int
    steps: int
    loop: Loop | None
    bound: Bound | None
    rows: Any

    @property
    def results(self) -> Sequence[Array]:
        """What a program tells, each of shape (steps, ...)."""
        return () if self.bound is None else self.bound.results


@final
@dataclass
class Job:
    """
    What is to be done with batches, and what knows how.

    Parameters
    ----------
    programs : Programs
    always : bool
        Whether to compile whatever it costs.
    kind : str
        "train", "judge" or "answer".
    owner : object
        Says what is computed.
    beside : Beside
    trace : callable ``(x, y, weight) -> Traced``
    task : Task or None
        Whose weights change, if any do.
    meters : sequence of Meter
        Who is told something by each step.
    """

    programs: Programs
    always: bool
    kind: str
    owner: Any
    beside: Beside
    trace: Callable[..., Traced]
    task: Task | None = None
    meters: Sequence[Any] = ()

    def loop(self, arrays: Arrays, batch: int, planned: int, run: Any = None) -> Loop | None:
        """Give the program for batches of a size, if it pays for so many steps; see `Wanted`."""
        wanted = Wanted(
            self.owner, self.kind, arrays, batch, self.beside, self.trace, self.task, self.meters,
            planned, run,
        )  # fmt: skip
        return self.programs.find(wanted, lambda steps: self._pays(arrays, batch, steps))

    def _pays(self, arrays: Arrays, batch: int, steps: int) -> bool:
        shape = arrays.leaves[0].shape
        work = steps * seconds(self.kind, self.beside, shape, batch)
        return self.always or work >= least(self.beside)

    def steps(
        self,
        arrays: Arrays,
        batch: int,
        steps: int,
        rows: Array | None,
        first_row: int,
        eagerly: Callable[[Any], None],
        *,
        planned: int = 0,
        run: Any = None,
    ) -> Iterator[Done]:
        """
        Do steps, and tell of those that were done in one call before going on.

        Parameters
        ----------
        arrays : Arrays
        batch, steps : int
        rows : array of int64, shape (batch * steps,), or None
        first_row : int
            Where they begin without `rows`.
        eagerly : callable ``(rows)``
            Does one step without a program.
        planned : int
            How many such steps there are to be in all; by default these.
        run : object, optional
            What they belong to; see `Wanted`.
        """

        def chosen(first: int, count: int) -> Any:
            own = slice(first * batch, (first + count) * batch)
            return slice(own.start + first_row, own.stop + first_row) if rows is None else rows[own]

        loop = self.loop(arrays, batch, planned or steps, run)
        if loop is not None:
            for chunk in loop.run(self.task, arrays.leaves, rows, first_row, steps):
                own = chosen(chunk.first, chunk.steps)
                yield Done(chunk.first, chunk.steps, loop, chunk.bound, own)
            return
        for step in range(steps):
            if self.task is not None:
                self.programs.hand_out(self.task)
            own = chosen(step, 1)
            eagerly(own)
            yield Done(step, 1, None, None, own)

    def measure(self, figures: Figures, done: Done, y: Array, weight: Array) -> None:
        """
        Let the meters see the predictions of steps.

        Parameters
        ----------
        figures : Figures
        done : Done
        y, weight : array, or tree of arrays
            Of all examples of those steps.
        """
        loop = done.loop
        assert loop is not None
        batch, made = loop.batch, done.results[loop.predictions :]
        whole = all(each.shape[1:2] == (batch,) for each in made)
        for meter, at in zip(figures.meters, loop.sums, strict=True):
            if at is not None:
                meter.add(float(done.results[at].sum()), float(done.results[at + 1].sum()))
            elif whole and meter.joins:
                meter.update(y, self._predictions(loop, merged(made)), weight)
            else:
                for step in range(done.steps):
                    rows = slice(step * batch, (step + 1) * batch)
                    prediction = self._predictions(loop, [each[step] for each in made])
                    meter.update(taken(y, rows), prediction, taken(weight, rows))

    def _predictions(self, loop: Loop, made: Sequence[Array]) -> Any:
        """Put results into the form of predictions, with their masks beside them."""
        form, form_of_masks = loop.traced.form
        tensors = [Tensor(Node(each)) for each in made]
        if form_of_masks is None:
            return unflatten(form, tensors)
        count = len(flatten(form)[0])
        masks = unflatten(form_of_masks, tensors[count:])
        return self.beside.masked(unflatten(form, tensors[:count]), masks)
