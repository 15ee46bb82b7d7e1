"""Learning rates that change from step to step."""

from clearprop.errors import attribute_finder
from clearprop.optim.schedules.base import Decay, LearningRateSchedule
from clearprop.optim.schedules.cosine import CosineDecay, CosineDecayRestarts
from clearprop.optim.schedules.decay import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from clearprop.optim.schedules.registry import SCHEDULES, deserialize, register, serialize

__all__ = [
    "LearningRateSchedule",
    "Decay",
    "ExponentialDecay",
    "PolynomialDecay",
    "PiecewiseConstantDecay",
    "InverseTimeDecay",
    "CosineDecay",
    "CosineDecayRestarts",
    "serialize",
    "deserialize",
    "register",
    "SCHEDULES",
]

__getattr__ = attribute_finder("optimizers.schedules", __all__)
