"""Keras's `keras.constraints`: what weights are put through after each step."""

from clearprop.errors import attribute_finder
from clearprop.nn.constraints import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from clearprop.nn.constraints import get_constraint as get
from clearprop.nn.registry import serialize

__all__ = [
    "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "Constraint", "max_norm", "min_max_norm",
    "non_neg", "unit_norm", "get", "serialize", "deserialize",
]  # fmt: skip

max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm
deserialize = get

__getattr__ = attribute_finder("constraints", __all__)
