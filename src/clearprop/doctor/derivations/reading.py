"""
Which convolution or pooling a program computes, found by what it does with chosen numbers.

A kernel that is 1 in one place and 0 elsewhere moves the input to the output as it is. With an
input of different numbers, each output then tells which input it is; from all of them the axes,
stride, padding, gaps and groups follow, however the program is written and whatever the order of
its axes. Of a pooling, one input made large shows in which windows it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from clearprop.doctor.derivations.chain import Layout, Link
from clearprop.doctor.derivations.sliding import Slide, conv_link, pool_link

__all__ = ["Reading", "convolutions_of", "poolings_of"]

Call = Callable[..., np.ndarray]
_MOST_TAPS, _MOST_PLACES = 48, 900


@dataclass(frozen=True)
class Reading:
    """
    A link, and how a program's arrays are laid out against it.

    Attributes
    ----------
    link : Link
    x, y : Layout
        Of what comes in and of what goes out.
    w : Layout or None
        Of the kernel.
    filters : int
        How many there are: the size of a bias.
    ends : tuple of str
        The activations that the program may apply to what the link gives.
    fixed : array or None
        A kernel that is written into the program.
    """

    link: Link
    x: Layout
    y: Layout
    w: Layout | None = None
    filters: int = 1
    ends: tuple[str, ...] = ("",)
    fixed: np.ndarray | None = None

    @property
    def b(self) -> Layout:
        """How biases lie: one a filter; what is left unsummed lies as the output does."""
        return Layout(lambda a: a.reshape(-1), lambda a: self.y.back(a) if a.ndim == 4 else a)


# ---- layouts ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Axes:
    """Which axes of an array are samples, channels, rows and columns; None where there are none."""

    samples: tuple[int, ...]
    channel: int | None
    space: tuple[int | None, int | None]

    def layout(self, shape: tuple[int, ...], *, merged: bool) -> Layout:
        """Lay arrays out as (N, C, H, W), or as (*samples, H, W) where they are not `merged`."""
        tail = (self.channel, *self.space) if merged else self.space
        order = [*self.samples, *(a for a in tail if a is not None)]
        rest = [a for a in range(len(shape)) if a not in order]
        batch = [shape[a] for a in self.samples]
        lead = len(batch)

        def there(a: np.ndarray) -> np.ndarray:
            a = np.transpose(a, [*order, *rest])
            found = iter(a.shape[lead : len(order)])
            sizes = [1 if axis is None else next(found) for axis in tail]
            return a.reshape(*((-1,) if merged else a.shape[:lead]), *sizes)

        def back(a: np.ndarray) -> np.ndarray:
            if a.ndim != len(tail) + (1 if merged else lead):
                return a
            sizes = a.shape[-len(tail) :]
            if any(axis is None and n != 1 for axis, n in zip(tail, sizes, strict=True)):
                return a
            front = (-1, *batch[1:]) if merged and lead else a.shape[:lead] if lead else ()
            if merged and (len(a) % max(int(np.prod(batch[1:])), 1) or (not lead and len(a) != 1)):
                return a
            kept = [n for axis, n in zip(tail, sizes, strict=True) if axis is not None]
            a = a.reshape(*front, *kept, *(1 for _ in rest))
            return a.transpose(np.argsort([*order, *rest]))

        return Layout(there, back)


# ---- convolution --------------------------------------------------------------------------------
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
            found = _looked_up(y, _SHAPES[name](numbers[order]), float(_SHAPES[name](np.zeros(1))[0]))
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
    if any(y[j] != 1 for j in rest_y) or not space and not ones_w:
        return
    seen: list[tuple[_Axes, _Axes]] = []
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
) -> tuple[_Axes, _Axes] | None:  # fmt: skip
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
    xs = _Axes(tuple(a for a, _ in samples), channels[0] if channels else None,
               _pair([None] * missing + [a for a, _ in places]))  # fmt: skip
    out = filter_y if filter_y is not None else rest[0] if rest else None
    ys = _Axes(tuple(j for _, j in samples if j is not None), out,
               _pair([None] * missing + [j for _, j in places]))  # fmt: skip
    return xs, ys


def _pair(some: Sequence[int | None]) -> tuple[int | None, int | None]:
    return some[0], some[1]


def _with_padding(
    moves: _Moves, walks: Sequence[_Walk], x: tuple[int, ...], y: tuple[int, ...],
    w: tuple[int, ...], axes: tuple[_Axes, _Axes], filter_w: int | None,
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
        after[k] = sorted(more, key=lambda n, k=k: (n != before[k], n))[:3]
        if not after[k]:
            return
    if len(turned) > 1:
        return
    axis_c = walks[channel[0]].tap if channel and not own else None
    kernel = _Axes((filter_w,) if filter_w is not None else (), axis_c, _pair(taps))
    layout = kernel.layout(w, merged=True)
    if filter_w is None:
        layout = _one_filter(kernel, w)
    filters = w[filter_w] if filter_w is not None else 1
    for a, b in product(*after):
        slide = Slide(_two(size), _two(stride), _two(gap), _two(before), (a, b))
        link = conv_link(slide, turned=turned == {True}, groups=groups)
        yield Reading(link, xs.layout(x, merged=True), ys.layout(y, merged=True), layout, filters,
                      _ENDS[moves.end])  # fmt: skip


def _one_filter(kernel: _Axes, w: tuple[int, ...]) -> Layout:
    """Lay a kernel without an axis of filters out: as one sample is."""
    return kernel.layout(w, merged=True)


def _two(some: Sequence[int]) -> tuple[int, int]:
    return int(some[0]), int(some[1])


# ---- pooling ------------------------------------------------------------------------------------
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
    linear = np.allclose(share @ numbers, y, rtol=1e-4, atol=1e-4)
    count = reach.sum(axis=1, keepdims=True)
    room = {"rtol": 1e-4, "atol": 1e-4}
    said = {
        "mean": linear and np.allclose(share, reach / count, **room),
        "mean of all": linear and np.allclose(share, reach / count.max(), **room),
        "sum": linear and np.allclose(share, reach, **room),
        "max": np.allclose(np.where(reach, numbers, -np.inf).max(axis=1), y, **room),
        "min": np.allclose(np.where(reach, numbers, np.inf).min(axis=1), y, **room),
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
                    best = sorted(more, key=lambda n, p=before: (n != p, n))[:3]
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
        xs = _Axes(tuple(a for a, _ in batch), None, _pair([*missing, *space]))
        ys = _Axes(tuple(j for _, j in batch if j is not None), None, _pair([*missing, *outs]))
        own = [_Run(None)] * (2 - len(space)) + [runs[a] for a in space]
        for after in product(*(r.after for r in own)):
            slide = Slide(_two([r.size for r in own]), _two([r.stride for r in own]), (1, 1),
                          _two([r.before for r in own]), _two(after))  # fmt: skip
            yield from _links(kind, slide, own, xs, ys, x, y, share)


def _links(
    kind: str, slide: Slide, own: Sequence[_Run], xs: _Axes, ys: _Axes,
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
