"""What the outputs of a network are compared with: found where they meet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import ROW, TURNED, Ref
from clearprop.doctor.traced.parts import Front
from clearprop.doctor.traced.refs import ref_of

__all__ = ["as_matrix", "fronts_with_target", "meeting", "targets_of"]


def targets_of(raiser: Any, front: Any) -> list[Any]:
    """Give what the outputs may be compared with."""
    found: list[Any] = []
    for ref in _possible_targets(raiser, front):
        if not any(ref == other for other in found if type(other) is type(ref) is Ref):
            found.append(ref)
    return found


def _possible_targets(raiser: Any, front: Any) -> Iterator[Any]:
    paired = _paired(raiser, front)
    if paired is not None:
        yield paired
    subject = raiser.subject
    names = [subject.target] if subject.target is not None else list(getattr(subject, "data", ()))
    rows, columns = front.ids[0].shape
    for name in names:
        if any(name in entry.names for entry in raiser.entries):
            continue
        shape = raiser.shapes[0][name]
        size = int(np.prod(shape))
        if size == rows * columns:
            if len(shape) == 2 and shape == (columns, rows) and shape != (rows, columns):
                yield Ref(name, TURNED)
            elif len(shape) == 1 and rows == 1:
                yield Ref(name, ROW)
            else:
                yield Ref(name)
        elif size == rows:
            yield Ref(name)


def _meetings(reading: Any, where: dict[int, Any]) -> Iterator[tuple[int, int, Any]]:
    """Give numbers of targets, the functions of single outputs that they meet, and whose."""
    tape = reading.tape
    for u in reading.reached:
        op, parents = tape.op[u], tape.parents[u]
        if op not in ("sub", "add", "mul", "dot"):
            continue
        for a, b in zip(parents[::2], parents[1::2], strict=False):
            for t, other in ((a, b), (b, a)):
                if t not in tape.leaf or t in reading.parameter or t in where:
                    continue
                base = reading.base[other]
                if len(base) == 1 and next(iter(base)) in where:
                    yield t, other, where[next(iter(base))]


def meeting(raiser: Any, front: Front) -> list[np.ndarray] | None:
    """Give the matrix of what meets the target first."""
    out = []
    for r, reading in enumerate(raiser.readings):
        where = {int(u): place for place, u in np.ndenumerate(front.ids[r])}
        grid = np.full(front.ids[r].shape, -1)
        for _, other, place in _meetings(reading, where):
            grid[place] = other if grid[place] < 0 else min(grid[place], other)
        if (grid < 0).any():
            return None
        out.append(grid)
    return out


def _paired(raiser: Any, front: Front) -> Any:
    """Find the numbers of a target by the outputs that they meet."""
    cells = []
    for r, reading in enumerate(raiser.readings):
        where = {int(u): place for place, u in np.ndenumerate(front.ids[r])}
        grid = np.empty(front.ids[r].shape, dtype=object)
        for t, _, place in _meetings(reading, where):
            grid[place] = reading.tape.leaf[t]
        if any(cell is None for cell in grid.ravel()):
            return None
        cells.append(grid)
    return ref_of(cells, raiser.shapes)


def fronts_with_target(raiser: Any) -> Front:
    """Find the matrix, made of several, that meets the target."""
    name = raiser.subject.target
    names = [name] if name is not None else list(getattr(raiser.subject, "data", ()))
    for target in names:
        grids = []
        for r, reading in enumerate(raiser.readings):
            shape = raiser.shapes[r][target]
            grid = np.full(int(np.prod(shape)), -1)
            for u in sorted(reading.reached):
                if reading.tape.op[u] not in ("sub", "add", "mul"):
                    continue
                for t, other in (reading.tape.parents[u], reading.tape.parents[u][::-1]):
                    own = reading.tape.leaf.get(t)
                    if own is not None and own[0] == target and grid[own[1]] < 0:
                        grid[own[1]] = other
            if (grid < 0).any():
                break
            grids.append(as_matrix(grid.reshape(shape)))
        if len(grids) == len(raiser.readings):
            turned = [g.T for g in grids]
            strictly = partial(raiser.resolve, regions=False)
            ways = [(strictly, grids), (strictly, turned), (raiser.loosely, grids),
                    (raiser.loosely, turned), (raiser.resolve, turned)]  # fmt: skip
            for lead, laid in ways:
                before = len(raiser.parts)
                try:
                    return Front(laid, lead(laid)[0])
                except ValueError:
                    raiser.undo(before)
    raise ValueError("a loss of several matrices")


def as_matrix(ids: np.ndarray) -> np.ndarray:
    """Give numbers as rows of samples; a single sample as one row."""
    return ids.reshape(len(ids), -1) if ids.ndim > 1 else ids.reshape(1, -1)
