"""Products of matrices whose rows lie apart: axes that change places are not copied for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import VIEWS
from clearprop.engines.compiled.codegen.kernels import base
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.primitives import primitive
from clearprop.engines.compiled.program import Program, Value

__all__ = ["dots_apart"]

WORTH = 4096  # multiplications from which on nothing is computed in single numbers

Axes = tuple[Shape, Shape, Shape]


def _shape(inputs: Any, *, ta: bool, tb: bool, axes: Axes, **_: Any) -> tuple[Shape, Any]:
    a, b = ([x.shape[k] for k in order] for x, order in zip(inputs, axes, strict=False))
    made = (*a[:-2], a[-1 if ta else -2], b[-2 if tb else -1])
    return tuple(made[k] for k in axes[2]), inputs[0].dtype


def _arrays(a: Any, b: Any, *, ta: bool, tb: bool, axes: Axes, **_: Any) -> Any:
    a, b = np.permute_dims(a, axes[0]), np.permute_dims(b, axes[1])
    return np.permute_dims(np.matmul(a.mT if ta else a, b.mT if tb else b), axes[2])


# A product of stacks of matrices after the axes of its operands, and before those of its result,
# have changed places; the last axis of each stays one of a matrix.
primitive("dot_apart", "structured", _shape, _arrays)


def dots_apart(program: Program) -> Program:
    """Let products read their operands, and write their results, where their axes lie."""
    program = rewritten(program, _operands)
    uses: dict[Value, int] = {}
    for value in [*program.outputs, *(x for v in program.values() for x in v.inputs)]:
        uses[value] = uses.get(value, 0) + 1
    return rewritten(program, _result(uses))


def _is_stack(value: Value) -> bool:
    """Tell whether a value is a stack of products that is worth it."""
    if value.op not in ("dot", "dot_apart") or value.ndim < 3 or value.dtype.kind != "f":
        return False
    sizes = _sizes(value)
    turns = sizes[0 if value.params.get("ta") else 1]
    return min(sizes) > 1 and value.size * turns >= WORTH


def _sizes(value: Value) -> Shape:
    """Give the sizes of the axes of the matrices: of both operands."""
    axes = _axes(value)
    pairs = zip(value.inputs, axes, strict=False)
    return tuple(x.shape[k] for x, order in pairs for k in order[-2:])


def _axes(value: Value) -> Axes:
    plain: Shape = tuple(range(value.ndim))
    found: Axes = value.params.get("axes", (plain, plain, plain))
    return found


def _operands(value: Value, inputs: tuple[Value, ...]) -> Value | None:
    if value.op != "dot" or not _is_stack(value):
        return None
    (a, ta, axes_a), (b, tb, axes_b) = (
        _in_place(x, bool(value.params.get(way)))
        for x, way in zip(inputs, ("ta", "tb"), strict=True)
    )
    if a is inputs[0] and b is inputs[1]:
        return None
    params = {"ta": ta, "tb": tb, "axes": (axes_a, axes_b, tuple(range(value.ndim)))}
    return Value("dot_apart", (a, b), params, value.shape, value.dtype)


def _in_place(x: Value, turned: bool) -> tuple[Value, bool, Shape]:
    """Give what an operand is a permutation of, and the order of its axes."""
    plain = tuple(range(x.ndim))
    if x.op != "permute":
        return x, turned, plain
    (below,) = x.inputs
    order, turned_too = _last_kept(tuple(x.params["axes"]))
    if order is None or base(below).op in VIEWS:
        return x, turned, plain
    return below, turned ^ turned_too, order


def _last_kept(order: Shape) -> tuple[Shape | None, bool]:
    """Bring the last axis back to the end, if it is one of the last two; tell if it was moved."""
    if order[-1] == len(order) - 1:
        return order, False
    if order[-2] == len(order) - 1:
        return (*order[:-2], order[-1], order[-2]), True
    return None, False


def _result(
    uses: dict[Value, int],
) -> Callable[[Value, tuple[Value, ...]], Value | None]:
    def change(value: Value, inputs: tuple[Value, ...]) -> Value | None:
        if value.op != "permute" or uses[value.inputs[0]] > 1 or not _is_stack(inputs[0]):
            return None
        (made,) = inputs
        axes_a, axes_b, before = _axes(made)
        ta, tb = bool(made.params.get("ta")), bool(made.params.get("tb"))
        a, b = made.inputs
        order = tuple(before[k] for k in value.params["axes"])
        if order[-1] == made.ndim - 2:  # rows are to be columns: the product turned over
            a, b, ta, tb, axes_a, axes_b = b, a, not tb, not ta, axes_b, axes_a
            swapped = {made.ndim - 1: made.ndim - 2, made.ndim - 2: made.ndim - 1}
            order = tuple(swapped.get(k, k) for k in order)
        if order[-1] != made.ndim - 1:
            return None
        params = {"ta": ta, "tb": tb, "axes": (axes_a, axes_b, order)}
        return Value("dot_apart", (a, b), params, value.shape, value.dtype)

    return change
