"""Which of NumPy's functions compute a value into memory that is there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.core.quick import TALL
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Value
from clearprop.engines.replay.spots import Spot
from clearprop.engines.replay.unrolling import SUM_OF_PRODUCTS, TURNS
from clearprop.ops.scattering import add_at

__all__ = ["OVER_INPUT", "UFUNCS", "Call", "Scratch", "calls", "parts"]

Array: TypeAlias = Any
Scratch: TypeAlias = Callable[[Sequence[int], Any], Spot]


class Call(NamedTuple):
    """A function of arrays; spots stand for arrays that are not there yet."""

    function: Callable[..., Any]
    args: tuple[Any, ...]  # where to write to among them, if `out` does not say it
    out: Spot | None = None


Way: TypeAlias = Callable[[Value, Sequence[Spot], Spot, Scratch], list[Call]]


def calls(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    """
    Say how to compute a value.

    Parameters
    ----------
    value : Value
    inputs : sequence of Spot
    out : Spot
        Where to write it; it may be where one of the inputs is, if `OVER_INPUT` says so.
    scratch : callable ``(shape, dtype) -> Spot``
        Gives memory for what is needed only meanwhile.
    """
    if not value.size:
        return []
    way = WAYS.get(value.op)
    return way(value, inputs, out, scratch) if way else _by_reference(value, inputs, out, scratch)


def _by_reference(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    compute = partial(PRIMITIVES[value.op].reference, **value.params)
    return [Call(_copied_from, (compute, out, *inputs))]


def _copied_from(compute: Callable[..., Array], out: Array, *inputs: Array) -> None:
    out[...] = compute(*inputs)


# -- element by element ------------------------------------------------------------------------


def _ufunc(function: Any) -> Way:
    def way(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
        args = tuple(x.as_operand() for x in inputs)
        # NumPy asks for the keyword where a third array could be taken for one more operand.
        named = function in (np.maximum, np.minimum)
        return [Call(function, args, out) if named else Call(function, (*args, out))]

    return way


def _copy(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    return [_put(out, inputs[0].as_operand())]


def _put(out: Spot, x: Any) -> Call:
    return Call(np.copyto, (out, x, "unsafe"))


def _sigmoid(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    """Divide 1 by ``1 + exp(-x)``, which is infinite where the quotient is too small to write."""
    one = np.ones((), value.dtype)
    return [
        Call(np.negative, (*inputs, out)), Call(np.exp, (out, out)),
        Call(np.add, (out, one, out)), Call(np.reciprocal, (out, out)),
    ]  # fmt: skip


def _by_operation(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    compute = partial(REGISTRY[value.op].compute, NUMPY)
    return [Call(_copied_from, (compute, out, *inputs))]


def _where(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    condition, x, other = inputs
    if value.dtype.kind in "fiu" and condition.shape == out.shape:
        # All bits or none: several times as fast as choosing, and as exact.
        bits, truth = scratch(value.shape, np.int8), condition._replace(dtype=np.dtype(np.int8))
        if _is_zero(value.inputs[2]):
            return [Call(np.negative, (truth, bits)), _kept_bits(x, bits, out)]
        if _is_zero(value.inputs[1]):
            one = np.ones((), np.int8)
            return [Call(np.subtract, (truth, one, bits)), _kept_bits(other, bits, out)]
    if out == x:
        turned = scratch(value.shape, np.bool)
        return [
            Call(np.logical_not, (condition, turned)),
            Call(np.copyto, (out, other, "same_kind", turned)),
        ]
    return [_put(out, other), Call(np.copyto, (out, x, "same_kind", condition))]


def _kept_bits(x: Spot, bits: Spot, out: Spot) -> Call:
    number = np.dtype(f"i{out.dtype.itemsize}")
    return Call(np.bitwise_and, (x._replace(dtype=number), bits, out._replace(dtype=number)))


def _is_zero(x: Value) -> bool:
    while x.op == "broadcast":
        (x,) = x.inputs
    return x.kind == "constant" and x.size == 1 and x.array.tobytes().count(0) == x.nbytes


# -- reductions --------------------------------------------------------------------------------


def _fold(function: Any) -> Way:
    def way(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
        axes, x = tuple(value.params["axes"]), inputs[0]
        if any(not n for n in x.shape):
            return _by_reference(value, inputs, out, scratch)
        return [Call(function.reduce, (x, axes, out.dtype, out))]

    return way


def _sum(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    """Sum by products with ones, where all is in order: several times as fast."""
    (x,), axes = inputs, tuple(value.params["axes"])
    x, axes = _as_it_lies(x, axes)
    rank, count, n = len(x.shape), len(axes), prod(x.shape[a] for a in axes)
    ends = axes == tuple(range(rank - count, rank))
    begins = axes == tuple(range(count))
    straight = out.is_contiguous and x.is_contiguous and value.dtype.kind == "f"
    if not straight or not (ends or begins) or 0 in x.shape or value.size == 1:
        return _fold(np.add)(value, inputs, out, scratch)
    to = _flat(out, value.size)
    if ends:
        return [Call(np.dot, (_flat(x, value.size, n), np.ones(n, value.dtype), to))]
    side = 512 // value.size
    if side < 2 or n < TALL or n % side:
        return [Call(np.dot, (np.ones(n, value.dtype), _flat(x, n, value.size), to))]
    # Short rows are added up several side by side first: less is rounded.
    rows, first = _flat(x, n // side, side * value.size), scratch((side * value.size,), value.dtype)
    return [
        Call(np.dot, (np.ones(n // side, value.dtype), rows, first)),
        Call(np.dot, (np.ones(side, value.dtype), _flat(first, side, value.size), to)),
    ]


def _flat(x: Spot, *shape: int) -> Spot:
    """Give what is in order as a row, or as rows."""
    made = x.reshaped(shape)
    assert made is not None
    return made


def _as_it_lies(x: Spot, axes: tuple[int, ...]) -> tuple[Spot, tuple[int, ...]]:
    """Put axes into the order of the memory, as long as those that are kept stay in order."""
    order = sorted(range(len(x.shape)), key=lambda a: (-x.strides[a], a))
    kept = [a for a in order if a not in axes]
    if kept != sorted(kept):
        return x, axes
    return x.permuted(order), tuple(sorted(order.index(a) for a in axes))


def _sum_of_products(
    value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch
) -> list[Call]:
    rank = len(inputs[0].shape)
    if tuple(value.params["axes"]) == (rank - 1,):
        return [Call(np.vecdot, (*inputs, out))]
    columns = inputs[0].shape[-1]
    flat = [x.reshaped((prod(x.shape[:-1]), columns)) for x in inputs]
    if rank > 2 and None not in flat:
        return [Call(_down_columns, ("ij,ij->j", *flat, out))]
    letters = "abcdefghijklmnopqrstuvwxyz"[:rank]
    return [Call(_down_columns, (f"{letters},{letters}->{letters[-1]}", *inputs, out))]


def _down_columns(subscripts: str, a: Array, b: Array, out: Array) -> None:
    np.einsum(subscripts, a, b, out=out)


def _place(function: Any) -> Way:
    def way(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
        if 0 in inputs[0].shape:
            return _by_reference(value, inputs, out, scratch)
        return [Call(function, (inputs[0], value.params["axis"], out))]

    return way


# -- products, joins, places -------------------------------------------------------------------


def _dot(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    if not value.params.keys() <= {"ta", "tb", "skip"}:
        return _by_reference(value, inputs, out, scratch)
    a, b = (
        _turned(x) if value.params[way] else x for x, way in zip(inputs, ("ta", "tb"), strict=True)
    )
    if not a.shape[-1]:
        return [_put(out, np.zeros((), value.dtype))]
    # `dot` has less to decide than `matmul`.
    plain = len(out.shape) == 2 and out.is_contiguous
    return [Call(np.dot if plain else np.matmul, (a, b, out))]


def _turned(x: Spot) -> Spot:
    n = len(x.shape)
    return x.permuted((*range(n - 2), n - 1, n - 2))


def parts(value: Value, out: Spot) -> list[Spot]:
    """Give where the parts of joined arrays belong."""
    if value.op == TURNS:
        return [
            out.part((t, *(0,) * len(x.shape)), (1,) * value.ndim, (1, *x.shape))
            ._replace(shape=x.shape, strides=out.strides[1:])
            for t, x in enumerate(value.inputs)
        ]  # fmt: skip
    axis, found, at = value.params["axis"], [], 0
    for x in value.inputs:
        starts = tuple(at if a == axis else 0 for a in range(value.ndim))
        found.append(out.part(starts, (1,) * value.ndim, x.shape))
        at += x.shape[axis]
    return found


def _joined(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    pairs = zip(parts(value, out), inputs, strict=True)
    return [_put(to, x.as_operand()) for to, x in pairs if to != x and 0 not in x.shape]


def _pad(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    low, interior = value.params["low"], value.params["interior"]
    fill = np.asarray(value.params["value"], value.dtype)
    inside = out.part(low, tuple(i + 1 for i in interior), inputs[0].shape)
    more = [_put(inside, inputs[0].as_operand())] if 0 not in inside.shape else []
    return [_put(out, fill), *more]


def _take(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    if not out.is_contiguous:
        return _by_reference(value, inputs, out, scratch)
    return [Call(np.take, (*inputs, value.params["axis"], out, "wrap"))]


def _scatter_add(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    if not out.is_contiguous:
        return _by_reference(value, inputs, out, scratch)
    values, places = inputs
    added = Call(add_at, (out, places, values, value.params["axis"], "segment_sum"))
    return [_put(out, np.zeros((), value.dtype)), added]


def _take_along(value: Value, inputs: Sequence[Spot], out: Spot, scratch: Scratch) -> list[Call]:
    """Look up in one long row, of which each row is a part."""
    x, places = inputs
    length, last = x.shape[-1], value.params["axis"] == len(x.shape) - 1
    row = x.reshaped((prod(x.shape),))
    if not (last and row and out.is_contiguous and x.shape[:-1] == places.shape[:-1]):
        return _by_reference(value, inputs, out, scratch)
    begins = length * np.arange(prod(x.shape[:-1])).reshape(*x.shape[:-1], 1)
    at = scratch(places.shape, np.int64)
    return [
        Call(np.remainder, (places, np.int64(length), at)), Call(np.add, (at, begins, at)),
        Call(np.take, (row, at, 0, out, "clip")),
    ]  # fmt: skip


UFUNCS = {
    name: getattr(np, name)
    for name in """
    add subtract multiply divide remainder floor_divide pow negative abs sign sqrt exp expm1 log
    log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh atan2 hypot
    copysign floor ceil trunc maximum minimum square reciprocal less less_equal greater
    greater_equal equal not_equal logical_and logical_or logical_xor logical_not isfinite isnan
    isinf
    """.split()  # noqa: SIM905
} | {"round": np.rint}

_FOLDS = {
    "prod": np.multiply, "max": np.maximum, "min": np.minimum, "any": np.logical_or,
    "all": np.logical_and,
}  # fmt: skip

WAYS: dict[str, Way] = {
    **{name: _ufunc(function) for name, function in UFUNCS.items()},
    **{name: _fold(function) for name, function in _FOLDS.items()},
    "sigmoid": _sigmoid, "erf": _by_operation, "erfc": _by_operation, "where": _where,
    "cast": _copy, "sum": _sum, SUM_OF_PRODUCTS: _sum_of_products, "argmax": _place(np.argmax),
    "argmin": _place(np.argmin), "dot": _dot, "concat": _joined, TURNS: _joined, "pad": _pad,
    "take": _take, "scatter_add": _scatter_add, "take_along": _take_along, "broadcast": _copy,
    "permute": _copy, "slice": _copy,
}  # fmt: skip
"""By the primitive's name; the others are computed by their reference and copied."""

# Whose results may be written over which of the inputs.
OVER_INPUT: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(UFUNCS, (0, 1)),
    "where": (1, 2), "sigmoid": (0,),
}  # fmt: skip
