"""The terms of a loss: penalties on the weights, and functions of the outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.traced.parts import Front
from clearprop.doctor.traced.slopes import slopes_of

__all__ = ["Apart", "Term", "factors_above", "names_of", "terms_of", "top_of"]


@dataclass
class Term:
    """
    A part of a loss that is a function of one matrix.

    Attributes
    ----------
    fronts : list of Front
        Which; and what the program makes of it, if that is known.
    nodes : list of list of (float, int)
        In each run: the terms, with what they are multiplied by.
    values : list of float
        In each run: their sum, and what the loss has added besides.
    added : list of float
        In each run: what is added that is a function of no layer.
    """

    fronts: list[Front]
    nodes: list[list[tuple[float, int]]]
    values: list[float]
    added: list[float]


class Apart:
    """
    A loss taken apart into penalties on the weights and what is a function of the outputs.

    Parameters
    ----------
    raiser : Raiser

    Attributes
    ----------
    punished : dict of str to list of array
        By variable, in each run: what the square of each of its numbers is multiplied by.
    groups : dict of frozenset to Term
        By the matrices that they are made of.
    mixed : bool
        Whether something is made of layers and of data besides.
    """

    def __init__(self, raiser: Any) -> None:
        self._raiser, self._runs = raiser, len(raiser.readings)
        self.punished: dict[str, list[np.ndarray]] = {}
        self.groups: dict[frozenset[int], Term] = {}
        self.mixed = False
        self._added = [0.0] * self._runs
        for r, reading in enumerate(raiser.readings):
            if reading.output.size != 1:
                raise ValueError("a loss of several numbers")
            for c, node in terms_of(reading, int(reading.output.ravel()[0])):
                self._sort(r, reading, c, node)
        if not self.groups:
            raise ValueError("a loss of nothing")
        term = next(iter(self.groups.values()))
        term.added = self._added
        term.values = [v + a for v, a in zip(term.values, self._added, strict=True)]

    def _sort(self, r: int, reading: Any, c: float, node: int) -> None:
        value = c * reading.value[node]
        names = names_of(reading, node)
        if names and reading.units.isdisjoint(reading.base[node]):
            self._punish(r, reading, c, node, value)
        elif any(b in self._raiser.where[r] for b in reading.base[node]):
            term = self._group(r, reading.base[node])
            term.nodes[r].append((c, node))
            term.values[r] += value
        elif value and not reading.base[node] and reading.tape.op[node] != "constant":
            raise ValueError("a loss with something in it that comes from nowhere")
        else:
            self._added[r] += value

    def _punish(self, r: int, reading: Any, c: float, node: int, value: float) -> None:
        """Note a sum of squares of parameters, or of some of their numbers."""
        total = 0.0
        for u, g in slopes_of(reading.tape, [(c, node)]).items():
            leaf = reading.tape.leaf.get(u)
            if leaf is None or leaf[0] in reading.single:
                continue
            name, k = leaf
            shape = np.shape(self._raiser.seen[r][0][name])
            own = self.punished.setdefault(name, [])
            own += [np.zeros(shape) for _ in range(len(own), self._runs)]
            w = reading.value[u]
            own[r].reshape(-1)[k] += g / (2 * w) if w else np.nan
            total += g / 2 * w
        if abs(total - value) > 1e-9 * abs(value) + 1e-12:
            raise ValueError("a penalty that is no sum of squares")

    def _group(self, r: int, base: frozenset[int]) -> Term:
        raiser = self._raiser
        fronts = {raiser.where[r][b][0] for b in base if b in raiser.where[r]}
        layers = {k for k in fronts if raiser.fronts[k].index >= 0}
        self.mixed = self.mixed or len(layers) not in (0, len(fronts))
        none = [0.0] * self._runs
        fresh = Term([], [[] for _ in none], list(none), none)
        return self.groups.setdefault(frozenset(layers or fronts), fresh)

    @property
    def penalty(self) -> dict[str, Any]:
        """Give by variable what its squares are multiplied by."""
        return {n: _factor(self._raiser, cs) for n, cs in self.punished.items()}

    def joined(self) -> None:
        """Make one group of all where some term is made of several matrices."""
        if any(len(key) != 1 for key in self.groups):
            every: frozenset[int] = frozenset().union(*self.groups)
            self.groups = {every: _together(list(self.groups.values()))}


def _factor(raiser: Any, found: Sequence[np.ndarray]) -> Any:
    """Give what squares are multiplied by: numbers, or a function of what they depend on."""
    if len({own.shape for own in found}) != 1:
        raise ValueError("a penalty on parameters of several shapes")
    tops = [float(own.ravel()[np.nanargmax(np.abs(own))]) for own in found]
    shares = np.array([own / top for own, top in zip(found, tops, strict=True)])
    share = np.nan_to_num(np.nanmax(shares, axis=0))  # a number that is 0 tells nothing
    if not np.all(np.isnan(shares) | (np.abs(shares - share) <= 1e-9)):
        raise ValueError("a penalty that is another one each time")
    whole = share if not np.allclose(share, 1.0, rtol=1e-9) else 1.0
    if np.allclose(tops, tops[0], rtol=1e-9):
        return tops[0] * whole
    single = raiser.readings[0].single

    def at(values: Any) -> Any:
        for (seen, _), c in zip(raiser.seen, tops, strict=True):
            same = all(np.shape(v) == np.shape(seen[n]) for n, v in values.items())
            if same and all(np.array_equal(values[n], seen[n]) for n in single):
                return c * whole
        return tops[0] * whole

    return at


def _together(terms: Sequence[Term]) -> Term:
    """Make one term of several."""
    runs = range(len(terms[0].values))
    return Term(
        [], [[n for t in terms for n in t.nodes[r]] for r in runs],
        [sum(t.values[r] for t in terms) for r in runs],
        [sum(t.added[r] for t in terms) for r in runs],
    )  # fmt: skip


def terms_of(reading: Any, root: int) -> Iterator[tuple[float, int]]:
    """Take a sum apart into its terms, with what each is multiplied by."""
    tape = reading.tape
    waiting = [(1.0, root)]
    while waiting:
        c, u = waiting.pop()
        op, parents = tape.op[u], tape.parents[u]
        if u in reading.units or (
            op in ("add", "sub") and any(tape.op[p] == "constant" for p in parents)
        ):
            yield c, u
        elif op in ("add", "sum"):
            waiting += [(c, p) for p in parents]
        elif op == "sub":
            waiting += [(c, parents[0]), (-c, parents[1])]
        elif op == "neg":
            waiting.append((-c, parents[0]))
        elif len(reading.base[u]) == 1:
            yield c, u
        elif op == "mul" and tape.op[parents[0]] == "constant":
            waiting.append((c * tape.value[parents[0]], parents[1]))
        elif op == "mul" and tape.op[parents[1]] == "constant":
            waiting.append((c * tape.value[parents[1]], parents[0]))
        elif op == "div" and tape.op[parents[1]] == "constant":
            waiting.append((c / tape.value[parents[1]], parents[0]))
        else:
            yield c, u


def names_of(reading: Any, node: int) -> set[str]:
    """List the variables whose numbers a node is made of, if these are all parameters."""
    names: set[str] = set()
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        u = waiting.pop()
        if u in seen:
            continue
        seen.add(u)
        if u in reading.tape.leaf and reading.tape.leaf[u][0] not in reading.single:
            if u not in reading.parameter:
                return set()
            names.add(reading.tape.leaf[u][0])
        waiting.extend(reading.tape.parents[u])
    return names


def top_of(reading: Any) -> float:
    """Give what all of a loss but its penalties is multiplied by."""
    tape, u, c = reading.tape, int(reading.output.ravel()[0]), 1.0
    while True:
        op, parents = tape.op[u], tape.parents[u]
        numbers = [p for p in parents if tape.op[p] == "constant"]
        if op == "neg":
            u = parents[0]
        elif op == "mul" and numbers:
            c *= tape.value[numbers[0]]
            u = next(p for p in parents if p not in numbers)
        elif op == "div" and numbers == [parents[1]]:
            c /= tape.value[parents[1]]
            u = parents[0]
        elif op in ("add", "sub"):
            fed = [p for p in parents if reading.base[p]]
            if len(fed) != 1:
                return abs(c)
            (u,) = fed
        else:
            return abs(c)


def factors_above(reading: Any) -> list[float]:
    """List the numbers by which a loss, or the first of its terms, is multiplied, one by one."""
    tape, u = reading.tape, int(reading.output.ravel()[0])
    found: list[float] = []
    while tape.parents[u]:
        op, parents = tape.op[u], tape.parents[u]
        numbers = [p for p in parents if tape.op[p] == "constant"]
        fed = [p for p in parents if reading.base[p]]
        if op == "mul" and numbers:
            found.append(abs(tape.value[numbers[0]]))
        elif op == "div" and numbers == [parents[1]]:
            found.append(1 / abs(tape.value[parents[1]]) if tape.value[parents[1]] else 0.0)
        elif op not in ("add", "sub", "sum", "neg"):
            break
        if not fed:
            break
        u = fed[0]
    return found
