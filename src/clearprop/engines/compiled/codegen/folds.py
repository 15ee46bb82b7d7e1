"""What many elements come to: how sums, largest ones and their like are added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.engines.compiled.codegen.maps import larger, register
from clearprop.engines.compiled.machine.ir import Function, Reg, literal, vector
from clearprop.engines.compiled.program import Value

__all__ = ["across", "combine", "neutral", "widen"]


def combine(f: Function, fold: Value, a: Reg, b: Reg) -> Reg:
    """Put together what two parts come to."""
    of = fold.inputs[0].dtype.kind
    match fold.op:
        case "sum":
            return f.binary("fadd contract" if of == "f" else "or" if of == "b" else "add", a, b)
        case "prod":
            return f.binary("fmul" if of == "f" else "and" if of == "b" else "mul", a, b)
        case "any":
            return f.binary("or", a, b)
        case "all":
            return f.binary("and", a, b)
        case _:
            return larger(f, of, a, b, largest=fold.op.endswith("max"))


def neutral(fold: Value, width: int) -> Reg:
    """Give what changes nothing when something is put together with it."""
    dtype = fold.inputs[0].dtype
    return literal(_neutral(fold.op, dtype), vector(register(dtype), width))


def _neutral(op: str, dtype: Any) -> float:
    if op in ("sum", "any"):
        return 0
    if op in ("prod", "all"):
        return 1
    largest = op.endswith("max")
    match dtype.kind:
        case "f":
            return -np.inf if largest else np.inf
        case "b":
            return 0 if largest else 1
        case _:
            limits = np.iinfo(dtype)
            return int(limits.min if largest else limits.max)


def widen(f: Function, fold: Value, a: Reg, active: int, width: int) -> Reg:
    """Give a vector of as many lanes, in which those that do not count change nothing."""
    if active == width:
        return a
    if a.width == 1:
        return f.insert(neutral(fold, width), a, 0)
    lanes = ", ".join(f"i32 {min(k, a.width) if k < active else a.width}" for k in range(width))
    none = neutral(fold, a.width)
    return f.give(
        vector(a.element, width),
        f"shufflevector {a.type} {a.text}, {none.type} {none.text}, <{width} x i32> <{lanes}>",
    )


def across(f: Function, fold: Value, a: Reg) -> Reg:
    """Give what all lanes of a vector come to: halves are put together until one is left."""
    while a.width > 1:
        half = a.width // 2
        a = combine(f, fold, _lanes(f, a, 0, half), _lanes(f, a, half, half))
    return a


def _lanes(f: Function, a: Reg, first: int, count: int) -> Reg:
    if count == 1:
        return f.extract(a, first)
    lanes = ", ".join(f"i32 {first + k}" for k in range(count))
    return f.give(
        vector(a.element, count),
        f"shufflevector {a.type} {a.text}, {a.type} poison, <{count} x i32> <{lanes}>",
    )
