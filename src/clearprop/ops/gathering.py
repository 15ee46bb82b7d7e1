"""Elements at places that are data: looking things up, and one-hot rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, integers, real
from clearprop.core.op import Shape, op, shape_of
from clearprop.core.reading import Fixed, Index, Pick
from clearprop.core.shapes import axis_in
from clearprop.errors import RangeError, ShapeError
from clearprop.ops.indexing import out_of_range, whole_numbers

__all__ = ["one_hot", "take", "take_along_axis"]

Array = Any


def _axis(x: Shape, axis: int | None, what: str) -> int:
    if axis is None:
        if len(x) != 1:
            raise ShapeError(f"{what}: say along which axis of shape {x}, such as axis=0.")
        return 0
    return axis_in(axis, len(x), what)


def _gathered(x: Shape, indices: Shape, *, axis: int | None = None) -> Shape:
    a = _axis(x, axis, "take")
    return (*x[:a], *indices, *x[a + 1 :])


def _take_numpy(xp: Any, x: Array, indices: Array, *, axis: int | None = None) -> Array:
    a = _axis(shape_of(x), axis, "take")
    try:
        return np.take(x, indices, axis=a)
    except (IndexError, TypeError):
        whole_numbers("take", indices)
        raise out_of_range("take", indices, x.shape[a], a) from None


@op(
    "{x}[{indices}]",
    "{x}_{indices}",
    shape=_gathered,
    dtype=lambda x, indices, **_: x,
    cases=[
        case(real(5), integers(5, 3)),
        case(real(5, 2), integers(5, 2, 4), axis=0),
        case(real(2, 5, 3), integers(5, 7), axis=-2),
        case(real(2, 3), integers(3), axis=1),
        case(real(4, 1), integers(4, 0), axis=0),
    ],
    impl={"numpy": _take_numpy},
)
def take(xp: Any, x: Array, indices: Array, *, axis: int | None = None) -> Array:
    """The elements at `indices` of `axis`, as a lookup in a table."""
    return lookup(xp, x, indices, _axis(x.shape, axis, "take"))


def lookup(xp: Any, x: Array, indices: Array, axis: int) -> Array:
    """Take with `indices` of any shape; the standard's own knows a single row of them."""
    shape = shape_of(indices)
    if len(shape) == 1:
        return xp.take(x, indices, axis=axis)
    rows = xp.take(x, xp.reshape(indices, (-1,)), axis=axis)
    return xp.reshape(rows, (*x.shape[:axis], *shape, *x.shape[axis + 1 :]))


@take.read
def _looked_up(index: Index, x: Array, indices: Array, *, axis: int | None = None) -> Pick:
    a = _axis(x.shape, axis, "take")
    places = np.asarray(indices)
    end = a + places.ndim
    return Pick(0, (*index[:a], int(places[index[a:end]]) % x.shape[a], *index[end:]))


take.vjp(
    x=lambda xp, g, y, x, indices, axis=None: xp.segment_sum(
        g, indices, size=x.shape[axis or 0], axis=_axis(x.shape, axis, "take")
    )
)


def _alongside(x: Shape, indices: Shape, *, axis: int = -1) -> Shape:
    a = axis_in(axis, len(x), "take_along_axis")
    if len(x) != len(indices) or any(
        n != m for b, (n, m) in enumerate(zip(x, indices, strict=True)) if b != a
    ):
        raise ShapeError(
            f"take_along_axis: indices of shape {indices} for x of shape {x}; they must"
            f" agree but for axis {axis}. Use broadcast_to or expand_dims."
        )
    return tuple(indices)


def grid(indices: Array, axis: int) -> tuple[Any, ...]:
    """Index, for each element of `indices`, its own row: what NumPy needs beside the places."""
    axis %= indices.ndim
    own: list[Any] = list(np.indices(indices.shape, sparse=True))
    own[axis] = indices
    return tuple(own)


def _take_along_axis_numpy(xp: Any, x: Array, indices: Array, *, axis: int = -1) -> Array:
    try:
        return x[grid(indices, axis)]
    except IndexError:
        whole_numbers("take_along_axis", indices)
        raise out_of_range("take_along_axis", indices, x.shape[axis], axis) from None


@op(
    "{x}[{indices}]",
    "{x}_{indices}",
    shape=_alongside,
    dtype=lambda x, indices, **_: x,
    cases=[
        case(real(3, 4), integers(4, 3, 1)),
        case(real(3, 4), integers(3, 2, 4), axis=0),
        case(real(2, 3, 1), integers(3, 2, 5, 1), axis=-2),
    ],
    strict=True,
    impl={"numpy": _take_along_axis_numpy},
)
def take_along_axis(xp: Any, x: Array, indices: Array, *, axis: int = -1) -> Array:
    """From each row of `x` along `axis`, the elements at the same row of `indices`."""
    return xp.take_along_axis(x, indices, axis=axis)


@take_along_axis.read
def _own_row(index: Index, x: Array, indices: Array, *, axis: int = -1) -> Pick:
    a = axis % x.ndim
    return Pick(0, (*index[:a], int(indices[index]) % x.shape[a], *index[a + 1 :]))


take_along_axis.vjp(
    x=lambda xp, g, y, x, indices, axis=-1: xp.scatter_along_axis(
        g, indices, size=x.shape[axis], axis=axis
    )
)


def _with_classes(indices: Shape, *, num_classes: int, dtype: str = "float64") -> Shape:
    return (*indices, num_classes)


def _one_hot_numpy(xp: Any, indices: Array, *, num_classes: int, dtype: str = "float64") -> Array:
    labels = np.asarray(indices)
    whole_numbers("one_hot", labels)
    if labels.size and (labels.min() < 0 or labels.max() >= num_classes):
        raise no_such_class("one_hot", labels, num_classes)
    return (labels[..., None] == np.arange(num_classes)).astype(dtype)


def no_such_class(what: str, labels: Array, classes: int) -> RangeError:
    """Build the error for labels that are not all from 0 to one less than `classes`."""
    bad = np.argwhere((labels < 0) | (labels >= classes))[0]
    return RangeError(
        f"{what}: label {int(labels[tuple(bad)])} at {bad.tolist()} is no class;"
        f" {classes} classes have labels 0 to {classes - 1}."
    )


@op(
    "one_hot({indices})",
    r"\mathrm{one\_hot}({indices})",
    shape=_with_classes,
    dtype=lambda indices, dtype="float64", **_: dtype,
    cases=[
        case(integers(4, 3), num_classes=4),
        case(integers(3, 2, 1), num_classes=3, dtype="float32"),
        case(integers(3), num_classes=5),
    ],
    impl={"numpy": _one_hot_numpy},
)
def one_hot(xp: Any, indices: Array, *, num_classes: int, dtype: str = "float64") -> Array:
    """A row for each index: 1 at its place, 0 elsewhere."""
    places = xp.arange(num_classes, dtype=indices.dtype)
    return xp.astype(xp.expand_dims(indices, axis=-1) == places, dtype=getattr(xp, dtype))


@one_hot.read
def _one_or_zero(
    index: Index, indices: Array, *, num_classes: int, dtype: str = "float64"
) -> Fixed:
    return Fixed(float(indices[index[:-1]] == index[-1]))
