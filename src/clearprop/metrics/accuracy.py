"""Metrics that count right answers."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop.errors import OptionError, RangeError, ShapeError
from clearprop.metrics.base import aligned
from clearprop.metrics.means import MeanMetric, function_of

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "accuracy_for",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


@final
class Accuracy(MeanMetric):
    """
    The fraction of predictions that equal their targets.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> Accuracy()([[1], [2], [3], [4]], [[0], [2], [3], [4]])
    0.75
    """

    aliases = ("accuracy", "acc")

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(self.name, y_true, y_pred, xp)
        if y_pred.dtype.kind == "f":  # or 0.1 would not equal 0.1 in another kind of number
            y_true = xp.astype(y_true, dtype=y_pred.dtype)
        return xp.astype(y_true == y_pred, dtype=xp.float32)


@final
class BinaryAccuracy(MeanMetric):
    """
    The fraction of yes-or-no answers that are right: 1 for each that is, else 0.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.
    threshold : float
        Predictions above it count as yes.

    Raises
    ------
    OptionError
        If `threshold` is not between 0 and 1.

    Examples
    --------
    >>> BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1.0], [0.0], [0.6]])
    0.75
    >>> binary_accuracy([[1], [0]], [[0.8], [0.7]]).tolist()
    [[1.0], [0.0]]
    """

    aliases = ("binary_accuracy",)

    def __init__(
        self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(name, dtype)
        if not 0 < threshold < 1:
            raise OptionError(f"{name}: threshold must be between 0 and 1; got {threshold!r}.")
        self.threshold = float(threshold)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(self.name, y_true, y_pred, xp)
        answers = xp.astype(y_pred > self.threshold, dtype=xp.float32)
        return xp.astype(xp.astype(y_true, dtype=xp.float32) == answers, dtype=xp.float32)


@final
class CategoricalAccuracy(MeanMetric):
    """
    The fraction of samples whose largest output is where the one-hot target is largest.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    >>> categorical_accuracy([[1, 0], [1, 0]], [[0.8, 0.2], [0.3, 0.7]]).tolist()
    [1.0, 0.0]
    """

    aliases = ("categorical_accuracy",)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        right = _label_of(self.name, xp, y_true, y_pred) == xp.argmax(y_pred, axis=-1)
        return xp.astype(right, dtype=xp.float32)


@final
class SparseCategoricalAccuracy(MeanMetric):
    """
    The fraction of samples whose largest output is that of their class.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
    0.5
    >>> sparse_categorical_accuracy([0, 0], [[0.8, 0.2], [0.3, 0.7]]).tolist()
    [1.0, 0.0]
    """

    aliases = ("sparse_categorical_accuracy",)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        found = xp.astype(xp.argmax(y_pred, axis=-1), dtype=xp.int64)
        right = labels(self.name, xp, y_true, y_pred) == found
        return xp.astype(right, dtype=xp.float32)


@final
class TopKCategoricalAccuracy(MeanMetric):
    """
    The fraction of samples whose class, given one-hot, is among the `k` largest outputs.

    Parameters
    ----------
    k : int
        How many of the outputs count as named.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [1, 0, 0]], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]])
    0.5
    >>> top_k_categorical_accuracy([[0, 0, 1]], [[0.1, 0.5, 0.4]], k=2).tolist()
    [1.0]
    """

    aliases = ("top_k_categorical_accuracy",)

    def __init__(
        self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(name, dtype)
        self.k = _at_least_one(name, k)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        return _among_largest(xp, _label_of(self.name, xp, y_true, y_pred), y_pred, self.k)


@final
class SparseTopKCategoricalAccuracy(MeanMetric):
    """
    The fraction of samples whose class number is among the `k` largest outputs.

    Parameters
    ----------
    k : int
        How many of the outputs count as named.
    name, dtype
        As for every `Metric`.
    from_sorted_ids : bool
        Whether predictions are class numbers, the likeliest first, not scores.

    Examples
    --------
    >>> SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]])
    0.5
    >>> sparse_top_k_categorical_accuracy([2], [[1, 2, 0]], k=1, from_sorted_ids=True).tolist()
    [0.0]
    """

    aliases = ("sparse_top_k_categorical_accuracy",)

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(name, dtype)
        self.k, self.from_sorted_ids = _at_least_one(name, k), from_sorted_ids

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        t = labels(self.name, xp, y_true, y_pred)
        if not self.from_sorted_ids:
            return _among_largest(xp, t, y_pred, self.k)
        named = xp.astype(y_pred[..., : self.k], dtype=xp.int64)
        found = xp.any(named == xp.expand_dims(t, axis=-1), axis=-1)
        return xp.astype(found, dtype=xp.float32)

    def check(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        if not self.from_sorted_ids:
            in_range(self.name, y_true, y_pred.shape[-1])


def labels(who: str, xp: Any, y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Give class numbers as whole numbers, one for each row of predictions."""
    at = axis % max(y_pred.ndim, 1)
    want = tuple(n for i, n in enumerate(y_pred.shape) if i != at)
    got = tuple(y_true.shape)
    if got == (*want[:at], 1, *want[at:]):
        y_true = xp.reshape(y_true, want)
    elif got != want:
        raise ShapeError(
            f"{who}: y_true has shape {got}; for predictions of shape {tuple(y_pred.shape)} it must"
            f" hold one class number each, shape {want}."
            + (" For one-hot targets use 'categorical_accuracy'." if "accuracy" in who else "")
        )
    return xp.astype(y_true, dtype=xp.int64)


