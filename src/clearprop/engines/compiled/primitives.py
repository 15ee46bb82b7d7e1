"""The primitives that programs are made of: the shape of what each gives, and what it computes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, final

import numpy as np

from clearprop.core.op import Shape
from clearprop.engines.compiled.program import Value

__all__ = ["Given", "PRIMITIVES", "Primitive", "primitive"]

Array: TypeAlias = Any
Given: TypeAlias = tuple[Shape, Any]
Kind: TypeAlias = Literal["map", "view", "reduce", "structured"]

BOOL, INT64 = np.dtype(np.bool), np.dtype(np.int64)


@final
@dataclass(frozen=True)
class Primitive:
    """
    What a value can be made by.

    Attributes
    ----------
    name : str
    kind : str
        "map": element by element, all inputs having the shape of the result; "view": the elements
        of its input at other places; "reduce": what many elements come to along axes, which the
        result does not have; "structured": any other.
    rule : callable ``(inputs, **params) -> (shape, dtype)``
        What it gives, from the values that it takes.
    reference : callable ``(*arrays, **params) -> array``
        What it computes, in NumPy; a primitive that gives several arrays gives a tuple.
    """

    name: str
    kind: Kind
    rule: Callable[..., Given]
    reference: Callable[..., Array]


PRIMITIVES: dict[str, Primitive] = {}


def primitive(
    name: str, kind: Kind, rule: Callable[..., Given], reference: Callable[..., Array]
) -> None:
    """Put a primitive into the table."""
    PRIMITIVES[name] = Primitive(name, kind, rule, reference)


# -- element by element ------------------------------------------------------------------------


def _alike(inputs: Sequence[Value], **_: Any) -> Given:
    return inputs[-1].shape, inputs[-1].dtype


def _truth(inputs: Sequence[Value], **_: Any) -> Given:
    return inputs[0].shape, BOOL


def _cast(inputs: Sequence[Value], *, dtype: Any) -> Given:
    return inputs[0].shape, np.dtype(dtype)


def _sigmoid(x: Array) -> Array:
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def _by_element(function: Callable[[float], float]) -> Callable[[Array], Array]:
    """Give a function of numbers as one of arrays, in the array's own kind of number."""

    def computed(x: Array) -> Array:
        flat = [function(float(each)) for each in x.reshape(-1)]
        return np.array(flat, x.dtype).reshape(x.shape)

    return computed


_MAPS: dict[str, Callable[..., Array]] = {
    name: getattr(np, name)
    for name in """
    add subtract multiply divide remainder floor_divide pow negative abs sign sqrt exp expm1 log
    log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh atan2 hypot
    copysign floor ceil trunc round maximum minimum square reciprocal
    """.split()  # noqa: SIM905 - quoted, they would fill the page
} | {"sigmoid": _sigmoid, "erf": _by_element(math.erf), "erfc": _by_element(math.erfc)}

_TRUTHS: dict[str, Callable[..., Array]] = {
    name: getattr(np, name)
    for name in """
    less less_equal greater greater_equal equal not_equal logical_and logical_or logical_xor
    logical_not isfinite isnan isinf
    """.split()  # noqa: SIM905
}

for _name, _function in _MAPS.items():
    primitive(_name, "map", _alike, _function)
for _name, _function in _TRUTHS.items():
    primitive(_name, "map", _truth, _function)
primitive("where", "map", _alike, np.where)  # condition, and what holds if it does and does not
primitive("cast", "map", _cast, lambda x, *, dtype: np.asarray(x).astype(dtype))


# -- the same elements at other places ---------------------------------------------------------


def _broadcast(inputs: Sequence[Value], *, axes: Shape, shape: Shape) -> Given:
    """Input axis ``k`` lies along axis ``axes[k]``; one of size 1 is repeated there."""
    return shape, inputs[0].dtype


def _broadcast_array(x: Array, *, axes: Shape, shape: Shape) -> Array:
    sizes = [1] * len(shape)
    for axis, n in zip(axes, x.shape, strict=True):
        sizes[axis] = n
    return np.broadcast_to(x.reshape(sizes), shape)


def _reshape(inputs: Sequence[Value], *, shape: Shape) -> Given:
    return shape, inputs[0].dtype


def _permute(inputs: Sequence[Value], *, axes: Shape) -> Given:
    return tuple(inputs[0].shape[a] for a in axes), inputs[0].dtype


def _slice(inputs: Sequence[Value], *, starts: Shape, steps: Shape, shape: Shape) -> Given:
    return shape, inputs[0].dtype


def _slice_array(x: Array, *, starts: Shape, steps: Shape, shape: Shape) -> Array:
    places = [a + s * np.arange(n) for a, s, n in zip(starts, steps, shape, strict=True)]
    return x[np.ix_(*places)] if places else x


primitive("broadcast", "view", _broadcast, _broadcast_array)
primitive("reshape", "view", _reshape, lambda x, *, shape: x.reshape(shape))
primitive("permute", "view", _permute, lambda x, *, axes: np.permute_dims(x, axes))
primitive("slice", "view", _slice, _slice_array)


# -- what many elements come to ----------------------------------------------------------------


def _reduced(inputs: Sequence[Value], *, axes: Shape) -> Given:
    x = inputs[0]
    return tuple(n for a, n in enumerate(x.shape) if a not in axes), x.dtype


def _place(inputs: Sequence[Value], *, axis: int) -> Given:
    return _reduced(inputs, axes=(axis,))[0], INT64


def _reducing(function: Callable[..., Array]) -> Callable[..., Array]:
    return lambda x, *, axes: function(x, axis=axes)


