"""Values made of values: kinds of numbers brought together, sizes made equal, views combined."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import copysign, prod
from typing import Any, TypeAlias

import numpy as np

from clearprop.core.op import Shape
from clearprop.core.shapes import broadcast_shapes
from clearprop.engines.compiled.program import NotCompilable, Value
from clearprop.lang import told

__all__ = [
    "as_kind", "as_value", "broadcast", "constant", "elementwise", "fitted", "kind_of", "loop",
    "number", "permute", "reduce", "reshape", "sliced", "together",
]  # fmt: skip

Array: TypeAlias = Any
Operand: TypeAlias = Any  # a value, an array, or a Python number

_BOOL = np.dtype(np.bool)

# What makes a Python number of Python numbers; of others, NumPy gives numbers of its own.
OF_PYTHON = frozenset(
    ["abs", "add", "divide", "floor_divide", "multiply", "negative", "pow", "remainder", "subtract"]
)
_PLAIN: dict[type, Any] = {bool: _BOOL, int: int, float: float}


# -- constants ---------------------------------------------------------------------------------


def constant(array: Any) -> Value:
    """Make a value of an array, which must not be written to from now on."""
    array = np.asarray(array)
    return Value("", (), {}, array.shape, array.dtype, kind="constant", array=array)


@lru_cache(maxsize=4096)
def _number(x: float, sign: float, plain: Any, dtype: np.dtype[Any]) -> Value:
    return constant(np.asarray(x, dtype))


def number(x: Any, dtype: Any) -> Value:
    """Give a number as a constant without axes; the same one each time."""
    plain: Any = x.__class__  # True, 1 and 1.0 are equal
    return _number(x, copysign(1.0, x), plain, np.dtype(dtype))


def as_value(x: Operand) -> Value:
    """Give a value itself, and a constant for an array or a number."""
    if isinstance(x, Value):
        return x
    if type(x) in _PLAIN:
        return number(x, np.dtype(_PLAIN[type(x)]))
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise NotCompilable(told("compiling.constant_kind", kind=array.dtype))
    if array.ndim and not array.any() and not np.signbit(array).any():
        return broadcast(number(0, array.dtype), (), array.shape)
    return constant(np.array(array))  # whose it is may write to it


# -- kinds of numbers --------------------------------------------------------------------------


def kind_of(x: Operand) -> Any:
    """Give the dtype of an operand, or `int` or `float` of one that counts as a Python number."""
    plain = _PLAIN.get(x.__class__)
    if plain is not None:
        return plain
    if isinstance(x, Value) and x.weak:
        return float if x.dtype.kind == "f" else int
    return x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype


@lru_cache(maxsize=4096)
def loop(ufunc: str, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    """Ask NumPy in which kinds of numbers it would compute a function."""
    found: tuple[Any, ...] = getattr(np, ufunc).resolve_dtypes((*kinds, None))
    return found


@lru_cache(maxsize=4096)
def together(kinds: tuple[Any, ...]) -> Any:
    """Give the kind of number that several come to when they meet in an array."""
    return np.result_type(*(k(0) if isinstance(k, type) else k for k in kinds))


def as_kind(x: Operand, dtype: Any) -> Value:
    """Give an operand in a kind of number."""
    if type(x) in _PLAIN:
        return number(x, dtype)
    x = as_value(x)
    if x.dtype == dtype:
        if not x.weak:
            return as_value(x)
        if x.kind:  # a leaf that counts as a Python number no longer does
            return Value("cast", (x,), {"dtype": dtype}, x.shape, dtype)
        return Value(x.op, x.inputs, x.params, x.shape, dtype)
    if x.kind == "constant" and not x.shape:
        return constant(x.array.astype(dtype))
    return Value("cast", (x,), {"dtype": np.dtype(dtype)}, x.shape, dtype)


# -- shapes ------------------------------------------------------------------------------------


def broadcast(x: Value, axes: Sequence[int], shape: Shape) -> Value:
    """
    Lay the axes of `x` along those of another shape; it is repeated along all others.

    Parameters
    ----------
    x : Value
    axes : sequence of int
        For each axis of `x`, in order, its place in `shape`; an axis of size 1 is repeated.
    shape : tuple of int
    """
    shape = tuple(shape)
    if x.shape == shape:
        return x
    if x.op == "broadcast":
        axes = [axes[a] for a in x.params["axes"]]
        (x,) = x.inputs
    return Value("broadcast", (x,), {"axes": tuple(axes), "shape": shape}, shape, x.dtype,
                 weak=x.weak)  # fmt: skip


def fitted(x: Value, shape: Shape) -> Value:
    """Repeat `x` to a shape by NumPy's rule: axes are compared from the last one on."""
    extra = len(shape) - len(x.shape)
    return broadcast(x, range(extra, len(shape)), shape)


