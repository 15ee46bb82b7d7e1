"""What NumPy's functions do to numbers that note what is done with them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from clearprop.doctor.traced.tape import (
    _HANDLERS,
    Arr,
    Num,
    current,
    holds_traced,
    ids_of,
    made,
    plain_of,
)

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
    a = _array(a)
    if where is not None:
        a = call_function(np.where, (where, a, 0.0), {})
    result = _reduced("sum", np.sum, a, axis, bool(keepdims))
    return result if initial is None else result + initial


def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
         **named: Any) -> Any:  # fmt: skip
    """Give the mean."""
    a = _array(a)
    s = total(a, axis, keepdims=keepdims)
    return s / (np.size(a) / max(np.size(s), 1))


def _extreme(op: str, f: Any) -> Any:
    def extreme(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False,
                **named: Any) -> Any:  # fmt: skip
        return _reduced(op, f, _array(a), axis, bool(keepdims))

    return extreme


def variance(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0,
             keepdims: Any = False, **named: Any) -> Any:  # fmt: skip
    """Give the variance."""
    a = _array(a)
    squares = (a - mean(a, axis, keepdims=True)) ** 2
    s = total(squares, axis, keepdims=keepdims)
    return s / (np.size(a) / max(np.size(s), 1) - ddof)


def product(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False,
            **named: Any) -> Any:  # fmt: skip
    """Multiply all."""
    a = _array(a)
    axis = None if axis is None else axis % a.ndim
    parts = list(a.reshape(-1)) if axis is None else list(np.moveaxis(a, axis, 0))
    result = parts[0]
    for part in parts[1:]:
        result = result * part
    if keepdims:
        shape = [1] * a.ndim if axis is None else list(a.shape)
        if axis is not None:
            shape[axis] = 1
        return _array(result).reshape(shape)
    return result


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002 - NumPy's name
    """Give the length."""
    if ord == 1:
        return total(np.abs(_array(x)), axis, keepdims=keepdims)
    if ord == np.inf:
        return _extreme("max", np.max)(np.abs(_array(x)), axis, keepdims=keepdims)
    return np.sqrt(total(np.square(_array(x)), axis, keepdims=keepdims))


def _array(a: Any) -> Any:
    """Give an array that is traced."""
    if isinstance(a, Arr):
        return a
    ids = ids_of(a)
    return (
        made(ids.reshape(1), [float(a)])._both(lambda v: v.reshape(()))
        if False
        else (a if isinstance(a, Num) else made(ids, np.asarray(plain_of(a), dtype=np.float64)))
    )


def contracted(labels: str, *args: Any) -> Any:
    """Multiply and add up as `numpy.einsum` does; of two arrays, in one node an output."""
    terms, result = _labels(labels, [np.ndim(plain_of(a)) for a in args])
    if len(args) > 2:
        first = sorted({c for t in terms[:2] for c in t} & set("".join(terms[2:]) + result))
        head = contracted(f"{terms[0]},{terms[1]}->{''.join(first)}", *args[:2])
        rest = ",".join(["".join(first), *terms[2:]])
        return contracted(f"{rest}->{result}", head, *args[2:])
    summed = sorted({c for t in terms for c in t} - set(result))
    order = [*result, *summed]
    sizes: dict[str, int] = {}
    views = []
    for term, a in zip(terms, args, strict=True):
        ids = ids_of(a)
        for c in sorted(set(term)):  # a label that stands twice: the diagonal
            while term.count(c) > 1:
                i, j = term.index(c), term.rindex(c)
                ids = np.diagonal(ids, axis1=i, axis2=j)
                term = "".join(x for k, x in enumerate(term) if k not in (i, j)) + c
        sizes.update(
            {c: n for c, n in zip(term, ids.shape, strict=True) if n != 1 or c not in sizes}
        )
        ids = ids.transpose([term.index(c) for c in order if c in term])
        views.append((term, ids))
    shape = [sizes[c] for c in order]
    cells = prod(sizes[c] for c in result)
    spread = []
    for term, ids in views:
        own = [sizes[c] if c in term else 1 for c in order]
        spread.append(
            np.broadcast_to(ids.reshape([o if o else 1 for o in own]), shape).reshape(cells, -1)
        )
    tape = current()
    value = tape.value
    new = []
    if len(spread) == 1:
        rows = spread[0].tolist()
        for row in rows:
            v = sum(value[i] for i in row)
            new.append(row[0] if len(row) == 1 else tape.make("sum", tuple(row), v))
    else:
        for left, right in zip(spread[0].tolist(), spread[1].tolist(), strict=True):
            v = sum(value[i] * value[j] for i, j in zip(left, right, strict=True))
            if len(left) == 1:
                new.append(tape.make("mul", (left[0], right[0]), v))
            else:
                pairs = tuple(k for ij in zip(left, right, strict=True) for k in ij)
                new.append(tape.make("dot", pairs, v))
    return made(np.array(new, dtype=np.int64).reshape([sizes[c] for c in result]))


def _labels(labels: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """Take the first argument of einsum apart."""
    labels = labels.replace(" ", "")
    left, arrow, result = labels.partition("->")
    terms = left.split(",")
    if "..." in labels:
        extra = max(n - len(t.replace("...", "")) for n, t in zip(ndims, terms, strict=True))
        fill = "".join(c for c in "ZYXWVU" if c not in labels)[:extra]
        terms = [
            t.replace(
                "...", fill[len(fill) - (n - len(t.replace("...", ""))) :] if "..." in t else ""
            )
            for n, t in zip(ndims, terms, strict=True)
        ]
        if not arrow:
            raise ValueError("dots without an arrow")
        result = result.replace("...", fill)
    if not arrow:
        together = "".join(terms)
        result = "".join(sorted(c for c in set(together) if together.count(c) == 1))
    return terms, result


def _einsum(*args: Any, **named: Any) -> Any:
    if not isinstance(args[0], str):
        raise TypeError("einsum with lists of axes")
    return contracted(args[0], *args[1:])


def matmul(a: Any, b: Any, *rest: Any, **named: Any) -> Any:
    """Multiply matrices, or rows of them."""
    n, m = np.ndim(plain_of(a)), np.ndim(plain_of(b))
    if n == 1 or m == 1:
        if n > 2 or m > 2:
            raise TypeError("a row times a row of matrices")
        return contracted({(1, 1): "i,i->", (1, 2): "i,ij->j", (2, 1): "ij,j->i"}[n, m], a, b)
    return contracted("...ij,...jk->...ik", a, b)


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """Multiply as `numpy.dot` does."""
    n, m = np.ndim(plain_of(a)), np.ndim(plain_of(b))
    if n == 0 or m == 0:
        return np.multiply(a, b)
    letters = "abcdefgh"
    left = letters[: n - 1] + "z"
    right = "z" if m == 1 else "stuvw"[: m - 2] + "z" + "y"
    return contracted(f"{left},{right}->{(left + right).replace('z', '')}", a, b)


def inner(a: Any, b: Any) -> Any:
    """Multiply along the last axes."""
    n, m = np.ndim(plain_of(a)), np.ndim(plain_of(b))
    if n == 0 or m == 0:
        return np.multiply(a, b)
    left, right = "abcd"[: n - 1] + "z", "stuv"[: m - 1] + "z"
    return contracted(f"{left},{right}->{left[:-1]}{right[:-1]}", a, b)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Multiply along chosen axes."""
    n, m = np.ndim(plain_of(a)), np.ndim(plain_of(b))
    if isinstance(axes, int):
        axes = (list(range(n - axes, n)), list(range(axes)))
    one, two = ([x] if isinstance(x, int) else list(x) for x in axes)
    left, right = list("abcdefgh"[:n]), list("stuvwxyz"[:m])
    for i, j in zip(one, two, strict=True):
        right[j] = left[i]
    both = [c for c in left if c in right]
    result = [c for c in [*left, *right] if c not in both]
    return contracted(f"{''.join(left)},{''.join(right)}->{''.join(result)}", a, b)


