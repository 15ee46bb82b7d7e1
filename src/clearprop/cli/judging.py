"""How good a model is on rows that it did not learn from, in figures and in words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from clearprop.cli.output import confusion_table, figure
from clearprop.errors import NumericsError
from clearprop.lang import say

__all__ = ["Judgement", "OfAmounts", "OfClasses", "judged"]

_TABLE_AT_MOST = 12  # classes; a table of more is not read
_WORST = 3


class Judgement(ABC):
    """What came of a test."""

    @abstractmethod
    def lines(self, on: str) -> list[str]:
        """Say it; `on` is what it was tested on."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Give it as plain data."""


@final
@dataclass(frozen=True)
class OfClasses(Judgement):
    """
    A test of a classification.

    Parameters
    ----------
    counts : array of int, shape (K, K)
        Row: true class. Column: predicted class.
    names : tuple of str
        The classes.
    """

    counts: np.ndarray
    names: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many rows were tested."""
        return int(self.counts.sum())

    @property
    def right(self) -> int:
        """How many of them the model got right."""
        return int(np.trace(self.counts))

    @property
    def accuracy(self) -> float:
        """The share of them."""
        return self.right / self.total

    def lines(self, on: str) -> list[str]:
        most = self.counts.sum(axis=1)
        common = int(most.argmax())
        out = [
            say(
                "cli.accuracy_on",
                on=on, accuracy=figure(self.accuracy), right=self.right, total=self.total,
            ),
            say(
                "cli.baseline_class",
                name=self.names[common], accuracy=figure(int(most[common]) / self.total),
            ),
        ]  # fmt: skip
        if len(self.names) <= _TABLE_AT_MOST:
            return [*out, "", *confusion_table(self.counts, self.names)]
        wrong = self.counts - np.diag(np.diag(self.counts))
        worst = np.argsort(-wrong, axis=None, kind="stable")[:_WORST]
        for i, j in zip(*np.unravel_index(worst, wrong.shape), strict=True):
            if wrong[i, j]:
                named = {"true": self.names[i], "predicted": self.names[j]}
                out.append("  " + say("cli.confused", count=int(wrong[i, j]), **named))
        return out

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.total,
            "accuracy": self.accuracy,
            "right": self.right,
            "classes": list(self.names),
            "confusion": self.counts,
        }


@final
@dataclass(frozen=True)
class OfAmounts(Judgement):
    """
    A test of a regression.

    Parameters
    ----------
    true, predicted : array, shape (N,)
        In the column's own units.
    usual : float
        The mean that one would guess without a model: that of the rows learnt from.
    """

    true: np.ndarray
    predicted: np.ndarray
    usual: float

    @property
    def mae(self) -> float:
        """Mean absolute error."""
        return float(np.abs(self.predicted - self.true).mean())

    @property
    def r2(self) -> float | None:
        """Share of the variance that the model explains; None where nothing varies."""
        spread = float(((self.true - self.true.mean()) ** 2).sum())
        rest = float(((self.true - self.predicted) ** 2).sum())
        return 1 - rest / spread if spread else None

    def lines(self, on: str) -> list[str]:
        r2 = "–" if self.r2 is None else figure(self.r2)
        usual = float(np.abs(self.usual - self.true).mean())
        return [
            say("cli.error_on", on=on, mae=figure(self.mae), r2=r2, total=len(self.true)),
            say("cli.baseline_amount", value=figure(self.usual), mae=figure(usual)),
        ]

    def to_json(self) -> dict[str, Any]:
        rmse = float(np.sqrt(((self.true - self.predicted) ** 2).mean()))
        return {"rows": len(self.true), "mae": self.mae, "rmse": rmse, "r2": self.r2}


def judged(preprocessor: Any, outputs: np.ndarray, y: np.ndarray, learnt: np.ndarray) -> Judgement:
    """
    Compare a model's outputs with targets.

    Parameters
    ----------
    preprocessor : Preprocessor
        How the targets were made.
    outputs : array, shape (N, outputs)
        The model's.
    y : array
        The targets, as the preprocessor gives them.
    learnt : array
        The targets learnt from.

    Raises
    ------
    NumericsError
        If an output is not finite.
    """
    if not np.isfinite(outputs).all():
        raise NumericsError(say("cli.diverged"))
    if preprocessor.task == "classification":
        K = len(preprocessor.classes)
        predicted = outputs.argmax(axis=1) if outputs.shape[1] > 1 else outputs[:, 0] > 0.5
        counts = np.zeros((K, K), np.int64)
        np.add.at(counts, (y, predicted.astype(np.int64)), 1)
        return OfClasses(counts, preprocessor.classes)
    usual = float(preprocessor.decode(np.full((1, 1), learnt.mean()))[0])
    return OfAmounts(preprocessor.decode(y), preprocessor.decode(outputs), usual)
