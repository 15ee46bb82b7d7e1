"""The array API standard's functions that put elements at other places, on values."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from clearprop.core.op import Shape
from clearprop.core.shapes import broadcast_shapes
from clearprop.engines.compiled.program import NotCompilable, Value
from clearprop.engines.compiled.trace import building
from clearprop.engines.compiled.trace.building import (
    as_kind,
    as_value,
    fitted,
    kind_of,
    number,
    permute,
    sliced,
    together,
)
from clearprop.lang import told

__all__ = [
    "broadcast_arrays", "broadcast_to", "concat", "diff", "expand_dims", "flip", "iota",
    "matrix_transpose", "meshgrid", "moveaxis", "padded", "permute_dims", "picked", "put",
    "repeat", "reshape", "roll", "squeeze", "stack", "swapped", "tile", "tril", "triu", "unstack",
]  # fmt: skip

Operand: TypeAlias = Any
Axes: TypeAlias = int | tuple[int, ...]


def _axes(axis: Axes, rank: int) -> tuple[int, ...]:
    return tuple(a % rank for a in ((axis,) if isinstance(axis, int) else axis))


# -- axes --------------------------------------------------------------------------------------


def reshape(x: Operand, /, shape: Any, *, copy: bool | None = None) -> Value:
    """Arrange the same elements in another shape."""
    return building.reshape(as_value(x), (shape,) if isinstance(shape, int) else shape)


def permute_dims(x: Operand, /, axes: Sequence[int]) -> Value:
    """Give the axes in another order."""
    x = as_value(x)
    return permute(x, _axes(tuple(axes), len(x.shape)))


def swapped(x: Value) -> Value:
    """Exchange the last two axes."""
    n = len(x.shape)
    return permute(x, (*range(n - 2), n - 1, n - 2))


def matrix_transpose(x: Operand, /) -> Value:
    """Exchange rows and columns of each matrix."""
    return swapped(as_value(x))


def moveaxis(x: Operand, source: Axes, destination: Axes, /) -> Value:
    """Move some axes to other places."""
    x = as_value(x)
    rank = len(x.shape)
    start, end = _axes(source, rank), _axes(destination, rank)
    order = [a for a in range(rank) if a not in start]
    for place, axis in sorted(zip(end, start, strict=True)):
        order.insert(place, axis)
    return permute(x, order)


def expand_dims(x: Operand, /, *, axis: Axes = 0) -> Value:
    """Put in axes of size 1."""
    x = as_value(x)
    new = _axes(axis, len(x.shape) + (1 if isinstance(axis, int) else len(axis)))
    kept = iter(x.shape)
    shape = tuple(1 if a in new else next(kept) for a in range(len(x.shape) + len(new)))
    return building.reshape(x, shape)


def squeeze(x: Operand, /, axis: Axes) -> Value:
    """Leave out axes of size 1."""
    x = as_value(x)
    gone = _axes(axis, len(x.shape))
    return building.reshape(x, tuple(n for a, n in enumerate(x.shape) if a not in gone))


def broadcast_to(x: Operand, /, shape: Shape) -> Value:
    """Repeat along axes of size 1 and new axes in front."""
    return fitted(as_value(x), tuple(shape))


def broadcast_arrays(*arrays: Operand) -> list[Value]:
    """Repeat several arrays to one shape."""
    values = [as_value(x) for x in arrays]
    shape = broadcast_shapes(*(x.shape for x in values))
    return [fitted(x, shape) for x in values]


# -- parts -------------------------------------------------------------------------------------


def picked(x: Operand, key: tuple[Any, ...]) -> Value:
    """
    Give ``x[key]`` for a key of numbers, slices and None that says something of every axis.

    Parameters
    ----------
    x : Value or array
    key : tuple of (int, slice or None)
    """
    x = as_value(x)
    starts, steps, sizes, shape = [], [], [], []
    axis = 0
    for part in key:
        if part is None:
            shape.append(1)
            continue
        n = x.shape[axis]
        axis += 1
        if isinstance(part, slice):
            start, stop, step = part.indices(n)
            count = len(range(start, stop, step))
            starts.append(start if count else 0)
            steps.append(step)
            sizes.append(count)
            shape.append(count)
        else:
            starts.append(int(part) % n)
            steps.append(1)
            sizes.append(1)
    return building.reshape(sliced(x, starts, steps, sizes), tuple(shape))


def flip(x: Operand, /, *, axis: Axes | None = None) -> Value:
    """Reverse the order along axes."""
    x = as_value(x)
    rank = len(x.shape)
    turned = range(rank) if axis is None else _axes(axis, rank)
    if 0 in x.shape:
        return as_value(x)
    starts = [n - 1 if a in turned else 0 for a, n in enumerate(x.shape)]
    return sliced(x, starts, [-1 if a in turned else 1 for a in range(rank)], x.shape)


def _part(x: Value, axis: int, start: int, stop: int) -> Value:
    starts, shape = [0] * len(x.shape), list(x.shape)
    starts[axis], shape[axis] = start, stop - start
    return sliced(x, starts, [1] * len(shape), shape)


def roll(x: Operand, /, shift: Axes, *, axis: Axes | None = None) -> Value:
    """Move elements on along axes, the last ones to the front."""
    x = as_value(x)
    if axis is None:
        return building.reshape(roll(reshape(x, -1), shift, axis=0), x.shape)
    axes = _axes(axis, len(x.shape))
    by = (shift,) * len(axes) if isinstance(shift, int) else shift
    for s, a in zip(by, axes, strict=True):
        n = x.shape[a]
        cut = -s % n if n else 0
        if cut:
            x = concat([_part(x, a, cut, n), _part(x, a, 0, cut)], axis=a)
    return as_value(x)


def unstack(x: Operand, /, *, axis: int = 0) -> list[Value]:
    """Take an array apart into its layers."""
    x = as_value(x)
    a = axis % len(x.shape)
    rest = (*x.shape[:a], *x.shape[a + 1 :])
    return [building.reshape(_part(x, a, i, i + 1), rest) for i in range(x.shape[a])]


def diff(x: Operand, /, *, axis: int = -1, n: int = 1) -> Value:
    """Subtract each element from the next one."""
    x = as_value(x)
    a = axis % len(x.shape)
    for _ in range(n):
        x = building.elementwise(
            "subtract", _part(x, a, 1, x.shape[a]), _part(x, a, 0, x.shape[a] - 1)
        )
    return as_value(x)


def put(x: Operand, key: tuple[Any, ...], shape: Shape) -> Value:
    """Give zeros of a shape with `x` at `key`, which is as `picked` takes it: its way back."""
    low, high, interior, sizes, turned = [], [], [], [], []
    parts = [part for part in key if part is not None]
    for axis, (part, n) in enumerate(zip(parts, shape, strict=True)):
        places = range(n)[part] if isinstance(part, slice) else range(int(part) % n, n)[:1]
        if isinstance(part, slice) and places.step < 0:
            places = places[::-1]
            turned.append(axis)
        count = len(places)
        start, last = (places[0], places[-1]) if count else (0, -1)
        sizes.append(count)
        low.append(start)
        high.append(n - 1 - last)
        interior.append(places.step - 1 if count > 1 else 0)
    x = building.reshape(as_value(x), tuple(sizes))
    if turned:
        x = flip(x, axis=tuple(turned))
    return padded(x, low, high, interior)


def padded(
    x: Value, low: Sequence[int], high: Sequence[int], interior: Sequence[int] = (),
    value: float = 0.0,
) -> Value:  # fmt: skip
    """Put `value` around, and between, elements."""
    low, high, interior = tuple(low), tuple(high), tuple(interior) or (0,) * len(x.shape)
    if not any(low) and not any(high) and not any(interior):
        return x
    shape = tuple(
        a + n + max(n - 1, 0) * i + b
        for n, a, i, b in zip(x.shape, low, interior, high, strict=True)
    )
    params = {"low": low, "high": high, "interior": interior, "value": value}
    return Value("pad", (x,), params, shape, x.dtype)


# -- several, and the same again ---------------------------------------------------------------


def concat(arrays: Sequence[Operand], /, *, axis: int | None = 0) -> Value:
    """Join arrays along an axis."""
    dtype = together(tuple(map(kind_of, arrays)))
    values = [as_kind(x, dtype) for x in arrays]
    if axis is None:
        values, axis = [reshape(x, -1) for x in values], 0
    a = axis % len(values[0].shape)
    if len(values) > 1:
        values = [x for x in values if x.shape[a]] or values[:1]
    if len(values) == 1:
        return values[0]
    first = values[0].shape
    shape = (*first[:a], sum(x.shape[a] for x in values), *first[a + 1 :])
    return Value("concat", values, {"axis": a}, shape, dtype)


def stack(arrays: Sequence[Operand], /, *, axis: int = 0) -> Value:
    """Join arrays along a new axis."""
    return concat([expand_dims(x, axis=axis) for x in arrays], axis=axis)


def tile(x: Operand, repetitions: tuple[int, ...], /) -> Value:
    """Lay an array side by side with itself."""
    x = as_value(x)
    rank = max(len(x.shape), len(repetitions))
    sizes = (1,) * (rank - len(x.shape)) + x.shape
    counts = (1,) * (rank - len(repetitions)) + tuple(repetitions)
    pairs = tuple(n for pair in zip(counts, sizes, strict=True) for n in pair)
    x = building.broadcast(building.reshape(x, sizes), range(1, 2 * rank, 2), pairs)
    return building.reshape(x, tuple(n * r for n, r in zip(sizes, counts, strict=True)))


def repeat(x: Operand, repeats: Any, /, *, axis: int | None = None) -> Value:
    """Repeat each element."""
    if not isinstance(repeats, int):
        raise NotCompilable(told("compiling.repetitions"))
    x = as_value(x)
    if axis is None:
        x, axis = reshape(x, -1), 0
    a = axis % len(x.shape)
    places = [b if b <= a else b + 1 for b in range(len(x.shape))]
    wide = (*x.shape[: a + 1], repeats, *x.shape[a + 1 :])
    shape = (*x.shape[:a], x.shape[a] * repeats, *x.shape[a + 1 :])
    return building.reshape(building.broadcast(x, places, wide), shape)


def meshgrid(*arrays: Operand, indexing: str = "xy") -> list[Value]:
    """Spread coordinates along axes over a grid."""
    values = [as_value(x) for x in arrays]
    order = list(range(len(values)))
    if indexing == "xy" and len(values) > 1:
        order[:2] = [1, 0]
    shape = [0] * len(values)
    for x, a in zip(values, order, strict=True):
        shape[a] = x.size
    return [building.broadcast(x, (a,), tuple(shape)) for x, a in zip(values, order, strict=True)]


# -- places ------------------------------------------------------------------------------------


def iota(shape: Shape, axis: int, dtype: Any = np.int64) -> Value:
    """Give the place of each element along an axis."""
    dtype = np.dtype(dtype)
    return Value("iota", (), {"axis": axis, "shape": shape, "dtype": dtype}, shape, dtype)


def _triangle(x: Operand, k: int, compare: str) -> Value:
    x = as_value(x)
    shape = x.shape[-2:]
    inside = building.elementwise(compare, iota(shape, 1), iota(shape, 0) + k)
    rank = len(x.shape)
    inside = building.broadcast(inside, (rank - 2, rank - 1), x.shape)
    zero = fitted(number(0, x.dtype), x.shape)
    return Value("where", (inside, x, zero), {}, x.shape, x.dtype)


def tril(x: Operand, /, *, k: int = 0) -> Value:
    """Keep what is on and below a diagonal."""
    return _triangle(x, k, "less_equal")


def triu(x: Operand, /, *, k: int = 0) -> Value:
    """Keep what is on and above a diagonal."""
    return _triangle(x, k, "greater_equal")


def count(shape: Shape, axes: Sequence[int]) -> int:
    """Count the elements along axes."""
    return prod(shape[a] for a in axes)