def _outer(a: Any, b: Any, out: Any = None) -> Any:
    return contracted("i,j->ij", np.ravel(_array(a)), np.ravel(_array(b)))


def _where(condition: Any, *choices: Any) -> Any:
    condition = np.asarray(plain_of(condition)).astype(bool)
    if not choices:
        return np.nonzero(condition)
    a, b = choices
    return made(
        np.where(condition, ids_of(a), ids_of(b)), np.where(condition, plain_of(a), plain_of(b))
    )


def _clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **named: Any) -> Any:
    a_min, a_max = named.get("min", a_min), named.get("max", a_max)
    if a_min is not None:
        a = np.maximum(a, a_min)
    return a if a_max is None else np.minimum(a, a_max)


def _cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    a = np.ravel(a) if axis is None else a
    parts = list(np.moveaxis(_array(a), axis or 0, 0))
    for k in range(1, len(parts)):
        parts[k] = parts[k - 1] + parts[k]
    return np.stack([_array(p) for p in parts], axis=axis or 0)


def _pad(a: Any, width: Any, mode: Any = "constant", **named: Any) -> Any:
    if mode != "constant":
        return _array(a)._both(lambda v: np.pad(v, width, mode, **named))
    fill = current().constant(float(named.get("constant_values", 0.0)))
    return made(np.pad(ids_of(a), width, constant_values=fill))


