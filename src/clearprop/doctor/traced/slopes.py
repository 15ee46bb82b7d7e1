"""The slopes of a number of a forward pass along those that it is made of: one walk back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from clearprop.doctor.traced.arithmetic import ARITHMETIC
from clearprop.doctor.traced.tape import Tape

__all__ = ["Slip", "slopes_along", "slopes_of"]

# From a node and its slopes along its parents to what somebody took for these.
Slip: TypeAlias = Callable[[int, Sequence[Any]], Sequence[Any]]


def slopes_of(
    tape: Tape,
    terms: Iterable[tuple[float, int]],
    ends: Collection[int] = (),
    slip: Slip | None = None,
) -> dict[int, float]:
    """
    Walk back from a weighted sum.

    Parameters
    ----------
    tape : Tape
    terms : iterable of (float, int)
        The nodes added up, each with its factor.
    ends : collection of int
        Nodes at which the walk ends.
    slip : callable, optional
        Changes the slopes of single nodes.

    Returns
    -------
    dict
        By node: of the ends that are reached, and of the leaves.
    """
    come: dict[int, float] = {}
    for c, u in terms:
        come[u] = come.get(u, 0.0) + c
    found: dict[int, float] = {}
    with np.errstate(all="ignore"):
        for u in _ancestors(tape, come, ends):
            g = come.pop(u, 0.0)
            parents = tape.parents[u]
            if u in ends or not parents:
                found[u] = found.get(u, 0.0) + g
                continue
            _, partials = ARITHMETIC[tape.op[u]]([np.float64(tape.value[p]) for p in parents])
            if slip is not None:
                partials = slip(u, partials)
            for p, d in zip(parents, partials, strict=True):
                if g and d and tape.op[p] != "constant":
                    come[p] = come.get(p, 0.0) + g * float(d)
    return found


def _ancestors(tape: Tape, roots: Iterable[int], ends: Collection[int]) -> list[int]:
    """List what some nodes are made of, the last first: a node is made after its parents."""
    seen = set(roots)
    waiting = list(seen)
    while waiting:
        u = waiting.pop()
        if u in ends:
            continue
        for p in tape.parents[u]:
            if p not in seen and tape.op[p] != "constant":
                seen.add(p)
                waiting.append(p)
    return sorted(seen, reverse=True)


def slopes_along(
    tape: Tape, terms: Iterable[tuple[float, int]], ids: np.ndarray, slip: Slip | None = None
) -> np.ndarray:
    """Give the slopes along a matrix of nodes, −1 where nobody uses a number."""
    found = slopes_of(tape, terms, set(ids.ravel().tolist()), slip)
    flat = [found.get(int(u), 0.0) for u in ids.ravel()]
    return np.array(flat, dtype=np.float64).reshape(ids.shape)
