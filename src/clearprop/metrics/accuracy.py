"""Metrics that count right answers."""

from __future__ import annotations

from typing import Any, final

from clearprop.errors import OptionError, ShapeError
from clearprop.metrics.base import MeanMetric, aligned

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "accuracy_for",
]


@final
class Accuracy(MeanMetric):
    """
    The fraction of predictions that equal their targets.

    Parameters
    ----------
    name : str
        What it is called in reports.

    Examples
    --------
    >>> Accuracy()([[1], [2], [3], [4]], [[0], [2], [3], [4]])
    0.75
    """

    aliases = ("accuracy", "acc")

    def __init__(self, name: str = "accuracy") -> None:
        super().__init__(name)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(self.name, y_true, y_pred, xp)
        if y_pred.dtype.kind == "f":  # or 0.1 would not equal 0.1 in another kind of number
            y_true = xp.astype(y_true, dtype=y_pred.dtype)
        return xp.astype(y_true == y_pred, dtype=xp.float32)


@final
class BinaryAccuracy(MeanMetric):
    """
    The fraction of yes-or-no answers that are right.

    Parameters
    ----------
    name : str
        What it is called in reports.
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
    """

    aliases = ("binary_accuracy",)

    def __init__(self, name: str = "binary_accuracy", threshold: float = 0.5) -> None:
        super().__init__(name)
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
    name : str
        What it is called in reports.

    Examples
    --------
    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    0.5
    """

    aliases = ("categorical_accuracy",)

    def __init__(self, name: str = "categorical_accuracy") -> None:
        super().__init__(name)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        if y_true.shape != y_pred.shape:
            raise ShapeError(
                f"{self.name}: y_true has shape {tuple(y_true.shape)}, y_pred has shape"
                f" {tuple(y_pred.shape)}; they must be the same. For class numbers use"
                " 'sparse_categorical_accuracy'."
            )
        return xp.astype(xp.argmax(y_true, axis=-1) == xp.argmax(y_pred, axis=-1), dtype=xp.float32)


@final
class SparseCategoricalAccuracy(MeanMetric):
    """
    The fraction of samples whose largest output is that of their class.

    Parameters
    ----------
    name : str
        What it is called in reports.

    Examples
    --------
    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])
    0.5
    """

    aliases = ("sparse_categorical_accuracy",)

    def __init__(self, name: str = "sparse_categorical_accuracy") -> None:
        super().__init__(name)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        want = tuple(y_pred.shape[:-1])
        if tuple(y_true.shape) == (*want, 1):
            y_true = xp.reshape(y_true, want)
        if tuple(y_true.shape) != want:
            raise ShapeError(
                f"{self.name}: y_true has shape {tuple(y_true.shape)}; for predictions of shape"
                f" {tuple(y_pred.shape)} it must hold one class number each, shape {want}."
                " For one-hot targets use 'categorical_accuracy'."
            )
        right = xp.astype(y_true, dtype=xp.int64) == xp.astype(
            xp.argmax(y_pred, axis=-1), dtype=xp.int64
        )
        return xp.astype(right, dtype=xp.float32)


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
