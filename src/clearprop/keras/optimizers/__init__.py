"""Keras's `keras.optimizers`."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.keras.absent import finder
from clearprop.optim import __all__ as _names

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.optim import *

__all__ = [name for name in _names if name != "register"]  # Keras's own is elsewhere

__getattr__, __dir__ = names_of(
    "clearprop.keras.optimizers", ["clearprop.optim"], __all__, finder("optimizers", __all__)
)
