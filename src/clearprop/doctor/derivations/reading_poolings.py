"""
Which pooling a program computes, found by what it does with chosen numbers.

One input made large shows in which windows it lies; what the windows' numbers become tells the
kind. Where each number of a window has a weight, it is a convolution with a kernel of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from clearprop.doctor.derivations.chain import Layout
from clearprop.doctor.derivations.reading import Axes, Call, Reading, closest, pair, two
from clearprop.doctor.derivations.sliding import Slide, conv_link, pool_link

__all__ = ["poolings_of"]

_MOST_PLACES = 900


@dataclass(frozen=True)
class _Run:
    """How windows go along an axis: over the output's axis `out`, or over all of it at once."""

    out: int | None
    size: int = 1
    stride: int = 1
    before: int = 0
    whole: bool = False
    after: tuple[int, ...] = field(default=(0,))

    @property
    def slides(self) -> bool:
        """Whether more than one number goes into an output."""
        return self.whole or (self.size, self.stride, self.before) != (1, 1, 0)


def poolings_of(call: Call, x: tuple[int, ...]) -> Iterator[Reading]:
    """
    Read which pooling a program computes, or which convolution with a kernel of its own.

    Parameters
    ----------
    call : callable ``(x) -> y``
    x : tuple of int
        The shape of what comes in.
    """
    n = int(np.prod(x))
    if not 2 <= n <= _MOST_PLACES or not len(x):
        return
    numbers = 0.5 + np.random.default_rng(6).permutation(n) / n
    y = call(numbers.reshape(x))
    if not np.ndim(y) or y.size >= 4 * n:
        return
    for far, kinds in ((10.0, ("mean", "mean of all", "sum", "max", "fixed")), (-10.0, ("min",))):
        change = np.zeros((y.size, n))
        for i in range(n):
            moved = numbers.copy()
            moved[i] += far
            there = call(moved.reshape(x))
            if there.shape != y.shape:
                return
            change[:, i] = (there - y).ravel()
        runs = _runs(np.abs(change) > 1e-3, x, y.shape)
        if runs is None:
            continue
        kind = _kind(change, far, numbers, y.ravel(), kinds)
        if kind is None:
            continue
        yield from _pooled(kind, runs, x, y.shape, change / far)
        return


def _kind(
    change: np.ndarray, far: float, numbers: np.ndarray, y: np.ndarray, kinds: Sequence[str]
) -> str | None:  # fmt: skip
    """Tell what is made of a window's numbers."""
    reach = np.abs(change) > 1e-3
    share = change / far
    linear = np.allclose(share @ numbers, y, 1e-4, 1e-4)
    count = reach.sum(axis=1, keepdims=True)
    said = {
        "mean": linear and np.allclose(share, reach / count, 1e-4, 1e-4),
        "mean of all": linear and np.allclose(share, reach / count.max(), 1e-4, 1e-4),
        "sum": linear and np.allclose(share, reach, 1e-4, 1e-4),
        "max": np.allclose(np.where(reach, numbers, -np.inf).max(axis=1), y, 1e-4, 1e-4),
        "min": np.allclose(np.where(reach, numbers, np.inf).min(axis=1), y, 1e-4, 1e-4),
        "fixed": linear,
    }
    return next((k for k in kinds if said[k]), None)


def _runs(reach: np.ndarray, x: tuple[int, ...], y: tuple[int, ...]) -> list[_Run] | None:
    """Tell how windows go along each axis of the input."""
    if not reach.any(axis=1).all():
        return None
    places = np.stack(np.unravel_index(np.arange(reach.shape[1]), x), axis=1)
    outs = np.stack(np.unravel_index(np.arange(reach.shape[0]), y), axis=1)
    low = np.stack([places[r].min(axis=0) for r in reach])
    high = np.stack([places[r].max(axis=0) for r in reach])
    if not np.array_equal(np.prod(high - low + 1, axis=1), reach.sum(axis=1)):
        return None
    found: list[_Run] = []
    taken: set[int] = set()
    for a, length in enumerate(x):
        run = _run(low[:, a], high[:, a], length, outs, y, taken)
        if run is None:
            return None
        if run.out is not None:
            taken.add(run.out)
        found.append(run)
    return found if all(j in taken or y[j] == 1 for j in range(len(y))) else None


