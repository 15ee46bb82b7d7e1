"""The array API standard's functions that compute, on values."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from clearprop.core.shapes import broadcast_shapes
from clearprop.engines.compiled.program import NotCompilable, Value
from clearprop.engines.compiled.trace import building
from clearprop.engines.compiled.trace.arranging import count, flip, iota
from clearprop.engines.compiled.trace.building import (
    as_kind,
    as_value,
    constant,
    elementwise,
    fitted,
    kind_of,
    permute,
    reduce,
    reshape,
    together,
)
from clearprop.lang import told

__all__ = ["FUNCTIONS"]

Operand: TypeAlias = Any
Axis: TypeAlias = int | tuple[int, ...] | None

_INT64 = np.dtype(np.int64)
_POWERS = {2: "square", 0.5: "sqrt", -1: "reciprocal"}


# -- element by element ------------------------------------------------------------------------


def _map(name: str, ufunc: str | None = None) -> Callable[..., Value]:
    return partial(elementwise, name, ufunc=ufunc)


_MAPS = """
    add subtract multiply divide remainder floor_divide negative abs sign sqrt exp expm1 log log1p
    log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh atan2 hypot copysign
    floor ceil trunc maximum minimum square reciprocal less less_equal greater greater_equal equal
    not_equal logical_and logical_or logical_xor logical_not isfinite isnan isinf
""".split()  # noqa: SIM905 - quoted, they would fill the page


def pow_(x1: Operand, x2: Operand, /) -> Value:
    # NumPy does the same where the exponent is one of these numbers, and x1 an array.
    if x2.__class__ in (int, float) and not _is_plain(x1):
        if x2 == 1:
            return positive(x1)
        if x2 in _POWERS and (x2 == 2 or as_value(x1).dtype.kind == "f"):
            return elementwise(_POWERS[x2], x1)
    return elementwise("pow", x1, x2)


def _is_plain(x: Operand) -> bool:
    return isinstance(x, int | float) or (x.__class__ is Value and x.weak)


def positive(x: Operand, /) -> Value:
    return as_value(x)


def round_(x: Operand, /) -> Value:
    x = as_value(x)
    return x if x.dtype.kind in "biu" else Value("round", (x,), {}, x.shape, x.dtype)


def where(condition: Operand, x1: Operand, x2: Operand, /) -> Value:
    dtype = together((kind_of(x1), kind_of(x2)))
    values = [as_kind(condition, np.bool), as_kind(x1, dtype), as_kind(x2, dtype)]
    shape = broadcast_shapes(*(x.shape for x in values))
    return Value("where", [fitted(x, shape) for x in values], {}, shape, dtype)


def clip(x: Operand, /, min: Operand = None, max: Operand = None) -> Value:
    x = as_value(x)
    if min is not None:
        x = elementwise("maximum", x, min)
    return x if max is None else elementwise("minimum", x, max)


def logaddexp(x1: Operand, x2: Operand, /) -> Value:
    apart = elementwise("subtract", x1, x2)
    larger = elementwise("maximum", x1, x2)
    total = larger + elementwise("log1p", elementwise("exp", -abs(apart)))
    # The difference of two equal infinities would be no number.
    return where(elementwise("equal", x1, x2), larger + math.log(2), total)


# -- reductions --------------------------------------------------------------------------------


def _axes(axis: Axis, rank: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(rank))
    if isinstance(axis, int):
        return (axis % rank,)
    return tuple(sorted(a % rank for a in axis))


def _totalled(x: Operand, dtype: Any = None) -> Value:
    """Give what is to be added up in the kind of number of the total."""
    x = as_value(x)
    if dtype is not None:
        return as_kind(x, np.dtype(dtype))
    wide = {"b": _INT64, "i": _INT64, "u": np.dtype(np.uint64)}.get(x.dtype.kind, x.dtype)
    return as_kind(x, wide)


def sum_(x: Operand, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Value:
    x = _totalled(x, dtype)
    axes = _axes(axis, len(x.shape))
    if x.op == "dot" and axes and axes[-1] < len(x.shape) - 2:
        x, axes = _over_batches(x, axes)
    return reduce("sum", x, axes, keepdims=keepdims)


def _over_batches(x: Value, axes: tuple[int, ...]) -> tuple[Value, tuple[int, ...]]:
    """Make one long product of those of a stack that is added up, as for the weights' gradient."""
    batch = len(x.shape) - 2
    if axes != tuple(range(batch)):
        return x, axes
    a, b = x.inputs
    M, N = a.shape[-2], b.shape[-1]
    if a.op == "permute" and a.params["axes"][-2:] == (batch + 1, batch):
        left = permute(reshape(a.inputs[0], (-1, M)), (1, 0)) if _in_place(a) else None
    else:
        left = None
    if left is None:
        left = reshape(permute(a, (batch, *range(batch), batch + 1)), (M, -1))
    made = _dot(left, reshape(b, (math.prod(b.shape[:-1]), N)))
    return made, ()


