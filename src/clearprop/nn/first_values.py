"""Where weights get their first values: from their initializers, or from a file that is read."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import numpy as np

__all__ = ["drawn_here", "first_values", "taken_from"]

# (path, shape, dtype) -> values
Source = Callable[[str, tuple[int, ...], np.dtype[Any]], np.ndarray]

_SOURCE: ContextVar[Source | None] = ContextVar("clearprop_first_values", default=None)


def first_values(
    path: str, shape: tuple[int, ...], dtype: np.dtype[Any], initialize: Callable[[], np.ndarray]
) -> np.ndarray:
    """Give a new weight its values: those of the source at hand, or what `initialize` makes."""
    source = _SOURCE.get()
    return initialize() if source is None else source(path, shape, dtype)


def drawn_here() -> bool:
    """Tell whether new weights are drawn, and so may be as large as anyone asks for."""
    return _SOURCE.get() is None


@contextlib.contextmanager
def taken_from(source: Source) -> Iterator[None]:
    """
    Have the values of weights come from elsewhere, such as a file, while layers are built.

    The source is asked before anything is made, so that it can also refuse a weight that would be
    too large.

    Parameters
    ----------
    source : callable ``(path, shape, dtype) -> numpy.ndarray``
        Gives an array of just this shape and kind, or raises.

    Examples
    --------
    >>> import numpy as np
    >>> from clearprop.nn import Dense
    >>> layer = Dense(2, name="out")
    >>> with taken_from(lambda path, shape, dtype: np.full(shape, len(path), dtype)):
    ...     layer.build((None, 1))
    >>> [w.tolist() for w in layer.weights]
    [[[10.0, 10.0]], [8.0, 8.0]]
    """
    token = _SOURCE.set(source)
    try:
        yield
    finally:
        _SOURCE.reset(token)
