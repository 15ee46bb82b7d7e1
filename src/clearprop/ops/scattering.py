"""Adding up by place: what looking things up is, backwards."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from clearprop.core.cases import case, integers, real
from clearprop.core.op import Shape, op, shape_of
from clearprop.core.reading import Elements, Fixed, Index, Reading, Total
from clearprop.core.shapes import axis_in
from clearprop.errors import ShapeError
from clearprop.ops.gathering import grid, lookup
from clearprop.ops.indexing import out_of_range, whole_numbers

__all__ = ["scatter_add", "scatter_along_axis", "segment_sum"]

Array = Any

SMALL = 1024  # values; with more, adding into one long row is 4 to 10 times as fast


def _in_range(what: str, indices: Array, size: int, axis: int) -> Array:
    """Count `indices` from the front, or raise the error that names the one out of range."""
    try:
        return np.arange(size)[indices]
    except IndexError:
        whole_numbers(what, indices)
        raise out_of_range(what, indices, size, axis) from None


def _summed(values: Shape, indices: Shape, *, size: int, axis: int = 0) -> Shape:
    rank = len(values) - len(indices) + 1
    a = axis_in(axis, rank, "segment_sum") if rank > 0 else 0
    if rank < 1 or values[a : a + len(indices)] != tuple(indices):
        raise ShapeError(
            f"segment_sum: indices of shape {indices} must be the axes of values"
            f" {values} from axis {axis} on."
        )
    return (*values[:a], size, *values[a + len(indices) :])


def add_at(out: Array, indices: Array, values: Array, axis: int, what: str) -> None:
    """Add to `out`, which is contiguous, in place."""
    if values.size < SMALL:
        try:
            np.add.at(out, (*(slice(None),) * axis, indices), values)
            return
        except IndexError:
            pass  # said in words below
    places = _in_range(what, indices, out.shape[axis], axis)
    before, after = math.prod(out.shape[:axis]), math.prod(out.shape[axis + 1 :])
    blocks = np.arange(before)[:, None, None] * (out.shape[axis] * after)
    flat = blocks + places.reshape(1, -1, 1) * after + np.arange(after)
    np.add.at(out.reshape(-1), flat.reshape(-1), values.reshape(-1))


def _segment_sum_numpy(
    xp: Any, values: Array, indices: Array, *, size: int, axis: int = 0
) -> Array:
    shape = _summed(values.shape, shape_of(indices), size=size, axis=axis)
    out = np.zeros(shape, values.dtype)
    add_at(out, indices, values, axis % len(shape), "segment_sum")
    return out


def _segment_sum_jax(xp: Any, values: Array, indices: Array, *, size: int, axis: int = 0) -> Array:
    shape = _summed(values.shape, indices.shape, size=size, axis=axis)
    before = (slice(None),) * (axis % len(shape))
    return xp.zeros(shape, values.dtype).at[(*before, indices)].add(values)


@op(
    "segment_sum({values}, {indices})",
    r"\mathrm{segment\_sum}_{indices}({values})",
    shape=_summed,
    dtype=lambda values, indices, **_: values,
    cases=[
        case(real(6), integers(3, 6), size=4),
        case(real(2, 3, 4), integers(5, 2, 3), size=5),
        case(real(2, 3, 4), integers(2, 3), size=2, axis=-2),
        case(real(0, 2), integers(3, 0), size=3),
        case(real(3, 2), integers(4), size=4, axis=1),
    ],
    strict=True,
    impl={"numpy": _segment_sum_numpy, "jax": _segment_sum_jax},
)
def segment_sum(xp: Any, values: Array, indices: Array, *, size: int, axis: int = 0) -> Array:
    """Zeros with `values` added at `indices` of an axis of `size`: looking up, backwards."""
    shape = _summed(values.shape, indices.shape, size=size, axis=axis)
    a = axis % len(shape)
    rows = xp.reshape(values, (*shape[:a], indices.size, *shape[a + 1 :]))
    at = xp.reshape(indices, (1, -1)) % size
    hits = xp.astype(at == xp.reshape(xp.arange(size, dtype=at.dtype), (-1, 1)), dtype=values.dtype)
    return xp.moveaxis(xp.tensordot(hits, rows, axes=((1,), (a,))), 0, a)


@segment_sum.read
def _who_adds_here(
    index: Index, values: Array, indices: Array, *, size: int, axis: int = 0
) -> Reading:
    a = axis % len(index)
    found = np.argwhere(np.asarray(indices) % size == index[a])
    if len(found) == 0:
        return Fixed(0.0, why="unused")
    return Total((Elements(0, (*index[:a], *found.T, *index[a + 1 :])),))


segment_sum.vjp(
    values=lambda xp, g, y, values, indices, size, axis=0: lookup(
        xp, g, indices, axis % len(g.shape)
    )
)


def _spread_along(values: Shape, indices: Shape, *, size: int, axis: int = -1) -> Shape:
    if tuple(values) != tuple(indices):
        raise ShapeError(
            f"scatter_along_axis: values of shape {values} for indices of shape {indices};"
            " they must be the same."
        )
    a = axis_in(axis, len(values), "scatter_along_axis")
    return (*values[:a], size, *values[a + 1 :])


def _scatter_along_axis_numpy(
    xp: Any, values: Array, indices: Array, *, size: int, axis: int = -1
) -> Array:
    out = np.zeros(
        _spread_along(values.shape, indices.shape, size=size, axis=axis), dtype=values.dtype
    )
    places = grid(_in_range("scatter_along_axis", indices, size, axis), axis)
    if indices.shape[axis] == 1:
        out[places] = values  # one place a row, so none comes twice
    else:
        np.add.at(out, places, values)
    return out


def _scatter_along_axis_jax(
    xp: Any, values: Array, indices: Array, *, size: int, axis: int = -1
) -> Array:
    shape = _spread_along(values.shape, indices.shape, size=size, axis=axis)
    return xp.zeros(shape, values.dtype).at[grid(indices, axis)].add(values)


@op(
    "scatter({values}, {indices})",
    r"\mathrm{scatter}_{indices}({values})",
    shape=_spread_along,
    dtype=lambda values, indices, **_: values,
    cases=[
        case(real(3, 1), integers(4, 3, 1), size=4),
        case(real(5, 4), integers(3, 5, 4), size=3, axis=0),
        case(real(2, 0), integers(1, 2, 0), size=3),
    ],
    strict=True,
    impl={"numpy": _scatter_along_axis_numpy, "jax": _scatter_along_axis_jax},
)
def scatter_along_axis(
    xp: Any, values: Array, indices: Array, *, size: int, axis: int = -1
) -> Array:
    """Rows of `size` zeros, with `values` added, row by row along `axis`, at `indices`."""
    at = xp.expand_dims(xp.moveaxis(indices, axis, -1) % size, axis=-1)
    hits = xp.astype(at == xp.arange(size, dtype=at.dtype), dtype=values.dtype)  # (..., M, size)
    rows = xp.expand_dims(xp.moveaxis(values, axis, -1), axis=-2)  # (..., 1, M)
    return xp.moveaxis(xp.matmul(rows, hits)[..., 0, :], -1, axis)


@scatter_along_axis.read
def _who_adds_to_this(
    index: Index, values: Array, indices: Array, *, size: int, axis: int = -1
) -> Reading:
    a = axis % len(index)
    row = (*index[:a], slice(None), *index[a + 1 :])
    found = np.flatnonzero(indices[row] % size == index[a])
    if len(found) == 0:
        return Fixed(0.0, why="unused")
    return Total((Elements(0, (*index[:a], found, *index[a + 1 :])),))


scatter_along_axis.vjp(
    values=lambda xp, g, y, values, indices, size, axis=-1: xp.take_along_axis(
        g, indices, axis=axis
    )
)


def _added_to(x: Shape, indices: Shape, values: Shape, *, axis: int = 0) -> Shape:
    a = axis_in(axis, len(x), "scatter_add")
    expected = (*x[:a], *indices, *x[a + 1 :])
    if tuple(values) != expected:
        raise ShapeError(
            f"scatter_add: values of shape {values}; with indices of shape {indices} for axis"
            f" {axis} of shape {x} they must have shape {expected}."
        )
    return x


def _scatter_add_numpy(xp: Any, x: Array, indices: Array, values: Array, *, axis: int = 0) -> Array:
    out = np.array(x, np.result_type(x, values), order="C")
    add_at(out, indices, values, axis % out.ndim, "scatter_add")
    return out


@op(
    "scatter_add({x}, {indices}, {values})",
    r"\mathrm{scatter\_add}_{indices}({x}, {values})",
    shape=_added_to,
    dtype=lambda x, indices, values, **_: np.result_type(x, values),
    cases=[
        case(real(4, 3), integers(4, 5), real(5, 3)),
        case(real(2, 4), integers(4, 2, 3), real(2, 2, 3), axis=-1),
        case(real(3), integers(3, 0), real(0)),
    ],
    strict=True,
    impl={"numpy": _scatter_add_numpy},
)
def scatter_add(xp: Any, x: Array, indices: Array, values: Array, *, axis: int = 0) -> Array:
    """The elements of `x`, with `values` added at `indices` of `axis`; a place can come twice."""
    return x + xp.segment_sum(values, indices, size=x.shape[axis], axis=axis)


scatter_add.vjp(
    x=lambda xp, g, y, x, indices, values, axis=0: g,
    values=lambda xp, g, y, x, indices, values, axis=0: lookup(xp, g, indices, axis % len(g.shape)),
)


@scatter_add.compose
def _plus_segments(xp: Any, x: Array, indices: Array, values: Array, *, axis: int = 0) -> Array:
    return x + xp.segment_sum(values, indices, size=x.shape[axis], axis=axis)
