"""Cuts of what pools hand back: made where the values are handed back, not element by element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.engines.compiled.passes.algebra import number
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.primitives import PRIMITIVES, Given, primitive
from clearprop.engines.compiled.program import Program, Value

__all__ = ["unpools_cut"]


def _shape(inputs: Sequence[Value], *, above: float, **how: Any) -> Given:
    return PRIMITIVES["max_unpool"].rule(inputs, **how)


def _arrays(values: Any, x: Any, *, above: float, **how: Any) -> Any:
    made = PRIMITIVES["max_unpool"].reference(values, x, **how)
    return np.where(x > above, made, made.dtype.type(0))


# As "max_unpool", but only what is larger than a number is given anything.
primitive("max_unpool_above", "structured", _shape, _arrays)


def unpools_cut(program: Program) -> Program:
    """
    Let pools hand nothing back to what is not above a number, as relu before them would not.

    No number changes: who gets a value is the largest of its window, and is looked at anyway.
    """
    return rewritten(program, _cut)


def _cut(value: Value, inputs: tuple[Value, ...]) -> Value | None:
    if value.op != "where":
        return None
    above, made, nothing = inputs
    if made.op != "max_unpool" or number(nothing) != 0 or above.op != "greater":
        return None
    x, limit = above.inputs[0], number(above.inputs[1])
    if x is not made.inputs[1] or limit is None or value.dtype != made.dtype:
        return None
    params = {**made.params, "above": float(limit)}
    return Value("max_unpool_above", made.inputs, params, value.shape, value.dtype)
