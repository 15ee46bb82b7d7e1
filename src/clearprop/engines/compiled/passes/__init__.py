"""Passes: programs made into programs that compute the same with less."""

from __future__ import annotations

from clearprop.engines.compiled.passes.outputs import separate_outputs
from clearprop.engines.compiled.passes.reductions import inner_reductions
from clearprop.engines.compiled.passes.rewriting import rewritten
from clearprop.engines.compiled.program import Program

__all__ = ["PASSES", "prepared", "rewritten"]

PASSES = [inner_reductions, separate_outputs]


def prepared(program: Program) -> Program:
    """Give the program that kernels are made of: after all passes."""
    for each in PASSES:
        program = each(program)
    return program
