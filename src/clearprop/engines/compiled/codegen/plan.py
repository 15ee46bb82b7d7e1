"""The memory plan: where each value lies, and when its place is free for another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from clearprop.engines.compiled.codegen.affine import whole
from clearprop.engines.compiled.codegen.kernels import Kernel, base
from clearprop.engines.compiled.machine.ir import Target
from clearprop.engines.compiled.program import Loop, Program, Value

__all__ = ["Place", "Plan", "plan", "scheduled"]

Where: TypeAlias = Literal[
    "fixed", "data", "draw", "scalar", "state", "result", "arena", "constant"
]
ZONE = 64  # bytes, and what arrays are aligned to


class Place(NamedTuple):
    """Where a value lies: in which array that is handed in, or at which byte of the arena."""

    where: Where
    number: int


@dataclass
class Plan:
    """
    Where everything lies.

    Attributes
    ----------
    places : dict
        By value.
    rooms : dict
        By structured value, the byte of the arena at which it may work.
    copies : list of (Value, Place)
        What is copied at the end of a step.
    arena : int
        Bytes.
    buffers : list of (int, int)
        Where in the arena arrays begin and how many bytes they have.
    """

    places: dict[Value, Place] = field(default_factory=dict)
    rooms: dict[Value, Place] = field(default_factory=dict)
    copies: list[tuple[Value, Place]] = field(default_factory=list)
    arena: int = 0
    buffers: list[tuple[int, int]] = field(default_factory=list)


def plan(
    program: Program,
    kernels: list[Kernel],
    target: Target,
    constants: list[Value],
    rooms: Callable[[Value], int],
) -> Plan:
    """
    Give every value that is stored a place.

    Parameters
    ----------
    program : Program
    kernels : list of Kernel
        In the order in which they run.
    target : Target
    constants : list of Value
        All there are in the module; more are put in.
    rooms : callable ``value -> int``
        How many bytes a structured operation needs to work in.

    Returns
    -------
    Plan
    """
    made = Plan()
    for where, leaves in (
        ("fixed", program.fixed if isinstance(program, Loop) else ()),
        ("data", program.data), ("draw", program.draws),
        ("scalar", program.scalars), ("state", program.states),
    ):  # fmt: skip
        for k, leaf in enumerate(leaves):
            made.places[leaf] = Place(where, k)  # type: ignore[arg-type]
    _constants(kernels, made, constants)
    _handed_out(program, kernels, made)
    _arena(kernels, made, rooms, reuse=not target.guarded)
    return made


def _constants(kernels: list[Kernel], made: Plan, constants: list[Value]) -> None:
    for kernel in kernels:
        for value in read_by(kernel):
            if value.kind == "constant" and value not in made.places:
                made.places[value] = Place("constant", len(constants))
                constants.append(value)


def read_by(kernel: Kernel) -> list[Value]:
    """List what a kernel reads and does not compute."""
    return list(kernel.needs())


def _handed_out(program: Program, kernels: list[Kernel], made: Plan) -> None:
    """Let results and states be written where they belong, or copied there at the end."""
    in_place = overwritten(program, kernels)
    for k, value in enumerate(program.after):
        below = base(value)
        if below is program.states[k]:
            continue
        if k in in_place and below not in made.places:
            made.places[below] = Place("state", k)
        else:
            made.copies.append((below, Place("state", k)))
    for k, value in enumerate(program.results):
        below = base(value)
        if below.kind or below in made.places:
            made.copies.insert(0, (below, Place("result", k)))
        else:
            made.places[below] = Place("result", k)


def overwritten(program: Program, kernels: list[Kernel]) -> set[int]:
    """
    Find the states that can be written in place.

    Nobody may read the old one any more when the new one is written; in the very loop that writes
    it, only its own element may be read.
    """
    writer = {root: k for k, kernel in enumerate(kernels) for root in kernel.roots}
    last: dict[Value, int] = {}
    for k, kernel in enumerate(kernels):
        for value in read_by(kernel):
            last[value] = k
    told = {base(value) for value in program.results}
    told |= {base(v) for k, v in enumerate(program.after) if base(v) is not program.states[k]}
    found = set()
    for k, value in enumerate(program.after):
        state, root = program.states[k], base(value)
        if root not in writer or state in told or root.dtype != state.dtype:
            continue
        at = writer[root]
        if last.get(state, -1) < at or (
            last[state] == at and _only_its_own(kernels[at], root, state)
        ):
            found.add(k)
    return found


def _only_its_own(kernel: Kernel, root: Value, read: Value) -> bool:
    """Tell whether a loop that writes `root` reads of `read` only the same element, or earlier."""
    if kernel.form != "rows":
        return False
    before = True
    for stage in kernel.stages:
        if any(each is root for each in stage.folds):
            return False
        here = any(each is root for each in stage.maps)
        for each in stage.roots:
            cone = kernel.cones[each]
            for value, place in cone.reads:
                if value is not read:
                    continue
                if place != whole(cone.extents) or cone.extents != root.shape:
                    return False
                if not before:
                    return False
        if here:
            before = False
    return True


def scheduled(program: Program, kernels: list[Kernel]) -> list[Kernel]:
    """
    Put off what writes states until the last has read what they were.

    Parameters
    ----------
    program : Program
    kernels : list of Kernel

    Returns
    -------
    list of Kernel
    """
    readers: dict[Value, list[int]] = {}
    for k, kernel in enumerate(kernels):
        for value in read_by(kernel):
            readers.setdefault(value, []).append(k)
    after = {base(v): s for v, s in zip(program.after, program.states, strict=False)}
    until: dict[int, int] = {}
    for k, kernel in enumerate(kernels):
        states = [after[root] for root in kernel.roots if root in after]
        feeds = any(root in readers for root in kernel.roots)
        if states and not feeds:
            until[k] = max((at for s in states for at in readers.get(s, ())), default=k)
    order = sorted(range(len(kernels)), key=lambda k: (max(k, until.get(k, k)), k in until, k))
    return [kernels[k] for k in order]


class _Arena:
    """Places in the arena that are taken and given back."""

    def __init__(self, *, reuse: bool) -> None:
        self.reuse = reuse
        self.size = ZONE
        self.free: list[tuple[int, int]] = []  # where, bytes
        self.buffers: list[tuple[int, int]] = []

    def take(self, size: int) -> int:
        room = -(-max(size, 1) // ZONE) * ZONE
        best = min(
            (each for each in self.free if each[1] >= room), key=lambda e: e[1], default=None
        )
        if best is not None:
            self.free.remove(best)
            if best[1] > room:
                self.free.append((best[0] + room, best[1] - room))
            at = best[0]
        else:
            at = self.size
            self.size += room + (0 if self.reuse else ZONE)
        self.buffers.append((at, size))
        return at

    def give(self, at: int, size: int) -> None:
        if not self.reuse:
            return
        room = -(-max(size, 1) // ZONE) * ZONE
        for each in list(self.free):  # neighbours become one
            if each[0] + each[1] == at:
                self.free.remove(each)
                at, room = each[0], room + each[1]
            elif at + room == each[0]:
                self.free.remove(each)
                room += each[1]
        self.free.append((at, room))


def _arena(
    kernels: list[Kernel], made: Plan, rooms: Callable[[Value], int], *, reuse: bool
) -> None:
    """Lay out what lives within a step only."""
    arena = _Arena(reuse=reuse)
    last: dict[Value, int] = {}
    for k, kernel in enumerate(kernels):
        for value in [*read_by(kernel), *kernel.roots]:
            last[value] = k
    for value, _ in made.copies:
        last[value] = len(kernels)
    ends: dict[int, list[Value]] = {}
    for value, k in last.items():
        ends.setdefault(k, []).append(value)
    taken: set[Value] = set()  # whose place was taken over by what was made of it
    for k, kernel in enumerate(kernels):
        dying = [v for v in ends.get(k, ()) if _place(made, v) and v not in taken] if reuse else []
        for root in kernel.roots:
            if root in made.places or root not in kernel.kept or root.op == "scan":
                continue
            before = next((v for v in dying if _follows(kernel, root, v)), None)
            if before is not None:
                dying = [v for v in dying if v is not before]
                taken.add(before)
                made.places[root] = made.places[before]
            else:
                made.places[root] = Place("arena", arena.take(root.nbytes))
        size = rooms(kernel.roots[0]) if kernel.form == "structured" else 0
        if size:
            at = arena.take(size)
            made.rooms[kernel.roots[0]] = Place("arena", at)
            arena.give(at, size)
        for value in ends.get(k, ()):
            place = _place(made, value)
            if place is not None and value not in taken:
                arena.give(place.number, value.nbytes)
    made.arena, made.buffers = arena.size + ZONE, arena.buffers


def _place(made: Plan, value: Value) -> Place | None:
    place = made.places.get(value)
    return place if place is not None and place.where == "arena" else None


def _follows(kernel: Kernel, root: Value, before: Value) -> bool:
    """Tell whether a value can be written where one lies that is read for the last time."""
    alike = root.shape == before.shape and root.dtype.itemsize == before.dtype.itemsize
    return alike and before not in kernel.cones and _only_its_own(kernel, root, before)
