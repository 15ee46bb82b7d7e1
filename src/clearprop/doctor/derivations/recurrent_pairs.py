"""Two recurrent cells: one above the other, or one from each end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from clearprop.doctor.derivations.cells import cell_link
from clearprop.doctor.derivations.chain import Chain, Link, Part, Ref
from clearprop.doctor.derivations.dense import Observed
from clearprop.doctor.derivations.recurrent import Search, forms, told_apart
from clearprop.doctor.derivations.recurrent_ends import LAST
from clearprop.doctor.derivations.recurrent_layouts import (
    Arrangement,
    arrangements,
    axes_of,
    oriented,
)

__all__ = ["ORDER", "chains"]

ORDER = 9  # behind single cells
_MOST = 26  # arrays

FLIP = Link("flip", "last step first", lambda e: e.x[::-1], {"x": lambda e: e.g[::-1]})
JOIN = Link(
    "join",
    "side by side",
    lambda e: np.concatenate(e.xs, axis=-1),
    {
        "x": lambda e: e.g[..., : e.xs[0].shape[-1]],
        "x1": lambda e: e.g[..., e.xs[0].shape[-1] :],
    },
)
ADD = Link("join", "sum", lambda e: e.xs[0] + e.xs[1], {"x": lambda e: e.g, "x1": lambda e: e.g})
_STEPS = ((-1,), (-1,), (1,), (2,), (0, 3))
_ENDS = ((-1,), (-1,), (1,), (0,), (2,), (3, 4))


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the two cells that compute what a program computes."""
    values, _ = observed[0]
    if getattr(subject, "recurs", None) is False:
        return  # it was read: no weights meet what they have made
    for x, target, own in told_apart(subject, values):
        weights = [n for n in own if n in subject.parameters] or list(own)
        if not 4 <= len(weights) <= _MOST or values[x].ndim < 2:
            continue
        if all(values[n].ndim < 2 for n in weights):
            continue
        for axes in axes_of(values[x].shape):
            seen = Ref(x, oriented(axes))
            shape = seen.read(values).shape
            if shape[0] < 2:
                continue
            for cell, turned in product(("rnn", "lstm", "gru"), (False, True)):
                for search in _pairs(cell, turned, seen, axes, weights, values):
                    yield from search.found(target, observed, subject.is_loss)


def _pairs(
    cell: str, turned: bool, x: Ref, axes: str, weights: Sequence[str], values: Any
) -> Iterator[Search]:
    """Part the arrays into those of one cell and those of the other, and of what is behind."""
    shape = x.read(values).shape
    for k in range(2, len(weights) - 1):
        for first in arrangements(cell, weights[:k], values, shape[2], turned):
            if first.rest:
                continue
            for form in forms(cell, np.zeros(()), first.units):
                part = Part(cell_link(cell, first.operands, form), first.refs)
                for above in arrangements(cell, weights[k:], values, first.units, turned):
                    if _alike(first, above) and len(above.rest) <= 2:
                        after = (*shape[:2], first.units)
                        search = Search(x, axes, after, cell, above, turned, values)
                        search.below, search.form = (part,), form
                        yield search
                for other in arrangements(cell, weights[k:], values, shape[2], turned):
                    if _alike(first, other) and len(other.rest) <= 2:
                        for joined, sources in _both(first, other):
                            search = Search(x, axes, shape, cell, other, turned, values)
                            search.below, search.form = (part, Part(FLIP)), form
                            search.above, search.sources = joined, sources
                            wide = joined[-1].link is JOIN
                            search.width = other.units + (first.units if wide else 0)
                            yield search


def _both(
    first: Arrangement, other: Arrangement
) -> Iterator[tuple[tuple[Part, ...], tuple[tuple[int, ...], ...]]]:
    """Say how what comes from both ends is put together."""
    yield (Part(FLIP), Part(JOIN)), _STEPS
    yield (Part(LAST), Part(LAST), Part(JOIN)), _ENDS
    if first.units == other.units:
        yield (Part(FLIP), Part(ADD)), _STEPS


def _alike(first: Arrangement, other: Arrangement) -> bool:
    """Tell two cells whose arrays lie alike."""
    a, b = first.operands, other.operands
    return [o.gates for o in a] == [o.gates for o in b] and [o.sources for o in a] == [
        o.sources for o in b
    ]
