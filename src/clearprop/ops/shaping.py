"""Rearranging elements without changing them."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.cases import case, real
from clearprop.core.op import Shape, op
from clearprop.core.reading import Index, Pick
from clearprop.core.shapes import broadcast_shapes, within
from clearprop.errors import ShapeError

__all__ = ["broadcast_to", "reshape"]

Array = Any


def _reshaped(x: Shape, *, shape: Shape) -> Shape:
    size = 1
    for n in x:
        size *= n
    known = 1
    for n in shape:
        known *= 1 if n == -1 else n
    if shape.count(-1) == 1 and known and size % known == 0:
        return tuple(size // known if n == -1 else n for n in shape)
    if known == size and -1 not in shape:
        return tuple(shape)
    raise ShapeError(f"reshape: {size} elements of shape {x} do not fill shape {tuple(shape)}.")


@op(
    "reshape({x}, {shape})",
    r"\mathrm{reshape}({x})",
    shape=_reshaped,
    cases=[case(real(3, 4), shape=(2, 6)), case(real(3, 4), shape=(-1,))],
)
def reshape(xp: Any, x: Array, *, shape: Shape) -> Array:
    """The same elements, in order, in another shape; one size may be -1."""
    return xp.reshape(x, shape)


reshape.vjp(x=lambda xp, g, y, x, shape: xp.reshape(g, x.shape))


@reshape.read
def _same_order(index: Index, x: Array, *, shape: Shape) -> Pick:
    full = _reshaped(x.shape, shape=shape)
    flat = np.ravel_multi_index(index, full) if full else 0
    return Pick(0, tuple(map(int, np.unravel_index(flat, x.shape))))


def _broadcast_to(x: Shape, *, shape: Shape) -> Shape:
    if len(x) > len(shape) or broadcast_shapes(x, shape) != tuple(shape):
        raise ShapeError(f"broadcast_to: shape {x} cannot be repeated to {tuple(shape)}.")
    return tuple(shape)


@op(
    "{x}",
    "{x}",
    shape=_broadcast_to,
    cases=[case(real(4), shape=(3, 4)), case(real(3, 1), shape=(2, 3, 4))],
)
def broadcast_to(xp: Any, x: Array, *, shape: Shape) -> Array:
    """The elements repeated along axes of size 1 and new axes in front."""
    return xp.broadcast_to(x, shape)


broadcast_to.vjp(x=lambda xp, g, y, x, shape: g)  # the engine adds up what was repeated


@broadcast_to.read
def _repeated(index: Index, x: Array, *, shape: Shape) -> Pick:
    return Pick(0, within(index, x.shape))
