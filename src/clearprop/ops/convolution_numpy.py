"""
Convolution on NumPy: what the window sees is copied into a matrix, a block of images at a time.

A block is as much as stays in the processor's cache, so memory does not grow with the batch, and
each block is one matrix product. Images of few channels are copied into columns rather than rows:
the copy then runs along the image instead of jumping after every few numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from clearprop.core.op import Shape
from clearprop.ops.windows import Padding, Sizes, Windows, windows

Array = Any

BLOCK = 1024 * 1024  # bytes of the matrix that a block of images is copied into
FEW_CHANNELS = 4


def _blocks(N: int, grid: Windows, row_bytes: int) -> Iterator[tuple[slice, slice]]:
    """Cut images, or if one is too large the first axis of their places, into blocks."""
    image_bytes = max(1, row_bytes * math.prod(grid.out))
    images = max(1, BLOCK // image_bytes)
    lines = grid.out[0]
    if images == 1:
        lines = min(lines, max(1, BLOCK * lines // image_bytes))
    for n in range(0, N, images):
        for line in range(0, grid.out[0], lines):
            yield slice(n, n + images), slice(line, line + lines)


class _Patches:
    """What the window sees at each place, as rows or columns of a matrix for each group."""

    def __init__(self, x: np.ndarray, grid: Windows, groups: int, dtype: Any) -> None:
        self.x, self.grid, self.groups, self.dtype = x, grid, groups, dtype
        self.channels = x.shape[-1] // groups
        self.as_columns = self.channels <= FEW_CHANNELS
        self.depth = math.prod(grid.window) * self.channels
        # What a window of one element sees at each place is the image itself.
        self.is_image = {*grid.window, *grid.strides} == {1} and not grid.is_padded
        self.buffer = np.empty(0, dtype)
        self.framed = np.zeros((0, *grid.padded, x.shape[-1]), x.dtype)

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        row_bytes = self.depth * self.groups * np.dtype(self.dtype).itemsize
        return _blocks(len(self.x), self.grid, row_bytes)

    def of(self, images: slice, lines: slice) -> np.ndarray:
        """Copy a block: (groups, rows, depth), one row a place."""
        if self.is_image:
            return _grouped(self.x[images, lines], self.groups)
        seen = self._view(images)[:, lines]  # (N, *places, *window, groups, C)
        rank = len(self.grid.size)
        places, window = range(1 + rank), range(1 + rank, 1 + 2 * rank)
        group, channel = 1 + 2 * rank, 2 + 2 * rank
        if self.as_columns:
            order = (group, *window, channel, *places)
        else:
            order = (group, *places, *window, channel)
        seen = seen.transpose(order)
        if self.buffer.size < seen.size:
            self.buffer = np.empty(seen.size, self.dtype)
        matrix = self.buffer[: seen.size]
        matrix.reshape(seen.shape)[...] = seen
        if self.as_columns:
            return matrix.reshape(self.groups, self.depth, -1).transpose(0, 2, 1)
        return matrix.reshape(self.groups, -1, self.depth)

    def apart(self) -> tuple[np.ndarray, list[int], list[int]]:
        """View all that is seen, (N, *places, *window, C), and number those axes for einsum."""
        rank = len(self.grid.size)
        window = list(range(1 + rank, 1 + 2 * rank))
        return self._view(slice(None))[..., 0], list(range(1 + rank)), window

    def _view(self, images: slice) -> np.ndarray:
        x, grid = self._padded(images), self.grid
        n, *space, c = x.strides
        steps = [s * d for s, d in zip(space, grid.strides, strict=True)]
        apart = [s * d for s, d in zip(space, grid.dilation, strict=True)]
        return as_strided(
            x,
            (len(x), *grid.out, *grid.window, self.groups, self.channels),
            (n, *steps, *apart, c * self.channels, c),
        )

    def _padded(self, images: slice) -> np.ndarray:
        block = self.x[images]
        if not self.grid.is_padded:
            return block
        if len(self.framed) < len(block):
            self.framed = np.zeros((len(block), *self.framed.shape[1:]), self.x.dtype)
        framed = self.framed[: len(block)]
        framed[self.grid.inside] = block
        return framed


def _grouped(x: np.ndarray, groups: int) -> np.ndarray:
    """View (..., C) as (groups, rows, C / groups)."""
    return x.reshape(math.prod(x.shape[:-1]), groups, x.shape[-1] // groups).transpose(1, 0, 2)


def _each_alone(x: np.ndarray, out: int, groups: int) -> bool:
    """Tell whether each channel has a kernel of its own: then matrices would be mere vectors."""
    return bool(x.shape[-1] == out == groups > 1)


def conv(
    xp: Any, x: Array, w: Array, *, strides: Sizes = 1, padding: Padding = "valid",
    dilation: Sizes = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """Convolve; see `clearprop.ops.convolution.conv`."""
    grid = windows(x.shape[1:-1], w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    patches = _Patches(x, grid, groups, np.result_type(x, w))
    if _each_alone(x, w.shape[-1], groups):
        seen, places, inner = patches.apart()
        each = 2 * len(places)
        return np.einsum(
            seen, [*places, *inner, each], w[..., 0, :], [*inner, each], [*places, each]
        )
    kernel = _grouped(w, groups)  # (groups, depth, O / groups)
    y = np.empty((len(x), *grid.out, w.shape[-1]), patches.dtype)
    for images, lines in patches.blocks():
        np.matmul(patches.of(images, lines), kernel, out=_grouped(y[images, lines], groups))
    return y


def conv_kernel(
    xp: Any, x: Array, delta: Array, *, window: Shape, strides: Sizes = 1,
    padding: Padding = "valid", dilation: Sizes = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """Sum up the kernel's gradient; see `clearprop.ops.convolution.conv_kernel`."""
    grid = windows(x.shape[1:-1], window, strides=strides, padding=padding, dilation=dilation)
    patches = _Patches(x, grid, groups, np.result_type(x, delta))
    out = delta.shape[-1]
    if _each_alone(x, out, groups):
        seen, places, inner = patches.apart()
        each = 2 * len(places)
        total = np.einsum(seen, [*places, *inner, each], delta, [*places, each], [*inner, each])
        return np.expand_dims(total, -2)
    total = np.zeros((groups, patches.depth, out // groups), patches.dtype)
    for images, lines in patches.blocks():
        seen = patches.of(images, lines).transpose(0, 2, 1)
        total += np.matmul(seen, _grouped(delta[images, lines], groups))
    return total.transpose(1, 0, 2).reshape(*grid.window, x.shape[-1] // groups, out)


def conv_transpose(
    xp: Any, x: Array, w: Array, *, size: Shape, strides: Sizes = 1, padding: Padding = "valid",
    dilation: Sizes = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """Spread results over the images; see `clearprop.ops.convolution.conv_transpose`."""
    grid = windows(size, w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    dtype = np.result_type(x, w)
    N, C, O = len(x), w.shape[-2], w.shape[-1]
    if C == 1 and FEW_CHANNELS < groups == O and set(grid.strides) == {1}:
        total = _gathered_alone(x, w, grid)
        return total[grid.inside] if grid.is_padded else total
    total = np.zeros((N, *grid.padded, groups * C), dtype)
    back = w.reshape(*grid.window, C, groups, O // groups)
    back = np.moveaxis(back, -3, -1).copy()  # (*window, groups, O / groups, C)
    buffer = np.empty(0, dtype)
    for images, lines in _blocks(N, grid, (groups * C + O) * np.dtype(dtype).itemsize):
        block = x[images, lines]
        rows = _grouped(block, groups)
        if buffer.size < rows.shape[1] * groups * C:
            buffer = np.empty(rows.shape[1] * groups * C, dtype)
        part = buffer[: rows.shape[1] * groups * C].reshape(*block.shape[:-1], groups * C)
        first = lines.start * grid.strides[0]
        for offset in grid.offsets():
            if C == 1 and groups == O:
                np.multiply(block, back[offset].reshape(-1), out=part)
            else:
                np.matmul(rows, back[offset], out=_grouped(part, groups))
            under = list(grid.under(offset))
            start = under[1].start + first
            under[1] = slice(
                start, start + (block.shape[1] - 1) * grid.strides[0] + 1, under[1].step
            )
            total[images][tuple(under)] += part
    return total[grid.inside] if grid.is_padded else total


def _gathered_alone(x: np.ndarray, w: np.ndarray, grid: Windows) -> np.ndarray:
    """Spread each channel's results as a convolution with its kernel turned round."""
    reach = ((k - 1) * d for k, d in zip(grid.window, grid.dilation, strict=True))
    turned = np.flip(w, tuple(range(len(grid.size))))
    margins = tuple((r, r) for r in reach)
    total: np.ndarray = conv(
        None, x, turned, padding=margins, dilation=grid.dilation, groups=w.shape[-1]
    )
    return total
