"""Functions element by element on long arrays, done block after block: all stays in the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from clearprop.engines.replay.calls import Call
from clearprop.engines.replay.spots import Spot

__all__ = ["in_blocks"]

Array: TypeAlias = Any

LONG = 1 << 19  # bytes of an array that is worth it
BLOCK = 1 << 18  # bytes


def in_blocks(calls: Sequence[Call]) -> list[Call]:
    """
    Divide calls that follow one another where each element is made of those at its own place.

    Parameters
    ----------
    calls : sequence of Call

    Returns
    -------
    list of Call
        Of which some see only a part of what the others saw.
    """
    made: list[Call] = []
    run: list[Call] = []
    of_run: _Elements | None = None
    for call in calls:
        own = _elements(call)
        if own is None or of_run is None or not of_run.goes_on(own):
            made += _divided(run)
            run, of_run = [], own
        else:
            of_run.begins.update(own.begins)
        run.append(call)
    return made + _divided(run)


class _Elements(NamedTuple):
    """What a call sees: so many elements of one size, which begin somewhere in their memory."""

    number: int
    itemsize: int
    begins: dict[Any, int]

    def goes_on(self, other: _Elements) -> bool:
        """Tell whether each element has the same place as before, in memory both see."""
        return self[:2] == other[:2] and all(
            self.begins.get(memory, begin) == begin for memory, begin in other.begins.items()
        )


def _elements(call: Call) -> _Elements | None:
    """Look at a call; None if it is not element by element, or not on long arrays."""
    function = call.function
    if not isinstance(function, np.ufunc) or function.signature is not None:
        return None
    if any(isinstance(x, Spot) and not x.shape and x.root.shape for x in call.args):
        return None  # one number of an array, which another call of the run might write over
    sizes, begins = set(), dict[Any, int]()
    for x in _long(call):
        if not isinstance(x, Spot) or not x.is_contiguous or _is_of_rows(x):
            return None
        memory = x.root if x.root.block is None else x.root.block
        if begins.setdefault(memory, x.offset) != x.offset:
            return None
        sizes.add((prod(x.shape), x.dtype.itemsize))
    if len(sizes) != 1:
        return None
    ((count, itemsize),) = sizes
    return _Elements(count, itemsize, begins) if count * itemsize >= LONG else None


def _long(call: Call) -> Iterator[Any]:
    """List what has more than one number of what a call reads and writes."""
    return (x for x in (*call.args, call.out) if x is not None and x.shape)


def _is_of_rows(x: Spot) -> bool:
    return x.root.leaf is not None and x.root.leaf.kind == "data"


def _divided(run: Sequence[Call]) -> list[Call]:
    if len(run) < 2:
        return list(run)
    whole = next(_long(run[0]))
    size, length = whole.dtype.itemsize, prod(whole.shape)

    def part(x: Any, start: int) -> Any:
        """Give a block of a view; a single number is the same for all."""
        if x is None or not x.shape:
            return x
        count = min(BLOCK // size, length - start)
        return Spot(x.root, x.offset + start * size, (count,), (size,), x.dtype)

    return [
        Call(call.function, tuple(part(x, start) for x in call.args), part(call.out, start))
        for start in range(0, length, BLOCK // size)
        for call in run
    ]
