"""Matrix products."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from clearprop.core.cases import case, real
from clearprop.core.op import PRODUCT, Shape, op
from clearprop.core.reading import Elements, Index, Pick, Total
from clearprop.core.shapes import broadcast_shapes, within
from clearprop.errors import ShapeError

__all__ = ["matmul", "matrix_transpose"]

Array = Any


def _product(x1: Shape, x2: Shape) -> Shape:
    if not x1 or not x2:
        raise ShapeError(
            f"matmul: shapes {x1} and {x2}; each needs at least one axis. Use * instead."
        )
    inner = x2[-2] if len(x2) > 1 else x2[0]
    if x1[-1] != inner:
        mends = len(x2) > 1 and x1[-1] == x2[-1]
        raise ShapeError(
            f"matmul: x1 is {x1}, x2 is {x2}; x1's last axis ({x1[-1]}) must equal"
            f" x2's {'last but one' if len(x2) > 1 else 'only one'} ({inner})."
            + (" x2.T would fit." if mends else "")
        )
    stack = broadcast_shapes(x1[:-2], x2[:-2])
    return (*stack, *x1[-2:-1], *(x2[-1:] if len(x2) > 1 else ()))


@op(
    "{x1} @ {x2}",
    r"{x1} \, {x2}",
    shape=_product,
    level=PRODUCT,
    cases=[
        case(real(3, 4), real(4, 2)),
        case(real(1, 4), real(4, 2)),
        case(real(4), real(4, 2)),
        case(real(3, 4), real(4)),
        case(real(4), real(4)),
        case(real(2, 3, 4), real(4, 2)),
        case(real(2, 1, 3, 4), real(5, 4, 2)),
    ],
)
def matmul(xp: Any, x1: Array, x2: Array) -> Array:
    """Matrix product over the last axis of one and the last but one of the other."""
    return xp.matmul(x1, x2)


def _left(xp: Any, g: Array, y: Array, x1: Array, x2: Array) -> Array:
    if len(x2.shape) == 1:
        return xp.expand_dims(g, axis=-1) * x2
    if len(x1.shape) == 1:
        g = xp.expand_dims(g, axis=-2)
        return xp.matmul(g, xp.matrix_transpose(x2))[..., 0, :]
    return xp.matmul(g, xp.matrix_transpose(x2))


def _right(xp: Any, g: Array, y: Array, x1: Array, x2: Array) -> Array:
    if len(x1.shape) == 1:
        if len(x2.shape) == 1:
            return g * x1
        return xp.expand_dims(x1, axis=-1) * xp.expand_dims(g, axis=-2)
    if len(x2.shape) == 1:
        return x1 * xp.expand_dims(g, axis=-1)
    if len(x2.shape) == 2 < len(x1.shape):  # all rows of the stack met the same matrix
        x1, g = (xp.reshape(x, (prod(x.shape[:-1]), x.shape[-1])) for x in (x1, g))
    return xp.matmul(xp.matrix_transpose(x1), g)


matmul.vjp(x1=_left, x2=_right)


@matmul.read
def _row_times_column(index: Index, x1: Array, x2: Array) -> Total:
    inner = np.arange(x1.shape[-1])
    place = list(index)
    column = (inner, place.pop()) if x2.ndim > 1 else (inner,)
    row = (place.pop(), inner) if x1.ndim > 1 else (inner,)
    return Total((
        Elements(0, (*within(place, x1.shape[:-2]), *row)),
        Elements(1, (*within(place, x2.shape[:-2]), *column)),
    ))  # fmt: skip


def _transposed(x: Shape) -> Shape:
    if len(x) < 2:
        raise ShapeError(f"matrix_transpose needs at least two axes; got shape {x}.")
    return (*x[:-2], x[-1], x[-2])


@op("{x}ᵀ", r"{x}^{\mathsf{T}}", shape=_transposed, cases=[real(3, 4), real(2, 3, 4)])
def matrix_transpose(xp: Any, x: Array) -> Array:
    """Each matrix with rows and columns exchanged."""
    return xp.matrix_transpose(x)


matrix_transpose.vjp(x=lambda xp, g, y, x: xp.matrix_transpose(g))


@matrix_transpose.read
def _exchanged(index: Index, x: Array) -> Pick:
    return Pick(0, (*index[:-2], index[-1], index[-2]))
