"""Small made-up data sets, on which a network's behaviour can be seen in the plane."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clearprop.data.checks import whole
from clearprop.errors import OptionError

__all__ = ["circles", "moons", "spiral", "xor"]

Points = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def xor() -> tuple[Points, Points]:
    """
    Give the four rows of "either, but not both", which no single neuron can learn.

    Returns
    -------
    x : numpy.ndarray, shape (4, 2)
        The inputs, 0 or 1.
    y : numpy.ndarray, shape (4, 1)
        The targets, 0 or 1; a column, as one output unit gives it.

    Examples
    --------
    >>> x, y = xor()
    >>> y.ravel()
    array([0., 1., 1., 0.])
    """
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array([[0.0], [1.0], [1.0], [0.0]])
    return x, y


def moons(n: int = 200, noise: float = 0.1, *, seed: int = 0) -> tuple[Points, Labels]:
    """
    Draw two half circles that interlock.

    Parameters
    ----------
    n : int, default 200
        Number of points; the upper moon has one more if it is odd.
    noise : float, default 0.1
        Standard deviation of what is added to each coordinate.
    seed : int, default 0
        The same seed gives the same points.

    Returns
    -------
    x : numpy.ndarray, shape (n, 2)
        The points, in random order.
    y : numpy.ndarray, shape (n,)
        The moon, 0 or 1, of each.

    Raises
    ------
    OptionError
        If there is less than one point a class, or `noise` is negative.

    Examples
    --------
    >>> x, y = moons(6, seed=1)
    >>> x.shape, sorted(y.tolist())
    ((6, 2), [0, 0, 0, 1, 1, 1])
    """
    sizes = _sizes(n, 2)
    upper, lower = (np.linspace(0.0, np.pi, size) for size in sizes)
    parts = [
        np.stack([np.cos(upper), np.sin(upper)], axis=1),
        np.stack([1.0 - np.cos(lower), 0.5 - np.sin(lower)], axis=1),
    ]
    return _scatter(parts, noise, np.random.default_rng(seed))


def circles(
    n: int = 200, noise: float = 0.05, *, factor: float = 0.5, seed: int = 0
) -> tuple[Points, Labels]:
    """
    Draw a circle of radius 1 and a smaller one inside it.

    Parameters
    ----------
    n : int, default 200
        Number of points; the outer circle has one more if it is odd.
    noise : float, default 0.05
        Standard deviation of what is added to each coordinate.
    factor : float, default 0.5
        Radius of the inner circle, between 0 and 1.
    seed : int, default 0
        The same seed gives the same points.

    Returns
    -------
    x : numpy.ndarray, shape (n, 2)
        The points, in random order.
    y : numpy.ndarray, shape (n,)
        0 on the outer circle, 1 on the inner one.

    Raises
    ------
    OptionError
        If there is less than one point a class, `noise` is negative or `factor` not in (0, 1).

    Examples
    --------
    >>> x, y = circles(100, noise=0.0, factor=0.25)
    >>> round(float(np.linalg.norm(x[y == 1], axis=1).max()), 2)
    0.25
    """
    if not 0.0 < factor < 1.0:
        raise OptionError(f"factor must be between 0 and 1, both excluded; got {factor}.")
    parts = []
    for size, radius in zip(_sizes(n, 2), (1.0, factor), strict=True):
        angle = np.linspace(0.0, 2.0 * np.pi, size, endpoint=False)
        parts.append(radius * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    return _scatter(parts, noise, np.random.default_rng(seed))


def spiral(
    n: int = 300, classes: int = 3, *, noise: float = 0.2, seed: int = 0
) -> tuple[Points, Labels]:
    """
    Draw arms that wind out of one centre, each a class.

    Parameters
    ----------
    n : int, default 300
        Number of points in all, shared out evenly.
    classes : int, default 3
        Number of arms.
    noise : float, default 0.2
        Standard deviation of what is added to each point's angle, radians.
    seed : int, default 0
        The same seed gives the same points.

    Returns
    -------
    x : numpy.ndarray, shape (n, 2)
        The points, in random order, within the unit circle.
    y : numpy.ndarray, shape (n,)
        The arm, 0 to ``classes - 1``, of each.

    Raises
    ------
    OptionError
        If there is less than one point a class, or `noise` is negative.

    Examples
    --------
    >>> x, y = spiral(7, classes=3)
    >>> np.bincount(y)
    array([3, 2, 2])
    """
    rng = np.random.default_rng(seed)
    parts = []
    for arm, size in enumerate(_sizes(n, classes)):
        radius = np.linspace(0.0, 1.0, size)
        angle = 2.0 * np.pi * arm / classes + 4.0 * radius
        angle = angle + _checked(noise) * rng.standard_normal(size)
        parts.append(np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1))
    return _scatter(parts, 0.0, rng)


def _sizes(n: int, classes: int) -> list[int]:
    n = whole(n, "n", least=whole(classes, "classes", least=1))
    return [n // classes + (c < n % classes) for c in range(classes)]


def _checked(noise: float) -> float:
    if not 0.0 <= noise < np.inf:
        raise OptionError(f"noise must be 0 or more, and finite; got {noise}.")
    return noise


def _scatter(parts: list[Points], noise: float, rng: np.random.Generator) -> tuple[Points, Labels]:
    """Add noise, and shuffle, so that any part of the rows holds every class."""
    x = np.concatenate(parts)
    y = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    x = x + _checked(noise) * rng.standard_normal(x.shape)
    order = rng.permutation(len(x))
    return x[order], y[order]
