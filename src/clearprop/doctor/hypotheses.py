"""Our derivation with the catalogue's mistakes put in, held against what was submitted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.catalogue.mistake import Edit, Mistake
from clearprop.doctor.derivations.chain import Chain
from clearprop.doctor.trials import Trial

__all__ = ["Hypothesis", "agrees", "fits", "hypotheses", "matching_pairs"]

LONGEST = 1.5  # seconds for pairs of mistakes
WHOLE = ("all", "weights", "parameters")


def agrees(given: Any, computed: Any, rtol: float, band: float = 0.0) -> bool:
    """Tell whether a submitted array is a computed one, axes of length 1 aside."""
    if given is None:
        return computed is not None and not np.any(computed)
    if computed is None:
        return False
    a, b = np.squeeze(np.asarray(given)), np.squeeze(np.asarray(computed))
    if a.shape != b.shape:
        return False
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    scale = float(np.max(np.abs(b), initial=0.0))
    return bool(np.all(np.abs(a - b) <= rtol * np.abs(b) + rtol * scale + 1e-11 + band))


@dataclass(frozen=True)
class Hypothesis:
    """
    One or several mistakes in their places.

    Attributes
    ----------
    parts : tuple of (Mistake, Edit, tuple of int)
        What, in which form, at which links.
    """

    parts: tuple[tuple[Mistake, Edit, tuple[int, ...]], ...]

    @property
    def ids(self) -> frozenset[str]:
        """The names of its mistakes."""
        return frozenset(mistake.id for mistake, _, _ in self.parts)

    def gradients(self, chain: Chain, trial: Trial, c: float = 0.0) -> dict[str, Any]:
        """Follow the derivation with the mistakes in it."""
        changes: dict[tuple[int, str], Any] = {}
        for _, edit, links in self.parts:
            if edit.kind in WHOLE:
                continue
            scope = links
            for place, change in edit.changes.items():
                made = _with(change, c) if edit.fitted else change
                if isinstance(place, tuple):
                    kind, place = place
                    scope = (-1,) if kind == "walk" else tuple(chain.where(kind))
                for k in (-1,) if edit.kind == "penalty" else scope:
                    old = changes.get((k, place))
                    changes[k, place] = made if old is None else _both(old, made)
        found = chain.gradients(trial.values, trial.upstream, changes, trial.after, trial.gradients)
        for _, edit, _ in self.parts:
            if edit.kind in WHOLE:
                found = _on_all(edit, found, chain, trial, c)
        return found

    @property
    def fitted(self) -> bool:
        """Whether it has an unknown number."""
        return any(edit.fitted for _, edit, _ in self.parts)


def _with(change: Any, c: float) -> Any:
    return lambda e, right: change(e, right, c)


def _both(first: Any, second: Any) -> Any:
    return lambda e, right: second(e, first(e, right))


def _on_all(
    edit: Edit, found: dict[str, Any], chain: Chain, trial: Trial, c: float
) -> dict[str, Any]:
    (change,) = edit.changes.values()
    out = dict(found)
    weights = set(chain.weights)
    if edit.kind == "parameters":
        weights |= {
            n for p in chain.parts for r, ref in p.roles.items() if r != "t" for n in ref.names
        }
    for name, g in found.items():
        if edit.kind == "all":
            out[name] = change(SimpleNamespace(rate=trial.rate), g)
        elif name in weights and np.shape(g) == np.shape(trial.values[name]):
            out[name] = change(trial.values[name], g, c)
    return out


def hypotheses(
    chain: Chain, catalogue: Sequence[Mistake], seen_by: str, gradients: int
) -> Iterator[Hypothesis]:
    """
    Put each mistake of the catalogue into each of its places in a chain.

    Parameters
    ----------
    chain : Chain
    catalogue : sequence of Mistake
    seen_by : {"gradient", "change"}
        How the program's gradients are seen.
    gradients : int
        How many there are.
    """
    count = len(chain.parts)
    for mistake in catalogue:
        if mistake.only and mistake.only != seen_by:
            continue
        for edit in mistake.edits:
            if edit.kind in WHOLE or (edit.kind == "penalty" and chain.penalty):
                if edit.where(chain.parts[-1].link, gradients, count):
                    yield Hypothesis(((mistake, edit, ()),))
                continue
            if not edit.kind:
                yield Hypothesis(((mistake, edit, ()),))
                continue
            links = [k for k in chain.where(edit.kind) if edit.where(chain.parts[k].link, k, count)]
            if not links:
                continue
            yield Hypothesis(((mistake, edit, tuple(links)),))
            for some in _groups(chain, links) if edit.each or edit.kind == "gate" else ():
                yield Hypothesis(((mistake, edit, some),))
            if len(links) > 1 and edit.each:
                for k in links:
                    yield Hypothesis(((mistake, edit, (k,)),))


def _groups(chain: Chain, links: Sequence[int]) -> list[tuple[int, ...]]:
    """List some of several links that people treat alike: those of a name, all hidden ones."""
    names = [chain.parts[k].link.name for k in links]
    found = [
        tuple(k for k, n in zip(links, names, strict=True) if n == name)
        for name in sorted(set(names))
    ]
    found += [tuple(links[:-1]), tuple(links[1:])]
    return [g for g in dict.fromkeys(found) if 1 < len(g) < len(links)]


class Bench:
    """
    Where hypotheses are held against what was submitted.

    Parameters
    ----------
    chain : Chain
        What the forward pass is.
    trials : sequence of Trial
    names : sequence of str
        Whose gradients count.
    rtol : float
        What counts as equal.
    band : float
        By how much numbers may be off besides, because they are rounded.
    """

    def __init__(
        self,
        chain: Chain,
        trials: Sequence[Trial],
        names: Sequence[str],
        rtol: float,
        band: float = 0.0,
    ) -> None:
        self.chain, self.trials, self.names, self.rtol = chain, trials, names, rtol
        self.band = band
        self.right = [chain.gradients(t.values, t.upstream) for t in trials]
        self.wrong = [
            n for n in names
            if any(
                not agrees(t.gradients.get(n), r.get(n), rtol, band)
                for t, r in zip(trials, self.right, strict=True)
            )
        ]  # fmt: skip

    def computed(self, h: Hypothesis, *, first: bool = False) -> list[dict[str, Any]] | None:
        """Compute a hypothesis at every point, or the first; None if it cannot be."""
        c = 0.0
        if h.fitted:
            c = self._fit(h)
            if c is None or abs(c) < 1e-9:
                return None
            if any(m.id == "relu-leaks" for m, _, _ in h.parts) and abs(c - 1) < 1e-6:
                return None
        try:
            with np.errstate(all="ignore"):
                return [h.gradients(self.chain, t, c) for t in self.trials[: 1 if first else None]]
        except (
            ValueError,
            IndexError,
            AttributeError,
            KeyError,
            TypeError,
            np.exceptions.AxisError,
        ):
            return None

    def _fit(self, h: Hypothesis) -> Any:
        """Solve for the unknown number, in which the gradients are linear."""
        trial = self.trials[-1]
        try:
            with np.errstate(all="ignore"):
                at0, at1, at2 = (h.gradients(self.chain, trial, c) for c in (0.0, 1.0, 2.0))
        except (ValueError, IndexError, AttributeError, KeyError):
            return None
        up, down = 0.0, 0.0
        for name in self.names:
            given, a, b = trial.gradients.get(name), at0.get(name), at1.get(name)
            if given is None or a is None or b is None:
                continue
            if np.shape(given) != np.shape(a) or np.shape(a) != np.shape(b):
                continue
            if not np.allclose(at2[name], 2 * b - a, rtol=1e-9, atol=1e-12):
                continue  # several such places behind one another: not linear there
            up += float(np.sum((given - a) * (b - a)))
            down += float(np.sum((b - a) ** 2))
        return up / down if down > 1e-20 else None

    def explained(self, computed: Sequence[Mapping[str, Any]]) -> frozenset[str]:
        """List the gradients that agree at every point."""
        return frozenset(
            n for n in self.names
            if all(agrees(t.gradients.get(n), c.get(n), self.rtol, self.band)
                   for t, c in zip(self.trials, computed, strict=False))
        )  # fmt: skip

    def differs(self, computed: Sequence[Mapping[str, Any]], names: Sequence[str]) -> bool:
        """Tell whether a mistake changes anything among some gradients."""
        return any(
            not agrees(c.get(n), r.get(n), self.rtol, self.band)
            for c, r in zip(computed, self.right, strict=False) for n in names
        )  # fmt: skip


def fits(
    bench: Bench, catalogue: Sequence[Mistake], seen_by: str
) -> tuple[list[Hypothesis], list[tuple[Hypothesis, frozenset[str]]]]:
    """
    Find the mistakes that explain everything, and those that explain a part.

    Returns
    -------
    list of Hypothesis
        Each explains all gradients at all points.
    list of (Hypothesis, frozenset of str)
        Each changes something, with the wrong gradients that it explains.
    """
    whole: list[Hypothesis] = []
    part: list[tuple[Hypothesis, frozenset[str]]] = []
    every = frozenset(bench.names)
    for h in hypotheses(bench.chain, catalogue, seen_by, len(bench.names)):
        computed = bench.computed(h, first=True)
        if computed is None:
            continue
        good = bench.explained(computed)
        if not good & frozenset(bench.wrong) and bench.differs(computed, bench.names):
            part.append((h, frozenset()))  # one point has told enough
            continue
        computed = bench.computed(h)
        if computed is None or not bench.differs(computed, bench.names):
            continue
        good = bench.explained(computed)
        if good == every:
            whole.append(h)
            continue
        part.append((h, good & frozenset(bench.wrong)))
    part = [(h, good) for h, good in part if all(edit.paired for _, edit, _ in h.parts)]
    named = {i for h in whole for i in h.ids}
    if {"sign-delta", "sign-one"} <= named:
        named.discard(_of_signs(bench))
    return [h for h in whole if h.ids <= named and not _gives_way(h, named)], part


def _of_signs(bench: Bench) -> str:
    """Say which name is not for these signs: that of all gradients, or that of some of them."""
    moving = [n for n in bench.names if any(np.any(r.get(n)) for r in bench.right)]
    return "sign-one" if set(moving) <= set(bench.wrong) else "sign-delta"


def _gives_way(h: Hypothesis, named: set[str]) -> bool:
    """Tell whether a more particular name for the same numbers fits too."""
    return any(set(mistake.gives_way_to) & (named - h.ids) for mistake, _, _ in h.parts)


def _particular(found: list[Hypothesis]) -> list[Hypothesis]:
    """Leave pairs out that fit with a more particular name in place of one of theirs."""
    sets = {h.ids for h in found}
    return [
        h
        for h in found
        if not any(
            (h.ids - {mistake.id}) | {other} in sets
            for mistake, _, _ in h.parts
            for other in mistake.gives_way_to
        )
    ]


def matching_pairs(
    bench: Bench, part: Sequence[tuple[Hypothesis, frozenset[str]]], most: int = 4000
) -> list[Hypothesis]:
    """Find two mistakes that together explain everything, where no single one does."""
    every = frozenset(bench.names)
    firsts = [h for h, good in part if good]
    found: list[Hypothesis] = []
    tried: set[frozenset[int]] = set()
    over = time.process_time() + LONGEST
    singles = [h for h, _ in part]
    for a in firsts:
        for b in singles:
            key = frozenset((id(a), id(b)))
            if a.ids == b.ids or key in tried or (a.fitted and b.fitted):
                continue
            tried.add(key)
            if len(tried) > most or time.process_time() > over:
                return _particular(found)
            both = Hypothesis((*a.parts, *b.parts))
            if all(
                (computed := bench.computed(both, first=first)) is not None
                and bench.explained(computed) == every
                for first in (True, False)
            ):
                found.append(both)
    return _particular(found)
