"""Constant folding: what is made of constants alone is one."""

from __future__ import annotations

import numpy as np

from clearprop.engines.compiled.codegen.affine import VIEWS
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.primitives import PRIMITIVES
from clearprop.engines.compiled.program import Program, Value

__all__ = ["folded"]

MOST = 4096  # elements that are worked out beforehand


def folded(program: Program) -> Program:
    """Work out beforehand what does not depend on anything that is handed in."""
    return rewritten(program, fold)


def fold(value: Value, inputs: tuple[Value, ...]) -> Value | None:
    """Give a constant for a value of constants, unless it would only be the same ones repeated."""
    if not inputs or any(x.kind != "constant" for x in inputs) or value.size > MOST:
        return None
    if value.op in ("scan", "part") or (value.op in VIEWS and value.size > inputs[0].size):
        return None
    with np.errstate(all="ignore"):
        made = PRIMITIVES[value.op].reference(*(x.array for x in inputs), **value.params)
    array = np.asarray(made, value.dtype)
    return Value("", (), {}, value.shape, value.dtype, kind="constant", array=array)
