"""Who is taken for whom: a table of true classes by predicted ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.errors import DTypeError, OptionError, RangeError, ShapeError
from clearprop.metrics.weights import array, fitted

__all__ = ["confusion_matrix"]


def confusion_matrix(
    y_true: Any, y_pred: Any, num_classes: int | None = None, *, sample_weight: Any = None
) -> np.ndarray:
    """
    Count how often each class is taken for each.

    Parameters
    ----------
    y_true, y_pred : array of int, shape (N,) or any one shape
        Class numbers. For outputs of a model give ``y_pred.argmax(axis=-1)``.
    num_classes : int, optional
        By default as many as are needed for the largest number.
    sample_weight : array, shape (N,), optional
        How much each sample counts.

    Returns
    -------
    array, shape (num_classes, num_classes)
        A row for each true class, a column for each predicted one; whole numbers, unless there
        are weights.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DTypeError, RangeError
        If a label is no whole number, or no class.

    Examples
    --------
    >>> confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2])
    array([[1, 0, 0],
           [0, 1, 1],
           [0, 0, 1]])
    """
    who = "confusion_matrix"
    t, p = (_whole(who, what, x) for what, x in (("y_true", y_true), ("y_pred", y_pred)))
    if t.shape != p.shape:
        raise ShapeError(
            f"{who}: y_true has shape {t.shape}, y_pred has shape {p.shape}; both hold class"
            " numbers: give y.argmax(axis=-1) of scores or of one-hot rows."
        )
    if num_classes is None:
        num_classes = int(max(t.max(initial=-1), p.max(initial=-1))) + 1
    for what, x in (("y_true", t), ("y_pred", p)):
        refuse_beyond(who, what, x, num_classes)
    if sample_weight is not None:
        sample_weight = fitted(who, sample_weight, t.shape)
        sample_weight = np.broadcast_to(
            sample_weight.reshape(sample_weight.shape + (1,) * (t.ndim - sample_weight.ndim)),
            t.shape,
        ).reshape(-1)
    return counted(t.reshape(-1), p.reshape(-1), num_classes, sample_weight)


def counted(t: np.ndarray, p: np.ndarray, classes: int, weight: Any = None) -> np.ndarray:
    """Count pairs of class numbers that were checked."""
    found = np.bincount(t * classes + p, weight, minlength=classes * classes)
    return found.reshape(classes, classes)


def _whole(who: str, what: str, x: Any) -> np.ndarray:
    values = array(x)
    if values.dtype.kind not in "biuf" or (values.dtype.kind == "f" and (values % 1 != 0).any()):
        raise DTypeError(f"{who}: {what} must hold class numbers, whole and from 0; got {values}.")
    return values.astype(np.int64)


def refuse_beyond(who: str, what: str, x: np.ndarray, classes: int) -> None:
    """Refuse numbers that are no classes."""
    if classes < 1:
        raise OptionError(f"{who}: num_classes must be 1 or more; got {classes!r}.")
    beyond = (x < 0) | (x >= classes)
    if beyond.any():
        at = np.argwhere(beyond)[0]
        raise RangeError(
            f"{who}: {what} has the label {x[tuple(at)]} at {at.tolist()}; with"
            f" {classes} classes the labels are 0 to {classes - 1}. For one that does not count"
            " there is ignore_class."
        )
