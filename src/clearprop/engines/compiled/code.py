"""From a program to native code that runs it, and the arrays it works on handed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, final

import numpy as np

from clearprop.engines.compiled.kept import aligned
from clearprop.engines.compiled.program import Program
from clearprop.engines.compiled.running import Bound

if TYPE_CHECKING:
    from clearprop.engines.compiled.emit import Built
    from clearprop.engines.compiled.native import Native

__all__ = ["Machine", "native"]


@final
class Machine:
    """
    Runs a program by native code.

    Parameters
    ----------
    built : Built
    code : Native
    """

    def __init__(self, built: Built, code: Native) -> None:
        self.built, self.code = built, code
        self.arena = aligned((built.arena + 64,), np.uint8)
        self._table = np.zeros(len(built.table), np.int64)

    def run(self, bound: Bound, steps: int) -> None:
        self._table[:] = list(self._entries(bound))
        self.code(_address(self._table), 0, steps, 0)

    def _entries(self, bound: Bound) -> Iterator[int]:
        """Give what the table holds, in its order."""
        yield from map(_address, bound.data)
        yield 0 if bound.rows is None else _address(bound.rows)
        yield bound.first_row
        yield from map(_address, bound.draws)
        yield _address(bound.scalars)
        yield from map(_address, bound.states)
        yield from map(_address, bound.results)
        yield _address(self.arena)
        yield 0


def native(program: Program, batch: int) -> Machine:
    """
    Make native code of a program, for this machine.

    Raises
    ------
    NotCompilable
        If there is something in it that code cannot be made of.
    """
    from clearprop.engines.compiled.emit import build
    from clearprop.engines.compiled.native import host_target, load

    target = host_target()
    built = build(program, target, batch_rows=batch)
    return Machine(built, load(built.text, target))


def _address(array: Any) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
