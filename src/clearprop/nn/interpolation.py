"""Interpolation: what an axis of an image becomes when it gets longer or shorter, as a matrix."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

__all__ = ["METHODS", "resize_matrix"]


def _linear(d: np.ndarray) -> np.ndarray:
    return np.maximum(0, 1 - d)


def _cubic(d: np.ndarray) -> np.ndarray:
    near = ((1.5 * d - 2.5) * d) * d + 1
    far = ((-0.5 * d + 2.5) * d - 4) * d + 2
    return np.where(d < 1, near, np.where(d < 2, far, 0))


def _lanczos(d: np.ndarray, lobes: int) -> np.ndarray:
    return np.where(d < lobes, np.sinc(d) * np.sinc(d / lobes), 0)


METHODS = {
    "nearest": None,
    "bilinear": _linear,
    "bicubic": _cubic,
    "lanczos3": lambda d: _lanczos(d, 3),
    "lanczos5": lambda d: _lanczos(d, 5),
}


@lru_cache(maxsize=256)
def resize_matrix(n: int, size: int, method: str, *, antialias: bool = False) -> np.ndarray:
    """
    Say how much each of `n` points has in each of `size` points spread over the same length.

    Parameters
    ----------
    n, size : int
        How many points there are, and how many there are to be.
    method : {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"}
        The curve that is laid through the points.
    antialias : bool
        Whether, when points get fewer, each takes in all that it stands for.

    Returns
    -------
    numpy.ndarray of float64, shape (size, n)
        Rows add up to 1. Not to be written to.

    References
    ----------
    Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981 ("bicubic", with
    a = -1/2). Duchon, "Lanczos Filtering in One and Two Dimensions", 1979.

    Examples
    --------
    >>> resize_matrix(2, 4, "bilinear").tolist()
    [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
    """
    ratio = n / size
    middle = (np.arange(size) + 0.5) * ratio  # where the new points lie among the old ones
    curve = METHODS[method]
    if curve is None:
        matrix = np.zeros((size, n))
        matrix[np.arange(size), np.floor(middle).astype(int)] = 1
    else:
        width = max(ratio, 1.0) if antialias else 1.0
        matrix = curve(np.abs((middle[:, None] - 0.5) - np.arange(n)) / width)
        matrix = matrix / matrix.sum(axis=1, keepdims=True)
    matrix.flags.writeable = False
    return matrix
