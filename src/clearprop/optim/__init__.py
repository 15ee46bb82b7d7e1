"""Optimizers as pure rules on one leaf, with schedules, decay, clipping and averages."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.errors import attribute_finder
from clearprop.optim.optimizer import MODULES, OPTIMIZERS, Optimizer
from clearprop.optim.registry import deserialize, get, register, serialize

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.optim import schedules as schedules
    from clearprop.optim.adadelta import Adadelta
    from clearprop.optim.adafactor import Adafactor
    from clearprop.optim.adagrad import Adagrad
    from clearprop.optim.adam import Adam, AdamW
    from clearprop.optim.adamax import Adamax
    from clearprop.optim.ftrl import Ftrl
    from clearprop.optim.lamb import Lamb
    from clearprop.optim.lion import Lion
    from clearprop.optim.nadam import Nadam
    from clearprop.optim.rmsprop import RMSprop
    from clearprop.optim.sgd import SGD

__all__ = [
    "Optimizer",
    "SGD",
    "RMSprop",
    "Adagrad",
    "Adadelta",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "Ftrl",
    "Lion",
    "Lamb",
    "Adafactor",
    "schedules",
    "get",
    "serialize",
    "deserialize",
    "register",
    "OPTIMIZERS",
]

__getattr__, __dir__ = names_of(
    "clearprop.optim",
    [*MODULES, "clearprop.optim.schedules"],
    __all__,
    attribute_finder("optimizers", __all__),
)
