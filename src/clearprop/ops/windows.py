"""Where windows that slide over space stand: strides, dilation, padding, and what they yield."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from clearprop.core.op import Shape
from clearprop.errors import OptionError, ShapeError
from clearprop.ops.rearranging import margins

__all__ = ["Padding", "Sizes", "Windows", "pool_windows", "windows"]

Sizes = int | tuple[int, ...]
Padding = str | int | tuple[int, int] | tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Windows:
    """
    The places of a window on a grid.

    Attributes
    ----------
    size : tuple of int
        The grid, one size a spatial axis.
    window, strides, dilation : tuple of int
        Of the window: its size, how far it moves, how far its elements lie apart.
    margins : tuple of (int, int)
        How much is added before and after each axis.
    out : tuple of int
        How many places the window has along each axis.
    """

    size: Shape
    window: Shape
    strides: Shape
    dilation: Shape
    margins: tuple[tuple[int, int], ...]
    out: Shape

    @property
    def padded(self) -> Shape:
        """The grid with its margins."""
        return tuple(a + n + b for n, (a, b) in zip(self.size, self.margins, strict=True))

    @property
    def is_padded(self) -> bool:
        """Whether there are margins at all."""
        return any(a or b for a, b in self.margins)

    @property
    def widths(self) -> tuple[tuple[int, int], ...]:
        """The margins of an array (N, *size, C), for `pad`."""
        return ((0, 0), *self.margins, (0, 0))

    @property
    def inside(self) -> tuple[slice, ...]:
        """Index what is not margin in an array (N, *padded, C)."""
        spatial = (slice(a, a + n) for n, (a, _) in zip(self.size, self.margins, strict=True))
        return (slice(None), *spatial, slice(None))

    def offsets(self) -> Iterator[Shape]:
        """Go through the elements of the window in order."""
        return product(*map(range, self.window))

    def under(self, offset: Shape) -> tuple[slice, ...]:
        """Index what lies under one element of the window at all places, in (N, *padded, C)."""
        spatial = (
            slice(k * d, k * d + (o - 1) * s + 1, s)
            for k, d, o, s in zip(offset, self.dilation, self.out, self.strides, strict=True)
        )
        return (slice(None), *spatial, slice(None))

    def seen_from(self, place: Shape) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """List the window's elements and, under them, the grid's, without margins, at a place."""
        window, grid = [], []
        for a, o in enumerate(place):
            start = o * self.strides[a] - self.margins[a][0]
            at = start + np.arange(self.window[a]) * self.dilation[a]
            hit = np.flatnonzero((at >= 0) & (at < self.size[a]))
            window.append(hit)
            grid.append(at[hit])
        return _every(window), _every(grid)

    def that_see(self, point: Shape) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """List the window's elements and its places such that the one lies over `point`."""
        window, places = [], []
        for a, p in enumerate(point):
            steps = p + self.margins[a][0] - np.arange(self.window[a]) * self.dilation[a]
            place = steps // self.strides[a]
            fits = (steps % self.strides[a] == 0) & (place >= 0) & (place < self.out[a])
            window.append(np.flatnonzero(fits))
            places.append(place[fits])
        return _every(window), _every(places)

    def seen_by(self, offset: Shape) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """List the places, and the grid's elements that one element of the window sees there."""
        places, grid = [], []
        for a, k in enumerate(offset):
            start = k * self.dilation[a] - self.margins[a][0]
            at = start + np.arange(self.out[a]) * self.strides[a]
            hit = np.flatnonzero((at >= 0) & (at < self.size[a]))
            places.append(hit)
            grid.append(at[hit])
        return _every(places), _every(grid)


def _every(axes: list[np.ndarray]) -> list[np.ndarray]:
    """Combine coordinates along each axis to all points, in order, one array an axis."""
    return [a.reshape(-1) for a in np.meshgrid(*axes, indexing="ij")]


def _each(value: Sizes, rank: int, what: str) -> Shape:
    sizes = (value,) * rank if isinstance(value, int | np.integer) else tuple(value)
    if len(sizes) != rank or min(sizes) < 1:
        raise OptionError(
            f"{what} must be a whole number of at least 1, or {rank} such numbers; got {value!r}."
        )
    return tuple(map(int, sizes))


def windows(
    size: Shape, window: Sizes, *, strides: Sizes, padding: Padding, dilation: Sizes = 1
) -> Windows:
    """
    Lay windows over a grid.

    Parameters
    ----------
    size : tuple of int
        The grid, one size a spatial axis.
    window, strides, dilation : int or tuple of int
        One number for all axes or one an axis.
    padding : "valid", "same", int, pair or pairs
        No margins; margins such that as many places come out as ``ceil(size / stride)``, an odd
        one after rather than before; or margins as `pad` takes them.

    Raises
    ------
    OptionError
        If a number is below 1 or `padding` is none of these.
    ShapeError
        If the window is larger than the grid.

    Examples
    --------
    >>> windows((5,), 3, strides=2, padding="same").margins
    ((1, 1),)
    """
    if isinstance(padding, list):
        padding = tuple(tuple(pair) for pair in padding)
    return _windows(tuple(size), window, strides, padding, dilation)


@lru_cache(maxsize=1024)
def _windows(size: Shape, window: Sizes, strides: Sizes, padding: Any, dilation: Sizes) -> Windows:
    rank = len(size)
    window = _each(window, rank, "the window")
    strides, dilation = _each(strides, rank, "strides"), _each(dilation, rank, "dilation")
    reach = tuple((k - 1) * d + 1 for k, d in zip(window, dilation, strict=True))
    around: tuple[tuple[int, int], ...]
    if padding == "valid":
        around = ((0, 0),) * rank
    elif padding == "same":
        short = [
            max((-(-n // s) - 1) * s + r - n, 0)
            for n, s, r in zip(size, strides, reach, strict=True)
        ]
        around = tuple((p // 2, p - p // 2) for p in short)
    elif isinstance(padding, str):
        raise OptionError(f"padding must be 'valid', 'same' or numbers; got {padding!r}.")
    else:
        around = margins(padding, rank)
    out = []
    for a, (n, (before, after)) in enumerate(zip(size, around, strict=True)):
        room = n + before + after
        if room < reach[a] or n == 0:
            raise ShapeError(
                f"a window of {reach[a]} does not fit {room} places along spatial axis {a} of"
                f" {size}; take a smaller window or dilation, or padding='same'."
            )
        out.append((room - reach[a]) // strides[a] + 1)
    return Windows(size, window, strides, dilation, around, tuple(out))


def pool_windows(size: Shape, window: Sizes, strides: Sizes | None, padding: Padding) -> Windows:
    """Lay windows side by side, unless `strides` says otherwise; none may see only padding."""
    grid = windows(size, window, strides=window if strides is None else strides, padding=padding)
    for margin, k in zip(grid.margins, grid.window, strict=True):
        if max(margin) >= k:
            raise ShapeError(
                f"padding {margin} and a window of {k}, which would see nothing but padding; take"
                " a larger window or less padding."
            )
    return grid
