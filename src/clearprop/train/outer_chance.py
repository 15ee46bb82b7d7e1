"""What draws, or counts up, by itself: how far it has come, and how to put it back there."""

from __future__ import annotations

import itertools
import random
import sys
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Stream", "stream_of"]


class Stream(NamedTuple):
    """
    Something whose next value is another each time.

    Attributes
    ----------
    now : callable ``() -> Any``
        Tells how far it has come.
    put : callable ``(Any)``, or None
        Puts it back to where it was; None if nobody can.
    """

    now: Callable[[], Any]
    put: Callable[[Any], Any] | None = None

    def moved(self, was: Any) -> bool:
        """Put it back to where it was, if it has moved; tell whether it had."""
        if _plain(self.now()) == _plain(was):
            return False
        if self.put is not None:
            self.put(was)
        return True


def stream_of(thing: Any) -> Stream | None:
    """
    Give an object as a stream, if it is one.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> stream = stream_of(rng)
    >>> was, first = stream.now(), rng.random()
    >>> stream.moved(was), rng.random() == first
    (True, True)
    """
    if "numpy.random" in sys.modules:  # slow to import
        if isinstance(thing, np.random.Generator):
            thing = thing.bit_generator
        if isinstance(thing, np.random.BitGenerator):
            bits = thing
            return Stream(lambda: bits.state, lambda state: setattr(bits, "state", state))
        if isinstance(thing, np.random.RandomState):
            return Stream(lambda: thing.get_state(legacy=False), thing.set_state)
    if isinstance(thing, random.Random):
        return Stream(thing.getstate, thing.setstate)
    if isinstance(thing, types.GeneratorType):
        return Stream(lambda: _place(thing))
    if isinstance(thing, itertools.count):
        return Stream(lambda: repr(thing))
    if hasattr(type(thing), "__length_hint__") and hasattr(type(thing), "__next__"):
        return Stream(thing.__length_hint__)  # such as an iterator over a list
    return None


def _place(generator: types.GeneratorType[Any, Any, Any]) -> Any:
    frame = generator.gi_frame
    return None if frame is None else (frame.f_lasti, repr(frame.f_locals))


def _plain(state: Any) -> Any:
    """Give a state as something that can be compared."""
    if isinstance(state, np.ndarray):
        return state.dtype.str, state.tobytes()
    if isinstance(state, dict):
        return [(key, _plain(value)) for key, value in state.items()]
    if isinstance(state, tuple | list):
        return [_plain(each) for each in state]
    return state
