"""The area under a curve of rates, over all thresholds."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop.core.caller import warn
from clearprop.core.namespaces import NUMPY
from clearprop.errors import OptionError, ShapeError, unknown
from clearprop.metrics.confusion import Confusion, parsed
from clearprop.metrics.tally import share, tally
from clearprop.metrics.weights import array
from clearprop.ops.measures import EPSILON

__all__ = ["AUC"]

CURVES = ("ROC", "PR", "PRGAIN")
SUMMATIONS = ("interpolation", "minoring", "majoring")


@final
class AUC(Confusion):
    """
    The area under a curve that a threshold draws as it falls: 1 is best, 0.5 is guessing (ROC).

    Parameters
    ----------
    num_thresholds : int
        How many thresholds to take, evenly from 0 to 1. More come nearer to the true area.
    curve : {"ROC", "PR", "PRGAIN"}
        True positives by false ones; precision by recall; or the gain of both over always yes.
    summation_method : {"interpolation", "minoring", "majoring"}
        Whether the area between two thresholds is that of a trapezium (under a PR curve, that of
        the counts between them), of the lower or of the higher rectangle.
    name, dtype
        As for every `Metric`.
    thresholds : sequence of float, optional
        Thresholds of your own between 0 and 1, instead of even ones.
    multi_label : bool
        Whether each output has a curve of its own; the areas are averaged.
    num_labels : int, optional
        How many outputs there are, where each has its curve.
    label_weights : sequence of float, optional
        How much each output counts.
    from_logits : bool
        Whether predictions are sums, to which sigmoid has yet to be applied, not probabilities.

    References
    ----------
    J. Davis and M. Goadrich, The Relationship Between Precision-Recall and ROC Curves (2006), for
    the interpolation of PR. P. Flach and M. Kull, Precision-Recall-Gain Curves (2015).

    Examples
    --------
    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.75
    """

    aliases = ("auc",)

    def __init__(
        self,
        num_thresholds: Any = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        self.curve = _among("curve", str(curve).upper(), CURVES)
        self.summation_method = _among(
            "summation_method", str(summation_method).lower(), SUMMATIONS
        )
        if num_labels and not multi_label:
            raise OptionError("num_labels is for multi_label=True, where each output has a curve.")
        self.multi_label, self.num_labels, self.from_logits = multi_label, num_labels, from_logits
        self.label_weights = None if label_weights is None else array(label_weights).tolist()
        self.thresholds = None
        if thresholds is not None:
            self.thresholds = sorted(parsed(thresholds, 0.5))
            between = self.thresholds
        elif isinstance(num_thresholds, int) and num_thresholds > 1:
            between = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        else:
            raise OptionError(f"num_thresholds must be 2 or more; got {num_thresholds!r}.")
        self.num_thresholds = len(between) + 2
        super().__init__([-EPSILON, *between, 1 + EPSILON], name, dtype)

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        p = array(y_pred)
        if self.from_logits:
            p = NUMPY.sigmoid(p.astype(self.dtype or np.result_type(p, np.float32)))
        p = self._between_0_and_1(p)
        weights = None if self.label_weights is None else np.asarray(self.label_weights, float)
        if self.multi_label:
            if p.ndim != 2 or (self.num_labels or p.shape[1]) != p.shape[1]:
                raise ShapeError(
                    f"{self.name}: predictions have shape {p.shape}; with multi_label=True it must"
                    f" be (N, {self.num_labels or 'K'}), a column for each label."
                )
            found = tally(self, y_true, p, sample_weight, self.at, by_label=True)
            self.counts = found if self.counts.ndim == 2 else self.counts + found
        else:
            found = tally(self, y_true, p, sample_weight, self.at, label_weights=weights)
            self.counts = self.counts + found

    def reset(self) -> None:
        super().reset()
        self._said: set[str] = set()

    def result(self) -> float:
        self._warn_of_one_class()
        tp, fp, tn, fn = self.counts
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = _area_between_counts(tp, fp, fn)
        else:
            x, y = self._curve(tp, fp, tn, fn)
            heights = {
                "interpolation": (y[:-1] + y[1:]) / 2,
                "minoring": np.minimum(y[:-1], y[1:]),
                "majoring": np.maximum(y[:-1], y[1:]),
            }[self.summation_method]
            areas = ((x[:-1] - x[1:]) * heights).sum(axis=0)
        if self.multi_label and areas.ndim:
            return float(np.average(areas, weights=self.label_weights))
        return float(areas)

    def _curve(
        self, tp: np.ndarray, fp: np.ndarray, tn: np.ndarray, fn: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give the points of the curve, from the lowest threshold to the highest."""
        if self.curve == "ROC":
            return share(fp, tn), share(tp, fn)
        if self.curve == "PR":
            return share(tp, fn), share(tp, fp)
        odds = _over(tp + fn, tn + fp)
        recall_gain = np.where(tp == 0, 0.0, 1 - odds * _over(fn, tp))
        precision_gain = np.where(tp == 0, 1.0, 1 - odds * _over(fp, tp))
        return np.maximum(recall_gain, 0.0), precision_gain

    def _between_0_and_1(self, p: np.ndarray) -> np.ndarray:
        """Take predictions as probabilities, and say if they are none."""
        if not p.size or ((low := p.min()) >= 0 and p.max() <= 1):
            return p
        if np.isfinite(p).all():
            self._say(
                "range",
                f"{self.name}: predictions from {low:g} to {p.max():g} are no probabilities; below"
                " 0 counts as 0, above 1 as 1. For sums before a sigmoid give from_logits=True.",
            )
        return np.clip(p, 0, 1)

    def _warn_of_one_class(self) -> None:
        tp, fp, tn, fn = (c.sum(axis=0) for c in self.counts)
        yes, no = tp + fn, fp + tn
        if ((yes == 0) != (no == 0)).any():
            only = "0" if (yes == 0).any() else "1"
            self._say(
                "class",
                f"{self.name}: all targets so far"
                f"{' of a label' if self.multi_label else ''} are {only}; the curve needs both 0"
                " and 1. Its area is not to be relied on.",
            )

    def _say(self, what: str, words: str) -> None:
        """Warn once until the next reset."""
        if what not in self._said:
            self._said.add(what)
            warn(words)


def _area_between_counts(tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> np.ndarray:
    """Integrate precision along straight lines between the counts at neighbouring thresholds."""
    found = tp + fp
    gained = tp[:-1] - tp[1:]
    slope = _over(gained, np.maximum(found[:-1] - found[1:], 0))
    level = tp[1:] - slope * found[1:]
    both = (found[:-1] > 0) & (found[1:] > 0)
    ratio = np.where(both, _over(found[:-1], np.maximum(found[1:], 0)), 1.0)
    areas = slope * (gained + level * np.log(ratio))
    return _over(areas, np.maximum(tp[1:] + fn[1:], 0)).sum(axis=0)


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide, with 0 where there is nothing to divide by."""
    return np.where(whole == 0, 0.0, part / np.where(whole == 0, 1.0, whole))


def _among(what: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise unknown(what, value, choices)
    return value
