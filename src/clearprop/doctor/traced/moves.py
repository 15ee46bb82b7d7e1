"""Moves of traced arrays: with the nodes is done what is done with the values."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.traced.numbers import Arr, as_traced, holds_traced, ids_of, made, plain_of
from clearprop.doctor.traced.tape import current

__all__ = ["MOVED", "chosen", "cumulated"]


def chosen(condition: Any, *choices: Any) -> Any:
    """Choose between two arrays, number by number."""
    condition = np.asarray(plain_of(condition)).astype(bool)
    if not choices:
        return np.nonzero(condition)
    a, b = choices
    return made(
        np.where(condition, ids_of(a), ids_of(b)), np.where(condition, plain_of(a), plain_of(b))
    )


def cumulated(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """Give the sums so far along an axis."""
    a = np.ravel(a) if axis is None else a
    parts = list(np.moveaxis(as_traced(a), axis or 0, 0))
    for k in range(1, len(parts)):
        parts[k] = parts[k - 1] + parts[k]
    return np.stack([as_traced(p) for p in parts], axis=axis or 0)


def _pad(a: Any, width: Any, mode: Any = "constant", **named: Any) -> Any:
    if mode != "constant":
        return as_traced(a)._both(lambda v: np.pad(v, width, mode, **named))
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
        return chosen(keep, a, 0.0)

    return triangle


def _each(f: Any, many: bool) -> Any:
    """Move whole arrays about: with the nodes goes what goes with the values."""

    def moved(first: Any, *args: Any, **named: Any) -> Any:
        if many:
            ids = f([ids_of(a) for a in first], *args, **named)
        else:
            a = as_traced(first)
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
        a, values = np.ravel(as_traced(a)), np.ravel(as_traced(values))
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
        result = chosen(condition, choice, result)
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


def _along(f: Any, axis: int, a: Any, *args: Any, **named: Any) -> Any:
    rows = np.moveaxis(as_traced(a), axis, -1)
    flat = rows.reshape(-1, rows.shape[-1])
    out = np.stack([as_traced(f(r, *args, **named)) for r in flat])
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

MOVED: dict[Any, Any] = {
    np.lib.stride_tricks.sliding_window_view: _each(
        np.lib.stride_tricks.sliding_window_view, False
    ),
    np.where: chosen, np.cumsum: cumulated, np.pad: _pad, np.diag: _diag, np.append: _append,
    np.tril: _triangle(np.tril), np.triu: _triangle(np.triu), np.insert: _insert,
    np.broadcast_arrays: _broadcast_arrays, np.sort: _sorted, np.select: _select,
    np.atleast_1d: _atleast(np.atleast_1d), np.atleast_2d: _atleast(np.atleast_2d),
    np.atleast_3d: _atleast(np.atleast_3d), np.block: _block, np.apply_along_axis: _along,
    np.zeros_like: _like(0.0), np.empty_like: _like(0.0), np.ones_like: _like(1.0),
    np.full_like: _like(7),
    **{getattr(np, n): _each(getattr(np, n), False) for n in _MOVES if hasattr(np, n)},
    **{getattr(np, n): _each(getattr(np, n), True) for n in _JOINS if hasattr(np, n)},
}  # fmt: skip
