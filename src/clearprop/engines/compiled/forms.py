"""Programs that differ in numbers alone: one program for all, which is handed the numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import final

import numpy as np

from clearprop.engines.compiled.machine.likeness import everything, likeness
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.running import Runner
from clearprop.engines.compiled.trace.step import Traced

__all__ = ["Form"]


@final
class Form:
    """
    What programs have in common, and the code of the last of them.

    A constant that is another number the second time is handed in from then on, so that a setting
    that somebody changes again and again is compiled twice and not each time.

    Parameters
    ----------
    traced : Traced
    runner : Runner
    """

    def __init__(self, traced: Traced, runner: Runner) -> None:
        self._program, self._runner = traced.program, runner
        self._like, self._numbers = "", [b""]
        self._handed: frozenset[int] = frozenset()  # which are not written into the code

    def runner(self, traced: Traced, build: Callable[[Program], Runner]) -> Runner | None:
        """
        Give code for a program, which is changed to be handed its numbers if need be.

        Parameters
        ----------
        traced : Traced
        build : callable ``(program) -> Runner``

        Returns
        -------
        Runner or None
            None if the program is another in more than numbers.
        """
        if not self._like:  # which nobody needed to know before
            self._like, first = _told(self._program)
            self._numbers = [value.array.tobytes() for value in first]
        like, free = _told(traced.program)
        numbers = [value.array.tobytes() for value in free]
        if not like or like != self._like:
            return None
        other = {k for k, (a, b) in enumerate(zip(numbers, self._numbers, strict=True)) if a != b}
        handed = self._handed | other
        if handed:
            _hand_in(traced, [free[k] for k in sorted(handed)])
        if handed != self._handed:
            self._runner, self._handed = build(traced.program), handed
        return self._runner


def _told(program: Program) -> tuple[str, list[Value]]:
    """Give what a program is like but for its numbers, and the values that these are."""
    free: list[Value] = []
    for value in everything(program):
        if any(map(_is_number, value.inputs)):  # each use by itself: some may change, some not
            value.inputs = tuple(_own(x) if _is_number(x) else x for x in value.inputs)
            free += filter(_is_number, value.inputs)
    return likeness(program, everything(program), set(free)) or "", free


def _is_number(value: Value) -> bool:
    return value.kind == "constant" and not value.shape and value.dtype.kind == "f"


def _own(value: Value) -> Value:
    """Give the same constant as another value."""
    return Value("", (), {}, (), value.dtype, kind="constant", array=value.array, weak=value.weak)


def _hand_in(traced: Traced, constants: Sequence[Value]) -> None:
    """Make states of constants: they are what they are handed in as, and stay that."""
    program, instead = traced.program, {}
    for value in constants:
        instead[value] = leaf = Value(
            "", (), {}, (), value.dtype, kind="state", name="number", weak=value.weak
        )
        traced.numbers.append(np.array(value.array))
        program.states.append(leaf)
        program.after.append(leaf)
    for value in everything(program):
        if not instead.keys().isdisjoint(value.inputs):
            value.inputs = tuple(instead.get(x, x) for x in value.inputs)
