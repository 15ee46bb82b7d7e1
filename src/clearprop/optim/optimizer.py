"""What an optimizer is: a pure rule that takes one leaf, its gradient and its state a step on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, ClassVar, Self, TypeAlias

from clearprop.errors import OptionError, nearest
from clearprop.optim.constraints import Domain

__all__ = ["Array", "Optimizer", "Rate", "State"]

Array: TypeAlias = Any
State: TypeAlias = dict[str, Array]
Rate: TypeAlias = float | Callable[[int], float]


class Optimizer(ABC):
    """
    How a weight follows its gradient.

    A kind of optimizer is a dataclass of settings with two methods. Both work on ONE leaf, write
    nothing anywhere, and use operators and functions of the namespace `xp` alone: the same rule
    runs on arrays, under ``jit``, and on records and symbols, so that an update can be asked why.

    Settings are fixed when it is made, apart from `learning_rate`, which may be set anew at any
    time and holds from the next step on.

    Attributes
    ----------
    learning_rate : float or callable ``(step) -> float``
        How far to go; a callable is asked before every step, which is counted from 0.
    """

    name: ClassVar[str]  # what `get` knows it by; each kind says its own
    learning_rate: Rate

    @abstractmethod
    def init(self, xp: Any, w: Array) -> State:
        """
        Make the state of one leaf before its first step.

        Parameters
        ----------
        xp : namespace
        w : array of any shape
            The leaf.

        Returns
        -------
        dict of str to array, each of the shape of `w`
        """

    @abstractmethod
    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        """
        Take one step.

        Parameters
        ----------
        xp : namespace
        w, g : array of any shape
            The leaf, and the gradient of the loss with respect to it.
        state : dict of str to array
            What `init` or the last `update` gave.
        step : int
            How many steps came before this one.
        lr : float
            The learning rate of this step, as `rate` tells it.

        Returns
        -------
        w : array
            The leaf after the step.
        state : dict of str to array
        """

    def rate(self, step: int) -> float:
        """
        Tell the learning rate of a step, counted from 0.

        Raises
        ------
        OptionError
            If the schedule gives anything but a finite number of at least 0.
        """
        if not callable(self.learning_rate):
            return self.learning_rate
        number: float = Domain(0.0, closed="left").checked(
            f"the learning rate that the schedule gives for step {step}", self.learning_rate(step)
        )
        return number

    def get_config(self) -> dict[str, Any]:
        """
        Give the settings as JSON can hold them.

        Raises
        ------
        OptionError
            If the learning rate is a function, which no file can hold.
        """
        config = {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type]
        if callable(self.learning_rate):
            raise OptionError(
                f"the learning rate of {type(self).__name__} is a function"
                f" ({self.learning_rate!r}), which cannot be written down; set"
                " optimizer.learning_rate to a number first."
            )
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make the optimizer that `get_config` described."""
        return cls(**config)

    def __new__(cls, *args: Any, **settings: Any) -> Self:
        """Refuse settings that it does not have, in words."""
        known = [each.name for each in fields(cls)]  # type: ignore[arg-type]
        strange = [name for name in settings if name not in known]
        if strange:
            close = ["learning_rate"] if strange[0] == "lr" else nearest(strange[0], known, most=1)
            hint = f"; did you mean {close[0]!r}?" if close else "."
            raise OptionError(
                f"{cls.__name__} has no setting {strange[0]!r}{hint} It has: {', '.join(known)}."
            )
        return super().__new__(cls)

    def __setattr__(self, name: str, value: Any) -> None:
        """Check a setting; once made, only the learning rate can be set anew."""
        field = type(self).__dataclass_fields__.get(name)  # type: ignore[attr-defined]
        if field is None:
            raise AttributeError(f"{type(self).__name__} has no setting {name!r}.")
        # While it is being made, a field is not yet in the instance's own dictionary.
        if name in self.__dict__ and name != "learning_rate":
            raise OptionError(
                f"{name} is fixed once {type(self).__name__} is made; make another with"
                f" {name}={value!r} (learning_rate alone can change)."
            )
        where = f"{type(self).__name__}: {name}"
        object.__setattr__(self, name, field.metadata["domain"].checked(where, value))


def domains(kind: type[Optimizer]) -> dict[str, tuple[Any, Domain]]:
    """Tell the default and the domain of each setting of a kind of optimizer."""
    return {
        each.name: (None if each.default is MISSING else each.default, each.metadata["domain"])
        for each in fields(kind)  # type: ignore[arg-type]
    }
