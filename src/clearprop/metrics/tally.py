"""The counts of right and wrong answers, at all thresholds in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.errors import OptionError, RangeError, ShapeError
from clearprop.metrics.base import Metric, aligned
from clearprop.metrics.weights import array, fitted, spread

__all__ = ["share", "tally", "yes_or_no"]


def tally(
    metric: Metric,
    y_true: Any,
    y_pred: Any,
    sample_weight: Any,
    thresholds: np.ndarray,
    *,
    top_k: int | None = None,
    class_id: int | None = None,
    by_label: bool = False,
    label_weights: np.ndarray | None = None,
) -> np.ndarray:
    """
    Count true positives, false positives, true negatives and false negatives.

    Predictions are put in order among the thresholds once, so that two hundred of them cost
    hardly more than one. A prediction that is no number makes every count of its label NaN.

    Parameters
    ----------
    metric : Metric
        Whose name messages have.
    y_true, y_pred : array, shape (N, ...)
        Targets, 0 and 1, and predictions.
    sample_weight : array, optional
    thresholds : array, shape (T,)
        A prediction above one is a yes there.
    top_k, class_id : int, optional
        As for `Precision`.
    by_label : bool
        Whether to count each output by itself.
    label_weights : array, shape (K,), optional
        How much each output counts.

    Returns
    -------
    array, shape (4, T) or (4, T, K)

    Raises
    ------
    ShapeError, RangeError, OptionError
        If targets, predictions and weights do not fit each other or the settings.
    """
    who = metric.name
    hint = " For class numbers give one-hot targets: to_categorical(y)."
    t, p = aligned(who, array(y_true), array(y_pred), NUMPY, hint)
    p = p.astype(metric.dtype or (p.dtype if p.dtype.kind == "f" else np.float64))
    t = yes_or_no(who, t)
    weight = np.ones(p.shape)
    if sample_weight is not None:
        weight = spread(fitted(who, sample_weight, p.shape), p.shape)
    if label_weights is not None:
        weight = weight * _weights_of_labels(who, label_weights, p.shape)
    if top_k is not None:
        p = _largest(who, p, top_k)
    if class_id is not None:
        if p.ndim < 2 or not 0 <= class_id < p.shape[-1]:
            raise OptionError(
                f"{who}: class_id {class_id} is none of the outputs, of shape {p.shape}; classes"
                " are counted from 0 along the last axis."
            )
        t, p, weight = (x[..., class_id, None] for x in (t, p, weight))
    columns = p.shape[-1] if by_label else 1
    t, p, weight = (x.reshape(-1, columns) for x in (t, p, weight))
    counts = _counted(t, p, weight, thresholds)
    return counts if by_label else counts[..., 0]


def _counted(t: np.ndarray, p: np.ndarray, weight: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Count in columns: (M, K) in, (4, T, K) out."""
    order = np.argsort(at, kind="stable")
    levels, (K, T) = at[order].astype(p.dtype), (p.shape[1], len(at))
    passed = np.searchsorted(levels, p, side="left")  # how many thresholds each one is above
    bins = passed + (T + 1) * np.arange(K)
    counts = np.empty((4, T, K))
    for i, counted in enumerate((weight * t, weight * ~t)):
        held = np.bincount(bins.reshape(-1), counted.reshape(-1), minlength=K * (T + 1))
        above = held.reshape(K, T + 1)[:, ::-1].cumsum(axis=1)[:, ::-1].T  # (T + 1, K)
        counts[i][order] = above[1:]
        counts[3 - i][order] = above[0] - above[1:]
    counts[..., np.isnan(p).any(axis=0)] = np.nan
    return counts


def yes_or_no(who: str, t: np.ndarray) -> np.ndarray:
    """
    Give targets as true and false.

    Raises
    ------
    RangeError
        If one is neither 0 nor 1.
    """
    if t.dtype.kind == "b":
        return t
    wrong = (t != 0) & (t != 1)
    if wrong.any():
        at = np.argwhere(wrong)[0]
        raise RangeError(
            f"{who}: target {t[tuple(at)]:g} at {at.tolist()} is neither 0 nor 1. For class numbers"
            " give one-hot targets: to_categorical(y)."
        )
    return t == 1


def share(part: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Divide by the whole; of nothing the share is 0."""
    whole = part + others
    return np.divide(part, np.where(whole == 0, 1.0, whole))


def _largest(who: str, p: np.ndarray, k: int) -> np.ndarray:
    """Keep the `k` largest of each row; no threshold is below what the others become."""
    if p.ndim < 2 or k > p.shape[-1]:
        raise ShapeError(
            f"{who}: top_k={k} of predictions of shape {p.shape}; it can be 1 to the number of"
            " outputs, of which the last axis has one each."
        )
    at = np.argsort(-p, axis=-1, kind="stable")[..., :k]
    kept = np.full_like(p, -np.inf)
    np.put_along_axis(kept, at, np.take_along_axis(p, at, axis=-1), axis=-1)
    kept[np.isnan(p).any(axis=-1)] = np.nan  # which are the largest cannot be told
    return kept


def _weights_of_labels(who: str, weights: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if shape[-1:] != weights.shape:
        raise ShapeError(
            f"{who}: label_weights has shape {weights.shape}, the predictions {shape}: one weight"
            " for each output is needed."
        )
    return weights
