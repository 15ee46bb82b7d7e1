"""Metrics found by name, and as functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import OptionError, unknown
from clearprop.metrics.accuracy import (
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    accuracy_for,
)
from clearprop.metrics.base import ALIASES, METRICS, FunctionMetric, MeanMetric, Metric
from clearprop.metrics.regression import MeanAbsoluteError, MeanSquaredError

__all__ = [
    "binary_accuracy",
    "categorical_accuracy",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_accuracy",
]


def _values(metric: MeanMetric, y_true: Any, y_pred: Any) -> Tensor:
    arrays = (np.asarray(x.data if isinstance(x, Tensor) else x) for x in (y_true, y_pred))
    return Tensor(Node(np.asarray(metric.values(NUMPY, *arrays))))


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """
    Compute 1 where a yes-or-no answer is right, else 0.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, O)
        Targets and predictions.
    threshold : float
        Predictions above it count as yes.

    Returns
    -------
    Tensor, shape (N, O)

    Examples
    --------
    >>> binary_accuracy([[1], [0]], [[0.8], [0.7]]).tolist()
    [[1.0], [0.0]]
    """
    return _values(BinaryAccuracy(threshold=threshold), y_true, y_pred)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """
    Compute, for one-hot targets, 1 where the largest output is the right one, else 0.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, K)
        Targets and predictions.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> categorical_accuracy([[1, 0], [1, 0]], [[0.8, 0.2], [0.3, 0.7]]).tolist()
    [1.0, 0.0]
    """
    return _values(CategoricalAccuracy(), y_true, y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """
    Compute, for class numbers, 1 where the largest output is the right one, else 0.

    Parameters
    ----------
    y_true : array, shape (N,)
        Class numbers.
    y_pred : array, shape (N, K)
        Predictions.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> sparse_categorical_accuracy([0, 0], [[0.8, 0.2], [0.3, 0.7]]).tolist()
    [1.0, 0.0]
    """
    return _values(SparseCategoricalAccuracy(), y_true, y_pred)


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """
    Compute each sample's mean squared error.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, O)
        Targets and predictions.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> mean_squared_error([[0.0, 1.0]], [[2.0, 1.0]]).tolist()
    [2.0]
    """
    return _values(MeanSquaredError(), y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """
    Compute each sample's mean absolute error.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, O)
        Targets and predictions.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]]).tolist()
    [1.0]
    """
    return _values(MeanAbsoluteError(), y_true, y_pred)


FUNCTIONS: dict[Any, type[Metric]] = {
    binary_accuracy: BinaryAccuracy,
    categorical_accuracy: CategoricalAccuracy,
    sparse_categorical_accuracy: SparseCategoricalAccuracy,
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
}


def get(
    metric: Any,
    loss: Any = None,
    output_shape: tuple[int | None, ...] | None = None,
    *,
    y_shape: tuple[int | None, ...] | None = None,
) -> Metric:
    """
    Find a metric.

    Parameters
    ----------
    metric : str, Metric, dict or callable
        A name, which it then also has in reports; a metric; what `serialize` gave; or a function
        ``(y_true, y_pred) -> values``. "accuracy" is chosen by the shapes, as Keras does: answers
        of one output are yes or no; targets of one number are class numbers; others one-hot.
    loss : Loss, optional
        The model's loss; it tells what targets are where their shape is not given.
    output_shape : tuple of (int or None), optional
        The shape of the model's outputs.
    y_shape : tuple of (int or None), optional
        The shape of the targets.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> get("accuracy", output_shape=(None, 10), y_shape=(None,))
    SparseCategoricalAccuracy(name='accuracy')
    """
    if isinstance(metric, Metric):
        return metric
    if isinstance(metric, str):
        if metric.lower() in ("accuracy", "acc") and output_shape is not None:
            takes_numbers = loss is not None and loss.takes_class_numbers
            return accuracy_for(y_shape, output_shape, takes_numbers)(name=metric)
        cls = METRICS.get(ALIASES.get(metric, metric))
        if cls is None:
            raise unknown("metric", metric, {*ALIASES, *METRICS})
        return cls(name=metric) if metric in ALIASES else cls()
    if isinstance(metric, Mapping):
        name = metric.get("class_name")
        if name not in METRICS:
            raise unknown("metric", name, METRICS)
        return METRICS[name].from_config(metric.get("config", {}))
    if isinstance(metric, type) and issubclass(metric, Metric):
        return metric()
    if callable(metric) and not isinstance(metric, type):
        if metric in FUNCTIONS:
            return FUNCTIONS[metric](name=metric.__name__)
        return FunctionMetric(metric)
    raise OptionError(
        f"metric must be a name, a Metric or a function (y_true, y_pred) -> values; got {metric!r}."
    )


def serialize(metric: Metric) -> dict[str, Any]:
    """
    Write a metric down as plain JSON-able data; `get` makes it again.

    Examples
    --------
    >>> get(serialize(get("mae"))).name
    'mae'
    """
    return {"class_name": type(metric).__name__, "config": metric.get_config()}
