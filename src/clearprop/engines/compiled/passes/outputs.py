"""What is handed out is computed: never a mere leaf, which lies where it was handed in."""

from __future__ import annotations

from clearprop.engines.compiled.codegen.kernels import base
from clearprop.engines.compiled.passes.rewriting import with_outputs
from clearprop.engines.compiled.program import Program, Value

__all__ = ["separate_outputs"]


def separate_outputs(program: Program) -> Program:
    """Copy leaves that are handed out as something else than they are."""

    def own(value: Value, stays: Value | None) -> Value:
        below = base(value)
        if not below.kind or below is stays:
            return value
        params = {"dtype": value.dtype}
        return Value("cast", (value,), params, value.shape, value.dtype)

    after = [own(v, s) for v, s in zip(program.after, program.states, strict=False)]
    results = [own(v, None) for v in program.results]
    return with_outputs(program, after, results)
