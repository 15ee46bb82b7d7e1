"""Precision and recall in one figure."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop.errors import OptionError, ShapeError
from clearprop.metrics.base import Metric
from clearprop.metrics.tally import yes_or_no
from clearprop.metrics.weights import array, fitted
from clearprop.ops.measures import EPSILON

__all__ = ["F1Score", "FBetaScore"]

AVERAGES = (None, "micro", "macro", "weighted")


class _FScore(Metric):
    """Counts of each class by itself, and their weighted harmonic mean."""

    counts: Any  # (3, K): found, wrongly claimed, missed; None before the first batch

    def __init__(self, average: Any, beta: Any, threshold: Any, name: str, dtype: Any) -> None:
        super().__init__(name, dtype)
        if average not in AVERAGES:
            raise OptionError(
                f"{name}: average must be None, 'micro', 'macro' or 'weighted'; got {average!r}."
            )
        if isinstance(beta, bool) or not isinstance(beta, int | float) or not beta > 0:
            raise OptionError(f"{name}: beta must be a number above 0; got {beta!r}.")
        if threshold is not None and not 0 < threshold <= 1:
            raise OptionError(f"{name}: threshold must be above 0, at most 1; got {threshold!r}.")
        self.average, self.beta, self.threshold = average, float(beta), threshold
        self.reset()

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        t, p = array(y_true), array(y_pred)
        if t.shape != p.shape or p.ndim != 2:
            raise ShapeError(
                f"{self.name}: y_true has shape {t.shape}, y_pred has shape {p.shape}; both must"
                " be (N, K), a column for each class. For class numbers give one-hot targets:"
                " to_categorical(y)."
            )
        t = yes_or_no(self.name, t)
        if self.threshold is None:  # the largest is yes, but none of a row of zeros
            yes = (p >= p.max(axis=1, keepdims=True)) & (np.abs(p) > 1e-9)
        else:
            yes = p > self.threshold
        weight = np.ones(len(p))
        if sample_weight is not None:
            weight = fitted(self.name, sample_weight, p.shape[:1])
        sums = [weight @ part.astype(np.float64) for part in (yes & t, yes & ~t, ~yes & t)]
        counts = np.where(np.isnan(p).any(), np.nan, np.stack(sums))  # (3, K)
        if self.average == "micro":
            counts = counts.sum(axis=1)
        self.counts = counts if self.counts is None else self.counts + counts

    def result(self) -> Any:
        if self.counts is None:
            return float("nan")
        tp, fp, fn = self.counts
        precision, recall = tp / (tp + fp + EPSILON), tp / (tp + fn + EPSILON)
        squared = self.beta**2
        scores = (1 + squared) * precision * recall / (squared * precision + recall + EPSILON)
        if self.average is None:
            return scores
        if self.average == "weighted":
            return float((scores * (tp + fn)).sum() / ((tp + fn).sum() + EPSILON))
        return float(np.mean(scores))

    def reset(self) -> None:
        self.counts = None


@final
class FBetaScore(_FScore):
    r"""
    The weighted harmonic mean of precision and recall.

    .. math:: F_\beta = (1 + \beta^2) \frac{\text{precision} \cdot \text{recall}}
        {\beta^2 \, \text{precision} + \text{recall}}

    Parameters
    ----------
    average : {"micro", "macro", "weighted"}, optional
        Of all answers together; the mean over the classes; that weighted by how often each
        occurs; or, by default, each class by itself, as an array.
    beta : float
        How many times recall weighs what precision does.
    threshold : float, optional
        Outputs above it are yes; by default the largest of each sample is.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> t, p = [[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0]]
    >>> FBetaScore(beta=2.0, threshold=0.5)(t, p).round(3).tolist()
    [0.385, 0.909, 0.833]
    """

    aliases = ("f_beta_score", "fbeta_score")

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, beta, threshold, name, dtype)


@final
class F1Score(_FScore):
    r"""
    The harmonic mean of precision and recall.

    .. math:: F_1 = 2 \frac{\text{precision} \cdot \text{recall}}
        {\text{precision} + \text{recall}}

    Parameters
    ----------
    average : {"micro", "macro", "weighted"}, optional
        Of all answers together; the mean over the classes; that weighted by how often each
        occurs; or, by default, each class by itself, as an array.
    threshold : float, optional
        Outputs above it are yes; by default the largest of each sample is.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> t, p = [[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0]]
    >>> F1Score(threshold=0.5)(t, p).round(3).tolist()
    [0.5, 0.8, 0.667]
    """

    aliases = ("f1_score",)

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)
