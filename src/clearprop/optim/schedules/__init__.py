"""Learning rates that change from step to step."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.errors import attribute_finder
from clearprop.optim.schedules.base import MODULES, SCHEDULES, Decay, LearningRateSchedule
from clearprop.optim.schedules.registry import deserialize, register, serialize

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.optim.schedules.cosine import CosineDecay, CosineDecayRestarts
    from clearprop.optim.schedules.decay import (
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
    )

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

__getattr__, __dir__ = names_of(
    "clearprop.optim.schedules", MODULES, __all__, attribute_finder("optimizers.schedules", __all__)
)
