"""Going through time: whoever takes the same step many times says so, and an engine may see it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, TypeAlias

__all__ = ["Turn", "Way", "rolled", "rolling", "rolling_by"]

# (this step's part of each sequence, states) -> (result, states after it)
Turn: TypeAlias = Callable[[list[Any], Any], tuple[Any, Any]]
Way: TypeAlias = Callable[..., tuple[Any, Any] | None]

_WAY: ContextVar[Way | None] = ContextVar("clearprop_rolled", default=None)


def rolled(
    turn: Turn, sequences: Sequence[Any], states: Any, *, reverse: bool, whole: bool
) -> tuple[Any, Any] | None:
    """
    Take the same step for every part of sequences, if somebody knows how to say that at once.

    Parameters
    ----------
    turn : callable ``(parts, states) -> (result, states)``
        The step, in functions of tensors.
    sequences : sequence of Tensor, each (T, ...)
    states : tree of Tensor or array
        What the first step starts from.
    reverse : bool
        Whether the first step is that of the last parts.
    whole : bool
        Whether the results of all steps are wanted; else that of the step that comes last.

    Returns
    -------
    (Tensor, tree of Tensor) or None
        The results, (T, ...) in the order of the sequences if the `whole` is wanted, and the states
        after the step that comes last. None if the steps are to be taken one after the other.
    """
    way = _WAY.get()
    return None if way is None else way(turn, sequences, states, reverse=reverse, whole=whole)


def rolling() -> bool:
    """Tell whether somebody takes steps in another way."""
    return _WAY.get() is not None


@contextlib.contextmanager
def rolling_by(way: Way) -> Iterator[None]:
    """Have steps taken in another way: as one loop of a compiled program."""
    token = _WAY.set(way)
    try:
        yield
    finally:
        _WAY.reset(token)
