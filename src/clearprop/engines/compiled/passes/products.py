"""Matrix products in the form that costs least: no turned copies, no stacks where one will do."""

from __future__ import annotations

import math

from clearprop.core.op import Shape
from clearprop.engines.compiled.operations.skipping import skip_zeros
from clearprop.engines.compiled.passes.rewriting import rewritten, with_outputs
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.trace import building

__all__ = ["products", "stacks_joined", "zeros_skipped"]


def products(program: Program) -> Program:
    """Take up turned operands, multiply columns by rows, and stack rows instead of products."""
    return rewritten(program, _product)


def _product(value: Value, inputs: tuple[Value, ...]) -> Value | None:
    if value.op != "dot":
        return None
    (a, ta), (b, tb) = (
        _unturned(x, bool(value.params.get(way)))
        for x, way in zip(inputs, ("ta", "tb"), strict=True)
    )
    if a.shape[-2 if ta else -1] == 1:
        return _outer(value, a, b, ta=ta, tb=tb)
    flat = _one_factor(value, a, b, ta=ta, tb=tb)
    if flat is not None:
        return flat
    if a is inputs[0] and b is inputs[1]:
        return None
    return _dot(value.shape, a, b, ta=ta, tb=tb)


def _dot(shape: Shape, a: Value, b: Value, *, ta: bool, tb: bool) -> Value:
    return Value("dot", (a, b), {"ta": ta, "tb": tb}, shape, a.dtype)


def _unturned(x: Value, turned: bool) -> tuple[Value, bool]:
    """Look through an exchange of the last two axes."""
    if x.op == "permute":
        axes = x.params["axes"]
        rank = len(axes)
        if axes == (*range(rank - 2), rank - 1, rank - 2):
            return x.inputs[0], not turned
    return x, turned


def _outer(value: Value, a: Value, b: Value, *, ta: bool, tb: bool) -> Value:
    """Multiply a column by a row: no sum, so that it fuses with what comes after."""
    rank = value.ndim
    stack = range(rank - 2)
    column = building.reshape(a, (*a.shape[:-2], a.shape[-1 if ta else -2]))
    row = building.reshape(b, (*b.shape[:-2], b.shape[-2 if tb else -1]))
    left = building.broadcast(column, (*stack, rank - 2), value.shape)
    right = building.broadcast(row, (*stack, rank - 1), value.shape)
    return Value("multiply", (left, right), {}, value.shape, value.dtype)


def _one_factor(value: Value, a: Value, b: Value, *, ta: bool, tb: bool) -> Value | None:
    """Where all left factors meet the same right one: one product of all their rows."""
    if value.ndim < 3 or ta or b.op != "broadcast" or value.size == 0:
        return None
    (one,) = b.inputs
    rank = b.ndim
    last = tuple(a for a, n in zip(b.params["axes"], one.shape, strict=True) if n != 1)
    if any(axis < rank - 2 for axis in last) or one.size != b.shape[-1] * b.shape[-2]:
        return None
    one = building.reshape(one, b.shape[-2:])
    rows = math.prod(a.shape[:-1])
    stacked = building.reshape(a, (rows, a.shape[-1]))
    made = _dot((rows, value.shape[-1]), stacked, one, ta=False, tb=tb)
    return building.reshape(made, value.shape)


def stacks_joined(program: Program) -> Program:
    """Make a sum over a stack of products one product: of longer rows."""
    uses: dict[Value, int] = {}
    for value in program.values():
        for each in value.inputs:
            uses[each] = uses.get(each, 0) + 1

    def joined(value: Value, inputs: tuple[Value, ...]) -> Value | None:
        if value.op != "sum" or inputs[0].op != "dot" or uses[value.inputs[0]] > 1:
            return None
        (made,) = inputs
        stack = tuple(range(made.ndim - 2))
        if not stack or tuple(value.params["axes"]) != stack or made.size == 0:
            return None
        a, b = made.inputs
        if not made.params.get("ta") or made.params.get("tb"):
            return None
        a, b = (building.reshape(x, (-1, x.shape[-1])) for x in (a, b))
        return _dot(value.shape, a, b, ta=True, tb=False)

    return rewritten(program, joined)


def zeros_skipped(program: Program) -> Program:
    """Mark the products that pass over the zeros of their left operand."""
    made = rewritten(program, lambda v, inputs: _fresh(v, inputs) if v.op == "dot" else None)
    skip_zeros(made.values())
    return with_outputs(made, made.after, made.results)


def _fresh(value: Value, inputs: tuple[Value, ...]) -> Value:
    return Value(value.op, inputs, dict(value.params), value.shape, value.dtype)
