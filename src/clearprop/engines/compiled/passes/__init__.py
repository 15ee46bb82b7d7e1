"""Passes: programs made into programs that compute the same with less."""

from __future__ import annotations

from clearprop.engines.compiled.passes.algebra import simplified
from clearprop.engines.compiled.passes.folding import folded
from clearprop.engines.compiled.passes.joining import parts_joined
from clearprop.engines.compiled.passes.outputs import separate_outputs
from clearprop.engines.compiled.passes.products import products, stacks_joined, zeros_skipped
from clearprop.engines.compiled.passes.reductions import inner_reductions
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.passes.sharing import shared
from clearprop.engines.compiled.passes.signs import signs_of_outputs
from clearprop.engines.compiled.program import Program, Value

__all__ = ["PASSES", "prepared", "rewritten"]

PASSES = [
    folded, simplified, shared, signs_of_outputs, parts_joined, products, stacks_joined,
    simplified, shared, zeros_skipped, inner_reductions, separate_outputs,
]  # fmt: skip


def prepared(program: Program) -> Program:
    """Give the program that kernels are made of: after all passes."""
    for each in PASSES:
        program = each(program)
    return rewritten(program, _body)


def _body(value: Value, inputs: tuple[Value, ...]) -> Value | None:
    """Prepare what a loop over time does in each turn."""
    if value.op != "scan":
        return None
    params = {**value.params, "body": prepared(value.params["body"])}
    return Value(value.op, inputs, params, value.shape, value.dtype)