def _diag(a: Any, k: int = 0) -> Any:
    ids = ids_of(a)
    if ids.ndim == 2:
        return made(np.diag(ids, k))
    hit = np.diag(np.ones(len(ids), dtype=bool), k)
    out = np.full(hit.shape, current().constant(0.0))
    out[hit] = ids
    return made(out)


def _triangle(f: Any) -> Any:
    def triangle(a: Any, k: int = 0) -> Any:
        keep = f(np.ones(np.shape(a), dtype=bool), k)
        return _where(keep, a, 0.0)

    return triangle


def _each(f: Any, many: bool) -> Any:
    """Move whole arrays about: with the nodes goes what goes with the values."""

    def moved(first: Any, *args: Any, **named: Any) -> Any:
        if many:
            ids = f([ids_of(a) for a in first], *args, **named)
        else:
            a = _array(first)
            args = tuple(
                np.asarray(plain_of(x)).astype(int) if holds_traced(x) else x for x in args
            )
            if isinstance(a, Arr):
                got = f(ids_of(a), *args, **named)
                if isinstance(got, list | tuple):
                    return type(got)(made(g) for g in got)
                return made(got, f(plain_of(a), *args, **named))
            ids = f(ids_of(a), *args, **named)
        if isinstance(ids, list | tuple):
            return type(ids)(made(g) for g in ids)
        return made(ids)

    return moved


def _append(a: Any, values: Any, axis: Any = None) -> Any:
    if axis is None:
        a, values = np.ravel(_array(a)), np.ravel(_array(values))
    return made(np.concatenate([ids_of(a), ids_of(values)], axis=axis or 0))


def _insert(a: Any, place: Any, values: Any, axis: Any = None) -> Any:
    return made(np.insert(ids_of(a), place, ids_of(values), axis=axis))


def _broadcast_arrays(*args: Any, **named: Any) -> Any:
    return [made(i.copy()) for i in np.broadcast_arrays(*map(ids_of, args))]


def _atleast(f: Any) -> Any:
    def atleast(*args: Any) -> Any:
        out = [made(f(ids_of(a))) for a in args]
        return out[0] if len(out) == 1 else out

    return atleast


def _sorted(a: Any, axis: Any = -1, **named: Any) -> Any:
    order = np.argsort(plain_of(a), axis=axis, kind="stable")
    return made(np.take_along_axis(ids_of(a), order, axis=axis))


def _select(conditions: Any, choices: Any, default: Any = 0.0) -> Any:
    result = default
    for condition, choice in reversed(list(zip(conditions, choices, strict=True))):
        result = _where(condition, choice, result)
    return result


def _block(rows: Any) -> Any:
    if not isinstance(rows, list):
        return rows
    return np.concatenate(
        [_block(r) for r in rows], axis=-1 if not isinstance(rows[0], list) else -2
    )


def _like(fill: float) -> Any:
    def like(a: Any, *args: Any, **named: Any) -> Any:
        value = args[0] if fill == 7 and args else named.get("fill_value", fill)
        shape = named.get("shape") or np.shape(a)
        return made(np.full(shape, ids_of(value)))

    return like


