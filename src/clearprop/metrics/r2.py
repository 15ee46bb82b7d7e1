"""How much of the variation of targets the predictions explain."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop.core.caller import warn
from clearprop.errors import OptionError, ShapeError
from clearprop.metrics.base import Metric
from clearprop.metrics.weights import array, fitted, spread

__all__ = ["R2Score"]

AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


@final
class R2Score(Metric):
    r"""
    The share of the targets' variance that predictions explain: 1 is best, 0 is the mean's.

    .. math:: R^2 = 1 - \frac{\sum (t - y)^2}{\sum (t - \bar{t})^2}

    Parameters
    ----------
    class_aggregation : {"uniform_average", "variance_weighted_average"} or None
        Whether the scores of several outputs are averaged, averaged by the variance of each, or
        given as an array.
    num_regressors : int
        How many inputs a linear model has, to adjust for them; 0 does not adjust. As in Keras the
        samples are then counted once for each output.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> round(R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]]), 3)
    0.571
    """

    aliases = ("r2_score",)
    mean: Any  # of the targets, of each output; None before the first batch
    seen: int

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        if class_aggregation not in AGGREGATIONS:
            raise OptionError(
                f"{name}: class_aggregation must be None, 'uniform_average' or"
                f" 'variance_weighted_average'; got {class_aggregation!r}."
            )
        if num_regressors < 0:
            raise OptionError(f"{name}: num_regressors must be 0 or more; got {num_regressors!r}.")
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.reset()

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        t, y = (array(x).astype(np.float64) for x in (y_true, y_pred))
        t, y = (x[:, None] if x.ndim == 1 else x for x in (t, y))
        if t.shape != y.shape or t.ndim != 2:
            raise ShapeError(
                f"{self.name}: y_true has shape {np.shape(y_true)}, y_pred has shape"
                f" {np.shape(y_pred)}; both must be (N, O)."
            )
        weight = np.ones(t.shape)
        if sample_weight is not None:
            weight = spread(fitted(self.name, sample_weight, t.shape), t.shape)
        if self.mean is None:
            self.count, self.mean, self.squares, self.missed = (
                np.zeros(t.shape[1]) for _ in range(4)
            )
        self._take_in(t, weight)
        self.missed = self.missed + (weight * (t - y) ** 2).sum(axis=0)
        self.seen += t.size

    def _take_in(self, t: np.ndarray, weight: np.ndarray) -> None:
        """Bring mean and squared distances from it up to date; no large numbers are subtracted."""
        count = weight.sum(axis=0)
        both = np.where(self.count + count == 0, 1.0, self.count + count)
        mean = (weight * t).sum(axis=0) / np.where(count == 0, 1.0, count)
        apart = mean - self.mean
        within = (weight * (t - mean) ** 2).sum(axis=0)
        self.squares = self.squares + within + apart**2 * self.count * count / both
        self.mean = self.mean + apart * count / both
        self.count = self.count + count

    def result(self) -> Any:
        if self.mean is None:
            return float("nan")
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = 1 - self.missed / self.squares
        scores = np.where(np.isinf(scores), 0.0, scores)  # targets that are all alike
        if self.class_aggregation == "uniform_average":
            scores = np.asarray(scores.mean())
        elif self.class_aggregation == "variance_weighted_average":
            with np.errstate(invalid="ignore"):
                scores = np.asarray((self.squares * scores).sum() / self.squares.sum())
        scores = self._adjusted(scores)
        return scores if np.ndim(scores) else float(scores)

    def _adjusted(self, scores: Any) -> Any:
        n, p = self.seen, self.num_regressors
        if p == 0:
            return scores
        if p >= n - 1:
            warn(
                f"{self.name}: {p} regressors are too many to adjust for with {n} numbers; the"
                " score is not adjusted."
            )
            return scores
        return 1 - (1 - scores) * (n - 1) / (n - p - 1)

    def reset(self) -> None:
        self.mean = None
        self.seen = 0
