"""Metrics that choose their own threshold: the best of one rate where another is good enough."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop.errors import OptionError
from clearprop.metrics.confusion import Confusion
from clearprop.metrics.tally import share, tally

__all__ = [
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
]


class _AtRate(Confusion):
    """The largest of one rate over the thresholds at which another is at least so large."""

    def __init__(
        self, value: float, num_thresholds: int, class_id: int | None, name: Any, dtype: Any
    ) -> None:
        if not 0 <= value <= 1:
            raise OptionError(f"{type(self).__name__}: the rate must be from 0 to 1; got {value}.")
        if num_thresholds < 1:
            raise OptionError(f"num_thresholds must be 1 or more; got {num_thresholds!r}.")
        self.num_thresholds, self.class_id, self._value = num_thresholds, class_id, value
        several = np.arange(num_thresholds) / max(num_thresholds - 1, 1)
        super().__init__(several if num_thresholds > 1 else [0.5], name, dtype)

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        found = tally(self, y_true, y_pred, sample_weight, self.at, class_id=self.class_id)
        self.counts = self.counts + found

    def best(self, figure: np.ndarray, where: np.ndarray) -> float:
        """Give the largest figure where the other is good enough; 0 where it never is."""
        if np.isnan(self.counts).any():
            return float("nan")
        return float(np.max(figure, where=where >= self._value, initial=0.0))

    def rates(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give sensitivity (which recall is too), specificity and precision at each threshold."""
        tp, fp, tn, fn = self.counts
        return share(tp, fn), share(tn, fp), share(tp, fp)


@final
class SensitivityAtSpecificity(_AtRate):
    """
    The largest sensitivity at a threshold where the specificity is at least `specificity`.

    Parameters
    ----------
    specificity : float, from 0 to 1
        Of what is no, the share that must be answered so.
    num_thresholds : int
        How many thresholds from 0 to 1 to try.
    class_id : int, optional
        Which of the outputs to look at; all of them by default.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0.1, 0.3, 0.8, 0.4, 0.9])
    1.0
    """

    aliases = ("sensitivity_at_specificity",)

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity

    def result(self) -> float:
        sensitivity, specificity, _ = self.rates()
        return self.best(sensitivity, where=specificity)


@final
class SpecificityAtSensitivity(_AtRate):
    """
    The largest specificity at a threshold where the sensitivity is at least `sensitivity`.

    Parameters
    ----------
    sensitivity : float, from 0 to 1
        Of what is yes, the share that must be answered so.
    num_thresholds : int
        How many thresholds from 0 to 1 to try.
    class_id : int, optional
        Which of the outputs to look at; all of them by default.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0.1, 0.3, 0.8, 0.4, 0.9])
    1.0
    """

    aliases = ("specificity_at_sensitivity",)

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity

    def result(self) -> float:
        sensitivity, specificity, _ = self.rates()
        return self.best(specificity, where=sensitivity)


@final
class PrecisionAtRecall(_AtRate):
    """
    The largest precision at a threshold where the recall is at least `recall`.

    Parameters
    ----------
    recall : float, from 0 to 1
        Of what is yes, the share that must be answered so.
    num_thresholds : int
        How many thresholds from 0 to 1 to try.
    class_id : int, optional
        Which of the outputs to look at; all of them by default.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0.1, 0.3, 0.8, 0.4, 0.9])
    1.0
    """

    aliases = ("precision_at_recall",)

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall

    def result(self) -> float:
        recall, _, precision = self.rates()
        return self.best(precision, where=recall)


@final
class RecallAtPrecision(_AtRate):
    """
    The largest recall at a threshold where the precision is at least `precision`.

    Parameters
    ----------
    precision : float, from 0 to 1
        Of the yes answers, the share that must be right.
    num_thresholds : int
        How many thresholds from 0 to 1 to try.
    class_id : int, optional
        Which of the outputs to look at; all of them by default.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> RecallAtPrecision(0.5)([0, 0, 0, 1, 1], [0.1, 0.3, 0.8, 0.4, 0.9])
    1.0
    """

    aliases = ("recall_at_precision",)

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision

    def result(self) -> float:
        recall, _, precision = self.rates()
        return self.best(recall, where=precision)