def _in_place(x: Value) -> bool:
    """Tell whether a permute exchanges the last two axes and no others."""
    n = len(x.shape)
    return bool(x.params["axes"] == (*range(n - 2), n - 1, n - 2))


def prod(x: Operand, /, *, axis: Axis = None, dtype: Any = None, keepdims: bool = False) -> Value:
    x = _totalled(x, dtype)
    return reduce("prod", x, _axes(axis, len(x.shape)), keepdims=keepdims)


def _extreme(name: str, x: Operand, /, *, axis: Axis = None, keepdims: bool = False) -> Value:
    x = as_value(x)
    return reduce(name, x, _axes(axis, len(x.shape)), keepdims=keepdims)


def _truth(name: str, x: Operand, /, *, axis: Axis = None, keepdims: bool = False) -> Value:
    x = as_kind(x, np.dtype(np.bool))
    return reduce(name, x, _axes(axis, len(x.shape)), keepdims=keepdims)


def _floating(x: Operand) -> Value:
    x = as_value(x)
    return as_kind(x, np.dtype(np.float64)) if x.dtype.kind in "biu" else x


def mean(x: Operand, /, *, axis: Axis = None, keepdims: bool = False) -> Value:
    x = _floating(x)
    return sum_(x, axis=axis, keepdims=keepdims) / count(x.shape, _axes(axis, len(x.shape)))


def var(
    x: Operand, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False
) -> Value:
    x = _floating(x)
    away = x - mean(x, axis=axis, keepdims=True)
    n = count(x.shape, _axes(axis, len(x.shape)))
    return sum_(elementwise("square", away), axis=axis, keepdims=keepdims) / (n - correction)


def std(
    x: Operand, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False
) -> Value:
    return elementwise("sqrt", var(x, axis=axis, correction=correction, keepdims=keepdims))


def _found(name: str, x: Operand, /, *, axis: int | None = None, keepdims: bool = False) -> Value:
    x = as_value(x)
    rank = len(x.shape)
    if axis is None:
        place = _found(name, reshape(x, (-1,)), axis=0)
        return building.broadcast(place, (), (1,) * rank) if keepdims else place
    a = axis % rank
    shape = (*x.shape[:a], *x.shape[a + 1 :])
    made = Value(name, (x,), {"axis": a}, shape, _INT64)
    return reshape(made, (*x.shape[:a], 1, *x.shape[a + 1 :])) if keepdims else made


# -- products ----------------------------------------------------------------------------------


def _dot(a: Value, b: Value) -> Value:
    """Multiply (stacks of) matrices whose stacks are alike."""
    shape = (*a.shape[:-1], b.shape[-1])
    return Value("dot", (a, b), {"ta": False, "tb": False}, shape, a.dtype)


def matmul(x1: Operand, x2: Operand, /) -> Value:
    *_, dtype = building.loop("matmul", (kind_of(x1), kind_of(x2)))
    a, b = as_kind(x1, dtype), as_kind(x2, dtype)
    if len(a.shape) == 1:
        made = matmul(reshape(a, (1, -1)), b)
        return reshape(made, (*made.shape[:-2], made.shape[-1]) if len(b.shape) > 1 else ())
    if len(b.shape) == 1:
        made = matmul(a, reshape(b, (-1, 1)))
        return reshape(made, made.shape[:-1])
    if a.shape[-1] != b.shape[-2]:
        raise ValueError(f"matmul: {a.shape} and {b.shape} do not fit")
    if len(b.shape) == 2 and len(a.shape) > 2:  # all rows of the stack by the same matrix
        made = _dot(reshape(a, (math.prod(a.shape[:-1]), a.shape[-1])), b)
        return reshape(made, (*a.shape[:-1], b.shape[-1]))
    stack = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return _dot(fitted(a, (*stack, *a.shape[-2:])), fitted(b, (*stack, *b.shape[-2:])))


def tensordot(x1: Operand, x2: Operand, /, *, axes: Any = 2) -> Value:
    a, b = as_value(x1), as_value(x2)
    if isinstance(axes, int):
        one, two = list(range(len(a.shape) - axes, len(a.shape))), list(range(axes))
    else:
        one, two = ([k % len(x.shape) for k in own] for x, own in zip((a, b), axes, strict=True))
    free = [k for k in range(len(a.shape)) if k not in one]
    other = [k for k in range(len(b.shape)) if k not in two]
    rows, inner = tuple(a.shape[k] for k in free), count(a.shape, one)
    columns = tuple(b.shape[k] for k in other)
    left = reshape(permute(a, (*free, *one)), (math.prod(rows), inner))
    right = reshape(permute(b, (*two, *other)), (inner, math.prod(columns)))
    return reshape(matmul(left, right), (*rows, *columns))


