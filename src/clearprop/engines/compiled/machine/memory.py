"""Memory for native code: aligned, and in test builds with zones that show who wrote beyond."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, final

import numpy as np

from clearprop.core.op import Shape
from clearprop.errors import StateError

__all__ = ["ALIGNMENT", "VARIABLE", "Arena", "Zones", "guarding"]

ALIGNMENT = 64
_ZONE = 256

#: The environment variable that asks for zones, in tests.
VARIABLE = "CLEARPROP_GUARD"

# A NaN in float32 and in float64, so that what reads it shows; and no NaN that arithmetic makes.
_PATTERN = np.frombuffer(b"\xa5\xa5\xf5\xff" * (_ZONE // 4), np.uint8)


def guarding() -> bool:
    """Tell whether programs are to be built with zones around every array."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def _aligned(size: int, *, zeros: bool = False) -> np.ndarray:
    """Give bytes that begin at a multiple of `ALIGNMENT`."""
    room = (np.zeros if zeros else np.empty)(size + ALIGNMENT, np.uint8)
    return room[-room.ctypes.data % ALIGNMENT :][:size]


def _fill(room: np.ndarray) -> None:
    whole = len(room) // _ZONE * _ZONE
    room[:whole].reshape(-1, _ZONE)[:] = _PATTERN
    room[whole:] = _PATTERN[: len(room) - whole]


def _written(room: np.ndarray, start: int, stop: int) -> int | None:
    """Give the first byte of a zone that is no longer as it was filled."""
    zone = room[start:stop]
    expected = np.resize(np.roll(_PATTERN, -(start % _ZONE)), stop - start)
    wrong = np.flatnonzero(zone != expected)
    return start + int(wrong[0]) if len(wrong) else None


@final
class Arena:
    """
    The memory that a program's arrays share, one after the other and side by side.

    Parameters
    ----------
    size : int
        In bytes.
    spans : iterable of (start, size), optional
        Where arrays lie in it, if what lies in none of them is to be watched; all of it is then
        filled with NaNs, which show who reads what nobody wrote.

    Attributes
    ----------
    address : int
        A multiple of `ALIGNMENT`.

    Examples
    --------
    >>> Arena(1000).address % ALIGNMENT
    0
    """

    def __init__(self, size: int, spans: Iterable[tuple[int, int]] | None = None) -> None:
        self.bytes = _aligned(max(size, 1))
        self.address = int(self.bytes.ctypes.data)
        self._zones: list[tuple[int, int]] = []
        if spans is None:
            return
        _fill(self.bytes)
        reached = 0
        for start, length in sorted(spans):
            if start > reached:
                self._zones.append((reached, start))
            reached = max(reached, start + length)
        if size > reached:
            self._zones.append((reached, size))

    def check(self) -> None:
        """
        See whether the zones are as they were.

        Raises
        ------
        StateError
            If something was written beyond an array.
        """
        for start, stop in self._zones:
            if (wrong := _written(self.bytes, start, stop)) is not None:
                raise StateError(
                    f"byte {wrong} of the arena, between two arrays, was written to:"
                    f" nothing may be from {start} to {stop}."
                )


@final
class Zones:
    """
    Arrays with zones around them, for what lies outside the arena: data, weights, results.

    Examples
    --------
    >>> zones = Zones()
    >>> copy = zones.around(np.arange(3.0))
    >>> zones.check()
    >>> copy
    array([0., 1., 2.])
    """

    def __init__(self) -> None:
        self._rooms: list[tuple[np.ndarray, int]] = []

    def array(self, shape: Shape, dtype: Any) -> np.ndarray:
        """Give an array of NaNs, or of what their bits are in other kinds of numbers."""
        kind = np.dtype(dtype)
        size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
        room = _aligned(size + 2 * _ZONE)
        _fill(room)
        self._rooms.append((room, size))
        made: np.ndarray = room[_ZONE : _ZONE + size].view(kind).reshape(shape)
        return made

    def around(self, array: np.ndarray) -> np.ndarray:
        """Give a copy of an array."""
        made = self.array(array.shape, array.dtype)
        made[...] = array
        return made

    def check(self) -> None:
        """
        See whether the zones are as they were.

        Raises
        ------
        StateError
            If something was written beyond an array.
        """
        for i, (room, size) in enumerate(self._rooms):
            for start, stop in ((0, _ZONE), (_ZONE + size, len(room))):
                if (wrong := _written(room, start, stop)) is not None:
                    raise StateError(
                        f"array {i}, of {size} bytes, was written to at byte {wrong - _ZONE}."
                    )
