"""Fusion: which values are stored, and which are computed together in one pass."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import VIEWS, Affine, spans, strides, whole
from clearprop.engines.compiled.codegen.finishing import finished
from clearprop.engines.compiled.codegen.kernels import (
    FOLDS,
    SEARCHES,
    Cone,
    Kernel,
    Stage,
    base,
    is_loop,
    pull,
)
from clearprop.engines.compiled.codegen.maps import COSTS, MAPS
from clearprop.engines.compiled.program import Program, Value

__all__ = ["fuse", "stored"]

CHEAP = 3  # additions up to which it is better to compute twice than to store
OFTEN = 8  # times from which on nothing is computed again instead of stored
LONG = 80  # additions in a row that become one loop
FEW = 4096  # additions up to which what has no rows to share out goes together
TOGETHER = 12  # values that one kernel computes at most


def fuse(program: Program) -> list[Kernel]:
    """
    Divide a program into kernels.

    Parameters
    ----------
    program : Program

    Returns
    -------
    list of Kernel
        In the order in which they run.
    """
    order = program.values()
    kept = stored(program, order)
    cones: dict[Value, Cone] = {}
    for value in reversed(order):
        if value in kept and is_loop(value):
            cones[value], needed = pull(value, kept)
            kept.update(dict.fromkeys(each for each in needed if not each.kind))
    kernels: list[Kernel] = []
    where: dict[Value, int] = {}  # the kernel that computes a value
    readers: dict[Value, int] = {}  # the last kernel that reads it
    for value in order:
        if value not in kept:
            continue
        at = _place(value, cones.get(value), kernels, where, readers)
        where[value] = at
        for each in _read_by(value, cones.get(value)):
            readers[each] = max(at, readers.get(each, -1))
    for kernel in kernels:
        if kernel.form == "rows":
            _in_stages(kernel)
    kernels = finished(program, kernels)
    _keep(program, kernels)
    return kernels


def stored(program: Program, order: list[Value]) -> dict[Value, None]:
    """Choose what is stored at least: what is handed out, reduced, structured, dear and shared."""
    users = _users(program, order)
    cost: dict[Value, int] = {}
    found: dict[Value, None] = {}

    def store(value: Value) -> None:
        below = base(value)
        if not below.kind:
            found[below] = None
            cost[below] = 0

    for value in order:
        if value.kind or value.op == "iota":
            cost[value] = 0
            continue
        before = sum(cost[x] for x in value.inputs)
        if value.op in VIEWS:
            if before > (0 if _repeats_rows(value) else CHEAP) and _grows(value):
                store(value.inputs[0])
                before = 0
            cost[value] = before
        elif value.op in MAPS:
            cost[value] = before + COSTS.get(value.op, 1)
            if cost[value] > (CHEAP if users[value] > 1 else LONG):
                store(value)
        else:
            if value.op not in FOLDS:
                for each in value.inputs:
                    store(each)
            store(value)
    for each in program.outputs:
        store(each)
    return found


def _grows(value: Value) -> bool:
    return value.op == "broadcast" and value.size > value.inputs[0].size


def _repeats_rows(value: Value) -> bool:
    """Tell whether a view repeats whole rows, each element of which would be computed often."""
    if value.op != "broadcast" or value.size < OFTEN * value.inputs[0].size:
        return False
    (x,) = value.inputs
    return bool(x.shape) and x.shape[-1] > 1 and value.params["axes"][-1] == value.ndim - 1


def _users(program: Program, order: list[Value]) -> dict[Value, int]:
    """Count by how many others each value is used, views left out of account."""
    users = dict.fromkeys(order, 0)
    for value in program.outputs:
        users[value] += 1
    for value in reversed(order):
        times = users[value] if value.op in VIEWS else 1
        for each in value.inputs:
            users[each] += times
    return users


def _read_by(value: Value, cone: Cone | None) -> Iterable[Value]:
    if cone is None:
        return [base(each) for each in value.inputs]
    return [each for each, _ in cone.reads if each is not None]


def _place(
    value: Value,
    cone: Cone | None,
    kernels: list[Kernel],
    where: dict[Value, int],
    readers: dict[Value, int],
) -> int:
    """Put a value into a kernel that computes it along with others, or into one of its own."""
    if value.op == "part":
        at = where[value.inputs[0]]
        kernels[at].stages[0].maps[1 + value.params["index"]] = value
        return at
    if cone is None:
        kernels.append(Kernel("structured", None, [Stage((), maps=[value, *_parts(value)])]))
        return len(kernels) - 1
    reads = [each for each, _ in cone.reads if each is not None]
    earliest = max((where[each] for each in reads if each in where), default=-1)
    near = {where[each] for each in reads if each in where}
    near |= {readers[each] for each in reads if each in readers and each.size > 1}
    if value.op in FOLDS and value.shape:  # what goes row by row goes together
        alike = (k for k in reversed(range(len(kernels))) if kernels[k].rows == value.shape)
        near.update(islice(alike, 1))
    for at in sorted((k for k in near if k >= earliest), reverse=True):
        if _join(kernels[at], value, cone):
            kernels[at].cones[value] = cone
            return at
    form, rows = _form(value)
    kernels.append(Kernel(form, rows, cones={value: cone}))
    if form == "columns":
        kernels[-1].stages.append(Stage((), folds=[value]))
    return len(kernels) - 1


def _parts(value: Value) -> list[Value]:
    """List what a loop over time gives; of other values, nothing."""
    if value.op != "scan":
        return []
    body, length = value.params["body"], value.params["length"]
    shapes = [((length, *each.shape), each.dtype) for each in body.results]
    shapes += [(each.shape, each.dtype) for each in body.states]
    return [
        Value("part", (value,), {"index": k}, shape, dtype)
        for k, (shape, dtype) in enumerate(shapes)
    ]


def _form(value: Value) -> tuple[str, Shape | None]:
    """Tell what form of kernel a value needs, and its rows."""
    if value.op not in FOLDS:
        return "rows", None
    rank = len(value.inputs[0].shape)
    axes = reduced(value)
    if rank and rank - 1 not in axes:
        return "columns", None
    return "rows", value.shape


def reduced(value: Value) -> Shape:
    """Give the axes that a reduction does away with."""
    return tuple(value.params["axes"]) if "axes" in value.params else (value.params["axis"],)


def _join(kernel: Kernel, value: Value, cone: Cone) -> bool:
    """Let a kernel compute one more value, if it fits in."""
    form, rows = _form(value)
    if kernel.form != form or len(kernel.cones) >= TOGETHER:
        return False
    if form == "columns":
        (first, *_) = kernel.cones
        alike = first.inputs[0].shape == cone.extents and reduced(first) == reduced(value)
        if not alike or any(each in kernel.cones for each, _ in cone.reads):
            return False
        kernel.stages[0].folds.append(value)
        return True
    shared = _shared_rows(kernel, rows, cone)
    if shared is _NO or (shared == () and not _few(kernel, cone)):
        return False
    if shared is None:
        here = whole(cone.extents)
        fits = all(place == here for each, place in cone.reads if each in kernel.cones)
    else:
        fits = _within_rows(kernel, cone, shared) and _rows_of_all(kernel, shared)
    if fits:
        kernel.rows = shared
    return fits


_NO: Shape = (-1,)


def _few(kernel: Kernel, cone: Cone) -> bool:
    """Tell whether what has no rows to share out may go together all the same."""
    related = any(each in kernel.cones for each, _ in cone.reads)
    return related and max(kernel.work, math.prod(cone.extents)) <= FEW


def _shared_rows(kernel: Kernel, rows: Shape | None, cone: Cone) -> Shape | None:
    """Tell which rows a kernel and one more value have in common; `_NO` if they do not fit."""
    (first, *_) = kernel.cones.values()
    if kernel.rows is not None:
        rows = kernel.rows if rows is None else rows
        fits = kernel.rows == rows and cone.extents[: len(rows)] == rows
        return rows if fits else _NO
    if rows is not None:
        return rows if first.extents[: len(rows)] == rows else _NO
    return None if cone.extents == first.extents else _NO


def _rows_of_all(kernel: Kernel, rows: Shape) -> bool:
    """Tell whether what a kernel computes stays within rows, were they its rows."""
    if kernel.rows is not None or not rows:
        return True
    return all(_within_rows(kernel, cone, rows) for cone in kernel.cones.values())


def _within_rows(kernel: Kernel, cone: Cone, rows: Shape) -> bool:
    """Tell whether what is read of what the kernel itself computes lies in the same row."""
    return all(
        in_row(each, place, cone.extents, len(rows))
        for each, place in cone.reads
        if each is not None and each in kernel.cones
    )


def in_row(value: Value, place: Affine, extents: Shape, rank: int) -> bool:
    """Tell whether what is read lies in the row of `value` at which the loops stand."""
    if value.shape[:rank] != extents[:rank]:
        return False
    steps = strides(value.shape)
    for a in range(rank):
        if extents[a] != 1 and place[a + 1] != steps[a]:
            return False
    size = 1
    for n in value.shape[rank:]:
        size *= n
    low, high = spans((place[0], *place[rank + 1 :]), extents[rank:])
    return low >= 0 and high < size


def _in_stages(kernel: Kernel) -> None:
    """Order what a kernel computes: what needs whole rows comes in a loop after theirs."""
    if kernel.rows is None:
        kernel.rows = ()
        columns = next(iter(kernel.cones.values())).extents
        kernel.stages = [Stage(columns, maps=list(kernel.cones))]
        return
    rank = len(kernel.rows)
    level: dict[Value, int] = {}
    loops: dict[tuple[int, bool, bool, Shape], Stage] = {}
    for value, cone in kernel.cones.items():
        columns = cone.extents[rank:]
        at = 0
        for each, place in cone.reads:
            if each not in level or each is None:
                continue
            same = place == whole(cone.extents) and each.shape == cone.extents
            at = max(at, level[each] + (0 if same and each.op not in FOLDS else 1))
        level[value] = at
        search = value.op in SEARCHES
        stage = loops.setdefault((at, bool(columns), search, columns), Stage(columns))
        (stage.folds if value.op in FOLDS else stage.maps).append(value)
    kernel.stages = [loops[key] for key in sorted(loops, key=lambda key: key[:3])]


def _keep(program: Program, kernels: list[Kernel]) -> None:
    """Find what is needed in memory: by other kernels, by later loops, or by whoever asked."""
    needed = {base(each) for each in program.outputs}
    for kernel in kernels:
        needed.update(kernel.needs())
        if kernel.form == "structured" and not kernel.cones:
            needed.update(kernel.roots)
    for kernel in kernels:
        kernel.kept = {root for root in kernel.roots if root in needed}
        stage_of = {root: s for s in kernel.stages for root in s.roots if root in kernel.cones}
        for root in kernel.roots:
            if root not in kernel.cones:
                continue
            for each, place in kernel.cones[root].reads:
                if each not in stage_of or each is None:
                    continue
                if each.shape == kernel.rows:
                    continue  # one number a row stays in a register
                if stage_of[each] is not stage_of[root] or place != whole(each.shape):
                    kernel.kept.add(each)
