"""Signs asked of what is kept anyway: whether a number is above 0, its positive part says too."""

from __future__ import annotations

from clearprop.engines.compiled.passes.algebra import number
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.program import Program, Value

__all__ = ["signs_of_outputs"]


def signs_of_outputs(program: Program) -> Program:
    """
    Ask relu's output where its gradient flows, so that its input need not be kept.

    No number changes: NaN, and both zeros, are above 0 in neither.
    """
    cut_off = {
        value.inputs[0]
        for value in program.values()
        if value.op == "maximum" and number(value.inputs[1]) == 0
    }

    def change(value: Value, inputs: tuple[Value, ...]) -> Value | None:
        if value.op != "greater" or value.inputs[0] not in cut_off or number(value.inputs[1]) != 0:
            return None
        x, zero = inputs
        above = Value("maximum", inputs, {}, x.shape, x.dtype)
        return Value("greater", (above, zero), {}, value.shape, value.dtype)

    return rewritten(program, change) if cut_off else program
