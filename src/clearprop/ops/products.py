"""Products along axes, differentiated without dividing, so that factors may be zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.core.cases import case, nonzero, real
from clearprop.core.op import Shape, op
from clearprop.core.reading import Elements, Fixed, Index, Product
from clearprop.core.shapes import reduced
from clearprop.ops.common import totalled
from clearprop.ops.reductions import Axis, axes_gone, count_along, elements_along, spread

__all__ = ["prod", "prod_of_others"]

Array = Any


@op(
    "prod({x})",
    r"\prod {x}",
    shape=reduced,
    dtype=totalled,
    cases=[
        real(3, 4),
        case(nonzero(3, 5), axis=0),
        case(nonzero(2, 3, 4), axis=(2, 0), keepdims=True),
    ],
)
def prod(xp: Any, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Product along `axis`; its gradient is right where factors are zero too."""
    return xp.prod(x, axis=axis, keepdims=keepdims)


prod.vjp(
    x=lambda xp, g, y, x, axis=None, keepdims=False: (
        spread(xp, g, x, axis, keepdims) * xp.prod_of_others(x, axis=axis)
    )
)


@prod.read
def _all_factors(index: Index, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Product:
    return Product(Elements(0, elements_along(index, x.shape, axis, keepdims)))


def _unchanged(x: Shape, *, axis: Axis = None) -> Shape:
    reduced(x, axis=axis)  # which knows whether there is such an axis
    return x


@op(
    "prod_of_others({x})",
    r"\prod_{\text{others}} {x}",
    shape=_unchanged,
    cases=[real(3, 4), real(1), case(nonzero(3, 5), axis=0), case(nonzero(2, 3, 4), axis=(2, 0))],
)
def prod_of_others(xp: Any, x: Array, *, axis: Axis = None) -> Array:
    """For each element, the product of all others along `axis`: what `prod` differentiates to."""
    return _in_rows(xp, lambda rows: _others(xp, rows), axis, x)


def _in_rows(xp: Any, f: Callable[..., Array], axis: Axis, *arrays: Array) -> Array:
    """Apply `f` to arrays laid out with what is multiplied along their last, single axis."""
    shape = arrays[0].shape
    gone = axes_gone(len(shape), axis)
    kept = [a for a in range(len(shape)) if a not in gone]
    there = (*kept, *gone)
    moved = tuple(shape[a] for a in there)
    rows = (*moved[: len(kept)], count_along(shape, axis))
    out = f(*(xp.reshape(xp.permute_dims(x, there), rows) for x in arrays))
    back = tuple(there.index(a) for a in range(len(there)))
    return xp.permute_dims(xp.reshape(out, moved), back)


def _halves(xp: Any, x: Array, filler: Array) -> tuple[Array, Array]:
    """Cut the last axis in two, one of `filler` at the end if it does not divide."""
    n = x.shape[-1]
    if n % 2:
        x = xp.concat([x, filler[..., :1]], axis=-1)
    half = (n + 1) // 2
    return x[..., :half], x[..., half:]


def _others(xp: Any, x: Array) -> Array:
    """Pair left with right: an element's others are all of the other pairs, and its partner."""
    if x.shape[-1] < 2:
        return xp.ones_like(x)
    left, right = _halves(xp, x, xp.ones_like(x))
    rest = _others(xp, left * right)
    return xp.concat([rest * right, rest * left], axis=-1)[..., : x.shape[-1]]


def _others_rule(xp: Any, g: Array, x: Array) -> Array:
    """Go the way of `_others` back, line by line."""
    if x.shape[-1] < 2:
        return xp.zeros_like(x)
    left, right = _halves(xp, x, xp.ones_like(x))
    g_left, g_right = _halves(xp, g, xp.zeros_like(g))
    rest = _others(xp, left * right)
    pairs = _others_rule(xp, g_left * right + g_right * left, left * right)
    towards = [g_right * rest + pairs * right, g_left * rest + pairs * left]
    return xp.concat(towards, axis=-1)[..., : x.shape[-1]]


prod_of_others.vjp(
    x=lambda xp, g, y, x, axis=None: _in_rows(
        xp, lambda rows_of_g, rows: _others_rule(xp, rows_of_g, rows), axis, g, x
    )
)


@prod_of_others.read
def _all_but_one(index: Index, x: Array, *, axis: Axis = None) -> Product | Fixed:
    gone = axes_gone(x.ndim, axis)
    if not gone:
        return Fixed(1)
    collapsed = tuple(0 if a in gone else i for a, i in enumerate(index))
    every = elements_along(collapsed, x.shape, axis, keepdims=True)
    own = np.all([every[a] == index[a] for a in gone], axis=0)
    return Product(Elements(0, tuple(e[~own] if a in gone else e for a, e in enumerate(every))))
