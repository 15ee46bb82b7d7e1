"""Turning, repeating, padding and masking: elements at other places, some of them often."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from clearprop.core.cases import Case, Sample, case, real
from clearprop.core.op import Shape, op, shape_of
from clearprop.core.reading import Fixed, Index, Pick
from clearprop.core.shapes import axis_in, same
from clearprop.errors import ShapeError
from clearprop.ops.shaping import as_axes

__all__ = ["flip", "pad", "repeat", "roll", "tile", "tril", "triu"]

Array = Any
Axes = int | tuple[int, ...]
Widths = int | tuple[int, int] | tuple[tuple[int, int], ...]


def _flipped(x: Shape, *, axis: Axes | None = None) -> Shape:
    if axis is not None:
        as_axes(axis, len(x), "flip")
    return x


@op(
    "flip({x})",
    r"\mathrm{flip}({x})",
    shape=_flipped,
    cases=[real(3, 4), case(real(3, 4), axis=-1), case(real(2, 1, 3), axis=(0, 2)), real(0, 2)],
)
def flip(xp: Any, x: Array, *, axis: Axes | None = None) -> Array:
    """The elements in reverse order along `axis` (all axes for None)."""
    return xp.flip(x, axis=axis)


flip.vjp(x=lambda xp, g, y, x, axis=None: xp.flip(g, axis=axis))


@flip.read
def _from_the_end(index: Index, x: Array, *, axis: Axes | None = None) -> Pick:
    turned = range(x.ndim) if axis is None else as_axes(axis, x.ndim, "flip")
    return Pick(0, tuple(x.shape[a] - 1 - i if a in turned else i for a, i in enumerate(index)))


def _shifts(rank: int, shift: Axes, axis: Axes) -> list[tuple[int, int]]:
    """Pair each shift with its axis; an axis that comes twice is shifted twice."""
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    by = (shift,) * len(axes) if isinstance(shift, int) else tuple(shift)
    if len(by) != len(axes):
        raise ShapeError(f"roll: {len(by)} shifts for {len(axes)} axes; give one each.")
    return [(s, axis_in(a, rank, "roll")) for s, a in zip(by, axes, strict=True)]


def _rolled(x: Shape, *, shift: Axes, axis: Axes | None = None) -> Shape:
    if axis is not None:
        _shifts(len(x), shift, axis)
    elif not isinstance(shift, int):
        raise ShapeError(f"roll: several shifts {shift} need as many axes; axis is None.")
    return x


@op(
    "roll({x}, {shift})",
    r"\mathrm{roll}_{shift}({x})",
    shape=_rolled,
    cases=[
        case(real(3, 4), shift=2),
        case(real(3, 4), shift=-1, axis=0),
        case(real(3, 4), shift=(1, -6), axis=(0, -1)),
    ],
)
def roll(xp: Any, x: Array, *, shift: Axes, axis: Axes | None = None) -> Array:
    """The elements moved on by `shift` places along `axis`, the last ones to the front."""
    if not isinstance(shift, int):  # NumPy would make shifts and axes fit by repeating them
        _rolled(shape_of(x), shift=shift, axis=axis)
    return xp.roll(x, shift, axis=axis)


def _backwards(shift: Axes) -> Axes:
    return -shift if isinstance(shift, int) else tuple(-s for s in shift)


roll.vjp(x=lambda xp, g, y, x, shift, axis=None: xp.roll(g, shift=_backwards(shift), axis=axis))


@roll.read
def _before_the_roll(index: Index, x: Array, *, shift: Axes, axis: Axes | None = None) -> Pick:
    if axis is None:
        assert isinstance(shift, int)
        flat = np.ravel_multi_index(index, x.shape) if x.ndim else 0
        return Pick(0, tuple(map(int, np.unravel_index((flat - shift) % x.size, x.shape))))
    place = list(index)
    for s, a in _shifts(x.ndim, shift, axis):
        place[a] = (place[a] - s) % x.shape[a]
    return Pick(0, tuple(place))


def _origin(n: int, repeats: int | tuple[int, ...]) -> np.ndarray:
    """List, for each place of a repeated axis of size `n`, the place it was copied from."""
    return np.repeat(np.arange(n), repeats)


def _repeated(x: Shape, *, repeats: int | tuple[int, ...], axis: int | None = None) -> Shape:
    if axis is None:
        x, axis = (math.prod(x),), 0
    axis = axis_in(axis, len(x), "repeat")
    counts = [repeats] * x[axis] if isinstance(repeats, int) else list(repeats)
    if len(counts) != x[axis] or min(counts, default=0) < 0:
        raise ShapeError(
            f"repeat: repeats {repeats} for an axis of {x[axis]} places; give one count of at"
            " least 0, or one for each place."
        )
    return (*x[:axis], sum(counts), *x[axis + 1 :])


@op(
    "repeat({x}, {repeats})",
    r"\mathrm{repeat}_{repeats}({x})",
    shape=_repeated,
    cases=[
        case(real(2, 3), repeats=2),
        case(real(2, 3), repeats=3, axis=-1),
        case(real(2, 3), repeats=(2, 0, 1), axis=1),
        case(real(2, 3), repeats=(1, 2, 0, 1, 1, 2)),
        case(real(2, 3), repeats=0, axis=0),
    ],
)
def repeat(xp: Any, x: Array, *, repeats: int | tuple[int, ...], axis: int | None = None) -> Array:
    """Each element `repeats` times in a row along `axis` (of all elements in a row for None)."""
    if isinstance(repeats, int):
        return xp.repeat(x, repeats, axis=axis)
    if axis is None:
        x, axis = xp.reshape(x, (-1,)), 0
    return xp.take(x, xp.asarray(_origin(shape_of(x)[axis], repeats)), axis=axis)


def _add_repeats(
    xp: Any, g: Array, y: Array, x: Array, repeats: int | tuple[int, ...], axis: int | None = None
) -> Array:
    shape = (x.size,) if axis is None else x.shape
    a = 0 if axis is None else axis % len(shape)
    if isinstance(repeats, int):
        rows = xp.reshape(g, (*shape[: a + 1], repeats, *shape[a + 1 :]))
        return xp.reshape(xp.sum(rows, axis=a + 1), x.shape)
    origin = xp.asarray(_origin(shape[a], repeats))
    return xp.reshape(xp.segment_sum(g, origin, size=shape[a], axis=a), x.shape)


repeat.vjp(x=_add_repeats)


@repeat.read
def _original(
    index: Index, x: Array, *, repeats: int | tuple[int, ...], axis: int | None = None
) -> Pick:
    if axis is None:
        flat = _origin(x.size, repeats)[index[0]]
        return Pick(0, tuple(map(int, np.unravel_index(flat, x.shape))))
    place = list(index)
    place[axis] = int(_origin(x.shape[axis], repeats)[index[axis]])
    return Pick(0, tuple(place))


def _aligned(x: Shape, repetitions: tuple[int, ...]) -> tuple[Shape, tuple[int, ...]]:
    """Give sizes and repetitions the same number of axes, with ones in front."""
    rank = max(len(x), len(repetitions))
    return (
        (1,) * (rank - len(x)) + tuple(x),
        (1,) * (rank - len(repetitions)) + tuple(repetitions),
    )


def _tiled(x: Shape, *, repetitions: tuple[int, ...]) -> Shape:
    if min(repetitions, default=0) < 0:
        raise ShapeError(f"tile: repetitions {repetitions}; each must be at least 0.")
    return tuple(n * r for n, r in zip(*_aligned(x, repetitions), strict=True))


@op(
    "tile({x}, {repetitions})",
    r"\mathrm{tile}_{repetitions}({x})",
    shape=_tiled,
    cases=[
        case(real(2, 3), repetitions=(2, 1)),
        case(real(3), repetitions=(2, 1, 3)),
        case(real(2, 1, 3), repetitions=(2,)),
        case(real(2, 3), repetitions=(0, 2)),
    ],
)
def tile(xp: Any, x: Array, *, repetitions: tuple[int, ...]) -> Array:
    """The whole array laid side by side, `repetitions` times along each axis."""
    return xp.tile(x, tuple(repetitions))


def _add_tiles(xp: Any, g: Array, y: Array, x: Array, repetitions: tuple[int, ...]) -> Array:
    sizes, counts = _aligned(x.shape, repetitions)
    pairs = [n for pair in zip(counts, sizes, strict=True) for n in pair]
    tiles = xp.reshape(g, tuple(pairs))  # (r0, n0, r1, n1, ...)
    return xp.reshape(xp.sum(tiles, axis=tuple(range(0, len(pairs), 2))), x.shape)


tile.vjp(x=_add_tiles)


@tile.read
def _on_the_tile(index: Index, x: Array, *, repetitions: tuple[int, ...]) -> Pick:
    own = index[len(index) - x.ndim :]
    return Pick(0, tuple(i % n for i, n in zip(own, x.shape, strict=True)))


def _matrices(x: Shape, *, k: int = 0) -> Shape:
    if len(x) < 2:
        raise ShapeError(f"a triangle needs at least two axes; got shape {x}.")
    return same(x)


def _matrix(x: Array) -> Array:
    """Give `x` if it has rows and columns; NumPy would make a matrix of a row."""
    shape = shape_of(x)
    if len(shape) < 2:
        _matrices(shape)
    return x


_TRIANGLES: list[Case | Sample] = [
    real(3, 4),
    case(real(2, 4, 3), k=-1),
    case(real(3, 3), k=1),
    real(1, 0, 2),
]


@op("tril({x})", r"\mathrm{tril}({x})", shape=_matrices, cases=_TRIANGLES)
def tril(xp: Any, x: Array, *, k: int = 0) -> Array:
    """The elements on and below the `k`-th diagonal of each matrix, zeros elsewhere."""
    return xp.tril(_matrix(x), k=k)


tril.vjp(x=lambda xp, g, y, x, k=0: xp.tril(g, k=k))


@tril.read
def _kept_below(index: Index, x: Array, *, k: int = 0) -> Pick | Fixed:
    return Pick(0, index) if index[-1] - index[-2] <= k else Fixed(0.0)


@op("triu({x})", r"\mathrm{triu}({x})", shape=_matrices, cases=_TRIANGLES)
def triu(xp: Any, x: Array, *, k: int = 0) -> Array:
    """The elements on and above the `k`-th diagonal of each matrix, zeros elsewhere."""
    return xp.triu(_matrix(x), k=k)


triu.vjp(x=lambda xp, g, y, x, k=0: xp.triu(g, k=k))


@triu.read
def _kept_above(index: Index, x: Array, *, k: int = 0) -> Pick | Fixed:
    return Pick(0, index) if index[-1] - index[-2] >= k else Fixed(0.0)


def margins(widths: Widths, rank: int) -> tuple[tuple[int, int], ...]:
    """Spell out how much is added before and after each of `rank` axes."""
    if isinstance(widths, int):
        pairs: tuple[Any, ...] = ((widths, widths),) * rank
    elif len(widths) == 2 and all(isinstance(n, int) for n in widths):
        pairs = (widths,) * rank
    else:
        pairs = tuple(tuple(pair) for pair in widths)  # type: ignore[arg-type]
    if len(pairs) != rank or any(len(p) != 2 or min(p) < 0 for p in pairs):
        raise ShapeError(
            f"pad: widths {widths} for {rank} axes; give one number, one pair (before, after), or"
            " a pair for each axis, none negative."
        )
    return pairs


def _padded(x: Shape, *, widths: Widths, value: float = 0.0) -> Shape:
    return tuple(a + n + b for n, (a, b) in zip(x, margins(widths, len(x)), strict=True))


def _inside(x: Shape, widths: Widths) -> tuple[slice, ...]:
    return tuple(slice(a, a + n) for n, (a, _) in zip(x, margins(widths, len(x)), strict=True))


def _pad_numpy(xp: Any, x: Array, *, widths: Widths, value: float = 0.0) -> Array:
    shape = _padded(x.shape, widths=widths)
    out = np.full(shape, value, x.dtype) if value else np.zeros(shape, x.dtype)
    out[_inside(x.shape, widths)] = x
    return out


def _pad_jax(xp: Any, x: Array, *, widths: Widths, value: float = 0.0) -> Array:
    return xp.module.pad(x, margins(widths, len(x.shape)), constant_values=value)


@op(
    "pad({x}, {widths})",
    r"\mathrm{pad}_{widths}({x})",
    shape=_padded,
    dtype=lambda x, **_: x,
    cases=[
        case(real(2, 3), widths=1),
        case(real(2, 3), widths=((0, 2), (1, 0)), value=-1.5),
        case(real(3), widths=(2, 1)),
        case(real(0, 2), widths=((1, 0), (0, 0))),
    ],
    impl={"numpy": _pad_numpy, "jax": _pad_jax},
)
def pad(xp: Any, x: Array, *, widths: Widths, value: float = 0.0) -> Array:
    """A margin of `value` around: one width, one pair (before, after), or a pair an axis."""
    for axis, (before, after) in enumerate(margins(widths, len(x.shape))):
        sides = [
            xp.full((*x.shape[:axis], n, *x.shape[axis + 1 :]), value, dtype=x.dtype)
            for n in (before, after)
        ]
        x = xp.concat([sides[0], x, sides[1]], axis=axis)
    return x


pad.vjp(x=lambda xp, g, y, x, widths, value=0.0: g[_inside(x.shape, widths)])


@pad.read
def _inside_or_margin(
    index: Index, x: Array, *, widths: Widths, value: float = 0.0
) -> Pick | Fixed:
    place = tuple(i - a for i, (a, _) in zip(index, margins(widths, x.ndim), strict=True))
    if all(0 <= i < n for i, n in zip(place, x.shape, strict=True)):
        return Pick(0, place)
    return Fixed(value, why="padding")
