"""Metrics: what a person reads while a network trains."""

from clearprop.errors import attribute_finder
from clearprop.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
)
from clearprop.metrics.base import ALIASES, METRICS, FunctionMetric, MeanMetric, Metric
from clearprop.metrics.registry import (
    binary_accuracy,
    categorical_accuracy,
    get,
    mean_absolute_error,
    mean_squared_error,
    serialize,
    sparse_categorical_accuracy,
)
from clearprop.metrics.regression import MeanAbsoluteError, MeanSquaredError

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "mean_squared_error",
    "mean_absolute_error",
    "get",
    "serialize",
    "Metric",
    "MeanMetric",
    "FunctionMetric",
    "ALIASES",
    "METRICS",
]

__getattr__ = attribute_finder("metrics", __all__)
