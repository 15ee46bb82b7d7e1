"""From a program to native code that runs it, and the arrays it works on handed over."""

from __future__ import annotations

import contextlib
import json
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import numpy as np

from clearprop.engines.compiled.machine.blas import blas
from clearprop.engines.compiled.machine.cache import cache, key_of
from clearprop.engines.compiled.machine.ir import Target
from clearprop.engines.compiled.machine.likeness import everything, likeness, sources
from clearprop.engines.compiled.machine.memory import Arena, Zones, guarding
from clearprop.engines.compiled.machine.native import (
    Native,
    host_target,
    kept,
    load,
    text_key,
    version,
)
from clearprop.engines.compiled.machine.threads import meeting, team, thread_count
from clearprop.engines.compiled.program import Program, Value
from clearprop.engines.compiled.running import Bound

if TYPE_CHECKING:
    from clearprop.engines.compiled.codegen.emit import Built

__all__ = ["Machine", "native"]

# What a step must have to do before several threads share it: multiplications, about 0.3 ms. They
# meet between any two loops, which takes each time as long as some ten thousand of them.
SHARED = 5e6
LARGE = 1e4  # multiplications, from which on a library may do products
KEY, MOST = 40, 1 << 44  # letters of a key, bytes
PRODUCTS = ("dot", "conv", "conv_transpose", "conv_kernel")


@final
class Machine:
    """
    Runs a program by native code.

    Parameters
    ----------
    program : Program
    batch : int
        The rows of a step.
    code : Native
    target : Target
        What it was made for.
    arena : int
        The bytes that it works in.
    built : Built, optional
        How it was written down, where that is known.
    """

    def __init__(
        self,
        program: Program,
        batch: int,
        code: Native,
        target: Target,
        arena: int,
        built: Built | None = None,
    ) -> None:
        self.program, self.batch, self.target = program, batch, target
        self.code, self.threads, self.guarded = code, target.threads, target.guarded
        if built is not None:
            self.built = built
        self.arena = Arena(arena, self.built.buffers if target.guarded else None)
        self._meeting = meeting()
        self._waits_at = _address(self._meeting)
        self._known: tuple[Sequence[Any], list[int]] = ((), [])
        handed = [program.data, program.draws, program.states, program.results]
        self._table = np.zeros(sum(map(len, handed)) + 5, np.int64)
        self._table_at = _address(self._table)
        # Whose addresses are in the table; held weakly, since it may hold a user's data.
        self._bound: Callable[[], Bound | None] = lambda: None

    @cached_property
    def built(self) -> Built:
        """How the program is written down for the compiler."""
        from clearprop.engines.compiled.codegen.emit import build  # much to load

        return build(self.program, self.target, batch_rows=self.batch)

    def run(self, bound: Bound, steps: int) -> None:
        if self.guarded:
            self._watched(bound, steps)
        else:
            self._run(bound, steps)

    def _run(self, bound: Bound, steps: int) -> None:
        if bound is not self._bound():
            self._table[:] = list(self._entries(bound))
            self._bound = weakref.ref(bound)
        table = self._table_at
        if self.threads == 1:
            self.code(table, 0, steps, 0)
        else:
            library = blas()
            with contextlib.nullcontext() if library is None else library.on_one_thread():
                team(self.threads).run(lambda thread: self.code(table, 0, steps, thread))

    def _watched(self, bound: Bound, steps: int) -> None:
        """Run on copies with zones around them, and see that nobody wrote there."""
        zones = Zones()

        def around(arrays: Sequence[Any]) -> list[Any]:
            return [zones.around(each) for each in arrays]

        rows = None if bound.rows is None else zones.around(bound.rows)
        inside = Bound(
            around(bound.data), rows, bound.first_row, around(bound.draws),
            zones.around(bound.scalars), around(bound.states), around(bound.results),
        )  # fmt: skip
        self._run(inside, steps)
        zones.check()
        self.arena.check()
        for ours, theirs in ((bound.states, inside.states), (bound.results, inside.results)):
            for to, made in zip(ours, theirs, strict=True):
                to[...] = made

    def _entries(self, bound: Bound) -> Iterator[int]:
        """Give what the table holds, in its order."""
        yield from map(_address, bound.data)
        yield 0 if bound.rows is None else _address(bound.rows)
        yield bound.first_row
        yield from map(_address, bound.draws)
        yield _address(bound.scalars) if bound.scalars.size else 0
        yield from self._states(bound.states)
        yield from map(_address, bound.results)
        yield self.arena.address
        yield self._waits_at

    def _states(self, arrays: Sequence[Any]) -> list[int]:
        """Give the addresses of the states, which are the same ones call after call."""
        if self._known[0] is not arrays:
            self._known = arrays, [_address(each) for each in arrays]
        return self._known[1]


def native(program: Program, batch: int) -> Machine:
    """
    Make native code of a program, for this machine.

    Parameters
    ----------
    program : Program
    batch : int
        The rows of a step.

    Raises
    ------
    NotCompilable
        If there is something in it that code cannot be made of, or no compiler.
    """
    values = everything(program)
    size = work(values)
    threads = thread_count() if size >= SHARED else 1
    target = host_target(threads, guarded=guarding())
    store = None if target.guarded else cache()
    key = None if store is None else _key(likeness(program, values), batch, target, size)
    if store is not None and key is not None:
        known = _known(store.find(key))
        code = None if known is None else kept(known[0])
        if known is not None and code is not None:
            return Machine(program, batch, code, target, known[1])

    from clearprop.engines.compiled.codegen.emit import build  # much to load

    built = build(program, target, batch_rows=batch)
    code = load(built.text, target)
    if store is not None and key is not None:
        store.keep(key, json.dumps([text_key(built.text, target), built.arena]).encode())
    return Machine(program, batch, code, target, built.arena, built)


def _key(like: str | None, batch: int, target: Target, size: float) -> str | None:
    """Give what is kept of a program under: all that decides what code is made of it."""
    own = sources()
    if like is None or not own:
        return None
    library = blas() if size >= LARGE else None
    products = "" if library is None else str(library.integers)  # which calls are written with
    return key_of("program", like, str(batch), *map(str, target), version(), own, products)


def _known(content: bytes | None) -> tuple[str, int] | None:
    """Give where the code of a program is kept, and the bytes that it works in."""
    try:
        code, arena = json.loads(content or b"[]")
    except ValueError:
        return None
    sound = type(code) is str and len(code) == KEY and code.isalnum() and type(arena) is int
    return (code, arena) if sound and 0 <= arena < MOST else None


def work(values: Iterable[Value]) -> float:
    """Estimate the multiplications of a step."""
    total = 0.0
    for value in values:
        if value.op == "dot":
            a = value.inputs[0].shape
            total += value.size * a[-2 if value.params.get("ta") else -1]
        elif value.op in PRODUCTS:
            total += sum(x.size for x in value.inputs) * 16.0
        elif value.op:
            total += value.size
    return total


def _address(array: Any) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
