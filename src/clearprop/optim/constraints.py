"""What an optimizer's settings may be, as data: checks, messages and documentation come from it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clearprop.errors import OptionError

__all__ = ["Domain", "at_least", "between", "positive", "switch"]


@dataclass(frozen=True)
class Domain:
    """
    A set of settings: an interval of numbers, or true and false.

    Parameters
    ----------
    low, high : float
        The ends of the interval; may be infinite.
    closed : {"both", "left", "right", "neither"}
        Which ends belong to it.
    switch : bool
        Whether the setting is true or false instead.
    schedule : bool
        Whether a function of the step will do as well.
    """

    low: float = -math.inf
    high: float = math.inf
    closed: str = "neither"
    switch: bool = False
    schedule: bool = False

    def __str__(self) -> str:
        """Say it in words, as they follow "must be"."""
        if self.switch:
            return "True or False"
        words = self._interval()
        return f"{words}, or a function of the step" if self.schedule else words

    def _interval(self) -> str:
        if self.high < math.inf:
            left = "[" if self.closed in ("both", "left") else "("
            right = "]" if self.closed in ("both", "right") else ")"
            return f"in {left}{self.low:g}, {self.high:g}{right}"
        return f"{'at least' if self.closed == 'left' else 'greater than'} {self.low:g}"

    def __contains__(self, value: float) -> bool:
        above = value >= self.low if self.closed in ("both", "left") else value > self.low
        below = value <= self.high if self.closed in ("both", "right") else value < self.high
        return above and below and math.isfinite(value)

    def checked(self, name: str, value: Any) -> Any:
        """
        Give `value` as a plain number (or switch), if it belongs here.

        Raises
        ------
        OptionError
            If it does not.

        Examples
        --------
        >>> Domain(0, 1, "left").checked("beta_1", 1.0)
        Traceback (most recent call last):
        clearprop.errors.OptionError: beta_1 must be in [0, 1); got 1.0.
        """
        if self.switch and isinstance(value, bool | np.bool):
            return bool(value)
        if self.schedule and callable(value):
            return value
        if not self.switch and (number := _number(value)) is not None and number in self:
            return number
        raise OptionError(f"{name} must be {self}; got {value!r}.")


def _number(value: Any) -> float | None:
    """Give a number, or an array of one number, as a float; None for anything else."""
    if isinstance(value, bool | np.bool | str | bytes) or getattr(value, "size", 1) != 1:
        return None
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError):
        return None


def positive(default: float) -> Any:
    """Declare a setting greater than zero."""
    return field(default=default, metadata={"domain": Domain(0.0)})


def at_least(low: float, *, default: float, schedule: bool = False) -> Any:
    """Declare a setting of `low` or more; a function of the step will do if `schedule`."""
    domain = Domain(low, closed="left", schedule=schedule)
    return field(default=default, metadata={"domain": domain})


def between(low: float, high: float, *, default: float, closed: str = "both") -> Any:
    """Declare a setting from `low` to `high`; `closed` tells which ends are allowed."""
    return field(default=default, metadata={"domain": Domain(low, high, closed)})


def switch(default: bool) -> Any:
    """Declare a setting that is on or off."""
    return field(default=default, metadata={"domain": Domain(switch=True)})