def reshape(x: Value, shape: Sequence[int]) -> Value:
    """Arrange the same elements in another shape, one size of which may be -1."""
    shape = tuple(shape)
    if -1 in shape:
        rest = prod(n for n in shape if n != -1)
        shape = tuple(n if n != -1 else x.size // max(rest, 1) for n in shape)
    if shape == x.shape:
        return x
    if prod(shape) != x.size:
        raise ValueError(f"cannot reshape {x.shape} into {shape}")
    wider = _ones_put_in(x.shape, shape)
    if wider is not None:
        return broadcast(x, wider, shape)
    if x.op == "reshape":
        return reshape(x.inputs[0], shape)
    if x.op == "broadcast" and not x.inputs[0].shape:
        return broadcast(x.inputs[0], (), shape)
    return Value("reshape", (x,), {"shape": shape}, shape, x.dtype, weak=x.weak)


def _ones_put_in(x: Shape, shape: Shape) -> list[int] | None:
    """Tell where the axes of `x` are in a shape that only has more axes of size 1, if it has."""
    axes, k = [], 0
    for a, n in enumerate(shape):
        if k < len(x) and n == x[k]:
            axes.append(a)
            k += 1
        elif n != 1:
            return None
    return axes if k == len(x) else None


def permute(x: Value, axes: Sequence[int]) -> Value:
    """Give the axes in another order: axis ``k`` of the result is axis ``axes[k]`` of `x`."""
    axes = tuple(axes)
    if axes == tuple(range(len(axes))):
        return x
    if x.op == "permute":
        return permute(x.inputs[0], [x.params["axes"][a] for a in axes])
    shape = tuple(x.shape[a] for a in axes)
    return Value("permute", (x,), {"axes": axes}, shape, x.dtype, weak=x.weak)


def sliced(x: Value, starts: Sequence[int], steps: Sequence[int], shape: Sequence[int]) -> Value:
    """Take every ``steps``-th element from ``starts`` on, as many as `shape` says."""
    starts, steps, shape = tuple(starts), tuple(steps), tuple(shape)
    if shape == x.shape and not any(starts) and all(s == 1 for s in steps):
        return x
    if x.op == "part" and shape == (1, *x.shape[1:]):
        last = _handed_on(x, starts[0])
        if last is not None:
            return reshape(last, shape)
    if x.op == "concat":
        axis = x.params["axis"]
        first, last = starts[axis], starts[axis] + steps[axis] * (shape[axis] - 1)
        end = 0
        for part in x.inputs:
            begin, end = end, end + part.shape[axis]
            if begin <= min(first, last) and max(first, last) < end:  # within one of those joined
                own = (*starts[:axis], first - begin, *starts[axis + 1 :])
                return sliced(part, own, steps, shape)
    params = {"starts": starts, "steps": steps, "shape": shape}
    return Value("slice", (x,), params, shape, x.dtype, weak=x.weak)


def _handed_on(x: Value, turn: int) -> Value | None:
    """Find what the last turn of a loop told among what it handed on."""
    (scan,), index = x.inputs, x.params["index"]
    body = scan.params["body"]
    last = 0 if scan.params["reverse"] else scan.params["length"] - 1
    if turn != last or index >= len(body.results):
        return None
    for k, after in enumerate(body.after):
        if after is body.results[index]:
            params = {"index": len(body.results) + k}
            return Value("part", (scan,), params, after.shape, after.dtype)
    return None


# -- functions element by element, and reductions ----------------------------------------------


def elementwise(name: str, *operands: Operand, ufunc: str | None = None) -> Value:
    """
    Apply a function of NumPy's element by element, in the kinds of numbers that NumPy would.

    Parameters
    ----------
    name : str
        The primitive.
    *operands : Value, array or number
    ufunc : str, optional
        What NumPy calls it, if not the same.
    """
    kinds = tuple(map(kind_of, operands))
    *needed, gives = loop(ufunc or name, kinds)
    values = [computed_in(x, dtype) for x, dtype in zip(operands, needed, strict=True)]
    shape = values[0].shape
    if len(values) > 1:
        if any(x.shape != shape for x in values):
            shape = broadcast_shapes(*(x.shape for x in values))
        values = [x if x.shape == shape else fitted(x, shape) for x in values]
    weak = name in OF_PYTHON and all(k.__class__ is type for k in kinds)
    return Value(name, values, {}, shape, gives, weak=weak)


def computed_in(x: Operand, dtype: Any) -> Value:
    """Give an operand in the kind of number that a function computes in; it may stay weak."""
    if isinstance(x, Value) and x.dtype == dtype:
        return x
    return as_kind(x, dtype)


def reduce(name: str, x: Value, axes: Sequence[int], *, keepdims: bool) -> Value:
    """Reduce along axes that are counted from the front, in order."""
    axes = tuple(axes)
    if not axes:
        return x
    shape = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    made = Value(name, (x,), {"axes": axes}, shape, x.dtype, weak=x.weak)
    if not keepdims:
        return made
    kept = [a for a in range(len(x.shape)) if a not in axes]
    return broadcast(made, kept, tuple(1 if a in axes else n for a, n in enumerate(x.shape)))
