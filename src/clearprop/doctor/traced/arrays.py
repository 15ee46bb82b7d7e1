"""What NumPy's functions do to numbers that note what is done with them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from clearprop.doctor.traced.moves import MOVED, chosen, cumulated
from clearprop.doctor.traced.numbers import (
    HANDLERS,
    Arr,
    Num,
    as_traced,
    ids_of,
    made,
    plain_of,
)
from clearprop.doctor.traced.products import dot, einsum, inner, matmul, outer, tensordot
from clearprop.doctor.traced.tape import current

__all__ = ["FUNCTIONS", "UFUNCS", "call_function", "call_ufunc", "elementwise", "erf"]

UFUNCS: dict[Any, str] = {
    np.add: "add", np.subtract: "sub", np.multiply: "mul", np.true_divide: "div", np.power: "pow",
    np.float_power: "pow", np.maximum: "max", np.minimum: "min", np.fmax: "max", np.fmin: "min",
    np.logaddexp: "logaddexp", np.negative: "neg", np.exp: "exp", np.log: "log",
    np.log1p: "log1p", np.expm1: "expm1", np.tanh: "tanh", np.sinh: "sinh", np.cosh: "cosh",
    np.sqrt: "sqrt", np.square: "square", np.absolute: "abs", np.fabs: "abs", np.sin: "sin",
    np.cos: "cos", np.reciprocal: "reciprocal", np.exp2: "exp2", np.log2: "log2",
    np.log10: "log10", np.arctan: "arctan", np.cbrt: "cbrt", np.hypot: "hypot",
}  # fmt: skip


def erf(x: Any) -> Any:
    """Give the error function, number by number."""
    values = np.vectorize(math.erf)(np.asarray(plain_of(x), dtype=np.float64))
    return _noted("erf", values, x)


def _expit(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _of_scipy(ufunc: Any) -> Any:
    """Give what does the same as a ufunc of SciPy; None for others."""
    return {"expit": _expit, "erf": erf, "log_expit": lambda x: -np.log1p(np.exp(-x))}.get(
        ufunc.__name__
    )


def elementwise(ufunc: Any, *args: Any) -> Any:
    """Apply an elementwise function, number by number."""
    values = np.asarray(ufunc(*[np.asarray(plain_of(a), dtype=np.float64) for a in args]))
    return _noted(UFUNCS[ufunc], values, *args)


def _noted(op: str, values: np.ndarray, *args: Any) -> Any:
    tape = current()
    ids = [np.broadcast_to(ids_of(a), values.shape).ravel().tolist() for a in args]
    flat = values.ravel().tolist()
    make = tape.make
    new = [make(op, parents, v) for parents, v in zip(zip(*ids, strict=True), flat, strict=True)]
    return made(np.array(new, dtype=np.int64).reshape(values.shape), values)


def _reduced(op: str, f: Callable[..., Any], a: Any, axis: Any, keepdims: bool) -> Any:
    """Make one number of those along some axes."""
    ids, values = ids_of(a), np.asarray(plain_of(a), dtype=np.float64)
    axes = tuple(range(ids.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(x % max(ids.ndim, 1) for x in axes) if ids.ndim else ()
    out = np.asarray(f(values, axis=axes or None, keepdims=keepdims))
    if not axes:
        return made(ids, values)
    rest = [x for x in range(ids.ndim) if x not in axes]
    rows = ids.transpose(*rest, *axes).reshape(-1, prod(ids.shape[x] for x in axes)).tolist()
    make = current().make
    new = [
        row[0] if len(row) == 1 else make(op, tuple(row), v)
        for row, v in zip(rows, out.ravel().tolist(), strict=True)
    ]
    return made(np.array(new, dtype=np.int64).reshape(out.shape), out)


def total(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False,
          initial: Any = None, where: Any = None) -> Any:  # fmt: skip
    """Add up."""
    a = as_traced(a)
    if where is not None:
        a = call_function(np.where, (where, a, 0.0), {})
    result = _reduced("sum", np.sum, a, axis, bool(keepdims))
    return result if initial is None else result + initial


def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
         **named: Any) -> Any:  # fmt: skip
    """Give the mean."""
    a = as_traced(a)
    s = total(a, axis, keepdims=keepdims)
    return s / (np.size(a) / max(np.size(s), 1))


def _extreme(op: str, f: Any) -> Any:
    def extreme(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False,
                **named: Any) -> Any:  # fmt: skip
        return _reduced(op, f, as_traced(a), axis, bool(keepdims))

    return extreme


def variance(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0,
             keepdims: Any = False, **named: Any) -> Any:  # fmt: skip
    """Give the variance."""
    a = as_traced(a)
    squares = (a - mean(a, axis, keepdims=True)) ** 2
    s = total(squares, axis, keepdims=keepdims)
    return s / (np.size(a) / max(np.size(s), 1) - ddof)


def product(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
            **named: Any) -> Any:  # fmt: skip
    """Multiply all."""
    a = as_traced(a)
    axis = None if axis is None else axis % a.ndim
    parts = list(a.reshape(-1)) if axis is None else list(np.moveaxis(a, axis, 0))
    result = parts[0]
    for part in parts[1:]:
        result = result * part
    if keepdims:
        shape = [1] * a.ndim if axis is None else list(a.shape)
        if axis is not None:
            shape[axis] = 1
        return as_traced(result).reshape(shape)
    return result


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Give the length."""
    if ord == 1:
        return total(np.abs(as_traced(x)), axis, keepdims=keepdims)
    if ord == np.inf:
        return _extreme("max", np.max)(np.abs(as_traced(x)), axis, keepdims=keepdims)
    return np.sqrt(total(np.square(as_traced(x)), axis, keepdims=keepdims))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **named: Any) -> Any:
    a_min, a_max = named.get("min", a_min), named.get("max", a_max)
    if a_min is not None:
        a = np.maximum(a, a_min)
    return a if a_max is None else np.minimum(a, a_max)


