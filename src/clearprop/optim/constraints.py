"""What a setting may be, as data: checks, messages and documentation come from it."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from clearprop.errors import OptionError

__all__ = [
    "Domain",
    "Interval",
    "Numbers",
    "OrFunction",
    "OrNone",
    "Switch",
    "Text",
    "at_least",
    "between",
    "needed",
    "number",
    "positive",
    "rate",
    "setting",
    "switch",
    "text",
]


_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


class Domain(ABC):
    """A set of settings. As a string it is said in words, as they follow "must be"."""

    @abstractmethod
    def taken(self, value: Any) -> Any:
        """
        Give `value` in its plain form.

        Raises
        ------
        LookupError
            If it does not belong here.
        """

    def checked(self, name: str, value: Any) -> Any:
        """
        Give `value` in its plain form, if it belongs here.

        Raises
        ------
        OptionError
            If it does not.

        Examples
        --------
        >>> Interval(0, 1, "left").checked("beta_1", 1.0)
        Traceback (most recent call last):
        clearprop.errors.OptionError: beta_1 must be in [0, 1); got 1.0.
        """
        try:
            return self.taken(value)
        except LookupError:
            text = isinstance(value, str) and _NUMBER.fullmatch(value.strip())
            mend = f" Write {value.strip()} without quotes." if text else ""
            raise OptionError(f"{name} must be {self}; got {value!r}.{mend}") from None


@final
@dataclass(frozen=True)
class Interval(Domain):
    """
    The finite numbers between two ends, which may be infinite.

    Parameters
    ----------
    low, high : float
    closed : {"both", "left", "right", "neither"}
        Which ends belong to it.
    whole : bool
        Whether the numbers are whole ones.
    """

    low: float = -math.inf
    high: float = math.inf
    closed: str = "neither"
    whole: bool = False

    def taken(self, value: Any) -> Any:
        found = _number(value)
        if found is None or found not in self:
            raise LookupError(value)
        return int(found) if self.whole else found

    def __contains__(self, value: float) -> bool:
        above = value >= self.low if self.closed in ("both", "left") else value > self.low
        below = value <= self.high if self.closed in ("both", "right") else value < self.high
        return above and below and math.isfinite(value) and not (self.whole and value % 1)

    def __str__(self) -> str:
        kind = "a whole number " if self.whole else ""
        if -math.inf < self.low and self.high < math.inf:
            left = "[" if self.closed in ("both", "left") else "("
            right = "]" if self.closed in ("both", "right") else ")"
            return f"{kind}in {left}{self.low:g}, {self.high:g}{right}"
        if self.high < math.inf:
            how = "at most" if self.closed in ("both", "right") else "less than"
            return f"{kind}{how} {self.high:g}"
        if self.low == -math.inf:
            return "a finite number"
        how = "at least" if self.closed in ("both", "left") else "greater than"
        return f"{kind}{how} {self.low:g}"


@final
@dataclass(frozen=True)
class Switch(Domain):
    """True and false."""

    def taken(self, value: Any) -> bool:
        if isinstance(value, bool | np.bool):
            return bool(value)
        raise LookupError(value)

    def __str__(self) -> str:
        return "True or False"


@final
@dataclass(frozen=True)
class Text(Domain):
    """Texts that are not empty."""

    def taken(self, value: Any) -> str:
        if isinstance(value, str) and value:
            return value
        raise LookupError(value)

    def __str__(self) -> str:
        return "a text"


@final
@dataclass(frozen=True)
class Numbers(Domain):
    """Lists of numbers, each in `each`."""

    each: Interval

    def taken(self, value: Any) -> list[Any]:
        if not isinstance(value, list | tuple | np.ndarray):
            raise LookupError(value)
        return [self.each.taken(one) for one in value]

    def __str__(self) -> str:
        return f"a list of numbers, each {self.each}"


@final
@dataclass(frozen=True)
class OrNone(Domain):
    """What is in `inner`, and None, which turns the setting off."""

    inner: Domain

    def taken(self, value: Any) -> Any:
        return None if value is None else self.inner.taken(value)

    def __str__(self) -> str:
        return f"{self.inner}, or None"


@final
@dataclass(frozen=True)
class OrFunction(Domain):
    """What is in `inner`, and functions that give it."""

    inner: Domain

    def taken(self, value: Any) -> Any:
        return value if callable(value) else self.inner.taken(value)

    def __str__(self) -> str:
        return f"{self.inner}, or a function of the step"


def _number(value: Any) -> float | None:
    """Give a number, or an array of one number, as a float; None for anything else."""
    if isinstance(value, bool | np.bool | str | bytes) or getattr(value, "size", 1) != 1:
        return None
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, OverflowError):
        return None


def setting(default: Any, domain: Domain, *, optional: bool = False, common: bool = False) -> Any:
    """
    Declare a setting.

    Parameters
    ----------
    default : value in the domain
    domain : Domain
    optional : bool
        Whether None will do as well.
    common : bool
        Whether every kind has it: it is then given by name alone, and shown only where it is not
        the default.
    """
    whole = OrNone(domain) if optional else domain
    return field(default=default, kw_only=common, metadata={"domain": whole})


def rate(default: float, *, zero: bool = True) -> Any:
    """Declare a learning rate: a number, which may be `zero` or not, or a function of the step."""
    domain = OrFunction(Interval(0.0, closed="left" if zero else "neither"))
    return field(default=default, metadata={"domain": domain})


def positive(*default: float) -> Any:
    """Declare a setting greater than zero, with a default or without."""
    return _declared(Interval(0.0), default)


def at_least(low: float, *default: float) -> Any:
    """Declare a setting of `low` or more, with a default or without."""
    return _declared(Interval(low, closed="left"), default)


def number(*default: float) -> Any:
    """Declare a setting that is any finite number, with a default or without."""
    return _declared(Interval(), default)


def needed(domain: Domain) -> Any:
    """Declare a setting without a default."""
    return field(metadata={"domain": domain})


def _declared(domain: Domain, default: tuple[float, ...]) -> Any:
    return setting(default[0], domain) if default else needed(domain)


def between(low: float, high: float, *, default: float, closed: str = "both") -> Any:
    """Declare a setting from `low` to `high`; `closed` tells which ends are allowed."""
    return setting(default, Interval(low, high, closed))


def switch(default: bool) -> Any:
    """Declare a setting that is on or off."""
    return setting(default, Switch())


def text(default: str) -> Any:
    """Declare a setting that is a text."""
    return setting(default, Text())
