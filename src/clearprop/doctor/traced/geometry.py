"""How windows slide, found by which numbers they take: places as axes of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from clearprop.doctor.derivations.sliding import Slide

__all__ = ["Sliding", "slid"]


@dataclass(frozen=True)
class Sliding:
    """
    Windows over pictures.

    Attributes
    ----------
    slide : Slide
    picture : tuple of int
        (N, C, H, W) of what the windows slide over.
    places : array of int, shape (N, C, H, W, axes)
        Where in the given axes each of its numbers stands.
    windows : array of int, shape (N, OH, OW)
        Which row each window is.
    taps : array of int, shape (C, h, w)
        Which column each number of a window is; with `alone`, of one channel: (1, h, w).
    """

    slide: Slide
    picture: tuple[int, int, int, int]
    places: np.ndarray
    windows: np.ndarray
    taps: np.ndarray


def slid(places: np.ndarray, sizes: tuple[int, ...], *, pools: bool = False) -> Sliding | None:
    """
    Find how windows slide.

    Parameters
    ----------
    places : array of int, shape (windows, taps, axes)
        Where each number of each window stands; −1 for padding.
    sizes : tuple of int
        How long the axes are.
    pools : bool
        Whether the windows are of one channel each, so that one may be all that there is.

    Returns
    -------
    Sliding or None
        None where the windows are no windows.
    """
    padding = places[:, :, 0] < 0
    whole = np.flatnonzero(~padding.any(axis=1))
    if not len(whole):
        return None
    own = places[whole[0]]
    tap = own - own.min(axis=0)
    start = np.full((len(places), len(sizes)), -1)
    for r in range(len(places)):
        inside = np.flatnonzero(~padding[r])
        if not len(inside):
            return None
        start[r] = places[r, inside[0]] - tap[inside[0]]
    expected = start[:, None, :] + tap[None]
    if not np.array_equal(expected[~padding], places[~padding]):
        return None
    outside = ((expected < 0) | (expected >= np.array(sizes))).any(axis=2)
    if not np.array_equal(outside, padding):
        return None
    moves = [len(set(start[:, a].tolist())) > 1 for a in range(len(sizes))]
    reaches = [len(set(tap[:, a].tolist())) > 1 for a in range(len(sizes))]
    space = [a for a in range(len(sizes)) if (moves[a] or pools) and reaches[a]]
    fixed = [a for a in range(len(sizes)) if not reaches[a] and not moves[a]]
    sizes = tuple(1 if a in fixed else n for a, n in enumerate(sizes))
    here = start[0].copy()
    start[:, fixed] = 0
    samples = [a for a in range(len(sizes)) if not reaches[a]]
    channels = [a for a in range(len(sizes)) if reaches[a] and a not in space]
    if not 1 <= len(space) <= 2 or len(channels) > 1:
        return None
    found = _arranged(start, tap, sizes, space, samples, channels)
    if found is not None:
        found.places[..., fixed] = here[fixed]
    return found


def _steps(values: np.ndarray) -> tuple[int, int, int] | None:
    """Give first, step and count of evenly spaced numbers."""
    found = sorted(set(values.tolist()))
    steps = set(np.diff(found).tolist())
    if len(steps) > 1:
        return None
    return found[0], steps.pop() if steps else 1, len(found)


def _arranged(
    start: np.ndarray, tap: np.ndarray, sizes: tuple[int, ...], space: list[int],
    samples: list[int], channels: list[int],
) -> Sliding | None:  # fmt: skip
    rows, cols = [_steps(start[:, a]) for a in space], [_steps(tap[:, a]) for a in space]
    if any(s is None for s in (*rows, *cols)):
        return None
    stride, size, gap, before, after, long, out = [], [], [], [], [], [], []
    for a, first, taps in zip(space, rows, cols, strict=True):
        assert first is not None
        assert taps is not None
        if first[0] > 0:
            return None
        reach = (taps[2] - 1) * taps[1]
        end = first[0] + (first[2] - 1) * first[1] + reach
        stride.append(first[1])
        size.append(taps[2])
        gap.append(taps[1])
        before.append(-first[0])
        after.append(max(end - sizes[a] + 1, 0))
        long.append(sizes[a])
        out.append(first[2])
    if len(space) == 1:  # a signal has one row
        stride, size, gap = [1, *stride], [1, *size], [1, *gap]
        before, after, long, out = [0, *before], [0, *after], [1, *long], [1, *out]
    slide = Slide(_pair(size), _pair(stride), _pair(gap), _pair(before), _pair(after))
    if tuple(slide.count(k, long[k]) for k in (0, 1)) != tuple(out):
        return None
    per_sample = [sizes[a] for a in samples]
    count = int(np.prod(per_sample, dtype=int))
    deep = sizes[channels[0]] if channels else 1
    picture = (count, deep, long[0], long[1])
    places = _places(picture, space, samples, channels, per_sample, len(sizes))
    windows = np.full((count, *out), -1)
    for r, s in enumerate(start):
        n = int(np.ravel_multi_index(tuple(s[a] for a in samples), per_sample)) if samples else 0
        at = [(s[a] + before[-len(space) + k]) // stride[-len(space) + k]
              for k, a in enumerate(space)]  # fmt: skip
        windows[(n, *([0] if len(space) == 1 else []), *at)] = r
    taps_at = np.full((deep, *size), -1)
    for k, t in enumerate(tap):
        at = [t[a] // gap[-len(space) + i] for i, a in enumerate(space)]
        c = t[channels[0]] if channels else 0
        taps_at[(c, *([0] if len(space) == 1 else []), *at)] = k
    if (windows < 0).any() or (taps_at < 0).any() or windows.size != len(start):
        return None
    return Sliding(slide, picture, places, windows, taps_at)


def _pair(values: list[int]) -> tuple[int, int]:
    return int(values[0]), int(values[1])


def _places(
    picture: tuple[int, ...], space: list[int], samples: list[int], channels: list[int],
    per_sample: list[int], axes: int,
) -> np.ndarray:  # fmt: skip
    """Say where in the given axes each number of the pictures stands."""
    found = np.zeros((*picture, axes), dtype=int)
    at: Any
    for n, c, y, x in product(*(range(s) for s in picture)):
        at = np.zeros(axes, dtype=int)
        i: Any
        for a, i in zip(samples, np.unravel_index(n, per_sample) if samples else (), strict=True):
            at[a] = i
        if channels:
            at[channels[0]] = c
        for a, i in zip(space[::-1], (x, y), strict=False):
            at[a] = i
        found[n, c, y, x] = at
    return found
