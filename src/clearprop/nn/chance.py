"""Where layers get what they draw at random in training, so that an engine can hand it in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import numpy as np

from clearprop.core.random import stream
from clearprop.nn.initializers.base import seed_or_none
from clearprop.nn.layer import Layer

__all__ = ["KINDS", "Drawing", "drawing_from", "drawn", "from_source"]

Shape = tuple[int, ...]
# (layer's path, its seed, how often it has drawn, kind, shape, rate) -> array
Source = Callable[[str, int | None, int, str, Shape, float], Any]

KINDS: dict[str, Callable[[np.random.Generator, Shape, float], np.ndarray]] = {
    "keep": lambda rng, shape, rate: rng.random(shape) >= rate,  # True where it is kept
    "normal": lambda rng, shape, rate: rng.standard_normal(shape),
    "uniform": lambda rng, shape, rate: rng.random(shape),
}


def drawn(
    path: str, seed: int | None, step: int, kind: str, shape: Shape, rate: float = 0.0
) -> np.ndarray:
    """
    Draw what a layer needs in one call.

    Parameters
    ----------
    path : str
        The layer's path.
    seed : int or None
        The layer's seed; None takes that of `set_seed`.
    step : int
        How many times the layer has drawn before.
    kind : {"keep", "normal", "uniform"}
        Booleans that are False with probability `rate`; standard normal numbers; numbers in
        [0, 1).
    shape : tuple of int
        The shape of what is drawn.
    rate : float
        The fraction that is not kept.

    Returns
    -------
    numpy.ndarray of bool or float64
        The same for the same arguments, whatever else is drawn.

    Examples
    --------
    >>> bool((drawn("dropout", 7, 0, "keep", (4,)) == drawn("dropout", 7, 0, "keep", (4,))).all())
    True
    """
    return KINDS[kind](stream(seed, "dropout", path, step), shape, rate)


_SOURCE: ContextVar[Source] = ContextVar("clearprop_drawn", default=drawn)


@contextlib.contextmanager
def drawing_from(source: Source) -> Iterator[None]:
    """
    Have what is drawn come from elsewhere: from an input of a compiled step, or from a record.

    Parameters
    ----------
    source : callable
        With the arguments and the result of `drawn`.

    Examples
    --------
    >>> import numpy as np
    >>> from clearprop.nn import Dropout
    >>> with drawing_from(lambda path, seed, step, kind, shape, rate: np.zeros(shape, bool)):
    ...     Dropout(0.5)(np.ones((1, 2)), training=True).tolist()
    [[0.0, 0.0]]
    """
    token = _SOURCE.set(source)
    try:
        yield
    finally:
        _SOURCE.reset(token)


def from_source(
    path: str, seed: int | None, step: int, kind: str, shape: Shape, rate: float = 0.0
) -> Any:
    """Draw as `drawn` does, or from where `drawing_from` says."""
    return _SOURCE.get()(path, seed, step, kind, shape, rate)


class Drawing(Layer):
    """
    A layer that draws at random in training.

    What it draws depends on the seed, the layer's path and how often it has drawn before, on
    nothing else: the same run draws the same again.

    Parameters
    ----------
    seed : int, optional
        Where to start drawing; that of `set_seed` otherwise.
    **options
        `name`, `dtype`, `trainable`, `input_shape`, as for every `Layer`.

    Attributes
    ----------
    step : int
        How many times it has drawn; model files keep it, so that a run can be continued.
    """

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.seed = seed_or_none(seed)
        self.step = 0

    def draw(self, kind: str, shape: Shape, rate: float = 0.0) -> Any:
        """
        Draw an array of one of the `KINDS`: a constant, through which no gradient flows.

        Parameters
        ----------
        kind : {"keep", "normal", "uniform"}
        shape : tuple of int
        rate : float
            Of "keep": the fraction that is not kept.
        """
        got = from_source(self.path, self.seed, self.step, kind, tuple(shape), rate)
        self.step += 1
        return got if kind == "keep" else got.astype(self._dtype)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a layer like this one."""
        return {**super().get_config(), "seed": self.seed}
