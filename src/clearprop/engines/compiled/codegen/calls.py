"""Kernels as functions, and programs as one call after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from clearprop.engines.compiled.codegen.columns import Columns
from clearprop.engines.compiled.codegen.finishing import Finishing
from clearprop.engines.compiled.codegen.fuse import fuse
from clearprop.engines.compiled.codegen.kernels import Kernel, base
from clearprop.engines.compiled.codegen.plan import Place, Plan, plan, scheduled
from clearprop.engines.compiled.codegen.regions import REGIONS, alone
from clearprop.engines.compiled.codegen.rows import Rows
from clearprop.engines.compiled.machine.ir import I1, I64, PTR, Function, Module, Reg
from clearprop.engines.compiled.machine.threads import barrier
from clearprop.engines.compiled.operations.structured import STRUCTURED, dot, scratch
from clearprop.engines.compiled.program import Loop, NotCompilable, Program, Value
from clearprop.lang import told

__all__ = ["Code", "Prepared"]

THREAD, MEETING = Reg("%thread", I64), Reg("%meeting", PTR)


@dataclass(eq=False)
class Prepared:
    """
    A program that is ready to be written.

    Attributes
    ----------
    program : Program
    kernels : list of Kernel
    plan : Plan
    bodies : dict
        Of each loop over time in it, what it does in a turn.
    """

    program: Program
    kernels: list[Kernel]
    plan: Plan
    bodies: dict[Value, Prepared] = field(default_factory=dict)

    @cached_property
    def stored(self) -> set[Value]:
        """All that kernels compute."""
        return {root for kernel in self.kernels for root in kernel.roots}


class Code:
    """
    The functions of a module.

    Kernels that differ only in where their arrays lie are one function.

    Parameters
    ----------
    module : Module
    """

    def __init__(self, module: Module) -> None:
        self.module, self.target = module, module.target
        self._known: dict[str, str] = {}
        self._constants: list[Value] = []

    def prepare(self, program: Program) -> Prepared:
        """Divide a program into kernels, and plan its memory."""
        kernels = scheduled(program, fuse(program))
        loops = [kernel.roots[0] for kernel in kernels if kernel.roots[0].op == "scan"]
        bodies = {scan: self.prepare(scan.params["body"]) for scan in loops}

        def copies(value: Value) -> int:
            return self.target.threads if value.params.get("apart") else 1

        def room(value: Value) -> int:
            if value in bodies:
                return bodies[value].plan.arena * copies(value)
            return scratch(value, self.target)

        places = plan(program, kernels, self.target, self._constants, room)
        for value in loops:
            # Watched are the places in the body's room, not the room as a whole.
            at, body = places.rooms[value].number, bodies[value].plan
            places.buffers.remove((at, body.arena * copies(value)))
            for start in range(at, at + body.arena * copies(value), body.arena):
                places.buffers += [(start + first, size) for first, size in body.buffers]
        return Prepared(program, kernels, places, bodies)

    def constants(self) -> None:
        """Write down the constants of all that was prepared."""
        for k, value in enumerate(self._constants):
            data = value.array.tobytes()
            text = "".join(f"\\{byte:02X}" for byte in data)
            line = f'@c{k} = internal constant [{len(data)} x i8] c"{text}", align 64'
            self.module.define(f"c{k}", line)

    def run(
        self, f: Function, work: Prepared, address: Callable[[Place], Reg], meeting: Reg
    ) -> None:
        """Write one call for each kernel, and what is copied in the end."""
        shared = f.thread is not None and self.target.threads > 1
        for kernel in work.kernels:
            name, places = self._function(kernel, work, shared=shared)
            args = [self._fixed(place) or address(place) for place in places]
            if shared:
                args += [THREAD, meeting]
            f.call(name, "void", *args)
            if shared:
                barrier(f, meeting)
        if work.plan.copies:
            with alone(f):
                for value, place in work.plan.copies:
                    source = address(work.plan.places[value])
                    copy(f, address(place), source, f.index(value.nbytes))
            if shared:
                barrier(f, meeting)

    def _fixed(self, place: Place) -> Reg | None:
        return Reg(f"@c{place.number}", PTR) if place.where == "constant" else None

    def _function(self, kernel: Kernel, work: Prepared, *, shared: bool) -> tuple[str, list[Place]]:
        """Give the function of a kernel, shared by threads or not, and what it is handed."""
        handed: dict[Place, Reg] = {}

        def at(place: Place) -> Reg:
            return handed.setdefault(place, Reg(f"%a{len(handed)}", PTR))

        f = Function(self.module, "", [], linkage="internal")
        f.thread = THREAD if shared else None
        if kernel.form == "structured":
            self._structured(f, kernel, work, at)
        else:
            nest = Columns if kernel.form == "columns" else Rows
            nest(f, kernel, lambda value: at(work.plan.places[value]), work.stored).write()
        arguments = [f"ptr noalias {a.text}" for a in handed.values()]
        arguments += ["i64 %thread", "ptr %meeting"] if shared else []
        body = "\n".join([
            f"({', '.join(arguments)}) noinline #0 {{",
            "entry:", *f.slots, *f.lines, "ret void\n}",
        ])  # fmt: skip
        name = self._known.get(body)
        if name is None:
            name = self._known[body] = f"kernel{len(self._known)}"
            self.module.define(name, f"define internal void @{name}{body}")
        return name, list(handed)

    def _structured(
        self, f: Function, kernel: Kernel, work: Prepared, at: Callable[[Place], Reg]
    ) -> None:
        value, *parts = kernel.roots

        def place(each: Value) -> Reg:
            return at(work.plan.places[each])

        inputs = [place(base(each)) for each in value.inputs]
        room = work.plan.rooms.get(value)
        rooms = [at(room)] if room is not None else []
        if value.op == "scan":
            given = [at(work.plan.places[each]) for each in parts]
            body = work.bodies[value].program
            assert isinstance(body, Loop)
            handed = _Handed(body, inputs, given, rooms[0])
            self._turns(f, value, work.bodies[value], handed)
            return
        if kernel.cones:
            dot(f, value, [*inputs, *rooms], None, Finishing(kernel, place, work.stored))
            return
        lower = REGIONS.get(value.op) or STRUCTURED.get(value.op)
        if lower is None:
            raise NotCompilable(told("compiling.operation", name=value.op))
        lower(f, value, [*inputs, *rooms], at(work.plan.places[value]))

    def _turns(self, f: Function, value: Value, work: Prepared, handed: _Handed) -> None:
        """Write a loop over time: what is handed on lies where the last turn is to leave it."""
        length = value.params["length"]
        if value.params.get("apart"):
            self._examples(f, work, length, handed)
            return
        with alone(f):
            for source, to, leaf in zip(handed.begin, handed.held, handed.body.states, strict=True):
                copy(f, to, source, f.index(leaf.nbytes))
        barrier(f, MEETING)
        with f.loop(length, unroll=1) as turn:
            step = turn
            if value.params["reverse"]:
                step = f.binary("sub", f.index(length - 1), turn)
            self.run(f, work, handed.of_turn(f, step), MEETING)

    def _examples(self, f: Function, work: Prepared, length: int, handed: _Handed) -> None:
        """Write a loop whose turns need nothing of each other: each thread takes its own."""
        thread = f.thread
        if thread is not None:
            own = f.at(handed.room, f.mul(thread, work.plan.arena), "i8")
            handed = replace(handed, room=own)
        first, last = f.share(length)
        f.thread = None
        with f.loop(last, first, unroll=1) as turn:
            self.run(f, work, handed.of_turn(f, turn), MEETING)
        f.thread = thread


@dataclass(frozen=True)
class _Handed:
    """Where that lies which a loop is handed: what goes in, what comes out, and room to work in."""

    body: Loop
    inputs: list[Reg]  # what is fixed, what the first turn begins with, each turn's own
    parts: list[Reg]  # results, and what the last turn leaves
    room: Reg

    @property
    def begin(self) -> list[Reg]:
        first = len(self.body.fixed)
        return self.inputs[first : first + len(self.body.states)]

    @property
    def held(self) -> list[Reg]:
        return self.parts[len(self.body.results) :]

    def of_turn(self, f: Function, turn: Reg) -> Callable[[Place], Reg]:
        """Tell where things lie in a turn."""
        body, held = self.body, self.held
        sequences = self.inputs[len(body.fixed) + len(body.states) :]

        def address(place: Place) -> Reg:
            k = place.number
            match place.where:
                case "fixed":
                    return self.inputs[k]
                case "data":
                    return f.at(sequences[k], f.mul(turn, body.data[k].nbytes), "i8")
                case "state":
                    return held[k]
                case "result":
                    return f.at(self.parts[k], f.mul(turn, body.results[k].nbytes), "i8")
                case _:
                    return f.at(self.room, k, "i8")

        return address


def copy(f: Function, to: Reg, source: Reg, size: Reg) -> None:
    """Copy bytes."""
    name = "llvm.memcpy.p0.p0.i64"
    f.module.need(name, lambda: f"declare void @{name}(ptr, ptr, i64, i1)")
    f.call(name, "void", to, source, size, Reg("false", I1))
