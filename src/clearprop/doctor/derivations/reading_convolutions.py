"""
Which convolution a program computes, found by what it does with chosen numbers.

A kernel that is 1 in one place and 0 elsewhere moves the input to the output as it is. With an
input of different numbers, each output then tells which input it is; from all of them the axes,
stride, padding, gaps and groups follow, however the program is written and whatever the order of
its axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from clearprop.doctor.derivations.reading import Axes, Call, Reading, closest, pair, two
from clearprop.doctor.derivations.sliding import Slide, conv_link

__all__ = ["convolutions_of"]

_MOST_TAPS = 48


_SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "": lambda a: a,
    "tanh": np.tanh,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
}
_ENDS = {"": ("", "relu", "leaky relu 0.01", "leaky relu 0.1", "leaky relu 0.2", "elu"),
         "tanh": ("tanh",), "sigmoid": ("sigmoid",)}  # fmt: skip


@dataclass
class _Moves:
    """Which input went where: rows of output places, kernel places, input places."""

    out: np.ndarray
    tap: np.ndarray
    came: np.ndarray
    end: str


def _moves(call: Call, x: tuple[int, ...], w: tuple[int, ...]) -> _Moves | None:
    """Let each number of the kernel alone be 1, and see which input each output is."""
    n = int(np.prod(x))
    if not 1 < n <= 6000 or not 1 <= int(np.prod(w)) <= 20000:
        return None
    rng = np.random.default_rng(5)
    numbers = 0.5 + rng.permutation(n) / n
    order = np.argsort(numbers)
    end: str | None = None
    rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for tap in _some_taps(w, rng):
        delta = np.zeros(w)
        delta[tap] = 1.0
        y = call(numbers.reshape(x), delta)
        for name in _SHAPES if end is None else (end,):
            found = _looked_up(
                y, _SHAPES[name](numbers[order]), float(_SHAPES[name](np.zeros(1))[0])
            )
            if found is not None:
                end = name
                break
        else:
            return None
        at = np.argwhere(found >= 0)
        came = np.stack(np.unravel_index(order[found[found >= 0]], x), axis=1)
        rows.append((at, np.broadcast_to(tap, (len(at), len(w))), came))
    out, taps, came = (np.concatenate([r[k] for r in rows]) for k in range(3))
    return _Moves(out, taps, came, end or "") if len(out) else None


def _looked_up(y: np.ndarray, known: np.ndarray, nothing: float) -> np.ndarray | None:
    """Find numbers in a sorted list: which each is, -1 for nothing; None if some is neither."""
    room = min(1e-4, 0.02 / len(known))
    near = np.clip(np.searchsorted(known, y - room), 0, len(known) - 1)
    hit = np.abs(known[near] - y) <= room
    none = np.abs(y - nothing) <= room
    return np.where(hit, near, -1) if np.all(hit | none) and np.ndim(y) else None


def _some_taps(w: tuple[int, ...], rng: np.random.Generator) -> list[tuple[int, ...]]:
    every = list(np.ndindex(w))
    if len(every) <= _MOST_TAPS:
        return every
    ends = [every[0], every[-1]]
    for axis, n in enumerate(w):
        for k in range(n):
            ends.append(tuple(k if a == axis else 0 for a in range(len(w))))
    more = [every[k] for k in rng.permutation(len(every))[: _MOST_TAPS // 2]]
    return list(dict.fromkeys([*ends[: 2 * _MOST_TAPS], *more]))


@dataclass(frozen=True)
class _Walk:
    """How an axis of the input goes: place = step · output's + gap · kernel's + start."""

    out: int | None = None
    tap: int | None = None
    step: int = 0
    gap: int = 0
    start: int = 0


def _walk(came: np.ndarray, moves: _Moves) -> _Walk | None:
    """Find what the places along an axis of the input follow; the simplest that fits."""
    outs, taps = moves.out, moves.tap
    if np.ptp(came) == 0:
        return _Walk(start=int(came[0]))
    one = np.ones(len(came))
    singles: list[tuple[int | None, int | None]] = [(j, None) for j in range(outs.shape[1])]
    singles += [(None, m) for m in range(taps.shape[1])]
    for j, m in [*singles, *product(range(outs.shape[1]), range(taps.shape[1]))]:
        columns = [outs[:, j]] if j is not None else []
        columns += [taps[:, m]] if m is not None else []
        if any(np.ptp(c) == 0 for c in columns):
            continue
        table = np.stack([*columns, one], axis=1).astype(float)
        found = np.linalg.lstsq(table.T @ table, table.T @ came, rcond=None)[0]
        whole = np.round(found).astype(int)
        if np.array_equal(table.astype(int) @ whole, came):
            step = whole[0] if j is not None else 0
            gap = whole[-2] if m is not None else 0
            if step >= (j is not None) and (m is None or gap != 0):
                return _Walk(j, m, int(step), int(gap), int(whole[-1]))
    return None


def convolutions_of(call: Call, x: tuple[int, ...], w: tuple[int, ...]) -> Iterator[Reading]:
    """
    Read which convolution a program computes.

    Parameters
    ----------
    call : callable ``(x, w) -> y``
        The program, with biases of zero.
    x, w : tuple of int
        The shapes of what comes in and of the kernel.

    Yields
    ------
    Reading
        Where sizes leave open which axis is what, or how much padding there is, several.
    """
    moves = _moves(call, x, w)
    if moves is None:
        return
    y = np.shape(call(np.ones(x), np.zeros(w)))
    walks = [_walk(moves.came[:, a], moves) for a in range(len(x))]
    grouped = None
    for a, walk in enumerate(walks):
        if walk is None:
            grouped = _groups(moves, moves.came[:, a], w)
            if grouped is None or sum(v is None for v in walks) > 1:
                return
            walks[a] = _Walk(tap=grouped[1], gap=1)
    yield from _assigned(moves, [v for v in walks if v is not None], x, y, w, grouped)


def _groups(
    moves: _Moves, came: np.ndarray, w: tuple[int, ...]
) -> tuple[int, int] | None:  # fmt: skip
    """Find channels in groups: how many, and which axis of the kernel counts within one."""
    for m in range(len(w)):
        rest = came - moves.tap[:, m]
        for j in range(moves.out.shape[1]):
            filters = int(moves.out[:, j].max()) + 1
            for own in range(1, filters):
                if np.array_equal(rest, w[m] * (moves.out[:, j] // own)):
                    return -(-filters // own), m
    return None


def _assigned(
    moves: _Moves, walks: Sequence[_Walk], x: tuple[int, ...], y: tuple[int, ...],
    w: tuple[int, ...], grouped: tuple[int, int] | None,
) -> Iterator[Reading]:  # fmt: skip
    """Say which axis is what."""
    space = [a for a, v in enumerate(walks) if v.out is not None and v.tap is not None]
    batch = [a for a, v in enumerate(walks) if v.out is not None and v.tap is None]
    channel = [a for a, v in enumerate(walks) if v.out is None and v.tap is not None]
    open_x = [a for a, v in enumerate(walks) if v.out is None and v.tap is None]
    if any(x[a] != 1 for a in open_x) or len(channel) > 1 or len(space) > 2:
        return
    if any(walks[a].start for a in [*channel, *batch]) or any(walks[a].step != 1 for a in batch):
        return
    used_w = {walks[a].tap for a in [*space, *channel]}
    used_y = {walks[a].out for a in [*space, *batch]}
    pairs = [
        (j, m) for m in range(len(w)) if m not in used_w and w[m] > 1
        for j in range(len(y)) if np.array_equal(moves.out[:, j], moves.tap[:, m])
    ]  # fmt: skip
    if len(pairs) > 1 or any(w[m] > 1 and m not in used_w | {m for _, m in pairs}
                             for m in range(len(w))):  # fmt: skip
        return
    filter_y, filter_w = pairs[0] if pairs else (None, None)
    own = [a for a in batch if filter_y is not None and walks[a].out == filter_y]
    batch = [a for a in batch if a not in own]  # channels that have a kernel each
    groups = x[own[0]] if own else grouped[0] if grouped else 1
    channel += own
    ones_w = sum(w[m] == 1 and m not in used_w for m in range(len(w)))
    rest_y = [j for j in range(len(y)) if j not in used_y and j != filter_y]
    if any(y[j] != 1 for j in rest_y) or (not space and not ones_w):
        return
    seen: list[tuple[Axes, Axes]] = []
    for roles in product("NCS", repeat=len(open_x)):
        axes = _placed(walks, batch, channel, space, open_x, roles, rest_y, filter_y, ones_w)
        if axes is None or axes in seen:
            continue
        seen.append(axes)
        yield from _with_padding(moves, walks, x, y, w, axes, filter_w, channel, own, groups)


def _placed(
    walks: Sequence[_Walk], batch: Sequence[int], channel: Sequence[int], space: Sequence[int],
    open_x: Sequence[int], roles: Sequence[str], rest_y: Sequence[int], filter_y: int | None,
    ones_w: int,
) -> tuple[Axes, Axes] | None:  # fmt: skip
    """Give axes of length 1, of which the numbers say nothing, a role."""
    rest = list(rest_y)
    samples = [(a, walks[a].out) for a in batch]
    places = [(a, walks[a].out) for a in space]
    channels = list(channel)
    for a, role in zip(open_x, roles, strict=True):
        if role == "C":
            channels.append(a)
        else:
            (samples if role == "N" else places).append((a, rest.pop(0) if rest else None))
    while len(samples) > 1 and ones_w > 0 and len(places) < 2:
        places.append(samples.pop())  # a kernel of one number
        ones_w -= 1
    if len(channels) > 1 or len(places) > 2 or len(rest) > (filter_y is None):
        return None
    places.sort()
    missing = 2 - len(places)
    xs = Axes(tuple(a for a, _ in samples), channels[0] if channels else None,
               pair([None] * missing + [a for a, _ in places]))  # fmt: skip
    out = filter_y if filter_y is not None else rest[0] if rest else None
    ys = Axes(tuple(j for _, j in samples if j is not None), out,
               pair([None] * missing + [j for _, j in places]))  # fmt: skip
    return xs, ys


def _with_padding(
    moves: _Moves, walks: Sequence[_Walk], x: tuple[int, ...], y: tuple[int, ...],
    w: tuple[int, ...], axes: tuple[Axes, Axes], filter_w: int | None,
    channel: Sequence[int], own: Sequence[int], groups: int,
) -> Iterator[Reading]:  # fmt: skip
    """Tell stride, gaps and padding; behind the last number, padding is only bounded."""
    xs, ys = axes
    size, stride, gap, before = [1, 1], [1, 1], [1, 1], [0, 0]
    taps: list[int | None] = [None, None]
    after: list[list[int]] = [[0], [0]]
    turned: set[bool] = set()
    for k, (a, j) in enumerate(zip(xs.space, ys.space, strict=True)):
        if a is None or j is None:
            continue
        v = walks[a]
        if v.out is None:
            continue
        stride[k], before[k] = v.step, -v.start
        if v.tap is not None:
            taps[k], size[k], gap[k] = v.tap, w[v.tap], abs(v.gap)
            turned.add(v.gap < 0)
            before[k] -= v.gap * (size[k] - 1) if v.gap < 0 else 0
        need = (y[j] - 1) * stride[k] + (size[k] - 1) * gap[k] + 1 - before[k] - x[a]
        if before[k] < 0:
            return
        more = range(max(need, 0), need + stride[k])
        after[k] = closest(more, before[k])
        if not after[k]:
            return
    if len(turned) > 1:
        return
    axis_c = walks[channel[0]].tap if channel and not own else None
    kernel = Axes((filter_w,) if filter_w is not None else (), axis_c, pair(taps))
    layout = kernel.layout(w, merged=True)
    filters = w[filter_w] if filter_w is not None else 1
    for a, b in product(*after):
        slide = Slide(two(size), two(stride), two(gap), two(before), (a, b))
        link = conv_link(slide, turned=turned == {True}, groups=groups)
        yield Reading(link, xs.layout(x, merged=True), ys.layout(y, merged=True), layout, filters,
                      _ENDS[moves.end])  # fmt: skip
