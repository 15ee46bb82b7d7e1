"""What a schedule is: a learning rate for each step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from typing import Any

from clearprop.core.later import Register
from clearprop.core.namespaces import NUMPY
from clearprop.errors import OptionError
from clearprop.optim.settings import Settings

__all__ = ["MODULES", "SCHEDULES", "Decay", "LearningRateSchedule"]

# Where the schedules are, the commonest first.
MODULES = ("clearprop.optim.schedules.decay", "clearprop.optim.schedules.cosine")
SCHEDULES: Register[type[LearningRateSchedule]] = Register(*MODULES)


@dataclass(repr=False, eq=False)
class LearningRateSchedule(Settings, ABC):
    """
    A learning rate for each step, for an optimizer's `learning_rate`.

    Examples
    --------
    One of your own. With a `get_config`, and made known by `schedules.register`, it can be saved
    with a model:

    >>> class Halving(LearningRateSchedule):
    ...     def __init__(self, start):
    ...         self.start = start
    ...
    ...     def __call__(self, step):
    ...         return self.start / 2**step
    >>> Halving(0.8)(3)
    0.1
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__module__ in MODULES:
            SCHEDULES[cls.__name__] = cls

    @abstractmethod
    def __call__(self, step: int) -> float:
        """Give the learning rate of a step, counted from 0."""

    def __float__(self) -> float:
        """Give the learning rate of the next step of the optimizer that it was given to."""
        optimizer = self.__dict__.get("_optimizer")
        return float(self(0 if optimizer is None else optimizer.iterations))

    def get_config(self) -> dict[str, Any]:
        """
        Give the settings as JSON can hold them.

        Raises
        ------
        OptionError
            If it is a plain class that does not say.
        """
        config = super().get_config()
        if config.keys() < set(self._arguments()):
            raise OptionError(
                f"{type(self).__name__} cannot be written down: give it a get_config that gives"
                f" {', '.join(self._arguments())}."
            )
        return config


@dataclass(repr=False, eq=False)
class Decay(LearningRateSchedule):
    """A schedule that is a formula, written with operators and functions of a namespace `xp`."""

    @abstractmethod
    def at(self, xp: Any, step: Any) -> Any:
        """
        Give the learning rate of a step as a number of the kind that `xp` works on.

        Parameters
        ----------
        xp : namespace
        step : number
            Counted from 0.
        """

    def __call__(self, step: int) -> float:
        try:
            return float(self.at(NUMPY, float(step)))
        except OverflowError:  # of Python's powers
            return inf
