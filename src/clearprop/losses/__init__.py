"""Loss functions: how far predictions are from their targets, as one number."""

from clearprop.errors import attribute_finder
from clearprop.losses.base import ALIASES, LOSSES, REDUCTIONS, Loss
from clearprop.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from clearprop.losses.registry import (
    FunctionLoss,
    binary_crossentropy,
    categorical_crossentropy,
    get,
    half_sse,
    mean_absolute_error,
    mean_squared_error,
    serialize,
    sparse_categorical_crossentropy,
)
from clearprop.losses.regression import HalfSumSquaredError, MeanAbsoluteError, MeanSquaredError

__all__ = [
    "MeanSquaredError",
    "HalfSumSquaredError",
    "MeanAbsoluteError",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "mean_squared_error",
    "half_sse",
    "mean_absolute_error",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "get",
    "serialize",
    "Loss",
    "FunctionLoss",
    "ALIASES",
    "LOSSES",
    "REDUCTIONS",
]

__getattr__ = attribute_finder("losses", __all__)