def vecdot(x1: Operand, x2: Operand, /, *, axis: int = -1) -> Value:
    return sum_(elementwise("multiply", x1, x2), axis=axis)


# -- running totals and orders -----------------------------------------------------------------


def _running(
    name: str, x: Operand, /, *, axis: int | None = None, dtype: Any = None,
    include_initial: bool = False,
) -> Value:  # fmt: skip
    if include_initial:
        raise NotCompilable(told("compiling.running_total"))
    x = _totalled(x, dtype)
    return Value(name, (x,), {"axis": (axis or 0) % len(x.shape)}, x.shape, x.dtype)


def sort(x: Operand, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Value:
    x = as_value(x)
    made = Value("sort", (x,), {"axis": axis % len(x.shape)}, x.shape, x.dtype)
    return flip(made, axis=axis) if descending else made


def argsort(
    x: Operand, /, *, axis: int = -1, descending: bool = False, stable: bool = True
) -> Value:
    x = as_value(x)
    if descending:  # from the end, so that of equals the first comes first
        n = x.shape[axis]
        return flip(n - 1 - argsort(flip(x, axis=axis), axis=axis), axis=axis)
    return Value("argsort", (x,), {"axis": axis % len(x.shape)}, x.shape, _INT64)


# -- made of nothing ---------------------------------------------------------------------------


def full(shape: Any, fill_value: Operand, *, dtype: Any = None) -> Value:
    x = as_value(fill_value) if dtype is None else as_kind(fill_value, np.dtype(dtype))
    return building.broadcast(x, (), (shape,) if isinstance(shape, int) else tuple(shape))


def _filled(x: float) -> tuple[Callable[..., Value], Callable[..., Value]]:
    def of(shape: Any, *, dtype: Any = None) -> Value:
        return full(shape, x, dtype=np.float64 if dtype is None else dtype)

    def like(array: Operand, /, *, dtype: Any = None) -> Value:
        kind = array.dtype if hasattr(array, "dtype") else as_value(array).dtype
        return full(getattr(array, "shape", ()), x, dtype=kind if dtype is None else dtype)

    return of, like


def full_like(x: Operand, /, fill_value: Operand, *, dtype: Any = None) -> Value:
    x = as_value(x)
    return full(x.shape, fill_value, dtype=x.dtype if dtype is None else dtype)


def arange(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None) -> Value:
    if stop is None and isinstance(start, int) and step == 1:
        return iota((max(start, 0),), 0, np.int64 if dtype is None else dtype)
    return constant(np.arange(start, stop, step, dtype=dtype))


def eye(n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: Any = None) -> Value:
    shape = (n_rows, n_rows if n_cols is None else n_cols)
    on = elementwise("equal", iota(shape, 1), iota(shape, 0) + k)
    return as_kind(on, np.dtype(np.float64 if dtype is None else dtype))


def asarray(x: Operand, /, *, dtype: Any = None, copy: bool | None = None) -> Value:
    return as_value(x) if dtype is None else as_kind(x, np.dtype(dtype))


def linspace(start: Any, stop: Any, num: int, /, **options: Any) -> Value:
    return constant(np.linspace(start, stop, num, **options))


def result_type(*operands: Operand) -> Any:
    return np.result_type(*(x.dtype if isinstance(x, Value) else x for x in operands))


def isdtype(dtype: Any, kind: Any) -> bool:
    return np.isdtype(dtype, kind)


def nonzero(x: Operand, /) -> Value:
    raise NotCompilable(told("compiling.long_as_often"))


def _functions() -> dict[str, Callable[..., Any]]:
    zeros, zeros_like = _filled(0)
    ones, ones_like = _filled(1)
    return {
        **{name: _map(name) for name in _MAPS},
        **{name: partial(_extreme, name) for name in ("max", "min")},
        **{name: partial(_truth, name) for name in ("any", "all")},
        **{name: partial(_found, name) for name in ("argmax", "argmin")},
        "pow": pow_, "positive": positive, "round": round_, "where": where, "clip": clip,
        "logaddexp": logaddexp, "sum": sum_, "prod": prod, "mean": mean, "var": var, "std": std,
        "matmul": matmul, "tensordot": tensordot, "vecdot": vecdot,
        "cumulative_sum": partial(_running, "cumsum"),
        "cumulative_prod": partial(_running, "cumprod"),
        "sort": sort, "argsort": argsort, "nonzero": nonzero,
        "zeros": zeros, "zeros_like": zeros_like, "ones": ones, "ones_like": ones_like,
        "empty": zeros, "empty_like": zeros_like, "full": full, "full_like": full_like,
        "arange": arange, "eye": eye, "asarray": asarray, "linspace": linspace,
        "result_type": result_type, "isdtype": isdtype,
        "can_cast": np.can_cast, "finfo": np.finfo, "iinfo": np.iinfo,
    }  # fmt: skip


FUNCTIONS: dict[str, Callable[..., Any]] = _functions()
"""By the standard's name."""
