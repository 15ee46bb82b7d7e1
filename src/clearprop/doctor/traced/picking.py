"""Numbers that are moved about and added up: rows of a table, a flattened picture, a mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Link
from clearprop.doctor.traced.cell import shapes_of
from clearprop.doctor.traced.region import Elsewhere
from clearprop.doctor.traced.tape import Tape

__all__ = ["Terms", "picked_link", "terms_in"]

_MOST = 60_000  # terms


@dataclass(frozen=True)
class Terms:
    """
    Sums of given numbers: which (flat, through all inputs), times what, in which result (flat).

    Attributes
    ----------
    result, given : array of int
    times : array
    shape : tuple of int
        Of the results.
    """

    result: np.ndarray
    given: np.ndarray
    times: np.ndarray
    shape: tuple[int, ...]

    def same(self, other: Terms) -> bool:
        """Tell whether others are these."""
        return (
            self.shape == other.shape
            and np.array_equal(self.result, other.result)
            and np.array_equal(self.given, other.given)
            and np.allclose(self.times, other.times)
        )

    @property
    def slide(self) -> bool:
        """Whether a number stands in several columns of the result: windows that slide."""
        columns = self.result % self.shape[-1]
        pairs = len(set(zip(self.given.tolist(), columns.tolist(), strict=True)))
        return pairs > len(set(self.given.tolist()))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Add up."""
        size = int(np.prod(self.shape))
        return np.bincount(self.result, self.times * x[self.given], size).reshape(self.shape)

    def back(self, g: np.ndarray, size: int) -> np.ndarray:
        """Give back to each number what its uses send."""
        return np.bincount(self.given, self.times * np.ravel(g)[self.result], size)


def terms_in(tape: Tape, given: Sequence[np.ndarray], come: np.ndarray) -> Terms | None:
    """
    Read numbers as sums of others.

    Parameters
    ----------
    tape : Tape
    given : sequence of array of int
        The nodes of the others; −1 for numbers that nobody uses.
    come : array of int

    Returns
    -------
    Terms or None
        None where something else is done.
    """
    flat = np.concatenate([g.ravel() for g in given])
    place = {int(u): k for k, u in enumerate(flat) if u >= 0}
    found: list[tuple[int, int, float]] = []
    for k, end in enumerate(come.ravel()):
        waiting = [(1.0, int(end))]
        while waiting:
            c, u = waiting.pop()
            if u in place:
                found.append((k, place[u], c))
                continue
            more = _linear(tape, c, u)
            if more is None or len(found) > _MOST:
                return None
            waiting += more
    if not found:
        return None
    result, taken, times = zip(*sorted(found), strict=True)
    return Terms(np.array(result), np.array(taken), np.array(times), come.shape)


def _linear(tape: Tape, c: float, u: int) -> list[tuple[float, int]] | None:
    op, parents = tape.op[u], tape.parents[u]
    constant = [tape.op[p] == "constant" for p in parents]
    if op == "constant":
        return [] if tape.value[u] == 0.0 else None
    if op in ("add", "sum"):
        return [(c, p) for p in parents]
    if op == "sub":
        return [(c, parents[0]), (-c, parents[1])]
    if op == "neg":
        return [(-c, parents[0])]
    if op == "mul" and any(constant):
        k = constant.index(True)
        return [(c * tape.value[parents[k]], parents[1 - k])]
    if op == "div" and constant[1]:
        return [(c / tape.value[parents[1]], parents[0])]
    if op == "dot" and all(a or b for a, b in zip(constant[::2], constant[1::2], strict=True)):
        pairs = zip(parents[::2], parents[1::2], constant[::2], strict=True)
        return [(c * tape.value[a], b) if first else (c * tape.value[b], a)
                for a, b, first in pairs]  # fmt: skip
    return None


def picked_link(seen: Sequence[Any], terms: Sequence[Terms], inputs: int) -> Link | None:
    """
    Give the link that adds numbers up; None where it is another each time.

    Parameters
    ----------
    seen : sequence of mapping
        The values of each run.
    terms : sequence of Terms
    inputs : int
        How many matrices come in.
    """
    terms_of = _by_values(seen, terms)
    if terms_of is None:
        return None

    def given(e: Any) -> Sequence[Any]:
        return getattr(e, "xs", [e.x])  # in a plain chain there is one alone

    def forward(e: Any) -> Any:
        return terms_of(e).forward(np.concatenate([np.ravel(x) for x in given(e)]))

    def back(i: int) -> Callable[[Any], Any]:
        def rule(e: Any) -> Any:
            sizes = [np.size(x) for x in given(e)]
            whole = e.d["back"]
            start = sum(sizes[:i])
            return whole[start : start + sizes[i]].reshape(np.shape(given(e)[i]))

        return rule

    rules: dict[str, Any] = {
        "back": lambda e: terms_of(e).back(e.g, sum(np.size(x) for x in given(e)))
    }
    rules.update({"x" if i == 0 else f"x{i}": back(i) for i in range(inputs)})
    plain = all(np.all(own.times == 1) and len(set(own.result.tolist())) == len(own.result)
                for own in terms)  # fmt: skip
    name = "numbers picked" if plain else "numbers added up"
    windows = not plain or any(own.slide for own in terms)
    return Link("pick", name, forward, rules, {"terms": terms_of, "windows": windows})


def _by_values(seen: Sequence[Any], terms: Sequence[Terms]) -> Callable[[Any], Terms] | None:
    """Give what finds the sums by shapes and indices; None where that does not tell them."""
    known: dict[Any, list[tuple[Any, Terms]]] = {}
    for values, own in zip(seen, terms, strict=True):
        known.setdefault(shapes_of(values), []).append((_whole(values), own))
    for found in known.values():
        for whole, own in found:
            if any(not own.same(o) and _alike(whole, w) for w, o in found):
                return None

    def terms_of(e: Any) -> Terms:
        found = known.get(shapes_of(e.values), [])
        if found and all(own.same(found[0][1]) for _, own in found[1:]):
            return found[0][1]
        for whole, own in found:
            if _alike(whole, e.values):
                return own
        raise Elsewhere

    return terms_of


def _alike(whole: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return all(np.array_equal(values[n], v) for n, v in whole.items() if n in values)


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is made of whole numbers: indices, by which numbers are picked."""
    return {n: v for n, v in values.items() if np.array_equal(v, np.round(v))}
