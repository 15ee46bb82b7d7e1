"""The kernels of convolutions as a stack of images, one for each filter and channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearprop.errors import ShapeError
from clearprop.nn.convolution import Conv1D, Conv2D
from clearprop.nn.depthwise_convolution import (
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
)

__all__ = ["CONVOLUTIONS", "filters"]

CONVOLUTIONS = (
    Conv1D, Conv2D, DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D, SeparableConv2D,
)  # fmt: skip

Floats = NDArray[np.float64]


def filters(kernel: Floats) -> tuple[Floats, list[str]]:
    """
    Cut a kernel into images.

    Parameters
    ----------
    kernel : array, shape (H, W, C, F) or (T, C, F)
        Of C channels and F filters; along steps, the channels of a filter are the rows of one
        image.

    Returns
    -------
    images : array, shape (F, C, T) or (F · C, H, W)
        Filter by filter.
    names : list of str
        f1, f2, …; with several channels f1 c1, f1 c2, ….

    Raises
    ------
    ShapeError
        If it has other axes.

    Examples
    --------
    >>> images, names = filters(np.zeros((3, 5, 2, 4)))
    >>> images.shape, names[:3]
    ((8, 3, 5), ['f1 c1', 'f1 c2', 'f2 c1'])
    """
    if kernel.ndim == 3:
        return kernel.transpose(2, 1, 0), [f"f{k + 1}" for k in range(kernel.shape[2])]
    if kernel.ndim != 4:
        raise ShapeError(f"filters have shape (H, W, C, F) or (T, C, F); got {kernel.shape}.")
    _, _, channels, count = kernel.shape
    images = kernel.transpose(3, 2, 0, 1).reshape(-1, *kernel.shape[:2])
    if channels == 1:
        return images, [f"f{k + 1}" for k in range(count)]
    return images, [f"f{k + 1} c{c + 1}" for k in range(count) for c in range(channels)]
