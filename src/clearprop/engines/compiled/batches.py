"""Examples as a program takes them: plain arrays, whole batches of one size after another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np

from clearprop.core.tree import flatten, map_tree, unflatten
from clearprop.engines.compiled.trace.step import Traced
from clearprop.engines.engine import Data
from clearprop.engines.passes import Rows

__all__ = ["Arrays", "Segment", "merged", "segments", "taken"]

Array: TypeAlias = Any

SAMPLE = 64  # rows in which zeros are counted
WIDE = 64  # numbers in a row, from which on it may pay to pass over zeros
FEW = 1 << 14  # bytes, which are compared sooner than looked through
MOSTLY = 0.5  # what part of them may be other numbers


@final
class Arrays:
    """
    All that the steps of a program choose their rows from.

    Parameters
    ----------
    *trees : array, or tree of arrays, or None
        Inputs, targets, weights.

    Attributes
    ----------
    leaves : list of numpy.ndarray
        Each in one piece of memory, in the order of `flatten`.
    """

    def __init__(self, *trees: Array) -> None:
        self.trees = trees
        given, self._form = flatten(trees)
        self.leaves = [
            each
            if each.flags.c_contiguous and each.dtype.isnative
            else np.ascontiguousarray(each, each.dtype.newbyteorder("="))
            for each in given
        ]
        self._numbers: list[bytes] | None = None
        self._within: dict[tuple[int, int, int], bool] = {}
        self._sparse: tuple[bool, ...] | None = None

    @property
    def sparse(self) -> tuple[bool, ...]:
        """Which arrays are mostly zeros."""
        if self._sparse is None:
            self._sparse = tuple(map(_mostly_zeros, self.leaves))
        return self._sparse

    def remember(self) -> bool:
        """Remember what is in the arrays, to tell later by `same`; no, if that is much."""
        given = flatten(self.trees)[0]
        if any(a is not b for a, b in zip(given, self.leaves, strict=True)):
            return False  # copies, which do not follow what they were made of
        if sum(each.nbytes for each in self.leaves) > FEW:
            return False
        self._numbers = [each.tobytes() for each in self.leaves]
        return True

    def same(self) -> bool:
        """Tell whether all numbers are still what they were."""
        return self._numbers == [each.tobytes() for each in self.leaves]

    def signature(self, batch: int) -> Any:
        """Give what a program depends on: shapes, kinds of numbers, the form of the trees."""
        shapes = tuple((each.shape[1:], each.dtype.char) for each in self.leaves)
        return batch, shapes, self.sparse, str(self._form)

    def example(self, batch: int) -> list[Array]:
        """Give trees of a batch's shapes, whose numbers nobody may read."""
        made = [
            np.broadcast_to(np.zeros((), each.dtype), (batch, *each.shape[1:]))
            for each in self.leaves
        ]
        return list(unflatten(self._form, made))

    def fit(self, traced: Traced) -> bool:
        """Tell whether what are places in tables are whole numbers, and inside them."""
        return all(self._is_within(limit) for limit in traced.limits)

    def _is_within(self, limit: tuple[int, int, int]) -> bool:
        if limit not in self._within:
            array, (low, high) = self.leaves[limit[0]], limit[1:]
            self._within[limit] = not array.size or (
                bool(low <= array.min() <= array.max() < high)
                and (array.dtype.kind != "f" or bool((np.trunc(array) == array).all()))
            )
        return self._within[limit]


def _mostly_zeros(array: np.ndarray) -> bool:
    if array.dtype.kind not in "fui" or array.size < WIDE * len(array):
        return False
    some = array[:: max(1, len(array) // SAMPLE)][:SAMPLE]
    return int(np.count_nonzero(some)) < MOSTLY * some.size


class Segment(NamedTuple):
    """Steps of one size, one after another."""

    first: int  # row
    batch: int
    steps: int


def segments(data: Data, rows: Iterable[Rows]) -> list[Segment] | None:
    """Bring slices into as few segments as they make; None if they are something else."""
    found: list[Segment] = []
    count = len(data)
    for chosen in rows:
        if not isinstance(chosen, slice):
            return None
        start, stop, step = chosen.indices(count)
        size = stop - start
        if step != 1 or size < 1:
            return None
        last = found[-1] if found else None
        if last and last.batch == size and last.first + last.batch * last.steps == start:
            found[-1] = last._replace(steps=last.steps + 1)
        else:
            found.append(Segment(start, size, 1))
    return found


def merged(arrays: Sequence[Array]) -> list[Array]:
    """Give what steps made, one step's rows after another's."""
    return [each.reshape(-1, *each.shape[2:]) for each in arrays]


def taken(tree: Array, rows: Rows) -> Array:
    """Give rows of an array, or of each array of a tree; None is nothing."""
    return None if tree is None else map_tree(lambda each: each[rows], tree)