def in_range(who: str, y_true: np.ndarray, classes: int, ignored: int | None = None) -> None:
    """Refuse class numbers that are none of the predictions' classes."""
    beyond = (y_true < 0) | (y_true >= classes) | (y_true != y_true)
    if ignored is not None:
        beyond &= y_true != ignored
    if beyond.any():
        at = np.argwhere(beyond)[0]
        raise RangeError(
            f"{who}: label {y_true[tuple(at)]} at {at.tolist()} is no class: the predictions are"
            f" for {classes} classes, 0 to {classes - 1}."
        )


def _label_of(who: str, xp: Any, y_true: Any, y_pred: Any) -> Any:
    """Give the classes of one-hot targets."""
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{who}: y_true has shape {tuple(y_true.shape)}, y_pred has shape"
            f" {tuple(y_pred.shape)}; they must be the same. For class numbers use"
            f" 'sparse_{who.removeprefix('sparse_')}'."
        )
    return xp.argmax(y_true, axis=-1)


def _among_largest(xp: Any, t: Any, y: Any, k: int) -> Any:
    """Tell where fewer than `k` outputs are larger than that of the class; NaN is not large."""
    own = xp.take_along_axis(y, xp.expand_dims(t, axis=-1), axis=-1)
    larger = xp.sum(xp.astype(y > own, dtype=xp.int64), axis=-1)
    return xp.astype((larger < k) & (own == own)[..., 0], dtype=xp.float32)


def _at_least_one(who: str, k: Any) -> int:
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise OptionError(f"{who}: k must be a whole number from 1; got {k!r}.")
    return k


def accuracy_for(
    y_shape: tuple[int | None, ...] | None,
    output_shape: tuple[int | None, ...],
    class_numbers: bool = False,
) -> type[MeanMetric]:
    """
    Choose, as Keras does, what "accuracy" means.

    Parameters
    ----------
    y_shape, output_shape : tuple of (int or None)
        The shapes of targets and outputs; the targets' may be unknown: None.
    class_numbers : bool
        Whether targets are class numbers, where their shape does not tell.

    Examples
    --------
    >>> accuracy_for((None,), (None, 10)).__name__
    'SparseCategoricalAccuracy'
    """
    if len(output_shape) < 2 or output_shape[-1] == 1:
        return BinaryAccuracy
    if y_shape is None:
        return SparseCategoricalAccuracy if class_numbers else CategoricalAccuracy
    if len(y_shape) < len(output_shape) or y_shape[-1] == 1:
        return SparseCategoricalAccuracy
    return CategoricalAccuracy


binary_accuracy = function_of(BinaryAccuracy)
categorical_accuracy = function_of(CategoricalAccuracy)
sparse_categorical_accuracy = function_of(SparseCategoricalAccuracy)
top_k_categorical_accuracy = function_of(TopKCategoricalAccuracy)
sparse_top_k_categorical_accuracy = function_of(SparseTopKCategoricalAccuracy)
