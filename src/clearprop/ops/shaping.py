"""Giving the same elements other axes: reshaping, broadcasting and moving axes about."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, real
from clearprop.core.op import Shape, op, shape_of
from clearprop.core.reading import Index, Pick
from clearprop.core.shapes import axis_in, broadcast_shapes, within
from clearprop.errors import ShapeError

__all__ = ["broadcast_to", "expand_dims", "moveaxis", "permute_dims", "reshape", "squeeze"]

Array = Any
Axes = int | tuple[int, ...]


def as_axes(axis: Axes, rank: int, what: str) -> tuple[int, ...]:
    """Count one or several axes from the front; none may come twice."""
    given = (axis,) if isinstance(axis, int) else tuple(axis)
    axes = tuple(axis_in(a, rank, what) for a in given)
    if len(set(axes)) < len(axes):
        raise ShapeError(f"{what}: axes {axis} name one axis twice.")
    return axes


def _reshaped(x: Shape, *, shape: Shape | int) -> Shape:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    size = 1
    for n in x:
        size *= n
    known = 1
    for n in sizes:
        known *= 1 if n == -1 else n
    if sizes.count(-1) == 1 and known and size % known == 0:
        return tuple(size // known if n == -1 else n for n in sizes)
    if known == size and -1 not in sizes:
        return sizes
    raise ShapeError(
        f"reshape: {size} elements of shape {x} do not fill shape {sizes}"
        + (f", which needs a multiple of {known}." if -1 in sizes else f", which holds {known}.")
    )


@op(
    "reshape({x}, {shape})",
    r"\mathrm{reshape}({x})",
    shape=_reshaped,
    cases=[
        case(real(3, 4), shape=(2, 6)),
        case(real(3, 4), shape=(-1,)),
        case(real(1), shape=()),
        case(real(0, 3), shape=(3, 0, 2)),
    ],
)
def reshape(xp: Any, x: Array, *, shape: Shape | int) -> Array:
    """The same elements, in order, in another shape; one size may be -1."""
    return xp.reshape(x, shape)


reshape.vjp(x=lambda xp, g, y, x, shape: xp.reshape(g, x.shape))


@reshape.read
def _same_order(index: Index, x: Array, *, shape: Shape | int) -> Pick:
    return in_order(index, _reshaped(x.shape, shape=shape), x.shape)


def in_order(index: Index, shape: Shape, of: Shape) -> Pick:
    """Pick the element of a first input of shape `of` that comes as late as `index` in `shape`."""
    flat = np.ravel_multi_index(index, shape) if shape else 0
    return Pick(0, tuple(map(int, np.unravel_index(flat, of))))


def _broadcast_to(x: Shape, *, shape: Shape) -> Shape:
    if len(x) > len(shape) or broadcast_shapes(x, shape) != tuple(shape):
        raise ShapeError(
            f"broadcast_to: shape {x} cannot be repeated to {tuple(shape)};"
            " only axes of size 1 and new axes in front can."
        )
    return tuple(shape)


@op(
    "{x}",
    "{x}",
    shape=_broadcast_to,
    cases=[
        case(real(4), shape=(3, 4)),
        case(real(3, 1), shape=(2, 3, 4)),
        case(real(), shape=(2,)),
        case(real(1, 3), shape=(0, 3)),
    ],
)
def broadcast_to(xp: Any, x: Array, *, shape: Shape) -> Array:
    """The elements repeated along axes of size 1 and new axes in front."""
    return xp.broadcast_to(x, shape)


broadcast_to.vjp(x=lambda xp, g, y, x, shape: g)  # the engine adds up what was repeated


@broadcast_to.read
def _repeated(index: Index, x: Array, *, shape: Shape) -> Pick:
    return Pick(0, within(index, x.shape))


def _permuted(x: Shape, *, axes: tuple[int, ...]) -> Shape:
    order = as_axes(axes, len(x), "permute_dims")
    if len(order) != len(x):
        raise ShapeError(f"permute_dims: axes {axes} must name each axis of shape {x} once.")
    return tuple(x[a] for a in order)


def _permute_jax(xp: Any, x: Array, *, axes: tuple[int, ...]) -> Array:
    return xp.permute_dims(x, as_axes(axes, len(x.shape), "permute_dims"))  # it knows none below 0


@op(
    "permute({x}, {axes})",
    r"\mathrm{permute}_{axes}({x})",
    shape=_permuted,
    cases=[
        case(real(2, 3, 4), axes=(2, 0, 1)),
        case(real(3, 1), axes=(-1, 0)),
        case(real(), axes=()),
    ],
    impl={"jax": _permute_jax},
)
def permute_dims(xp: Any, x: Array, *, axes: tuple[int, ...]) -> Array:
    """The axes in another order: axis ``k`` of the result is axis ``axes[k]`` of `x`."""
    return xp.permute_dims(x, axes)


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    back = [0] * len(axes)
    for k, a in enumerate(axes):
        back[a] = k
    return tuple(back)


permute_dims.vjp(x=lambda xp, g, y, x, axes: xp.permute_dims(g, axes=_inverse(axes)))


@permute_dims.read
def _reordered(index: Index, x: Array, *, axes: tuple[int, ...]) -> Pick:
    return Pick(0, tuple(index[k] for k in _inverse(axes)))


def _move_order(rank: int, source: Axes, destination: Axes) -> tuple[int, ...]:
    what = "moveaxis"
    start, end = as_axes(source, rank, what), as_axes(destination, rank, what)
    if len(start) != len(end):
        raise ShapeError(f"moveaxis: source {source} and destination {destination} differ in size.")
    order = [a for a in range(rank) if a not in start]
    for place, axis in sorted(zip(end, start, strict=True)):
        order.insert(place, axis)
    return tuple(order)


def _moved(x: Shape, *, source: Axes, destination: Axes) -> Shape:
    return tuple(x[a] for a in _move_order(len(x), source, destination))


@op(
    "moveaxis({x}, {source}, {destination})",
    r"\mathrm{move}_{{source} \to {destination}}({x})",
    shape=_moved,
    cases=[
        case(real(2, 3, 4), source=0, destination=-1),
        case(real(2, 3, 4, 1), source=(3, -3), destination=(0, 1)),
    ],
)
def moveaxis(xp: Any, x: Array, *, source: Axes, destination: Axes) -> Array:
    """Some axes moved to other places, the others kept in order."""
    return xp.moveaxis(x, source, destination)


moveaxis.vjp(
    x=lambda xp, g, y, x, source, destination: xp.permute_dims(
        g, axes=_inverse(_move_order(len(x.shape), source, destination))
    )
)


@moveaxis.read
def _followed(index: Index, x: Array, *, source: Axes, destination: Axes) -> Pick:
    back = _inverse(_move_order(x.ndim, source, destination))
    return Pick(0, tuple(index[k] for k in back))


def _squeezed(x: Shape, *, axis: Axes | None = None) -> Shape:
    if axis is None:
        return tuple(n for n in x if n != 1)
    gone = as_axes(axis, len(x), "squeeze")
    for a in gone:
        if x[a] != 1:
            raise ShapeError(
                f"squeeze: axis {a} of shape {x} has size {x[a]}; only size 1 can be left out."
            )
    return tuple(n for a, n in enumerate(x) if a not in gone)


@op(
    "{x}",
    "{x}",
    shape=_squeezed,
    cases=[real(1, 3, 1), case(real(1, 3, 1), axis=-1), case(real(1, 0, 1), axis=(0, 2))],
)
def squeeze(xp: Any, x: Array, *, axis: Axes | None = None) -> Array:
    """The axes of size 1 left out: those of `axis`, or all."""
    return xp.reshape(x, _squeezed(shape_of(x), axis=axis))


squeeze.vjp(x=lambda xp, g, y, x, axis=None: xp.reshape(g, x.shape))


@squeeze.read
def _without_ones(index: Index, x: Array, *, axis: Axes | None = None) -> Pick:
    return in_order(index, _squeezed(x.shape, axis=axis), x.shape)


def _expanded(x: Shape, *, axis: Axes = 0) -> Shape:
    rank = len(x) + (1 if isinstance(axis, int) else len(axis))
    new = as_axes(axis, rank, "expand_dims")
    kept = iter(x)
    return tuple(1 if a in new else next(kept) for a in range(rank))


@op(
    "{x}",
    "{x}",
    shape=_expanded,
    cases=[
        case(real(3), axis=-1),
        real(2, 3),
        case(real(), axis=0),
        case(real(2, 3), axis=(0, -1)),
    ],
)
def expand_dims(xp: Any, x: Array, *, axis: Axes = 0) -> Array:
    """A new axis of size 1 at the place `axis` of the result."""
    return xp.reshape(x, _expanded(shape_of(x), axis=axis))


expand_dims.vjp(x=lambda xp, g, y, x, axis=0: xp.reshape(g, x.shape))


@expand_dims.read
def _with_ones(index: Index, x: Array, *, axis: Axes = 0) -> Pick:
    return in_order(index, _expanded(x.shape, axis=axis), x.shape)
