"""Algebra that changes no number: ones, double minus, views of views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.trace import building

__all__ = ["simplified", "simplify"]


def simplified(program: Program) -> Program:
    """Leave out what changes nothing, and say shorter what can be said shorter."""
    return rewritten(program, simplify)


def simplify(value: Value, inputs: tuple[Value, ...]) -> Value | None:
    """Give what a value comes to more simply, if there is such a thing."""
    rule = RULES.get(value.op)
    return None if rule is None else rule(value, *inputs)


def number(x: Value) -> Any:
    """Give the number that all elements of a value are, if that is known; else None."""
    if x.op == "broadcast":
        (x,) = x.inputs
    if x.kind == "constant" and x.array.size == 1:
        return x.array.reshape(()).item()
    return None


def _made(op: str, value: Value, *inputs: Value, **params: Any) -> Value:
    return Value(op, inputs, params, value.shape, value.dtype, weak=value.weak)


def _multiply(value: Value, a: Value, b: Value) -> Value | None:
    if number(b) == 1:
        return a
    if number(a) == 1:
        return b
    if a is b:
        return _made("square", value, a)
    return None


def _divide(value: Value, a: Value, b: Value) -> Value | None:
    by = number(b)
    if by == 1:
        return a
    if value.dtype.kind == "f" and by and np.frexp(by)[0] in (0.5, -0.5) and abs(by) < 2**60:
        # By a power of two, exactly: the processor multiplies faster.
        half = building.constant(np.array(1 / by, value.dtype))
        return _made("multiply", value, a, building.fitted(half, value.shape))
    return None


def _add(value: Value, a: Value, b: Value) -> Value | None:
    if value.dtype.kind == "f":
        if b.op == "negative":
            return _made("subtract", value, a, b.inputs[0])
        if a.op == "negative":
            return _made("subtract", value, b, a.inputs[0])
    return None


def _subtract(value: Value, a: Value, b: Value) -> Value | None:
    if number(b) == 0 and (value.dtype.kind != "f" or not np.signbit(number(b))):
        return a
    if b.op == "negative" and value.dtype.kind == "f":
        return _made("add", value, a, b.inputs[0])
    return None


def _negative(value: Value, a: Value) -> Value | None:
    return a.inputs[0] if a.op == "negative" else None


def _pow(value: Value, a: Value, b: Value) -> Value | None:
    if value.dtype.kind != "f":
        return None
    match number(b):
        case 1:
            return a
        case 2:
            return _made("square", value, a)
        case 0.5:
            return _made("sqrt", value, a)
        case -1:
            return _made("reciprocal", value, a)
    return None


def _cast(value: Value, a: Value) -> Value | None:
    return a if a.dtype == value.dtype else None


def _where(value: Value, condition: Value, a: Value, b: Value) -> Value | None:
    known = number(condition)
    if known is not None:
        return a if known else b
    return a if a is b else None


def _broadcast(value: Value, a: Value) -> Value | None:
    if a.shape == value.shape:
        return a
    if a.op == "broadcast":
        return building.broadcast(a, value.params["axes"], value.shape)
    return None


def _of_one_number(value: Value, a: Value) -> Value | None:
    """See that elements which are all the same number lie at no particular place."""
    if a.op == "broadcast" and a.inputs[0].size == 1:
        return building.broadcast(building.reshape(a.inputs[0], ()), (), value.shape)
    return None


def _permute(value: Value, a: Value) -> Value | None:
    same = _of_one_number(value, a)
    if same is not None:
        return same
    axes = value.params["axes"]
    if axes == tuple(range(len(axes))) or a.op == "permute":
        return building.permute(a, axes)
    if [x for x in axes if a.shape[x] != 1] == [k for k, n in enumerate(a.shape) if n != 1]:
        return building.reshape(a, value.shape)  # only axes of size 1 change places
    return None


def _reshape(value: Value, a: Value) -> Value | None:
    if a.shape == value.shape or a.op == "reshape":
        return building.reshape(a, value.shape)
    return _of_one_number(value, a)


def _fold(value: Value, a: Value) -> Value | None:
    """Leave out a reduction along axes of size 1."""
    if all(a.shape[axis] == 1 for axis in value.params["axes"]):
        return building.reshape(a, value.shape)
    return None


RULES: dict[str, Callable[..., Value | None]] = {
    "multiply": _multiply, "divide": _divide, "add": _add, "subtract": _subtract,
    "negative": _negative, "pow": _pow, "cast": _cast, "where": _where,
    "broadcast": _broadcast, "permute": _permute, "reshape": _reshape, "slice": _of_one_number,
    "sum": _fold, "prod": _fold, "max": _fold, "min": _fold, "any": _fold, "all": _fold,
}  # fmt: skip
