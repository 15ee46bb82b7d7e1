"""Where layers get what they draw at random in training, so that an engine can hand it in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import numpy as np

from clearprop.core.random import stream

__all__ = ["drawing_from", "keep_mask"]

# (layer's name, seed, step, shape, rate) -> mask
Source = Callable[[str, int | None, int, tuple[int, ...], float], Any]


def keep_mask(
    name: str, seed: int | None, step: int, shape: tuple[int, ...], rate: float
) -> np.ndarray:
    """
    Draw which elements a dropout keeps.

    Parameters
    ----------
    name : str
        The layer's name.
    seed : int or None
        The layer's seed; None takes that of `set_seed`.
    step : int
        How many times the layer has drawn before.
    shape : tuple of int
        The shape of the mask.
    rate : float
        The fraction that is dropped.

    Returns
    -------
    numpy.ndarray of bool
        True where kept; the same for the same arguments, whatever else is drawn.

    Examples
    --------
    >>> bool((keep_mask("dropout", 7, 0, (4,), 0.5) == keep_mask("dropout", 7, 0, (4,), 0.5)).all())
    True
    """
    return stream(seed, "dropout", name, step).random(shape) >= rate


_SOURCE: ContextVar[Source] = ContextVar("clearprop_masks", default=keep_mask)


def drawn_mask(*what: Any) -> Any:
    """Ask whoever hands in masks at the moment."""
    return _SOURCE.get()(*what)


@contextlib.contextmanager
def drawing_from(source: Source) -> Iterator[None]:
    """
    Have masks come from elsewhere: from an input of a compiled step, or from a record.

    Parameters
    ----------
    source : callable
        With the arguments and the result of `keep_mask`.

    Examples
    --------
    >>> import numpy as np
    >>> from clearprop.nn import Dropout
    >>> with drawing_from(lambda name, seed, step, shape, rate: np.zeros(shape, bool)):
    ...     Dropout(0.5)(np.ones((1, 2)), training=True).tolist()
    [[0.0, 0.0]]
    """
    token = _SOURCE.set(source)
    try:
        yield
    finally:
        _SOURCE.reset(token)
