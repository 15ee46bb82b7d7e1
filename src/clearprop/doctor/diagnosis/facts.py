"""What there is and how it is now: a model, its examples and history, measured once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, no_grad
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten, map_tree
from clearprop.doctor.diagnosis.course import Course
from clearprop.doctor.diagnosis.state import Broken, State, record
from clearprop.doctor.diagnosis.table import Table, alike
from clearprop.engines import Data, Task
from clearprop.errors import ClearpropError, DTypeError, NumericsError, RangeError, ShapeError
from clearprop.nn.effects import forget, replacing_by
from clearprop.train import feed
from clearprop.train.aside import aside

__all__ = ["RECORDED", "Facts", "doubled", "spread"]

MOST = 2000  # examples that are looked at
RECORDED = 512  # of which so many are recorded
WELL = 0.5  # of what a constant answer leaves to be explained


class Facts:
    """
    What is known of a case without trying anything out.

    Parameters
    ----------
    model : Model
        Compiled and built.
    x, y
        Examples as `fit` takes them.
    history : History, dict or None
    batch_size : int or None
    broken : (int, Broken or None), optional
        The step at which numbers stopped being finite, and where, if somebody saw it.
    """

    def __init__(
        self,
        model: Any,
        x: Any,
        y: Any,
        history: Any,
        batch_size: int | None,
        broken: tuple[int, Broken | None] | None = None,
    ) -> None:
        self.model = model
        self.setup = model.setup_for("diagnose")
        self.course = Course(history)
        self.refused: ClearpropError | None = None
        self.whole = 0
        self.data = self._data(x, y)
        self._batch, self._observed = batch_size, broken

    def _data(self, x: Any, y: Any) -> Data:
        """Match the examples to the model as `fit` does; what it refuses is a finding too."""
        given = feed.arrays("x", x, several=self.model.takes_several)
        self.whole = len(flatten(given)[0][0])
        try:
            inputs, y, weight = feed.examples(x, y, model=self.model)
            inputs = feed.inputs(self.model, inputs)
        except NumericsError as error:
            self.refused = error
            return Data(given)
        with aside(self.model):
            self.outputs = feed.Outputs(self.model, inputs)
        try:
            targets = feed.targets(self.setup, self.outputs, y)
        except (ShapeError, RangeError, DTypeError, NumericsError) as error:
            self.refused = error
            return Data(given)
        data = Data(inputs, targets, feed.weights(self.outputs, weight))
        if self.whole > MOST:
            rows = np.sort(np.random.default_rng(0).choice(self.whole, MOST, replace=False))
            data = Data(*data.take(rows))
        return data

    # -- what there is -----------------------------------------------------------------------------

    @property
    def loss(self) -> Any:
        """The only loss; None if there are several."""
        return self.setup.objective.single

    @cached_property
    def table(self) -> Table:
        """The examples as a table."""
        return Table(self.data.x, self.data.y, self.loss)

    @cached_property
    def task(self) -> Task:
        """What the model learns, without metrics."""
        return self.task_of(self.model)

    def task_of(self, model: Any) -> Task:
        """Say what a model like this one learns."""
        return self.setup.task(model, self.outputs)

    @property
    def batch(self) -> int:
        """How many examples a step takes, as far as it is known."""
        if self._batch is not None:
            return self._batch
        if self.course.steps:
            return max(1, math.ceil(self.whole / self.course.steps))
        return min(32, len(self.data))

    @cached_property
    def trained(self) -> bool:
        """Whether there was training."""
        return bool(self.course.epochs or self.setup.memory.step)

    @property
    def steps_done(self) -> int:
        """How many steps training took."""
        known = self.setup.memory.step
        return known or self.course.epochs * math.ceil(self.whole / self.batch)

    @property
    def last_activation(self) -> str:
        """The function that makes the output: told by the model, or seen in the record."""
        known = self.model.final_activation
        return self.now.last_op if known in (None, "linear") else str(known)

    # -- how it is now -----------------------------------------------------------------------------

    @property
    def few(self) -> Data:
        """So many examples as are recorded."""
        return spread(self.data, RECORDED)

    @cached_property
    def now(self) -> State:
        """A pass with the weights as they are, in double precision."""
        with aside(self.model, double=True):
            return record(self.model, self.task, *doubled(self.few))

    @cached_property
    def answers(self) -> np.ndarray | None:
        """What the model predicts for the examples; None if it has several outputs."""
        if self.outputs.several:
            return None
        with self._forward():
            output = self.task.forward(map_tree(_tensor, self.data.x), False)
            return np.asarray(self.task.predict(output).data)

    @contextmanager
    def _forward(self) -> Iterator[None]:
        with (
            aside(self.model), computing_with(NUMPY), no_grad(), replacing_by(forget),
            np.errstate(all="ignore"),
        ):  # fmt: skip
            yield

    def data_loss(self, *, training: bool = False) -> float:
        """Compute the loss of all examples without penalties."""
        with self._forward():
            output = self.task.forward(map_tree(_tensor, self.data.x), training)
            return float(self._plain_loss(self.data.y, output, None).data)

    @cached_property
    def fused(self) -> Any:
        """The loss that has the last activation in itself, where training takes that; or None."""
        if self.loss is None or self.outputs.several or not self.outputs.plain:
            return None
        return self.loss.fused_with(self.model.final_activation)

    @cached_property
    def _plain_loss(self) -> Any:
        compute, plain = self.setup.objective.compute, self.outputs.plain
        return compute(self.outputs.names, self.fused, plain=plain)

    @cached_property
    def reached(self) -> float:
        """The loss as it is now, without penalties."""
        return self.data_loss()

    @cached_property
    def baseline(self) -> float | None:
        """The loss of the best answer that is the same for all; None where that is not known."""
        loss, y = self.loss, self.data.y
        if loss is None or not isinstance(y, np.ndarray) or y.dtype.kind not in "fiu":
            return None
        found = [self._constant_loss(loss, y, how) for how in (np.mean, np.median)]
        return min((each for each in found if each is not None), default=None)

    def _constant_loss(self, loss: Any, y: np.ndarray, how: Any) -> float | None:
        outputs = self.outputs.shape[-1]
        if loss.takes_class_numbers:
            if y.ndim != 1 or how is np.median:
                return None
            answer = np.bincount(y, minlength=outputs or 1) / len(y)
        else:
            answer = how(y.astype(np.float64), axis=0)
        if getattr(loss, "from_logits", False):
            p = np.clip(answer, 1e-9, 1 - 1e-9)
            answer = np.log(p) if loss.activation == "softmax" else np.log(p / (1 - p))
        rows = np.broadcast_to(answer, (len(y), *answer.shape))
        with computing_with(NUMPY), no_grad(), np.errstate(all="ignore"):
            try:
                value = float(loss.compute(y, _tensor(np.array(rows)), None).data)
            except (ClearpropError, TypeError, ValueError):  # a loss of the user's own
                return None
        return value if math.isfinite(value) else None

    @cached_property
    def skill(self) -> float:
        """The share of what a constant answer costs that the model has got rid of."""
        if self.baseline is None or self.baseline <= 0:
            first, last = (self.course.loss or [1.0])[0], (self.course.loss or [1.0])[-1]
            return 1 - last / first if math.isfinite(last) and first > 0 else -math.inf
        if not math.isfinite(self.reached):
            return -math.inf
        return 1 - self.reached / self.baseline

    @cached_property
    def hits(self) -> float:
        """By which share the model is right more often than by always naming the largest class."""
        told = self.told_classes
        if told is None or self.table.classes is None:
            return 0.0
        right, most = float((told == self.table.classes).mean()), self.table.counts.max()
        often = most / len(told)
        return (right - often) / (1 - often) if often < 1 else 0.0

    @cached_property
    def told_classes(self) -> np.ndarray | None:
        """The class that the model names for each example."""
        answers = self.answers
        if answers is None or self.table.classes is None or answers.ndim != 2:
            return None
        if answers.shape[1] > 1:
            return answers.argmax(axis=1)
        half = 0.0 if getattr(self.loss, "from_logits", False) else 0.5
        return (answers[:, 0] > half).astype(int)

    @cached_property
    def grip(self) -> float:
        """The correlation of answers with targets, over the examples it learnt from."""
        wanted, answers = self.table.wanted, self.answers
        if wanted is None or answers is None or not np.isfinite(answers).all():
            return 0.0
        answers = answers.reshape(len(answers), -1)
        if answers.shape[1] == 1 and wanted.shape[1] == 2:
            answers = np.concatenate([-answers, answers], axis=1)
        if answers.shape[1] != wanted.shape[1]:
            return 0.0
        return alike(answers.astype(np.float64), wanted)

    @cached_property
    def well(self) -> bool:
        """Whether training did what training is for."""
        if not self.trained or self.course.not_finite or not math.isfinite(self.reached):
            return False
        return self.skill >= WELL or self.hits >= 0.6


def _tensor(x: np.ndarray) -> Tensor:
    return Tensor(Node(x))


def doubled(data: Data) -> tuple[Any, Any, Any]:
    """Give examples in double precision."""

    def double(x: Any) -> Any:
        return x.astype(np.float64) if x.dtype.kind == "f" else x

    y, w = (None if each is None else map_tree(double, each) for each in (data.y, data.weight))
    return map_tree(double, data.x), y, w


def spread(data: Data, rows: int) -> Data:
    """Give so many of the examples, from the first to the last; all, if there are no more."""
    if len(data) <= rows:
        return data
    return Data(*data.take(np.linspace(0, len(data) - 1, rows).astype(int)))
