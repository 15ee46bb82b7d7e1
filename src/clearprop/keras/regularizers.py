"""Keras's `keras.regularizers`: what weights and outputs raise the loss by."""

from clearprop.errors import attribute_finder
from clearprop.nn.registry import serialize
from clearprop.nn.regularizers import L1, L1L2, L2, OrthogonalRegularizer, Regularizer
from clearprop.nn.regularizers import get_regularizer as get

__all__ = [
    "L1", "L2", "L1L2", "OrthogonalRegularizer", "Regularizer", "l1", "l2", "l1_l2",
    "orthogonal_regularizer", "get", "serialize", "deserialize",
]  # fmt: skip

l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer
deserialize = get

__getattr__ = attribute_finder("regularizers", __all__)
