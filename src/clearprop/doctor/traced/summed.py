"""Losses behind a layer at each step: what their sums over steps and samples are divided by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Link, Part
from clearprop.doctor.derivations.losses import LOSSES, LOSSES_OF_SHARES
from clearprop.doctor.traced.cell import Cell, Walked
from clearprop.doctor.traced.sloped import fronts_ahead
from clearprop.doctor.traced.targets import targets_of
from clearprop.doctor.traced.terms import Term

__all__ = ["over_steps"]

_TIMES = {"½ · ": 0.5, "": 1.0, "2 · ": 2.0}
_COUNTS: dict[str, Callable[[Walked], float]] = {
    "sum": lambda run: 1.0,
    "mean over the sequences": lambda run: run.samples,
    "mean over the steps": lambda run: run.steps,
    "mean over the steps of all sequences": lambda run: run.steps * run.samples,
}


def over_steps(raiser: Any, term: Term) -> Iterator[tuple[int, list[Part]]]:
    """
    Find the losses of what is given at each step.

    Parameters
    ----------
    raiser : Raiser
    term : Term
        A part of the loss.
    """
    cell = raiser.stepped.get(term.fronts[0].index) if term.fronts else None
    if cell is None:
        return
    targets = targets_of(raiser, term.fronts[0])
    sums = [link for link in (*LOSSES, *LOSSES_OF_SHARES) if link.about["scale"] == "sum"]
    for k, front in enumerate(term.fronts):
        z = raiser.values(front.ids)
        for ahead, values in fronts_ahead(z) if not k else [([], z)]:
            for t in targets:
                for link in sums:
                    base = [_value(link, x, t, seen) for x, (seen, _) in
                            zip(values, raiser.seen, strict=True)]  # fmt: skip
                    for one in _scaled(link, cell, base, term.values, values, raiser.seen):
                        yield front.index, [*ahead, Part(one, {"t": t})]


def _value(link: Link, x: np.ndarray, t: Any, seen: Any) -> float:
    e = SimpleNamespace(x=x, N=len(x), d={}, about=link.about, t=t.read(seen))
    try:
        with np.errstate(all="ignore"):
            return float(np.asarray(link.forward(e)))
    except (ValueError, IndexError, TypeError):
        return float("nan")


def _scaled(
    link: Link, cell: Cell, base: Sequence[float], given: Sequence[float],
    values: Sequence[np.ndarray], seen: Sequence[Any],
) -> Iterator[Link]:  # fmt: skip
    """Give the loss in the ways in which it can be what was given."""
    for times, c in _TIMES.items():
        for name, count in _COUNTS.items():
            for wide in (False, True):
                whole = [
                    c * b / count(cell.run_of(v)) / (x.shape[1] if wide else 1)
                    for b, x, (v, _) in zip(base, values, seen, strict=True)
                ]
                if wide and values[0].shape[1] == 1:
                    continue
                if all(abs(a - b) <= 2e-5 * abs(b) + 1e-12 for a, b
                       in zip(whole, given, strict=True)):  # fmt: skip
                    over = f"{name} and over outputs" if wide else name
                    yield _link(link, f"{times}{over}", c, count, cell, wide)


def _link(
    link: Link, name: str, c: float, count: Callable[[Walked], float], cell: Cell, wide: bool
) -> Link:
    def scale(e: Any) -> float:
        return c / count(cell.run_of(e.values)) / (e.x.shape[1] if wide else 1)

    rules = dict(link.rules)
    right = rules["factor"]
    rules["factor"] = lambda e: right(e) * scale(e)
    about = {**link.about, "scale": name, "steps": cell}
    title = link.name.rpartition(", ")[0] or link.name
    return replace(
        link, name=f"{title}, {name}", rules=rules, about=about,
        forward=lambda e: link.forward(e) * scale(e),
    )  # fmt: skip
