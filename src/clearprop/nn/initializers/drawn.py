"""Initializers that draw from a distribution given outright."""

from __future__ import annotations

import math
from typing import final

import numpy as np

from clearprop.errors import ShapeError
from clearprop.nn.initializers.base import Draw, Initializer, Shape, seed_or_none
from clearprop.nn.settings import number

__all__ = ["Orthogonal", "RandomNormal", "RandomUniform", "TruncatedNormal", "truncated"]


@final
class RandomNormal(Initializer):
    """
    Normally distributed numbers.

    Parameters
    ----------
    mean, stddev : float
        Mean and standard deviation.
    seed : int, optional
        Where to start drawing; the same numbers at every call then.

    Examples
    --------
    >>> RandomNormal(stddev=0.1, seed=1)((3, 2)).shape
    (3, 2)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = number("RandomNormal", "mean", mean)
        self.stddev = number("RandomNormal", "stddev", stddev, least=0)
        self.seed = seed_or_none(seed)

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        return rng.normal(self.mean, self.stddev, shape)


@final
class RandomUniform(Initializer):
    """
    Numbers spread evenly over an interval.

    Parameters
    ----------
    minval, maxval : float
        The ends of the interval.
    seed : int, optional
        Where to start drawing; the same numbers at every call then.

    Examples
    --------
    >>> bool(abs(RandomUniform(-0.1, 0.1, seed=1)((3, 2))).max() <= 0.1)
    True
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        self.minval = number("RandomUniform", "minval", minval)
        self.maxval = number("RandomUniform", "maxval", maxval, least=self.minval)
        self.seed = seed_or_none(seed)

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        return rng.uniform(self.minval, self.maxval, shape)


@final
class TruncatedNormal(Initializer):
    """
    Normally distributed numbers, drawn again where more than two deviations from the mean.

    Parameters
    ----------
    mean, stddev : float
        Mean and standard deviation before the cut.
    seed : int, optional
        Where to start drawing; the same numbers at every call then.

    Examples
    --------
    >>> bool(abs(TruncatedNormal(stddev=0.1, seed=1)((30, 2))).max() <= 0.2)
    True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = number("TruncatedNormal", "mean", mean)
        self.stddev = number("TruncatedNormal", "stddev", stddev, least=0)
        self.seed = seed_or_none(seed)

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        return self.mean + self.stddev * truncated(shape, rng)


@final
class Orthogonal(Initializer):
    """
    A random matrix with orthogonal columns (or rows, if there are fewer rows) of length `gain`.

    For more than two axes, all but the last count as rows.

    Parameters
    ----------
    gain : float
        What to multiply by.
    seed : int, optional
        Where to start drawing; the same numbers at every call then.

    Raises
    ------
    ShapeError
        When called for a shape of fewer than two axes.

    References
    ----------
    Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks", 2014.

    Examples
    --------
    >>> q = Orthogonal(seed=1)((2, 2), "float64")
    >>> abs((q.T @ q).round(9)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain, self.seed = number("Orthogonal", "gain", gain), seed_or_none(seed)

    def draw(self, shape: Shape, rng: Draw) -> np.ndarray:
        if len(shape) < 2:
            raise ShapeError(
                f"Orthogonal makes matrices; got shape {shape}. Use another initializer."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        a = rng.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(a)
        q *= np.where(np.diagonal(r) < 0, -1.0, 1.0)  # else signs follow LAPACK, not chance
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


def truncated(shape: Shape, rng: Draw) -> np.ndarray:
    """Draw standard normal numbers, again those beyond two deviations."""
    values = rng.standard_normal(math.prod(shape))
    beyond = np.flatnonzero(abs(values) > 2)
    while beyond.size:
        again = rng.standard_normal(beyond.size)
        values[beyond] = again
        beyond = beyond[abs(again) > 2]
    return values.reshape(shape)