# In the kind of number of what is reduced: NumPy would make whole numbers wider by itself.
primitive("sum", "reduce", _reduced, lambda x, *, axes: np.sum(x, axis=axes, dtype=x.dtype))
primitive("prod", "reduce", _reduced, lambda x, *, axes: np.prod(x, axis=axes, dtype=x.dtype))
for _name in ("max", "min", "any", "all"):
    primitive(_name, "reduce", _reduced, _reducing(getattr(np, _name)))
primitive("argmax", "reduce", _place, lambda x, *, axis: np.argmax(x, axis=axis))
primitive("argmin", "reduce", _place, lambda x, *, axis: np.argmin(x, axis=axis))


# -- products, joins, running totals, orders ---------------------------------------------------


def _dot(inputs: Sequence[Value], *, ta: bool, tb: bool, **_: Any) -> Given:
    """Multiply (..., M, K) and (..., K, N); `ta`, `tb`: the last two axes are exchanged."""
    a, b = inputs
    return (*a.shape[:-2], a.shape[-1 if ta else -2], b.shape[-2 if tb else -1]), a.dtype


def _dot_arrays(a: Array, b: Array, *, ta: bool, tb: bool, **_: Any) -> Array:
    return np.matmul(a.mT if ta else a, b.mT if tb else b)


def _concat(inputs: Sequence[Value], *, axis: int) -> Given:
    first = inputs[0]
    total = sum(x.shape[axis] for x in inputs)
    return (*first.shape[:axis], total, *first.shape[axis + 1 :]), first.dtype


def _pad(
    inputs: Sequence[Value], *, low: Shape, high: Shape, interior: Shape, value: float
) -> Given:
    """`interior` elements of `value` between any two, `low` before the first, `high` at the end."""
    x = inputs[0]
    sizes = (
        a + n + max(n - 1, 0) * i + b
        for n, a, i, b in zip(x.shape, low, interior, high, strict=True)
    )
    return tuple(sizes), x.dtype


def _pad_array(x: Array, *, low: Shape, high: Shape, interior: Shape, value: float) -> Array:
    spans = [n + max(n - 1, 0) * i for n, i in zip(x.shape, interior, strict=True)]
    sizes = [a + n + b for n, a, b in zip(spans, low, high, strict=True)]
    out = np.full(sizes, value, x.dtype)
    inside = (slice(a, a + n, i + 1) for a, n, i in zip(low, spans, interior, strict=True))
    out[tuple(inside)] = x
    return out


def _iota(inputs: Sequence[Value], *, axis: int, shape: Shape, dtype: Any) -> Given:
    """Each element is its place along an axis."""
    return shape, np.dtype(dtype)


def _iota_array(*, axis: int, shape: Shape, dtype: Any) -> Array:
    places = np.arange(shape[axis], dtype=dtype)
    return np.broadcast_to(places.reshape((-1,) + (1,) * (len(shape) - axis - 1)), shape)


def _first(inputs: Sequence[Value], **_: Any) -> Given:
    return inputs[0].shape, inputs[0].dtype


def _order(inputs: Sequence[Value], *, axis: int) -> Given:
    return inputs[0].shape, INT64


primitive("dot", "structured", _dot, _dot_arrays)
primitive("concat", "structured", _concat, lambda *arrays, axis: np.concat(arrays, axis=axis))
primitive("pad", "structured", _pad, _pad_array)
primitive("iota", "structured", _iota, _iota_array)
primitive("cumsum", "structured", _first, lambda x, *, axis: np.cumsum(x, axis, dtype=x.dtype))
primitive("cumprod", "structured", _first, lambda x, *, axis: np.cumprod(x, axis, dtype=x.dtype))
primitive("sort", "structured", _first, lambda x, *, axis: np.sort(x, axis=axis, stable=True))
primitive("argsort", "structured", _order, lambda x, *, axis: np.argsort(x, axis=axis, stable=True))


# -- elements at places that are data ----------------------------------------------------------


def _taken(inputs: Sequence[Value], *, axis: int) -> Given:
    x, places = inputs
    return (*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]), x.dtype


def _within(places: Array, size: int) -> Array:
    """Count places from the front; what is out of range is the first or the last."""
    return np.clip(np.where(places < 0, places + size, places), 0, max(size - 1, 0))


def _take_array(x: Array, places: Array, *, axis: int) -> Array:
    return np.take(x, _within(places, x.shape[axis]), axis=axis)


def _added(inputs: Sequence[Value], *, axis: int, size: int) -> Given:
    """Zeros, with the values added at one row of places of an axis."""
    values = inputs[0]
    return (*values.shape[:axis], size, *values.shape[axis + 1 :]), values.dtype


def _scatter_add_array(values: Array, places: Array, *, axis: int, size: int) -> Array:
    out = np.zeros((*values.shape[:axis], size, *values.shape[axis + 1 :]), values.dtype)
    np.add.at(out, (*(slice(None),) * axis, _within(places, size)), values)
    return out


def _taken_along(inputs: Sequence[Value], *, axis: int) -> Given:
    return inputs[1].shape, inputs[0].dtype


def _take_along_array(x: Array, places: Array, *, axis: int) -> Array:
    return np.take_along_axis(x, _within(places, x.shape[axis]), axis=axis)


def _scatter_along_array(values: Array, places: Array, *, axis: int, size: int) -> Array:
    out = np.zeros((*values.shape[:axis], size, *values.shape[axis + 1 :]), values.dtype)
    own = list(np.indices(places.shape, sparse=True))
    own[axis] = _within(places, size)
    np.add.at(out, tuple(own), values)
    return out


primitive("take", "structured", _taken, _take_array)
primitive("scatter_add", "structured", _added, _scatter_add_array)
primitive("take_along", "structured", _taken_along, _take_along_array)
primitive("scatter_along", "structured", _added, _scatter_along_array)
