"""Which loss stands at the end of a forward pass, with which penalties on the weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import SAME, Chain, Link, Part
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES, SUMMED
from clearprop.doctor.traced.net import SUM
from clearprop.doctor.traced.own_losses import own_loss
from clearprop.doctor.traced.parts import Front
from clearprop.doctor.traced.sloped import before, fronts_ahead, gives, sloped
from clearprop.doctor.traced.summed import over_steps
from clearprop.doctor.traced.targets import as_matrix, fronts_with_target, meeting, targets_of
from clearprop.doctor.traced.terms import Apart, Term

__all__ = ["ended"]


def ended(raiser: Any) -> Iterator[Chain]:
    """
    Find the losses behind the last layers that give what a program gives.

    Parameters
    ----------
    raiser : Raiser
    """
    if raiser.before_head:
        values = [float(np.asarray(y)) for _, y in raiser.seen]
        terms: list[Term] = [Term(_of_output(raiser), [], values, [])]
        penalty: dict[str, Any] = {}
    else:
        _enter_input(raiser)
        terms, penalty = _terms(raiser)
    found = [list(over_steps(raiser, term)) or list(_known(raiser, term)) for term in terms]
    if not raiser.before_head:
        found = [f or list(sloped(raiser, t)) for f, t in zip(found, terms, strict=True)]
    if all(found) and len(terms) == 1:
        for more in found[0]:
            yield _with(raiser, [more], penalty)
    elif not raiser.before_head:
        for term in (t for f, t in zip(found, terms, strict=True) if not f):
            term.fronts += before(raiser, term)
        ends = [f[0] if f else own_loss(raiser, t) for f, t in zip(found, terms, strict=True)]
        yield _with(raiser, ends, penalty)


def _of_output(raiser: Any) -> list[Front]:
    """Give the last layer's outputs, and what the program makes of them."""
    come = [as_matrix(r.output) for r in raiser.readings]
    for laid in (come, [c.T for c in come]):
        try:
            source, orders = raiser.resolve(laid, movable=True, regions=False)
        except ValueError:
            continue
        there = [ids[a][:, b] for ids, (a, b) in zip(laid, orders, strict=True)]
        layers = [raiser.fronts[k] for k in raiser._involved(laid)]
        return [*(layers if len(layers) == 1 else []), Front(there, source)]
    raise ValueError("an output that nothing leads to")


def _enter_input(raiser: Any) -> None:
    """Make an entry of the input, where a loss is of the input itself."""
    known = {n for entry in raiser.entries for n in entry.names}
    for name in raiser.alone or raiser.subject.inputs[:1]:
        bases = {r.tape.leaf[b][0] for r in raiser.readings for u in r.output.ravel()
                 for b in r.base[int(u)] if b in r.tape.leaf}  # fmt: skip
        if name in bases - known:
            raiser._enter_variable(name)


def _with(raiser: Any, ends: Sequence[tuple[int, list[Part]]], penalty: Any) -> Chain:
    """Put losses behind what there is."""
    before = len(raiser.parts)
    last = []
    for start, parts in ends:
        index = start
        for part in parts:
            index = raiser.add(part, (index,), [], base=False)
        last.append(index)
    if len(last) > 1:
        raiser.add(Part(SUM(len(last))), tuple(last), [], base=False)
    chain: Chain = raiser.chain(SAME, penalty)
    raiser.undo(before)
    return chain


def _terms(raiser: Any) -> tuple[list[Term], dict[str, Any]]:
    """Take a loss apart; say of each part what it is a function of."""
    apart = Apart(raiser)
    apart.joined()
    for key, term in apart.groups.items():
        if len(key) > 1 or apart.mixed:
            with contextlib.suppress(ValueError):
                term.fronts = [fronts_with_target(raiser)]
        if len(key) == 1 and not term.fronts:
            term.fronts = [raiser.fronts[k] for k in key]
            term.fronts += _activated(raiser, term.fronts[0])
        if not term.fronts:
            raise ValueError("a loss of several matrices")
    return list(apart.groups.values()), apart.penalty


def _activated(raiser: Any, front: Front) -> list[Front]:
    """Find what the program makes of a layer's outputs before they meet the target."""
    there = meeting(raiser, front)
    if there is None:
        return _pooled(raiser)
    try:
        source, _ = raiser.resolve(there, regions=False)
    except ValueError:
        return []
    return [] if source == front.index else [Front(there, source)]


def _pooled(raiser: Any) -> list[Front]:
    """Find what meets the target where that is made of several numbers each: means of pictures."""
    if not _has(raiser, "conv", "pool"):
        return []  # to lead there leaves its marks
    try:
        front = fronts_with_target(raiser)
    except ValueError:
        return []
    return [front] if _has(raiser, "pool") else []


def _has(raiser: Any, *kinds: str) -> bool:
    return any(part.link.kind in kinds for part in raiser.parts)


def _known(raiser: Any, term: Term) -> Iterator[tuple[int, list[Part]]]:
    """Find losses that are known."""
    for k, front in enumerate(term.fronts):
        z = raiser.values(front.ids)
        targets = targets_of(raiser, term.fronts[0])
        losses: Sequence[Link] = [*LOSSES, *LOSSES_OF_SHARES] if targets else SUMMED
        for ahead, values in fronts_ahead(z) if not k else [([], z)]:
            for t in targets or [None]:
                for link in losses:
                    if all(gives(link, v, t, seen, rest) for v, seen, rest
                           in zip(values, raiser.seen, term.values, strict=True)):  # fmt: skip
                        yield front.index, [*ahead, Part(link, {} if t is None else {"t": t})]
