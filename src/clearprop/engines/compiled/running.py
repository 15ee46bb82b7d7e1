"""A program that can be run many steps at a time: what it is given, and who runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, final

import numpy as np

from clearprop.engines.compiled.interpret import interpret
from clearprop.engines.compiled.program import Program, Value

__all__ = ["Bound", "Build", "Interpreted", "Runner"]

Array: TypeAlias = Any


@dataclass
class Bound:
    """
    The arrays that some steps of a program work on, always the same ones.

    Attributes
    ----------
    data : list of array, shape (rows, ...)
    rows : array of int64, or None
        Which rows the steps take, one step's after another's; without it they begin at
        `first_row`, and each step takes the next ones.
    first_row : int
    draws : list of array, shape (steps, ...)
    scalars : array of float64, shape (steps, scalars)
    states : list of array
        Brought up to date in place.
    results : list of array, shape (steps, ...)
        Filled.
    filled : float or None
        What all scalars are, if that is one number.
    """

    data: Sequence[Array]
    rows: Array | None
    first_row: int
    draws: Sequence[Array]
    scalars: Array
    states: Sequence[Array]
    results: Sequence[Array] = field(default_factory=list)
    filled: float | None = None


class Runner(Protocol):
    """Whoever runs a program."""

    def run(self, bound: Bound, steps: int) -> None:
        """Do the first `steps` steps of what is bound."""


class Build(Protocol):
    """Makes runners of programs: the seam between the engine and what generates code."""

    def __call__(self, program: Program, batch: int) -> Runner: ...


@final
class Interpreted:
    """
    Runs a program by NumPy, primitive after primitive: slow, and what native code is held to.

    Parameters
    ----------
    program : Program
    batch : int
        The rows of a step.
    """

    def __init__(self, program: Program, batch: int) -> None:
        self.program, self.batch = program, batch

    def run(self, bound: Bound, steps: int) -> None:
        program = self.program
        for step in range(steps):
            leaves: dict[Value, Any] = dict(zip(program.data, self._rows(bound, step), strict=True))
            leaves |= _each(program.draws, [each[step] for each in bound.draws])
            leaves |= _each(program.scalars, list(bound.scalars[step]))
            leaves |= _each(program.states, [each.copy() for each in bound.states])
            after, results = interpret(program, leaves)
            for state, new in zip(bound.states, after, strict=True):
                state[...] = new
            for made, result in zip(bound.results, results, strict=True):
                made[step] = result

    def _rows(self, bound: Bound, step: int) -> list[Any]:
        if bound.rows is None:
            first = bound.first_row + step * self.batch
            return [each[first : first + self.batch] for each in bound.data]
        chosen = bound.rows[step * self.batch : (step + 1) * self.batch]
        return [each[chosen] for each in bound.data]


def _each(values: Sequence[Value], arrays: Sequence[Any]) -> Mapping[Value, Any]:
    return {
        value: np.asarray(array, value.dtype if value.kind == "scalar" else None)
        for value, array in zip(values, arrays, strict=True)
    }