def _average(a: Any, axis: Any = None, weights: Any = None, **named: Any) -> Any:
    if weights is None:
        return mean(a, axis)
    return total(a * weights, axis) / total(weights, axis)


def _along(f: Any, axis: int, a: Any, *args: Any, **named: Any) -> Any:
    rows = np.moveaxis(_array(a), axis, -1)
    flat = rows.reshape(-1, rows.shape[-1])
    out = np.stack([_array(f(r, *args, **named)) for r in flat])
    out = out.reshape(*rows.shape[:-1], *out.shape[1:])
    return np.moveaxis(out, -1, axis) if out.ndim == rows.ndim else out


_MOVES = (
    "reshape", "transpose", "swapaxes", "moveaxis", "rollaxis", "expand_dims", "squeeze", "ravel",
    "tile", "repeat", "roll", "flip", "fliplr", "flipud", "rot90", "broadcast_to", "take",
    "take_along_axis", "split", "array_split", "hsplit", "vsplit", "diagonal", "delete", "copy",
    "ascontiguousarray", "resize", "matrix_transpose", "permute_dims",
)  # fmt: skip
_JOINS = (
    "concatenate", "stack", "vstack", "hstack", "column_stack", "dstack", "row_stack", "concat",
)  # fmt: skip

FUNCTIONS: dict[Any, Any] = {
    np.sum: total, np.mean: mean, np.nansum: total, np.nanmean: mean,
    np.max: _extreme("max", np.max), np.amax: _extreme("max", np.max),
    np.min: _extreme("min", np.min), np.amin: _extreme("min", np.min),
    np.var: variance, np.prod: product, np.dot: dot, np.inner: inner, np.outer: _outer,
    np.std: lambda *a, **k: np.sqrt(variance(*a, **k)), np.einsum: _einsum,
    np.tensordot: tensordot, np.vdot: lambda a, b: dot(np.ravel(_array(a)), np.ravel(_array(b))),
    np.where: _where, np.clip: _clip, np.cumsum: _cumsum, np.pad: _pad, np.diag: _diag,
    np.tril: _triangle(np.tril), np.triu: _triangle(np.triu), np.append: _append,
    np.insert: _insert, np.broadcast_arrays: _broadcast_arrays, np.sort: _sorted,
    np.atleast_1d: _atleast(np.atleast_1d), np.atleast_2d: _atleast(np.atleast_2d),
    np.atleast_3d: _atleast(np.atleast_3d), np.select: _select, np.block: _block,
    np.average: _average, np.apply_along_axis: _along, np.linalg.norm: norm,
    np.zeros_like: _like(0.0), np.empty_like: _like(0.0), np.ones_like: _like(1.0),
    np.full_like: _like(7), np.trace: lambda a: total(np.diagonal(a)),
    np.linalg.multi_dot: lambda arrays: _chained(arrays),
    **{getattr(np, n): _each(getattr(np, n), False) for n in _MOVES if hasattr(np, n)},
    **{getattr(np, n): _each(getattr(np, n), True) for n in _JOINS if hasattr(np, n)},
}  # fmt: skip


def _chained(arrays: Sequence[Any]) -> Any:
    result = arrays[0]
    for a in arrays[1:]:
        result = dot(result, a)
    return result


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
        result = _where(where, result, out[0] if out else 0.0)
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
        parts = list(np.moveaxis(_array(args[0]), axis, 0))
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
        b = np.broadcast_to(_array(rest[0]), np.shape(flat)) if rest else None
        row = array.reshape(-1) if isinstance(array, Arr) else array.ravel()
        for k, i in enumerate(np.ravel(flat).tolist()):
            row[i] = ufunc(row[i], np.ravel(b)[k]) if rest else ufunc(row[i])
        return None
    if method == "accumulate" and ufunc is np.add:
        return _cumsum(args[0], named.get("axis", 0))
    return getattr(ufunc, method)(*[_bare(a) for a in args], **named)


_HANDLERS["ufunc"] = call_ufunc
_HANDLERS["function"] = call_function
