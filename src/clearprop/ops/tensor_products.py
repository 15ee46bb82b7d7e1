"""Sums of products over chosen axes: dot, outer and tensor products, diagonals and traces."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from clearprop.core.cases import case, real
from clearprop.core.op import PRODUCT, Shape, op, shape_of
from clearprop.core.reading import Elements, Index, Pick, Total
from clearprop.core.shapes import axis_in, broadcast_shapes, within
from clearprop.errors import ShapeError

__all__ = ["diagonal", "outer", "tensordot", "trace", "vecdot"]

Array = Any
Axes = int | tuple[tuple[int, ...], tuple[int, ...]]


def _dotted(x1: Shape, x2: Shape, *, axis: int = -1) -> Shape:
    if axis >= 0:
        raise ShapeError(f"vecdot: axis {axis}; count from the end (-1 is the last).")
    a, b = axis_in(axis, len(x1), "vecdot"), axis_in(axis, len(x2), "vecdot")
    if x1[a] != x2[b]:
        raise ShapeError(
            f"vecdot: x1 is {x1}, x2 is {x2}; their sizes of axis {axis} ({x1[a]} and {x2[b]})"
            " must be equal."
        )
    full = broadcast_shapes(x1, x2)
    return (*full[: len(full) + axis], *full[len(full) + axis + 1 :])


@op(
    "vecdot({x1}, {x2})",
    r"\langle {x1}, {x2} \rangle",
    shape=_dotted,
    cases=[
        case(real(3), real(3)),
        case(real(2, 3), real(2, 3)),
        case(real(4, 1, 3), real(2, 3)),
        case(real(3, 2), real(5, 3, 1), axis=-2),
        case(real(2, 0), real(2, 0)),
    ],
)
def vecdot(xp: Any, x1: Array, x2: Array, *, axis: int = -1) -> Array:
    """Sum of products of the elements along `axis`, which is counted from the end."""
    if axis >= 0:  # NumPy would take it
        _dotted(shape_of(x1), shape_of(x2), axis=axis)
    return xp.vecdot(x1, x2, axis=axis)


vecdot.vjp(
    x1=lambda xp, g, y, x1, x2, axis=-1: xp.expand_dims(g, axis=axis) * x2,
    x2=lambda xp, g, y, x1, x2, axis=-1: xp.expand_dims(g, axis=axis) * x1,
)


@vecdot.read
def _along_both(index: Index, x1: Array, x2: Array, *, axis: int = -1) -> Total:
    rank = max(x1.ndim, x2.ndim)
    full = (*index[: rank + axis], 0, *index[rank + axis :])
    along = np.arange(x1.shape[axis])

    def of(i: int, x: Array) -> Elements:
        place: list[Any] = list(within(full, x.shape))
        place[axis] = along
        return Elements(i, tuple(place))

    return Total((of(0, x1), of(1, x2)))


def _crossed(x1: Shape, x2: Shape) -> Shape:
    if len(x1) != 1 or len(x2) != 1:
        raise ShapeError(
            f"outer: shapes {x1} and {x2}; both must have one axis. Use tensordot with axes=0."
        )
    return (x1[0], x2[0])


@op(
    "outer({x1}, {x2})",
    r"{x1} \otimes {x2}",
    shape=_crossed,
    level=PRODUCT,
    strict=True,
    cases=[case(real(3), real(4)), case(real(1), real(2)), case(real(0), real(2))],
)
def outer(xp: Any, x1: Array, x2: Array) -> Array:
    """Every element of one vector times every element of another."""
    return xp.reshape(x1, (-1, 1)) * x2


outer.vjp(
    x1=lambda xp, g, y, x1, x2: xp.matmul(g, x2),
    x2=lambda xp, g, y, x1, x2: xp.matmul(x1, g),
)


@outer.read
def _one_by_one(index: Index, x1: Array, x2: Array) -> Total:
    return Total((Elements(0, index[:1]), Elements(1, index[1:])))


def _pairs(x1: Shape, x2: Shape, axes: Axes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Tell which axes of one are summed with which of the other."""
    if isinstance(axes, int):
        most = min(len(x1), len(x2))
        if not 0 <= axes <= most:
            raise ShapeError(
                f"tensordot: axes={axes} of shapes {x1} and {x2}; it can be 0 to {most}: the last"
                " axes of the one are summed with the first of the other."
            )
        return tuple(range(len(x1) - axes, len(x1))), tuple(range(axes))
    one = tuple(axis_in(a, len(x1), "tensordot") for a in axes[0])
    two = tuple(axis_in(a, len(x2), "tensordot") for a in axes[1])
    if len(one) != len(two):
        raise ShapeError(
            f"tensordot: axes {axes} name {len(one)} and {len(two)} axes to pair; name as many of"
            " the one as of the other."
        )
    return one, two


def _others(x: Shape, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a for a in range(len(x)) if a not in axes)


def _contracted(x1: Shape, x2: Shape, *, axes: Axes = 2) -> Shape:
    one, two = _pairs(x1, x2, axes)
    for a, b in zip(one, two, strict=True):
        if x1[a] != x2[b]:
            raise ShapeError(
                f"tensordot: axis {a} of x1 {x1} has size {x1[a]}, axis {b} of x2 {x2} has"
                f" {x2[b]}; they are summed together, so they must be equal."
            )
    return tuple(x1[a] for a in _others(x1, one)) + tuple(x2[b] for b in _others(x2, two))


