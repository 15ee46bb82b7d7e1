"""Slips in a formula that has no name: one of its operations followed back as it should not be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.traced.slopes import Slip
from clearprop.doctor.traced.tape import Tape

__all__ = ["slips_of"]

_MOST = 12  # of each name
_OF_TWO = ("add", "sub", "mul", "div")
_CURVED = ("exp", "log", "tanh", "sqrt", "sin", "cos", "square", "arctan", "reciprocal", "erf")
_CUT = ("max", "min", "abs")


def slips_of(
    tape: Tape, terms: Iterable[tuple[float, int]], front: np.ndarray
) -> Mapping[str, Sequence[Slip]]:
    """
    List what may be mistaken in a formula of a matrix, by the name of the mistake.

    Operations that stand at the same place of the formula, for other samples or outputs, are
    mistaken together.

    Parameters
    ----------
    tape : Tape
    terms : iterable of (float, int)
        What the formula adds up.
    front : array of int
        What it is a formula of.
    """
    formula = _Formula(tape, [u for _, u in terms], {int(u) for u in front.ravel()})
    kinds = list(formula.terms())
    found: dict[str, list[Slip]] = {"sign-one": [], "paths-not-summed": []}
    found["relu-derivative-always-on"] = [
        _changed(nodes, lambda partials: [1.0] * len(partials))
        for nodes in formula.places(lambda u: tape.op[u] in _CUT)
    ]
    found["activation-derivative-missing"] = [
        _changed(nodes, lambda partials: [1.0] * len(partials))
        for nodes in formula.places(lambda u: tape.op[u] in _CURVED)
    ]
    for nodes in formula.places(lambda u: tape.op[u] in _OF_TWO and formula.joins(u)):
        for side in (1, 0):
            found["sign-one"].append(_changed(nodes, _with(side, -1.0)))
            found["paths-not-summed"].append(_changed(nodes, _with(side, 0.0)))
    for nodes in kinds if len(kinds) > 1 else ():
        found["paths-not-summed"].append(_changed(nodes, lambda partials: [0.0] * len(partials)))
    return {name: some[:_MOST] for name, some in found.items()}


def _with(side: int, factor: float) -> Callable[[Sequence[Any]], list[Any]]:
    return lambda partials: [factor * d if k == side else d for k, d in enumerate(partials)]


def _changed(nodes: frozenset[int], change: Callable[[Sequence[Any]], list[Any]]) -> Slip:
    return lambda u, partials: change(partials) if u in nodes else partials


class _Formula:
    """
    The nodes of a formula, and which of them stand at the same place of it.

    Parameters
    ----------
    tape : Tape
    roots : list of int
    ends : set of int
    """

    def __init__(self, tape: Tape, roots: list[int], ends: set[int]) -> None:
        self._tape, self._roots, self._ends = tape, roots, ends
        self._kinds: dict[tuple[Any, ...], int] = {}
        order = self._order(roots)
        self._inner = [u for u in order if u not in ends and tape.parents[u]]
        self._fed: dict[int, bool] = {}
        made: dict[int, int] = {}  # by node: how it is made
        for u in order:
            fed = u in ends or any(self._fed.get(p, False) for p in tape.parents[u])
            self._fed[u] = fed and (u in ends or bool(tape.parents[u]))
            made[u] = self._kind("made", *self._parts(u, made))
        used: dict[int, set[int]] = {u: {-1} for u in roots}  # by node: what it is used for
        for u in reversed(self._inner):
            own = self._kind("used", *sorted(used.get(u, ())))
            for k, p in enumerate(tape.parents[u]):
                side = k if tape.op[u] in ("sub", "div", "pow") else 0
                used.setdefault(p, set()).add(self._kind("by", tape.op[u], side, own))
        self._made = made
        self._used = {u: self._kind("used", *sorted(used.get(u, ()))) for u in self._inner}

    def _order(self, roots: list[int]) -> list[int]:
        seen, waiting = set(roots), list(roots)
        while waiting:
            u = waiting.pop()
            for p in () if u in self._ends else self._tape.parents[u]:
                if p not in seen:
                    seen.add(p)
                    waiting.append(p)
        return sorted(seen)

    def _kind(self, *what: Any) -> int:
        return self._kinds.setdefault(what, len(self._kinds))

    def _parts(self, u: int, made: Mapping[int, int]) -> tuple[Any, ...]:
        if u in self._ends:
            return ("end",)
        op, parents = self._tape.op[u], self._tape.parents[u]
        if not parents:
            return ("given",)
        return (op, *sorted({made[p] for p in parents})) if op == "sum" else (
            op, *(made[p] for p in parents))  # fmt: skip

    def joins(self, u: int) -> bool:
        """Tell operations on two numbers, each made of the matrix in its own way."""
        a, b = self._tape.parents[u]
        return a != b and self._fed[a] and self._fed[b]

    def terms(self) -> Iterator[frozenset[int]]:
        """Give the terms that are made alike."""
        found: dict[int, set[int]] = {}
        for u in self._roots:
            if self._fed[u] and u not in self._ends:
                found.setdefault(self._made[u], set()).add(u)
        yield from map(frozenset, found.values())

    def places(self, chosen: Callable[[int], bool]) -> Iterator[frozenset[int]]:
        """Give the nodes of each place: first those used alike, then those made alike."""
        found: dict[Any, set[int]] = {}
        for u in self._inner:
            if self._fed[u] and chosen(u):
                found.setdefault(("one", self._made[u], self._used[u]), set()).add(u)
                found.setdefault(("all", self._made[u]), set()).add(u)
        yield from dict.fromkeys(map(frozenset, found.values()))
