"""How passes rewrite a program: value after value, from the leaves on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import is_not
from typing import TypeAlias

from clearprop.engines.compiled.program import Program, Value

__all__ = ["Change", "remade", "rewritten", "with_outputs"]

# From a value and what its inputs have become: what it becomes, or None if it stays what it is.
Change: TypeAlias = Callable[[Value, tuple[Value, ...]], Value | None]


def remade(value: Value, inputs: Sequence[Value]) -> Value:
    """Give the same value of other inputs."""
    if not any(map(is_not, inputs, value.inputs)):
        return value
    return Value(value.op, inputs, value.params, value.shape, value.dtype, weak=value.weak)


def rewritten(program: Program, change: Change) -> Program:
    """
    Rewrite a program.

    Parameters
    ----------
    program : Program
    change : callable ``(value, inputs) -> Value or None``
        Is asked of each value that is no leaf.

    Returns
    -------
    Program
        Of the same leaves.
    """
    now: dict[Value, Value] = {}
    for value in program.values():
        if not value.op:
            now[value] = value
            continue
        inputs = tuple(now[x] for x in value.inputs)
        changed = change(value, inputs)
        now[value] = remade(value, inputs) if changed is None else changed
    return with_outputs(program, [now[x] for x in program.after], [now[x] for x in program.results])


def with_outputs(program: Program, after: list[Value], results: list[Value]) -> Program:
    """Give a program of the same leaves that hands out other values."""
    return replace(program, after=after, results=results)
