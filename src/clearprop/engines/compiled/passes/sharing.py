"""Common subexpressions: what is computed twice is computed once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from clearprop.engines.compiled.passes.rewriting import remade, rewritten
from clearprop.engines.compiled.program import Program, Value

__all__ = ["shared"]


def shared(program: Program) -> Program:
    """Let values that are the same function of the same inputs be one."""
    known: dict[Any, Value] = {}
    constants: dict[Any, Value] = {}

    def one(value: Value, inputs: tuple[Value, ...]) -> Value:
        inputs = tuple(_constant(x, constants) for x in inputs)
        key = (value.op, *map(id, inputs), value.shape, value.dtype, _told(value.params))
        return known.setdefault(key, remade(value, inputs))

    return rewritten(program, one)


def _constant(value: Value, known: dict[Any, Value]) -> Value:
    if value.kind != "constant" or value.nbytes > 4096:
        return value
    return known.setdefault((value.shape, value.dtype, value.array.tobytes()), value)


def _told(params: dict[str, Any]) -> tuple[Hashable, ...]:
    """Give parameters as something to compare; a loop's body is the same only as itself."""
    return tuple((name, x if x.__hash__ else repr(x)) for name, x in params.items())