def _run(
    low: np.ndarray, high: np.ndarray, length: int, outs: np.ndarray, y: tuple[int, ...],
    taken: set[int],
) -> _Run | None:  # fmt: skip
    for j in [j for j in range(len(y)) if y[j] > 1 and j not in taken]:
        at = [np.flatnonzero(outs[:, j] == k) for k in range(y[j])]
        if any(np.ptp(low[some]) or np.ptp(high[some]) for some in at):
            continue
        starts, ends = (np.array([v[some[0]] for some in at]) for v in (low, high))
        if np.ptp(starts) == 0 and np.ptp(ends) == 0:
            continue
        widest = int((ends - starts).max()) + 1
        steps = np.arange(y[j])
        for size, before in product(range(widest, widest + 3), range(widest + 1)):
            for stride in range(1, length + 1):
                first = steps * stride - before
                if np.array_equal(np.maximum(first, 0), starts) and np.array_equal(
                    np.minimum(first + size, length) - 1, ends
                ):
                    need = int(first[-1]) + size - length
                    more = tuple(range(max(need, 0), max(need + stride, 1)))
                    best = closest(more, before)
                    return _Run(j, size, stride, before, after=tuple(best) or (0,))
        return None
    if np.all(low == 0) and np.all(high == length - 1):
        return _Run(None, length, length, whole=length > 1)
    return None


def _pooled(
    kind: str, runs: Sequence[_Run], x: tuple[int, ...], y: tuple[int, ...], share: np.ndarray
) -> Iterator[Reading]:  # fmt: skip
    space = [a for a, r in enumerate(runs) if r.slides]
    if not 1 <= len(space) <= 2:
        return
    open_y = [j for j in range(len(y)) if j not in {r.out for r in runs}]
    ones = [a for a, r in enumerate(runs) if r.out is None and a not in space]
    for keeps in (True, False) if open_y else (False,):
        rest = list(open_y)
        batch: list[tuple[int, int | None]] = []
        for a in range(len(x)):
            if a not in space:
                out = runs[a].out
                batch.append((a, out if out is not None else rest.pop(0) if rest else None))
        outs = [runs[a].out for a in space]
        if keeps:
            outs = [j if j is not None else rest.pop(0) if rest else None for j in outs]
        missing = [None] * (2 - len(space))
        if any(j is None for a, j in batch) and ones:
            continue
        xs = Axes(tuple(a for a, _ in batch), None, pair([*missing, *space]))
        ys = Axes(tuple(j for _, j in batch if j is not None), None, pair([*missing, *outs]))
        own = [_Run(None)] * (2 - len(space)) + [runs[a] for a in space]
        for after in product(*(r.after for r in own)):
            slide = Slide(two([r.size for r in own]), two([r.stride for r in own]), (1, 1),
                          two([r.before for r in own]), two(after))  # fmt: skip
            yield from _links(kind, slide, own, xs, ys, x, y, share)


def _links(
    kind: str, slide: Slide, own: Sequence[_Run], xs: Axes, ys: Axes,
    x: tuple[int, ...], y: tuple[int, ...], share: np.ndarray,
) -> Iterator[Reading]:  # fmt: skip
    if kind != "fixed":
        whole = own[0].whole, own[1].whole
        link = pool_link(kind, slide, whole=whole)
        yield Reading(link, xs.layout(x, merged=False), ys.layout(y, merged=False))
        return
    if any(r.whole for r in own):
        return
    merged = xs.layout(x, merged=True), ys.layout(y, merged=True)
    weights = _constant(slide, share, *merged, x, y)
    if weights is not None:
        yield Reading(conv_link(slide), *merged, fixed=weights)


def _constant(
    slide: Slide, share: np.ndarray, there: Layout, out: Layout, x: tuple[int, ...],
    y: tuple[int, ...],
) -> np.ndarray | None:  # fmt: skip
    """Read the kernel of a convolution that has its own: what each output takes of each input."""
    found = np.full(slide.size, np.nan)
    places = there.there(np.arange(int(np.prod(x))).reshape(x))[0, 0]
    outs = out.there(np.arange(int(np.prod(y))).reshape(y))[0, 0]
    for (i, j), o in np.ndenumerate(outs):
        for a, b in np.ndindex(slide.size):
            r = i * slide.stride[0] - slide.before[0] + a
            c = j * slide.stride[1] - slide.before[1] + b
            if 0 <= r < places.shape[0] and 0 <= c < places.shape[1]:
                found[a, b] = share[o, places[r, c]]
    return None if np.isnan(found).any() else found[None, None]
