"""From a program to the text of a module: kernels as functions, and the loop over steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.calls import Code, Prepared, copy
from clearprop.engines.compiled.codegen.kernels import Kernel
from clearprop.engines.compiled.codegen.plan import Place, Plan
from clearprop.engines.compiled.codegen.tiny import Tiny, is_tiny
from clearprop.engines.compiled.machine.ir import I64, PTR, Function, Module, Reg, Target
from clearprop.engines.compiled.machine.threads import barrier
from clearprop.engines.compiled.passes import prepared
from clearprop.engines.compiled.passes.examples import example_by_example
from clearprop.engines.compiled.passes.masks import unpools_cut
from clearprop.engines.compiled.passes.strides import dots_apart
from clearprop.engines.compiled.program import Program

__all__ = ["Built", "Entry", "build"]


@dataclass(frozen=True)
class Entry:
    """
    One place of the table that a program is handed.

    Attributes
    ----------
    kind : str
        "data", "rows", "first", "draw", "scalars", "state", "result", "arena" or "barrier".
    number : int
        The how-maniest of its kind.
    shape : tuple of int
        What there is of it for each step; of data, for each row.
    dtype : dtype
    """

    kind: str
    number: int
    shape: Shape
    dtype: Any


@dataclass(frozen=True)
class Built:
    """
    A program, written down for LLVM.

    Attributes
    ----------
    text : str
        The module. Its function ``i64 run(ptr table, i64 first, i64 last, i64 thread)`` does the
        steps from `first` up to, but without, `last`.
    table : list of Entry
    arena : int
        How many bytes the program works in; they begin at a multiple of 64.
    buffers : list of (int, int)
        Where in the arena something is written: the first byte, and how many. In a guarded build
        nothing else ever is, and there are at least 64 bytes between any two.
    kernels : list of Kernel
    program : Program
        What was written down: after all passes.
    """

    text: str
    table: list[Entry]
    arena: int
    buffers: list[tuple[int, int]]
    kernels: list[Kernel]
    program: Program


def build(program: Program, target: Target, *, batch_rows: int = 1) -> Built:
    """
    Write a program down for LLVM.

    Parameters
    ----------
    program : Program
    target : Target
    batch_rows : int
        The examples of a step.

    Returns
    -------
    Built
    """
    program = prepared(program)
    module = Module(target)
    if is_tiny(program):
        steps = _Steps(module, program, Plan(), batch_rows)
        steps.write_numbers(Tiny(steps.f, program))
        return steps.built([])
    program = example_by_example(dots_apart(unpools_cut(program)))
    code = Code(module)
    work = code.prepare(program)
    code.constants()
    steps = _Steps(module, program, work.plan, batch_rows)
    steps.write(code, work)
    return steps.built(work.kernels)


def table_of(program: Program) -> list[Entry]:
    """List what a program is handed, in order."""
    table = [Entry("data", k, v.shape[1:], v.dtype) for k, v in enumerate(program.data)]
    table += [Entry("rows", 0, (), np.dtype("int64")), Entry("first", 0, (), np.dtype("int64"))]
    table += [Entry("draw", k, v.shape, v.dtype) for k, v in enumerate(program.draws)]
    table.append(Entry("scalars", 0, (len(program.scalars),), np.dtype("float64")))
    table += [Entry("state", k, v.shape, v.dtype) for k, v in enumerate(program.states)]
    table += [Entry("result", k, v.shape, v.dtype) for k, v in enumerate(program.results)]
    return [*table, Entry("arena", 0, (), None), Entry("barrier", 0, (), None)]


class _Steps:
    """The function that does step after step."""

    def __init__(self, module: Module, program: Program, places: Plan, rows: int) -> None:
        arguments = [Reg("%table", PTR)] + [
            Reg(name, I64) for name in ("%first", "%last", "%thread")
        ]
        self.f = f = Function(module, "run", arguments, returns=I64)
        f.thread = arguments[3]
        self.program, self.places, self.rows, self.table = program, places, rows, table_of(program)
        self.fixed: dict[tuple[str, int], Reg] = {}
        self.gathered: list[int] = []
        for value in program.data if rows != 1 else ():
            self.gathered.append(places.arena)
            places.buffers.append((places.arena, value.nbytes))
            places.arena += -(-value.nbytes // 64) * 64 + 64

    def built(self, kernels: list[Kernel]) -> Built:
        """Give what was written."""
        places = self.places
        text = self.f.module.text()
        return Built(text, self.table, places.arena, places.buffers, kernels, self.program)

    def _begin(self) -> None:
        """Read the table."""
        for k, entry in enumerate(self.table):
            type_ = I64 if entry.kind == "first" else PTR
            at = self.f.at(Reg("%table", PTR), k, I64)
            self.fixed[entry.kind, entry.number] = self.f.load(type_, at, 8)

    def write(self, code: Code, work: Prepared) -> None:
        """Write a program of kernels."""
        f = self.f
        self._begin()
        with f.loop(Reg("%last", I64), Reg("%first", I64), unroll=1) as self.step:
            self.data = self._rows_of(self.step)
            code.run(f, work, self.address, self.fixed["barrier", 0])
        f.done(Reg("%last", I64))

    def write_numbers(self, tiny: Tiny) -> None:
        """Write a program of single numbers, which one thread does."""
        f = self.f
        thread, f.thread = Reg("%thread", I64), None
        self._begin()
        with f.when(f.compare("icmp eq", thread, f.index(0))):
            tiny.begin(self.address)
            with f.loop(Reg("%last", I64), Reg("%first", I64), unroll=1) as self.step:
                self.data = self._rows_of(self.step)
                tiny.step(self.address)
            tiny.end(self.address)
        f.done(Reg("%last", I64))

    def address(self, place: Place) -> Reg:
        """Give where a value lies in this step."""
        f = self.f
        match place.where:
            case "data":
                return self.data[place.number]
            case "arena":
                return f.at(self.fixed["arena", 0], place.number, "i8")
            case "state":
                return self.fixed["state", place.number]
            case "scalar":
                count = len(self.program.scalars)
                index = f.add(f.mul(self.step, count), place.number)
                return f.at(self.fixed["scalars", 0], index, "double")
            case _:
                values = self.program.draws if place.where == "draw" else self.program.results
                size = values[place.number].nbytes
                return f.at(self.fixed[place.where, place.number], f.mul(self.step, size), "i8")

    def _rows_of(self, step: Reg) -> list[Reg]:
        """Find the examples of a step; those that do not lie in order are brought together."""
        f, data = self.f, self.program.data
        if not data:
            return []
        rows = self.fixed["rows", 0]
        listed = f.compare("icmp ne", rows, Reg("null", PTR))
        begin = f.slot(I64, align=8)
        first = f.add(self.fixed["first", 0], f.mul(step, self.rows))
        f.store(first, begin)
        sizes = [value.nbytes // max(self.rows, 1) for value in data]
        bases = [self.fixed["data", k] for k in range(len(data))]
        if self.rows == 1:
            with f.when(listed):
                f.store(f.load(I64, f.at(rows, step, I64)), begin)
            row = f.load(I64, begin)
            return [f.at(b, f.mul(row, n), "i8") for b, n in zip(bases, sizes, strict=True)]
        slots = [f.slot(PTR, align=8) for _ in data]
        for slot, b, n in zip(slots, bases, sizes, strict=True):
            f.store(f.at(b, f.mul(first, n), "i8"), slot)
        with f.when(listed):
            self._gather(rows, f.mul(step, self.rows), bases, sizes, slots)
        return [f.load(PTR, slot) for slot in slots]

    def _gather(
        self, rows: Reg, at: Reg, bases: Sequence[Reg], sizes: Sequence[int], slots: Sequence[Reg]
    ) -> None:
        f = self.f
        homes = [f.at(self.fixed["arena", 0], place, "i8") for place in self.gathered]
        first, last = f.share(self.rows)
        with f.loop(last, first) as i:
            row = f.load(I64, f.at(rows, f.add(at, i), I64))
            for home, source, size in zip(homes, bases, sizes, strict=True):
                to = f.at(home, f.mul(i, size), "i8")
                copy(f, to, f.at(source, f.mul(row, size), "i8"), f.index(size))
        for home, slot in zip(homes, slots, strict=True):
            f.store(home, slot)
        if f.thread is not None:  # one thread alone waits for nobody
            barrier(f, self.fixed["barrier", 0])