def _average(a: Any, axis: Any = None, weights: Any = None, **named: Any) -> Any:
    if weights is None:
        return mean(a, axis)
    return total(a * weights, axis) / total(weights, axis)


FUNCTIONS: dict[Any, Any] = MOVED | {
    np.sum: total, np.mean: mean, np.nansum: total, np.nanmean: mean,
    np.max: _extreme("max", np.max), np.amax: _extreme("max", np.max),
    np.min: _extreme("min", np.min), np.amin: _extreme("min", np.min),
    np.var: variance, np.prod: product, np.dot: dot, np.inner: inner, np.outer: outer,
    np.std: lambda *a, **k: np.sqrt(variance(*a, **k)), np.einsum: einsum, np.clip: _clip,
    np.tensordot: tensordot,
    np.vdot: lambda a, b: dot(np.ravel(as_traced(a)), np.ravel(as_traced(b))),
    np.average: _average, np.linalg.norm: norm, np.trace: lambda a: total(np.diagonal(a)),
    np.linalg.multi_dot: lambda arrays: reduce(dot, arrays),
}  # fmt: skip


def call_function(f: Any, args: Any, named: Any) -> Any:
    """Do what a function of NumPy does, noting it; what is not known is done to bare values."""
    own = FUNCTIONS.get(f)
    if own is not None:
        out = named.pop("out", None) if "out" in named else None
        result = own(*args, **named)
        if isinstance(out, Arr):
            out[...] = result
            return out
        return result
    if f in UFUNCS or isinstance(f, np.ufunc):
        return f(*args, **named)
    return f(*[_bare(a) for a in args], **{k: _bare(v) for k, v in named.items()})


def _bare(value: Any) -> Any:
    if isinstance(value, Arr | Num):
        return plain_of(value)
    if isinstance(value, list | tuple):
        return type(value)(_bare(v) for v in value)
    return value


def call_ufunc(ufunc: Any, method: str, args: Any, named: Any) -> Any:
    """Do what a ufunc or one of its methods does, noting it."""
    out = named.pop("out", None)
    where = named.pop("where", True)
    result = _called(ufunc, method, args, named)
    if where is not True:
        result = chosen(where, result, out[0] if out else 0.0)
    if out and out[0] is not None and method != "at":
        target = out[0]
        if isinstance(target, Arr):
            target[...] = result
            return target
        np.copyto(target, _bare(result), casting="unsafe")
    return result


def _called(ufunc: Any, method: str, args: Any, named: Any) -> Any:
    if ufunc is np.matmul and method == "__call__":
        return matmul(*args)
    if ufunc not in UFUNCS and method == "__call__" and _of_scipy(ufunc) is not None:
        return _of_scipy(ufunc)(*args)
    if ufunc not in UFUNCS:
        return getattr(ufunc, method)(
            *[_bare(a) for a in args], **{k: _bare(v) for k, v in named.items()}
        )
    if method == "__call__":
        return elementwise(ufunc, *args)
    if method == "reduce":
        axis = args[1] if len(args) > 1 else named.get("axis", 0)
        known = {np.add: total, np.maximum: FUNCTIONS[np.max], np.minimum: FUNCTIONS[np.min],
                 np.multiply: product}  # fmt: skip
        if ufunc in known:
            return known[ufunc](args[0], axis, keepdims=named.get("keepdims", False))
        parts = list(np.moveaxis(as_traced(args[0]), axis, 0))
        result = parts[0]
        for part in parts[1:]:
            result = ufunc(result, part)
        return np.expand_dims(result, axis) if named.get("keepdims") else result
    if method == "outer":
        a, b = args
        return ufunc(np.reshape(a, (*np.shape(a), *[1] * np.ndim(b))), b)
    if method == "at":
        array, place, *rest = args
        flat = np.arange(np.size(array)).reshape(np.shape(array))[place]
        more: Any = np.broadcast_to(as_traced(rest[0]), np.shape(flat)) if rest else None
        row = array.reshape(-1) if isinstance(array, Arr) else array.ravel()
        for k, i in enumerate(np.ravel(flat).tolist()):
            row[i] = ufunc(row[i], np.ravel(more)[k]) if rest else ufunc(row[i])
        return None
    if method == "accumulate" and ufunc is np.add:
        return cumulated(args[0], named.get("axis", 0))
    return getattr(ufunc, method)(*[_bare(a) for a in args], **named)


HANDLERS["ufunc"] = call_ufunc
HANDLERS["function"] = call_function
