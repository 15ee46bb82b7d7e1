"""Brings pictures to another size, with the numbers that Keras and TensorFlow give."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

__all__ = ["KERNELS", "cropped", "padded", "resized"]

Kernel = Callable[[np.ndarray], np.ndarray]


def _triangle(x: np.ndarray) -> np.ndarray:
    return np.maximum(0.0, 1.0 - x)


def _cubic(x: np.ndarray) -> np.ndarray:
    """Keys's kernel with a = -1/2."""
    inner = (1.5 * x - 2.5) * x * x + 1.0
    outer = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x >= 2.0, 0.0, np.where(x >= 1.0, outer, inner))


def _lanczos(radius: float) -> Kernel:
    return lambda x: np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0.0)


KERNELS: Mapping[str, Kernel | None] = {
    "bilinear": _triangle,
    "nearest": None,
    "bicubic": _cubic,
    "lanczos3": _lanczos(3.0),
    "lanczos5": _lanczos(5.0),
}


def resized(image: np.ndarray, height: int, width: int, interpolation: str) -> np.ndarray:
    """
    Resize one picture.

    Pixels are squares: the centre of the first is half a pixel from the edge. Making a picture
    smaller takes no means over more pixels than making it larger does.

    Parameters
    ----------
    image : array, shape (H, W, C)
    height, width : int, pixels
    interpolation : str
        A key of `KERNELS`.

    Returns
    -------
    numpy.ndarray of float32, shape (height, width, C)

    References
    ----------
    R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions
    on Acoustics, Speech, and Signal Processing 29 (6), 1981, equation 15.

    Examples
    --------
    >>> resized(np.array([[[0.0], [4.0]]]), 1, 4, "bilinear").ravel()
    array([0., 1., 3., 4.], dtype=float32)
    """
    image = image.astype(np.float32)
    kernel = KERNELS[interpolation]
    if kernel is None:
        rows, columns = (
            np.floor((np.arange(n) + 0.5) * size / n).astype(int)
            for n, size in zip((height, width), image.shape, strict=False)
        )
        return image[rows][:, columns]
    down = _weights(image.shape[0], height, kernel)  # (height, H)
    across = _weights(image.shape[1], width, kernel)  # (width, W)
    return np.einsum("hH,HWC,wW->hwC", down, image, across, optimize=True).astype(np.float32)


def _weights(size: int, wanted: int, kernel: Kernel) -> np.ndarray:
    """Tell how much of each old pixel is in each new one."""
    centres = (np.arange(wanted) + 0.5) * size / wanted - 0.5
    weights = kernel(np.abs(centres[:, None] - np.arange(size)))
    total = weights.sum(axis=1, keepdims=True)  # less than 1 where a part lies outside
    return np.where(np.abs(total) > 1e-3, weights / np.where(total == 0.0, 1.0, total), 0.0)


def cropped(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """
    Cut the largest part out of the middle that has the sides' ratio.

    Examples
    --------
    >>> cropped(np.zeros((4, 10, 3)), 2, 2).shape
    (4, 4, 3)
    """
    H, W = image.shape[:2]
    h = min(H, max(1, W * height // width))
    w = min(W, max(1, H * width // height))
    top, left = (H - h) // 2, (W - w) // 2
    return image[top : top + h, left : left + w]


def padded(image: np.ndarray, height: int, width: int, interpolation: str) -> np.ndarray:
    """
    Resize a picture without stretching it, into the middle of a black one.

    Examples
    --------
    >>> padded(np.ones((4, 10, 1)), 3, 5, "bilinear")[:, 0, 0]
    array([1., 1., 0.], dtype=float32)
    """
    H, W = image.shape[:2]
    ratio = max(W / width, H / height)
    h, w = max(1, math.floor(H / ratio)), max(1, math.floor(W / ratio))
    top, left = (math.floor((n - m / ratio) / 2) for n, m in ((height, H), (width, W)))
    frame = np.zeros((height, width, image.shape[2]), np.float32)
    frame[top : top + h, left : left + w] = resized(image, h, w, interpolation)
    return frame