@op(
    "tensordot({x1}, {x2})",
    r"{x1} \cdot {x2}",
    shape=_contracted,
    level=PRODUCT,
    cases=[
        case(real(2, 3, 4), real(3, 4, 5)),
        case(real(3, 4), real(2, 4), axes=((1,), (-1,))),
        case(real(2, 3, 4), real(4, 5, 2), axes=((0, 2), (2, 0))),
        case(real(2), real(3, 1), axes=0),
        case(real(2, 0), real(0, 3), axes=1),
    ],
)
def tensordot(xp: Any, x1: Array, x2: Array, *, axes: Axes = 2) -> Array:
    """Sum of products over the last `axes` axes of one and the first of the other, or pairs."""
    if isinstance(axes, int) and axes < 0:  # NumPy would take them for none
        _pairs(shape_of(x1), shape_of(x2), axes)
    return xp.tensordot(x1, x2, axes=axes)


def _tensordot_left(xp: Any, g: Array, y: Array, x1: Array, x2: Array, axes: Axes = 2) -> Array:
    one, two = _pairs(x1.shape, x2.shape, axes)
    free = _others(x2.shape, two)
    share = xp.tensordot(g, x2, axes=(tuple(range(len(g.shape) - len(free), len(g.shape))), free))
    # The axes of the share: the free ones of x1, then the summed ones in the order x2 has them.
    order = _others(x1.shape, one) + tuple(one[two.index(b)] for b in sorted(two))
    return xp.permute_dims(share, axes=tuple(order.index(a) for a in range(len(order))))


def _tensordot_right(xp: Any, g: Array, y: Array, x1: Array, x2: Array, axes: Axes = 2) -> Array:
    one, two = _pairs(x1.shape, x2.shape, axes)
    free = _others(x1.shape, one)
    share = xp.tensordot(x1, g, axes=(free, tuple(range(len(free)))))
    order = tuple(two[one.index(a)] for a in sorted(one)) + _others(x2.shape, two)
    return xp.permute_dims(share, axes=tuple(order.index(a) for a in range(len(order))))


tensordot.vjp(x1=_tensordot_left, x2=_tensordot_right)


@tensordot.read
def _over_pairs(index: Index, x1: Array, x2: Array, *, axes: Axes = 2) -> Total:
    one, two = _pairs(x1.shape, x2.shape, axes)
    sizes = [x1.shape[a] for a in one]
    grid = np.indices(sizes).reshape(len(sizes), math.prod(sizes))
    kept = iter(index)

    def of(i: int, x: Array, summed: tuple[int, ...]) -> Elements:
        return Elements(
            i, tuple(grid[summed.index(a)] if a in summed else next(kept) for a in range(x.ndim))
        )

    return Total((of(0, x1, one), of(1, x2, two)))


def _places(x: Shape, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """List the rows and the columns of a diagonal."""
    if len(x) < 2:
        raise ShapeError(f"a diagonal needs at least two axes; got shape {x}.")
    rows, columns = x[-2:]
    length = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    return np.arange(length) + max(-offset, 0), np.arange(length) + max(offset, 0)


def _on_diagonal(x: Shape, *, offset: int = 0) -> Shape:
    return (*x[:-2], len(_places(x, offset)[0]))


_DIAGONALS = [
    case(real(3, 3)),
    case(real(2, 3, 4), offset=1),
    case(real(4, 2), offset=-2),
    case(real(2, 2), offset=5),
]


@op(
    "diagonal({x})",
    r"\mathrm{diag}({x})",
    shape=_on_diagonal,
    cases=_DIAGONALS,
    impl={
        "numpy": lambda xp, x, *, offset=0: np.diagonal(x, offset, axis1=-2, axis2=-1),
        "jax": lambda xp, x, *, offset=0: xp.module.diagonal(x, offset, axis1=-2, axis2=-1),
    },
)
def diagonal(xp: Any, x: Array, *, offset: int = 0) -> Array:
    """The elements of each matrix whose column is their row plus `offset`."""
    rows, columns = _places(x.shape, offset)
    flat = xp.reshape(x, (*x.shape[:-2], x.shape[-2] * x.shape[-1]))
    return xp.take(flat, xp.asarray(rows * x.shape[-1] + columns), axis=-1)


def _to_diagonal(xp: Any, g: Array, y: Array, x: Array, offset: int = 0) -> Array:
    return xp.scatter(g, key=(Ellipsis, *_places(x.shape, offset)), shape=x.shape)


diagonal.vjp(x=_to_diagonal)


@diagonal.read
def _row_and_column(index: Index, x: Array, *, offset: int = 0) -> Pick:
    rows, columns = _places(x.shape, offset)
    return Pick(0, (*index[:-1], int(rows[index[-1]]), int(columns[index[-1]])))


@op(
    "trace({x})",
    r"\mathrm{tr}({x})",
    shape=lambda x, *, offset=0: _on_diagonal(x, offset=offset)[:-1],
    cases=_DIAGONALS,
)
def trace(xp: Any, x: Array, *, offset: int = 0) -> Array:
    """Sum of the diagonal of each matrix."""
    return xp.sum(xp.diagonal(x, offset=offset), axis=-1)


def _spread_on_diagonal(xp: Any, g: Array, y: Array, x: Array, offset: int = 0) -> Array:
    rows, columns = x.shape[-2:]
    place = xp.eye(rows, columns, k=offset, dtype=g.dtype)
    return xp.reshape(g, (*g.shape, 1, 1)) * place


trace.vjp(x=_spread_on_diagonal)


@trace.read
def _all_on_diagonal(index: Index, x: Array, *, offset: int = 0) -> Total:
    return Total((Elements(0, (*index, *_places(x.shape, offset))),))
