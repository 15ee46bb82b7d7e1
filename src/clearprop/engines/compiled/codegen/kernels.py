"""Kernels: what is computed together, and what is kept in memory for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import Affine, Index, flat, identity, through
from clearprop.engines.compiled.codegen.maps import COSTS, MAPS
from clearprop.engines.compiled.program import Value

__all__ = ["FOLDS", "SEARCHES", "Cone", "Kernel", "Stage", "base", "is_loop", "pull"]

FOLDS = frozenset({"sum", "prod", "max", "min", "any", "all", "argmax", "argmin"})
SEARCHES = frozenset({"argmax", "argmin"})


@dataclass(eq=False)
class Cone:
    """
    What one value is computed from in a loop: everything up to what is read from memory.

    Attributes
    ----------
    root : Value
    extents : tuple of int
        The loops: one for each axis of what is computed, or of what is reduced.
    reads : dict
        By value and place, what is read from memory; None stands for the place of what is not
        read but counted (`iota`).
    work : int
        What one turn costs, in additions.
    """

    root: Value
    extents: Shape
    reads: dict[tuple[Value | None, Affine], None] = field(default_factory=dict)
    work: int = 0


@dataclass(eq=False)
class Stage:
    """
    A loop over the columns of a row.

    Attributes
    ----------
    columns : tuple of int
        The axes of a row; none of what is one number a row.
    maps : list of Value
        What is computed element by element.
    folds : list of Value
        What all elements of the row come to; searches for a place have a stage of their own.
    """

    columns: Shape
    maps: list[Value] = field(default_factory=list)
    folds: list[Value] = field(default_factory=list)

    @property
    def roots(self) -> list[Value]:
        """All that is computed."""
        return [*self.maps, *self.folds]


@dataclass(eq=False)
class Kernel:
    """
    What is computed in one function.

    Attributes
    ----------
    form : str
        "rows": for each row, one stage after the other; "columns": sums over the outer axes, a
        vector of neighbouring columns at a time; "structured": an operation with a way of its own.
    rows : tuple of int or None
        The axes that all stages share; None while only maps of one shape are in it.
    stages : list of Stage
    cones : dict
        By root.
    kept : set of Value
        Roots that are needed in memory.
    """

    form: str
    rows: Shape | None
    stages: list[Stage] = field(default_factory=list)
    cones: dict[Value, Cone] = field(default_factory=dict)
    kept: set[Value] = field(default_factory=set)

    @property
    def roots(self) -> list[Value]:
        """All that it computes, in order."""
        return [root for stage in self.stages for root in stage.roots]

    def reads(self) -> Iterator[Value]:
        """Go through all that its loops read and do not compute themselves."""
        own = {*self.cones, *self.roots}
        for cone in self.cones.values():
            for value, _ in cone.reads:
                if value is not None and value not in own:
                    yield value

    def needs(self) -> Iterator[Value]:
        """Go through all that lies in memory before it runs."""
        if self.form == "structured":
            yield from (base(each) for each in self.roots[0].inputs)
        yield from self.reads()

    @property
    def work(self) -> int:
        """Tell what it costs, in additions, about."""
        total = 0
        for cone in self.cones.values():
            size = 1
            for n in cone.extents:
                size *= n
            total += size * (cone.work + 1)
        return total


def base(value: Value) -> Value:
    """Give what lies in memory where a value does: a reshape is but another name."""
    while value.op == "reshape":
        (value,) = value.inputs
    return value


def is_loop(value: Value) -> bool:
    """Tell whether a value is computed in loops over elements."""
    return value.op in MAPS or value.op in FOLDS or value.op in _PLACED


_PLACED = frozenset({"broadcast", "reshape", "permute", "slice", "iota"})


def pull(root: Value, stored: set[Value] | dict[Value, None]) -> tuple[Cone, list[Value]]:
    """
    Follow what a value is computed from.

    Parameters
    ----------
    root : Value
    stored : set of Value
        What is read from memory.

    Returns
    -------
    cone : Cone
    needed : list of Value
        What has to be stored too: what a reshape is of that no sums of counters can follow.
    """
    start = root.inputs[0] if root.op in FOLDS else root
    cone = Cone(root, start.shape)
    rank, needed = len(start.shape), []
    seen: set[tuple[Value, Index]] = set()
    stack = [(start, identity(rank))]
    while stack:
        value, index = stack.pop()
        below = base(value)
        if below is not root and (below.kind or below in stored):
            if not (below.kind == "constant" and not below.shape):
                cone.reads[below, flat(value.shape, index, rank)] = None
            continue
        if (value, index) in seen:
            continue
        seen.add((value, index))
        if value.op == "iota":
            cone.reads[None, index[value.params["axis"]]] = None
        elif value.op in MAPS:
            cone.work += COSTS.get(value.op, 1)
            stack.extend((each, index) for each in reversed(value.inputs))
        else:
            moved = through(value, index, cone.extents)
            if moved is None:
                needed.append(base(value))
                cone.reads[base(value), flat(value.shape, index, rank)] = None
            else:
                stack.append((value.inputs[0], moved))
    return cone, needed
