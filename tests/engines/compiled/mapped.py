"""One mathematical function over an array, in native code."""

from __future__ import annotations

import numpy as np

from clearprop.engines.compiled.machine.ir import I64, PTR, Function, Module, Reg, Target, vector
from clearprop.engines.compiled.machine.native import host_target, load
from clearprop.engines.compiled.math.mathlib import math

ARGUMENTS = [Reg("%table", PTR), *(Reg(f"%{name}", I64) for name in ("first", "last", "thread"))]


def text_of(name: str, dtype: np.dtype, inputs: int, target: Target, width: int) -> str:
    """Write a loop that takes a function of what `inputs` arrays hold, so many lanes at a time."""
    module = Module(target)
    f = Function(module, "run", ARGUMENTS, returns=I64)
    element = {"float32": "float", "float64": "double"}[dtype.name]
    places = [f.load(PTR, f.at(ARGUMENTS[0], i, PTR)) for i in range(inputs + 1)]
    with f.loop(ARGUMENTS[2], ARGUMENTS[1], width) as i:
        xs = [f.load(vector(element, width), f.at(p, i, element)) for p in places[:-1]]
        f.store(math(f, name, *xs), f.at(places[-1], i, element))
    f.done(ARGUMENTS[2])
    return module.text()


def applied(name: str, *xs: np.ndarray, target: Target | None = None, width: int = 0) -> np.ndarray:
    """Give a function of arrays of one length, computed in vectors of the target's, or a, width."""
    target = target or host_target()
    width = width or max(1, target.bytes // xs[0].itemsize)
    padded = [np.concatenate([x, np.ones(-len(x) % width, x.dtype)]) for x in xs]
    out = np.empty_like(padded[0])
    table = np.array([each.ctypes.data for each in [*padded, out]], np.int64)
    native = load(text_of(name, xs[0].dtype, len(xs), target, width), target)
    native(table.ctypes.data, 0, len(out))
    return out[: len(xs[0])]
