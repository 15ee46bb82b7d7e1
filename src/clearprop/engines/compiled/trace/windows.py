"""Convolution and the ways back of pooling: primitives, and how operations use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.engines.compiled.primitives import Given, primitive
from clearprop.engines.compiled.program import Value
from clearprop.engines.compiled.trace.arranging import matrix_transpose
from clearprop.engines.compiled.trace.building import as_kind, kind_of, reshape, together
from clearprop.engines.compiled.trace.functions import matmul
from clearprop.ops.windows import Windows, pool_windows, windows

__all__ = ["WINDOWS"]

Operand: TypeAlias = Any


def _of_registry(name: str) -> None:
    """Make a primitive that takes what the operation takes, its parameters spelt out."""

    def rule(inputs: Sequence[Value], **params: Any) -> Given:
        shape = REGISTRY[name].shape(*(x.shape for x in inputs), **params)
        return tuple(shape), inputs[0].dtype

    def reference(*arrays: Any, **params: Any) -> Any:
        return REGISTRY[name].compute(NUMPY, *arrays, **params)

    primitive(name, "structured", rule, reference)


for _name in ("conv", "conv_transpose", "conv_kernel", "max_unpool", "sum_unpool"):
    _of_registry(_name)


def _made(name: str, inputs: Sequence[Operand], shape: Any, params: dict[str, Any]) -> Value:
    dtype = together(tuple(map(kind_of, inputs)))
    return Value(name, [as_kind(x, dtype) for x in inputs], params, tuple(shape), dtype)


def _spelt(grid: Windows) -> dict[str, Any]:
    return {"strides": grid.strides, "padding": grid.margins, "dilation": grid.dilation}


def _is_by_point(grid: Windows, groups: int) -> bool:
    """Tell whether each place sees one point alone: a product of matrices."""
    alone = all(n == 1 for n in (*grid.window, *grid.strides))
    return groups == 1 and alone and not grid.is_padded


def _conv(
    xp: Any, x: Value, w: Value, *, strides: Any = 1, padding: Any = "valid", dilation: Any = 1,
    groups: int = 1,
) -> Value:  # fmt: skip
    grid = windows(x.shape[1:-1], w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    if _is_by_point(grid, groups):
        return matmul(x, reshape(w, w.shape[-2:]))
    shape = (x.shape[0], *grid.out, w.shape[-1])
    return _made("conv", (x, w), shape, {**_spelt(grid), "groups": groups})


def _conv_transpose(
    xp: Any, x: Value, w: Value, *, size: Any, strides: Any = 1, padding: Any = "valid",
    dilation: Any = 1, groups: int = 1,
) -> Value:  # fmt: skip
    grid = windows(size, w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    if _is_by_point(grid, groups):
        return matmul(x, matrix_transpose(reshape(w, w.shape[-2:])))
    shape = (x.shape[0], *size, w.shape[-2] * groups)
    params = {"size": grid.size, **_spelt(grid), "groups": groups}
    return _made("conv_transpose", (x, w), shape, params)


def _conv_kernel(
    xp: Any, x: Value, delta: Value, *, window: Any, strides: Any = 1, padding: Any = "valid",
    dilation: Any = 1, groups: int = 1,
) -> Value:  # fmt: skip
    grid = windows(x.shape[1:-1], window, strides=strides, padding=padding, dilation=dilation)
    shape = (*grid.window, x.shape[-1] // groups, delta.shape[-1])
    if _is_by_point(grid, groups):
        rows, deltas = (reshape(each, (-1, each.shape[-1])) for each in (x, delta))
        return reshape(matmul(matrix_transpose(rows), deltas), shape)
    params = {"window": grid.window, **_spelt(grid), "groups": groups}
    return _made("conv_kernel", (x, delta), shape, params)


def _pooling(grid: Windows) -> dict[str, Any]:
    return {"window": grid.window, "strides": grid.strides, "padding": grid.margins}


def _sum_unpool(
    xp: Any, x: Value, *, size: Any, window: Any, strides: Any = None, padding: Any = "valid"
) -> Value:
    grid = pool_windows(tuple(size), window, strides, padding)
    params = {"size": grid.size, **_pooling(grid)}
    return _made("sum_unpool", (x,), (x.shape[0], *grid.size, x.shape[-1]), params)


def _max_unpool(
    xp: Any, values: Value, x: Value, *, window: Any, strides: Any = None, padding: Any = "valid"
) -> Value:
    grid = pool_windows(x.shape[1:-1], window, strides, padding)
    return Value("max_unpool", (values, x), _pooling(grid), x.shape, values.dtype)


def _of_fractions(name: str, lowered: Any) -> Callable[..., Value]:
    """Leave whole numbers, which nobody needs to be fast, to the operation's own function."""

    def chosen(xp: Any, *inputs: Value, **params: Any) -> Value:
        if together(tuple(map(kind_of, inputs))).kind != "f":
            lower = REGISTRY[name].forward
        else:
            lower = lowered
        made: Value = lower(xp, *inputs, **params)
        return made

    return chosen


WINDOWS: dict[str, Callable[..., Value]] = {
    name: _of_fractions(name, lowered)
    for name, lowered in {
        "conv": _conv,
        "conv_transpose": _conv_transpose,
        "conv_kernel": _conv_kernel,
        "sum_unpool": _sum_unpool,
        "max_unpool": _max_unpool,
    }.items()
}
"""By the operation's name."""
