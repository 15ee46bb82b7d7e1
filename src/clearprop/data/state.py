"""Reads plain JSON data that may have been damaged or forged, and says what is wrong where."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np
import numpy.typing as npt

from clearprop.errors import FormatError
from clearprop.lang import told

__all__ = ["Fields"]

_LONGEST = 1_000_000
_SHOWN = 60


@final
class Fields:
    """
    The named values of one JSON object, each taken once and checked as it is taken.

    Parameters
    ----------
    state : object
        What should be a JSON object.
    where : str
        What to call it in errors.

    Examples
    --------
    >>> fields = Fields({"mean": 1.5}, "scaler")
    >>> fields.number("mean")
    1.5
    >>> fields.end()
    """

    def __init__(self, state: object, where: str) -> None:
        if not isinstance(state, dict):
            raise FormatError(told("files.expected_object", where=where, got=_shown(state)))
        self.where = where
        self._left = dict(state)

    def take(self, name: str) -> Any:
        """Take a value of any kind."""
        if name not in self._left:
            raise FormatError(told("files.missing", where=self.where, name=repr(name)))
        return self._left.pop(name)

    def text(self, name: str) -> str:
        """Take a text."""
        value = self.take(name)
        if not isinstance(value, str):
            raise self.wrong(name, told("files.a_text"), value)
        return value

    def flag(self, name: str) -> bool:
        """Take true or false."""
        value = self.take(name)
        if not isinstance(value, bool):
            raise self.wrong(name, told("files.a_flag"), value)
        return value

    def number(self, name: str, *, positive: bool = False) -> float:
        """Take a finite number."""
        value = self.take(name)
        if not _is_finite(value) or (positive and value <= 0):
            expected = told("files.a_positive" if positive else "files.a_number")
            raise self.wrong(name, expected, value)
        return float(value)

    def items(self, name: str) -> list[Any]:
        """Take a list."""
        value = self.take(name)
        if not isinstance(value, list) or len(value) > _LONGEST:
            raise self.wrong(name, told("files.a_list", most=f"{_LONGEST:,}"), value)
        return value

    def texts(self, name: str, *, least: int = 0) -> tuple[str, ...]:
        """Take a list of at least so many texts, which all differ."""
        value = self.items(name)
        if (
            len(value) < least
            or not all(isinstance(item, str) for item in value)
            or len(set(value)) < len(value)
        ):
            raise self.wrong(name, told("files.some_texts", least=least), value)
        return tuple(value)

    def array(self, name: str, shape: tuple[int, ...], *, positive: bool = False) -> npt.NDArray:
        """Take a flat list of finite numbers as an array of `shape`."""
        value = self.items(name)
        if len(value) != math.prod(shape) or not all(
            _is_finite(item) and (item > 0 or not positive) for item in value
        ):
            key = "some_positives" if positive else "some_numbers"
            raise self.wrong(name, told(f"files.{key}", count=math.prod(shape)), value)
        return np.array(value, np.float64).reshape(shape)

    def shape(self, name: str) -> tuple[int, ...]:
        """Take the shape of an array."""
        value = self.items(name)
        if len(value) > 8 or not all(type(size) is int and 0 <= size < 2**31 for size in value):
            raise self.wrong(name, told("files.a_shape"), value)
        return tuple(value)

    def end(self) -> None:
        """Check that nothing is left."""
        if self._left:
            names = ", ".join(map(_shown, self._left))
            raise FormatError(told("files.left_over", where=self.where, names=names))

    def wrong(self, name: str, expected: str, got: object) -> FormatError:
        """Build the error for a value that is not what it should be."""
        values = {"where": self.where, "name": repr(name), "got": _shown(got)}
        return FormatError(told("files.wrong", **values, expected=expected))


def _is_finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond float64
        return False


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
