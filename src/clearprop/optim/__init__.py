"""Optimizers as pure rules on one leaf, with schedules and clipping."""

from clearprop.errors import attribute_finder
from clearprop.optim.adam import Adam
from clearprop.optim.optimizer import Optimizer
from clearprop.optim.registry import OPTIMIZERS, deserialize, get, serialize
from clearprop.optim.sgd import SGD

__all__ = ["Optimizer", "SGD", "Adam", "get", "serialize", "deserialize", "OPTIMIZERS"]

__getattr__ = attribute_finder("optimizers", __all__)
