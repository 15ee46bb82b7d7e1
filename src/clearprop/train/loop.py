"""The course of training: epochs, their order of examples, validation, callbacks, Ctrl-C."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, final

from clearprop.core.caller import warn
from clearprop.data import row_batches
from clearprop.engines import Data, Engine, Epoch, Task, Watch
from clearprop.lang import say
from clearprop.nn.chance import drawing_from, drawn
from clearprop.train.astray import refuse_astray
from clearprop.train.callbacks import Callbacks, Logs
from clearprop.train.follow import announced
from clearprop.train.history import History
from clearprop.train.interrupt import Interrupt, finishing_steps
from clearprop.train.order import Order
from clearprop.train.streams import Stream

if TYPE_CHECKING:
    from clearprop.train.model import Model

__all__ = ["Course", "Teller", "run"]

ASTRAY = 1e6  # how many times the loss of the first epoch is no training any more


@final
@dataclass(frozen=True)
class Course:
    """
    What `fit` was asked for.

    Parameters
    ----------
    task : Task
    data : Data
        What to train on: examples, or a stream of batches.
    validation : Data or None
        What to judge by after each `validation_freq`-th epoch.
    epochs, initial_epoch : int
        The number of the last epoch, counted from 1, and of the first, counted from 0.
    batch_size, validation_batch_size : int, examples
    shuffle : bool
    seed : int or None
    validation_freq : int, epochs; or a container of epochs' numbers, counted from 1
    steps_per_epoch : int or None
        After how many steps an epoch ends; with its examples by default.
    first_step : int
        How many steps of the first epoch are not to be done again.
    again : bool
        Whether the same course may be gone through again.
    """

    task: Task
    data: Data
    validation: Data | None
    epochs: int
    initial_epoch: int
    batch_size: int
    validation_batch_size: int
    shuffle: bool
    seed: int | None
    validation_freq: Any
    steps_per_epoch: int | None = None
    first_step: int = 0
    again: bool = False

    def going_on(self, at: tuple[int, int]) -> Course:
        """Give what is left to do from an epoch and a step in it on."""
        if at == (self.initial_epoch, self.first_step):
            return self
        return replace(self, initial_epoch=at[0], first_step=at[1])

    @property
    def steps(self) -> int | None:
        """How many steps an epoch has; None if that shows only at its end."""
        if isinstance(self.data, Stream):
            return self.data.count
        steps = -(-len(self.data) // self.batch_size)
        return steps if self.steps_per_epoch is None else min(steps, self.steps_per_epoch)

    def steps_of(self, epoch: int) -> int | None:
        """How many steps there are to do in an epoch, if that is known."""
        done = self._done(epoch)
        return None if self.steps is None else self.steps - done

    def _done(self, epoch: int) -> int:
        """How many steps of an epoch an earlier training did."""
        return self.first_step if epoch == self.initial_epoch else 0

    def rows(self) -> Callable[[int], Iterable[Any]]:
        """Choose the examples of each step of each epoch."""
        data = self.data
        if isinstance(data, Stream):
            return lambda epoch: islice(data.batches(epoch), self._done(epoch), None)
        return self._order()

    def _order(self) -> Order:
        return Order(
            len(self.data), self.batch_size, shuffle=self.shuffle, seed=self.seed,
            steps=self.steps_per_epoch, epochs=self.epochs,
            begins=(self.initial_epoch, self.first_step),
        )  # fmt: skip

    @cached_property
    def _as_they_come(self) -> Order:
        order = self._order()
        order.again = True
        return order

    def passes(self) -> Order:
        """Choose as `rows` does, of data whose rows are all there; again the same, if it may be."""
        drawn = self.shuffle and len(self.data) > 1
        return self._as_they_come if self.again and not drawn else self._order()

    def validated(self, epoch: int) -> Data | None:
        """Give what to judge by after an epoch, if anything."""
        freq = self.validation_freq
        now = (epoch + 1) % freq == 0 if isinstance(freq, int) else epoch + 1 in freq
        return self.validation if now else None


@final
class Teller(Watch):
    """Tells callbacks of steps, and hears from them and from the keyboard whether to stop."""

    def __init__(
        self, callbacks: Callbacks, kind: str, stop: Callable[[], bool] = lambda: False
    ) -> None:
        self.callbacks, self.kind, self.stop = callbacks, kind, stop  # type: ignore[method-assign]
        self.looked = callbacks.quiet  # when the task was made, and nothing was called since
        if callbacks.quiet:
            self.hears_begin = self.hears_end = False
            return
        self.hears_begin = callbacks.hear(f"on_{kind}_batch_begin")
        self.hears_end = callbacks.hear(f"on_{kind}_batch_end")
        every = [each for each in callbacks.members if not each.now_and_then]
        self.steps = any(callbacks.hear(f"on_{kind}_batch_{at}", every) for at in ("begin", "end"))
        self.glances = self.hears_end

    def begins(self, step: int) -> None:
        if self.hears_begin:
            self.callbacks.tell(f"on_{self.kind}_batch_begin", step, {})

    def ended(self, step: int, logs: Callable[[], Logs]) -> None:
        if self.hears_end:
            self.callbacks.tell(f"on_{self.kind}_batch_end", step, logs())


def run(
    model: Model, engine: Engine, course: Course, callbacks: Callbacks, history: History
) -> None:
    """Train as the course says; what came of it is in the history."""
    model.stop_training = False
    with finishing_steps() as interrupt, _masks(course.seed):
        if not callbacks.quiet:
            callbacks.tell("on_train_begin", {})
            course = course.going_on(callbacks.begins_at(course.initial_epoch))
        refuse_astray(course.task.leaves)  # a callback may have taken older ones back
        teller = Teller(callbacks, "train", lambda: interrupt.came or model.stop_training)
        whole = callbacks.quiet and course.validation is None
        run_epochs = _in_one_go if whole and type(course.data) is Data else _looking
        logs = run_epochs(engine, course, callbacks, history, teller, interrupt)
        for note in engine.notes():
            history.add_note(note)
        assert course.task.rule is not None
        course.task.rule.finalize_variable_values(course.task.leaves, course.task.memory.states)
        callbacks.tell("on_train_end", logs)


def _in_one_go(
    engine: Engine,
    course: Course,
    callbacks: Callbacks,
    history: History,
    teller: Teller,
    interrupt: Interrupt,
) -> Logs:
    """Train while nobody but the history hears of epochs, and that afterwards."""
    said: set[str] = set()
    numbers, last = range(course.initial_epoch, course.epochs), None
    for epochs in engine.train_through(course.task, course.data, numbers, course.passes(), teller):
        last = epochs
        if epochs.not_finite is not None:
            number, *odd = epochs.not_finite
            _say_not_finite(number, odd, course, history, said)
        _say_unreached(course.task, epochs.unreached, said)
        if not interrupt.came or epochs.steps == course.steps_of(epochs.numbers[-1]):
            history.take(epochs)
    if interrupt.came and last is not None:
        _say_interrupted(history, last.numbers[-1])
    _say_if_it_grew(history, said)
    return {} if last is None else {name: values[-1] for name, values in last.logs.items()}


def _looking(
    engine: Engine,
    course: Course,
    callbacks: Callbacks,
    history: History,
    teller: Teller,
    interrupt: Interrupt,
) -> Logs:
    """Train epoch by epoch, with all that is told and asked in between."""
    tester = Teller(callbacks, "test", lambda: interrupt.came)
    said: set[str] = set()
    logs: Logs = {}
    for epoch in _epochs(engine, course, callbacks, teller):
        logs, whole = epoch.logs, epoch.steps == course.steps_of(epoch.number)
        if epoch.not_finite is not None:
            _say_not_finite(epoch.number, epoch.not_finite, course, history, said)
        _say_unreached(course.task, epoch.unreached, said)
        validation = course.validated(epoch.number)
        if validation is not None and not interrupt.came:
            figures = _judge(engine, course, validation, tester)
            logs |= {f"val_{name}": value for name, value in figures.items()}
            whole = not interrupt.came
        if whole or not interrupt.came:  # what Ctrl-C left unfinished is not in the history
            callbacks.tell("on_epoch_end", epoch.number, logs)
        if interrupt.came:
            _say_interrupted(history, epoch.number)
        if teller.stop():
            break
        if epoch.number + 1 < course.epochs and _spent(course.data):  # which reads ahead
            break
    _say_if_it_grew(history, said)
    return logs


def _epochs(
    engine: Engine, course: Course, callbacks: Callbacks, teller: Teller
) -> Iterator[Epoch]:
    """Train epoch by epoch, and tell of each before it begins."""
    rows = announced(course.rows(), course.task, course.data, callbacks)
    for number in range(course.initial_epoch, course.epochs):
        callbacks.tell("on_epoch_begin", number, {})
        yield from engine.train(course.task, course.data, [number], rows, teller)


def _judge(engine: Engine, course: Course, validation: Data, tester: Teller) -> Logs:
    tester.callbacks.tell("on_test_begin", {})
    if isinstance(validation, Stream):
        rows: Iterable[Any] = validation.batches(0)
    else:
        rows = row_batches(len(validation), course.validation_batch_size)
    figures = engine.evaluate(course.task, validation, rows, tester)
    tester.callbacks.tell("on_test_end", figures)
    return figures


def _spent(data: Data) -> bool:
    """Tell whether there is nothing more to train on."""
    return isinstance(data, Stream) and data.spent


def _say_interrupted(history: History, number: int) -> None:
    history.interrupted = True
    history.add_note(say("train.interrupted", epoch=number + 1))


def _say_not_finite(
    number: int, odd: Sequence[Any], course: Course, history: History, said: set[str]
) -> None:
    """Warn, once a run, of a loss that is no number."""
    if "loss" in said:
        return
    said.add("loss")
    step, value = odd
    at_once = step == 0 and number == course.initial_epoch
    name = "train.not_finite_at_once" if at_once else "train.not_finite"
    words = say(name, epoch=number + 1, step=step + 1, value=str(value))
    history.add_note(words)
    warn(words, RuntimeWarning)


def _say_unreached(task: Task, unreached: set[str], said: set[str]) -> None:
    """Warn, once a run, of weights that the loss does not reach."""
    if unreached <= said:
        return
    said |= unreached
    if len(unreached) == len(task.leaves):
        warn(
            "the loss depends on none of the weights, so nothing is learnt. Where a tensor becomes"
            " a NumPy array or a Python number, the way back ends: clearprop.ops has NumPy's"
            " functions for tensors."
        )
        return
    names = ", ".join(sorted(unreached))
    warn(f"the loss does not depend on {names}: training leaves that as it is.")


def _say_if_it_grew(history: History, said: set[str]) -> None:
    """Warn of a loss that is a number still, but no longer one that means anything."""
    losses = history.history.get("loss", [])
    if len(losses) > 1 and "loss" not in said and losses[-1] > ASTRAY * max(losses[0], 1.0):
        words = say("train.grew", first=f"{losses[0]:.4g}", last=f"{losses[-1]:.4g}")
        history.add_note(words)
        warn(words, RuntimeWarning)


def _masks(seed: int | None) -> contextlib.AbstractContextManager[None]:
    """Let dropout layers without a seed of their own draw from that of `fit`."""
    if seed is None:
        return contextlib.nullcontext()
    return drawing_from(lambda path, own, *what: drawn(path, seed if own is None else own, *what))
