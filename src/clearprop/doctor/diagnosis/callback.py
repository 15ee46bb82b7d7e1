"""`Doctor`: a callback that says during `fit` why training does not work, and else nothing."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, final

import numpy as np

from clearprop.core.random import draws, set_draws
from clearprop.doctor.diagnosis.batches import joined
from clearprop.engines import Data, Eager, Epoch, Memory, Task, Watch
from clearprop.engines.engine import rows_in
from clearprop.lang import language, say
from clearprop.lang.width import wrapped
from clearprop.train.aside import aside, each_layer
from clearprop.train.callbacks import Logs, State
from clearprop.train.follow import Follower
from clearprop.train.streams import Stream

if TYPE_CHECKING:
    from clearprop.doctor.diagnosis.report import Diagnosis, Finding

__all__ = ["Doctor"]

SURE = 0.7  # what is less sure is not worth interrupting anybody for
BATCHES = 16  # of a stream so many are kept to look at


@final
class Doctor(Follower):
    """
    Say during `fit` why training does not work; on sound training, say nothing.

    After the epochs 1, 2, 4, 8 ... and at the end it looks at the model on the data it is trained
    on, as `diagnose` does, and says each thing once. Where the loss becomes NaN it does the epoch's
    steps again, aside, and names the step and the operation. Training comes out the same with it as
    without it, to the bit.

    Parameters
    ----------
    lang : {"ko", "en"}, optional
        By default the user's.
    print_fn : callable ``(text)``, optional
        What is given each finding as text; by default it is printed.

    Attributes
    ----------
    findings : list of Finding
        What was said, in order.
    report : Diagnosis or None
        The diagnosis at the end of training.

    Examples
    --------
    >>> import clearprop as cp
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(64, 2))
    >>> model = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1)])
    >>> model.compile(cp.optimizers.SGD(1.5), "mse")
    >>> doctor = Doctor(print_fn=lambda text: None)
    >>> history = model.fit(x, x.sum(axis=1), epochs=4, seed=0, callbacks=[doctor])
    >>> [finding.id for finding in doctor.findings]
    ['rate-too-high']
    """

    def __init__(
        self, *, lang: str | None = None, print_fn: Callable[[str], Any] | None = None
    ) -> None:
        self.lang, self.print_fn = lang, print_fn
        self.findings: list[Finding] = []
        self.report: Diagnosis | None = None
        self._begin()

    def _begin(self) -> None:
        self.findings, self.report = [], None
        self._told: set[str] = set()
        self._figures: dict[str, list[float]] = {}
        self._seen: tuple[Task, Data] | None = None
        self._rows: list[Any] = []
        self._before: tuple[Any, ...] = ()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._begin()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._rows.clear()
        memory = self.model.setup_for("Doctor").memory
        self._before = (
            [w.data for w in self.model.weights],
            Memory(dict(memory.states), memory.step),
            [vars(layer).get("step") for layer in each_layer(self.model)],
            draws(),
        )

    def follow(self, task: Task, data: Data, rows: Any) -> None:
        """Remember of which examples the step that comes is made."""
        self._seen = task, data
        self._rows.append(rows)
        if isinstance(data, Stream):
            del self._rows[:-BATCHES]

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        for name, value in (logs or {}).items():
            self._figures.setdefault(name, []).append(float(value))
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            self._on_broken(epoch)
        elif math.log2(epoch + 1).is_integer() and epoch + 1 < self.params.get("epochs", 0):
            self._look(epoch, whole=False)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self._figures:
            self._look(len(self._figures.get("loss", [])) - 1, whole=True)

    # -- looking -----------------------------------------------------------------------------------

    def _look(self, epoch: int, *, whole: bool, broken: Any = None) -> None:
        """Diagnose, and say what is new."""
        from clearprop.doctor.diagnosis.diagnosing import judged

        x, y, size = self._examples()
        report = judged(self.model, x, y, self._figures, size, at_once=not whole, broken=broken)
        if whole:
            self.report = report
        self._speak(epoch, [each for each in report.findings if each.sure >= SURE])

    def _speak(self, epoch: int, findings: Iterable[Finding]) -> None:
        from clearprop.doctor.diagnosis.report import WIDTH, told_of

        lang = language(self.lang)
        for each in findings:
            new = each.id not in self._told
            self._told |= {each.id, *(f.id for f in each.follows)}
            if not new:
                continue
            self.findings.append(each)
            head = f"{say('diagnosis.epoch', lang, epoch=epoch + 1)} {each.title(lang)} [{each.id}]"
            text = "\n".join([*wrapped(head, WIDTH), *told_of(each, lang, WIDTH)])
            if self.print_fn is None:
                sys.stdout.write(text + "\n")
            else:
                self.print_fn(text)

    def _examples(self) -> tuple[Any, Any, int]:
        """Give what was trained on, and how many examples a step took."""
        assert self._seen is not None
        _, data = self._seen
        if not isinstance(data, Stream):
            return data.x, data.y, max(rows_in(data.take(rows)[0]) for rows in self._rows[:2])
        return joined(data.take(rows) for rows in self._rows)

    def _on_broken(self, epoch: int) -> None:
        """Say where the first NaN came from, and what it follows from."""
        if "not-finite" not in self._told:
            self._look(epoch, whole=True, broken=self._first_break())

    def _first_break(self) -> Any:
        """Do the steps of the epoch again, aside, up to the first number that is not finite."""
        from clearprop.doctor.diagnosis.state import record

        assert self._seen is not None
        task, data = self._seen
        if isinstance(data, Stream):
            return None
        with aside(self.model):
            again = self._repeated(task, data, len(self._rows))
            if again.not_finite is None:
                return None
            at = again.not_finite[0]
            self._repeated(task, data, at)
            return at + 1, record(self.model, task, *data.take(self._rows[at])).broken

    def _repeated(self, task: Task, data: Data, steps: int) -> Epoch:
        """Do so many steps of the epoch again, from its beginning."""
        weights, memory, drawn_by, drawn = self._before
        for weight, values in zip(self.model.weights, weights, strict=True):
            weight.hold(values)
        for layer, count in zip(each_layer(self.model), drawn_by, strict=True):
            if count is not None:
                layer.step = count
        set_draws(drawn)
        task = replace(task, meters=(), memory=Memory(dict(memory.states), memory.step))
        (epoch,) = Eager().train(task, data, [0], lambda _: self._rows[:steps], Watch())
        return epoch

    # -- being taken up again ----------------------------------------------------------------------

    def get_state(self) -> State:
        from clearprop.doctor.diagnosis.diagnosing import ORDER

        return {"told": np.array([name in self._told for name in ORDER])}

    def set_state(self, state: State) -> None:
        from clearprop.doctor.diagnosis.diagnosing import ORDER

        told = np.asarray(state["told"], bool)
        self._told = {name for name, was in zip(ORDER, told, strict=False) if was}
