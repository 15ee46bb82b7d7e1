"""How operations are said in primitives, where their own forward function does not say it well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from clearprop.core.op import REGISTRY, Shape
from clearprop.engines.compiled.program import Value
from clearprop.engines.compiled.trace.arranging import iota, padded, picked, put
from clearprop.engines.compiled.trace.building import (
    as_kind,
    as_value,
    elementwise,
    kind_of,
    loop,
    reshape,
)
from clearprop.engines.compiled.trace.recurrent import RECURRENT, RECURRENT_BACK
from clearprop.engines.compiled.trace.windows import WINDOWS
from clearprop.ops.indexing import complete, is_basic, parts_of
from clearprop.ops.rearranging import margins

__all__ = ["LOWERINGS", "STANDARD", "register"]

Operand: TypeAlias = Any

_INT64 = np.dtype(np.int64)


# -- functions that are primitives here --------------------------------------------------------


def _floating(name: str) -> Callable[..., Value]:
    """Make a primitive of a function that NumPy does not have; whole numbers become fractions."""

    def lowered(xp: Any, x: Operand) -> Value:
        *_, dtype = loop("exp", (kind_of(x),))
        x = as_kind(x, dtype)
        return Value(name, (x,), {}, x.shape, x.dtype)

    return lowered


def _keep(xp: Any, x: Operand, condition: Operand) -> Value:
    return xp.where(condition, x, 0)  # type: ignore[no-any-return]


def _square(xp: Any, x: Operand) -> Value:
    return elementwise("square", x)


# -- places known beforehand -------------------------------------------------------------------


def _index(xp: Any, x: Value, *, key: Any) -> Value:
    if all(map(is_basic, parts_of(key))):
        return picked(x, complete(key, len(x.shape)))
    parts = parts_of(key)
    if len(parts) == 1 and parts[0].dtype.kind in "iu":
        return take(x, parts[0], axis=0)
    return REGISTRY["index"].forward(xp, x, key=key)  # type: ignore[no-any-return]


def _scatter(xp: Any, x: Value, *, key: Any, shape: Shape) -> Value:
    if all(map(is_basic, parts_of(key))):
        return put(x, complete(key, len(shape)), shape)
    parts = parts_of(key)
    if len(parts) == 1 and parts[0].dtype.kind in "iu":
        return _segment_sum(xp, x, parts[0], size=shape[0], axis=0)
    return REGISTRY["scatter"].forward(xp, x, key=key, shape=shape)  # type: ignore[no-any-return]


def _pad(xp: Any, x: Operand, *, widths: Any, value: float = 0.0) -> Value:
    x = as_value(x)
    sides = margins(widths, len(x.shape))
    return padded(x, [a for a, _ in sides], [b for _, b in sides], value=value)


# -- places that are data ----------------------------------------------------------------------


def _places(indices: Operand) -> Value:
    return as_kind(indices, _INT64)


def take(x: Operand, indices: Operand, /, *, axis: int | None = None) -> Value:
    """Give the elements at `indices`, of any shape, along an axis."""
    x, places = as_value(x), _places(indices)
    a = (axis or 0) % len(x.shape)
    row = reshape(places, (places.size,))
    shape = (*x.shape[:a], places.size, *x.shape[a + 1 :])
    made = Value("take", (x, row), {"axis": a}, shape, x.dtype)
    return reshape(made, (*x.shape[:a], *places.shape, *x.shape[a + 1 :]))


def _segment_sum(xp: Any, values: Operand, indices: Operand, *, size: int, axis: int = 0) -> Value:
    values, places = as_value(values), _places(indices)
    rank = len(values.shape) - len(places.shape) + 1
    a = axis % rank
    before, after = values.shape[:a], values.shape[a + len(places.shape) :]
    rows = reshape(values, (*before, places.size, *after))
    row = reshape(places, (places.size,))
    params = {"axis": a, "size": size}
    return Value("scatter_add", (rows, row), params, (*before, size, *after), values.dtype)


def take_along_axis(x: Operand, indices: Operand, /, *, axis: int = -1) -> Value:
    """Give, from each row along an axis, the elements at the same row of `indices`."""
    x, places = as_value(x), _places(indices)
    params = {"axis": axis % len(x.shape)}
    return Value("take_along", (x, places), params, places.shape, x.dtype)


def _scatter_along_axis(
    xp: Any, values: Operand, indices: Operand, *, size: int, axis: int = -1
) -> Value:
    values, places = as_value(values), _places(indices)
    a = axis % len(values.shape)
    if values.shape[a] == 1:
        return _at_one_place(xp, values, places, size, a)
    shape = (*values.shape[:a], size, *values.shape[a + 1 :])
    params = {"axis": a, "size": size}
    return Value("scatter_along", (values, places), params, shape, values.dtype)


def _at_one_place(xp: Any, values: Value, places: Value, size: int, axis: int) -> Value:
    """Choose, element by element, between the value and 0: a row has one place, so none twice."""
    shape = (*values.shape[:axis], size, *values.shape[axis + 1 :])
    from_front = xp.where(places < 0, places + size, places)
    there = elementwise("equal", iota(shape, axis), from_front)
    return xp.where(there, values, 0)  # type: ignore[no-any-return]


# -- whatever is best said otherwise -----------------------------------------------------------


def _sparse_cross_entropy(xp: Any, logits: Value, labels: Operand, *, axis: int = -1) -> Value:
    # The score of the class is looked up in what is there already, and lowered then.
    largest = xp.max(logits, axis=axis, keepdims=True)
    log_sum = xp.log(xp.sum(xp.exp(logits - largest), axis=axis))
    at = xp.expand_dims(labels, axis=axis)
    low = take_along_axis(logits, at, axis=axis) - largest
    return log_sum - xp.squeeze(low, axis=axis)  # type: ignore[no-any-return]


LOWERINGS: dict[str, Callable[..., Value]] = {
    "sigmoid": _floating("sigmoid"),
    "erf": _floating("erf"),
    "erfc": _floating("erfc"),
    "keep": _keep,
    "square": _square,
    "index": _index,
    "scatter": _scatter,
    "pad": _pad,
    "segment_sum": _segment_sum,
    "sparse_softmax_cross_entropy": _sparse_cross_entropy,
    "scatter_along_axis": _scatter_along_axis,
    "take": lambda xp, x, indices, *, axis=None: take(x, indices, axis=axis),
    **WINDOWS,
    **RECURRENT,
}
"""By the operation's name."""

STANDARD: dict[str, Callable[..., Value]] = {"take": take, "take_along_axis": take_along_axis}
"""By the name of the standard's function."""


def register() -> None:
    """Put the lowerings beside the operations' own forward functions."""
    for name, lowered in LOWERINGS.items():
        REGISTRY[name].impl["compiled"] = lowered
    for name, rule in RECURRENT_BACK.items():
        REGISTRY[name].impl_together["compiled"] = rule
