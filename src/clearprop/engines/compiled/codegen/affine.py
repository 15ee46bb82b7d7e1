"""Where an element lies: places that are sums of loop counters times fixed numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from clearprop.core.op import Shape
from clearprop.engines.compiled.program import Value

__all__ = ["VIEWS", "Affine", "Index", "flat", "identity", "spans", "strides", "through", "whole"]

# ``a[0] + a[1] * counter 0 + a[2] * counter 1 + ...``, and one of these for each axis of a value.
Affine: TypeAlias = tuple[int, ...]
Index: TypeAlias = tuple[Affine, ...]

VIEWS = frozenset({"broadcast", "reshape", "permute", "slice"})


def identity(rank: int) -> Index:
    """Give the index of the very element that the counters of `rank` loops stand at."""
    return tuple((0, *(int(a == b) for b in range(rank))) for a in range(rank))


def strides(shape: Shape) -> Shape:
    """
    Tell how far apart neighbours lie along each axis, in elements.

    Examples
    --------
    >>> strides((2, 3, 4))
    (12, 4, 1)
    """
    steps, step = [], 1
    for n in reversed(shape):
        steps.append(step)
        step *= n
    return tuple(reversed(steps))


def flat(shape: Shape, index: Index, rank: int) -> Affine:
    """Give the place of an element in memory, counted from the first, for `rank` counters."""
    place = [0] * (rank + 1)
    step = 1
    for n, axis in zip(reversed(shape), reversed(index), strict=True):
        if n != 1:
            for k, c in enumerate(axis):
                if c:
                    place[k] += c * step
        step *= n
    return tuple(place)


def whole(shape: Shape) -> Affine:
    """Give the place of the element of an array of that shape at which the counters stand."""
    return (0, *(step if n != 1 else 0 for n, step in zip(shape, strides(shape), strict=True)))


def spans(place: Affine, extents: Shape) -> tuple[int, int]:
    """Tell the smallest and the largest number that a place takes."""
    low = high = place[0]
    for c, n in zip(place[1:], extents, strict=True):
        if c > 0:
            high += c * (n - 1)
        elif c < 0:
            low += c * (n - 1)
    return low, high


def through(value: Value, index: Index, extents: Shape) -> Index | None:
    """
    Tell which element of its input an element of a view is.

    Parameters
    ----------
    value : Value
        A view.
    index : Index
        The element.
    extents : tuple of int
        How far each counter goes.

    Returns
    -------
    Index or None
        None of a reshape that no sums of counters can follow.
    """
    (source,) = value.inputs
    params = value.params
    match value.op:
        case "broadcast":
            nothing = (0,) * (len(extents) + 1)
            return tuple(
                nothing if n == 1 else index[a]
                for a, n in zip(params["axes"], source.shape, strict=True)
            )
        case "permute":
            placed = dict(zip(params["axes"], index, strict=True))
            return tuple(placed[a] for a in range(len(index)))
        case "slice":
            return tuple(
                (start + step * axis[0], *(step * c for c in axis[1:]))
                for start, step, axis in zip(params["starts"], params["steps"], index, strict=True)
            )
        case _:
            return _split(flat(value.shape, index, len(extents)), source.shape, extents)


def _split(place: Affine, shape: Shape, extents: Shape) -> Index | None:
    """Give the index in an array of a shape of what lies at a place in memory."""
    rest = [c if k == 0 or extents[k - 1] != 1 else 0 for k, c in enumerate(place)]
    nothing = (0,) * len(place)
    index: list[Affine] = []
    for size in reversed(shape[1:]):
        if size <= 1:
            index.append(nothing)
            continue
        here = [c if c % size else 0 for c in rest]
        here[0] = rest[0] % size
        low, high = spans(tuple(here), extents)
        if low < 0 or high >= size:
            return None
        rest = [(c - h) // size for c, h in zip(rest, here, strict=True)]
        index.append(tuple(here))
    if shape:
        index.append(tuple(rest) if shape[0] != 1 else nothing)
    return tuple(reversed(index))


def contiguous(places: Sequence[Affine], extents: Shape, first: int, last: int) -> list[list[int]]:
    """
    Group neighbouring axes that can be counted as one.

    Parameters
    ----------
    places : sequence of Affine
        All that is read and written.
    extents : tuple of int
    first, last : int
        Between which axes groups are sought; axes of size 1 are left out.

    Returns
    -------
    list of list of int
        The groups, from the outer to the inner.
    """
    groups: list[list[int]] = []
    for a in range(first, last):
        if extents[a] == 1:
            continue
        if groups and all(p[groups[-1][-1] + 1] == p[a + 1] * extents[a] for p in places):
            groups[-1].append(a)
        else:
            groups.append([a])
    return groups


def turns(group: Sequence[int], extents: Shape) -> int:
    """Tell how many turns a loop over a group of axes has."""
    return math.prod(extents[a] for a in group)
