"""A step at twice the learning rate: it tells a rate from a factor that is the same number."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from clearprop.doctor.findings import Finding
from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.held import RATES

__all__ = ["told_by_rate"]

_POWERS = {"learning-rate-missing": 0, "learning-rate-twice": 2}


def told_by_rate(case: Any, findings: Sequence[Finding]) -> list[Finding]:
    """
    Leave out names that another learning rate refutes: a step without it stays, one with it grows.

    Parameters
    ----------
    case : Case
    findings : sequence of Finding
    """
    open_ = any(f.alternatives and set(f.ids) & set(_POWERS) for f in findings)
    power = _power(case) if open_ and case.subject.seen_by == "change" else None
    return [f if power is None else _left(f, power) for f in findings]


def _left(finding: Finding, power: int) -> Finding:
    ids = [i for i in finding.ids if _POWERS.get(i, 1) == power]
    return replace(finding, name=ids[0], alternatives=tuple(ids[1:])) if ids else finding


def _power(case: Any) -> int | None:
    """Tell with which power of the rate a step grows; None where no rate is held."""
    subject, trial = case.subject, case.trials[0]
    if not getattr(subject, "lr", None):
        return None
    before = trial.gradients
    try:
        with _twice(subject) as held:
            after = subject.gradients(trial.values, trial.upstream) if held else {}
    except Failed:
        return None
    ratios = [
        float(2 * np.sum(after[n] * g) / np.sum(g * g))
        for n, g in before.items() if g is not None and np.any(g) and after.get(n) is not None
    ]  # fmt: skip
    found = [p for p in (0, 1, 2) if ratios and np.allclose(ratios, 2.0**p, rtol=1e-6)]
    return found[0] if found else None


@contextmanager
def _twice(subject: Any) -> Iterator[list[tuple[Any, str]]]:
    """Let a program step at twice its rate; give where that is held."""
    snapshot, lr = subject.snapshot, subject.lr
    places = [(space, name) for space, name in _held(snapshot) if space.get(name) == lr]
    subject.snapshot, subject.lr = _Changed(snapshot, places, 2 * lr), 2 * lr
    try:
        yield places
    finally:
        subject.snapshot, subject.lr = snapshot, lr
        snapshot.restore()


def _held(snapshot: Any) -> Iterator[tuple[MutableMapping[str, Any], str]]:
    """Go through the learning rates that objects, dicts and globals of a program hold."""
    for thing, _ in snapshot.noted:
        if isinstance(thing, dict):
            yield from ((thing, n) for n in thing if isinstance(n, str) and n in RATES)
    yield from ((space, n) for space, n, _ in snapshot.own_globals if n in RATES)


class _Changed:
    """What a program held, but for its rate."""

    def __init__(self, snapshot: Any, places: Sequence[tuple[Any, str]], rate: float) -> None:
        self._snapshot, self._places, self._rate = snapshot, places, rate

    def restore(self) -> None:
        self._snapshot.restore()
        for space, name in self._places:
            space[name] = self._rate

    def restore_chance(self) -> None:
        self._snapshot.restore_chance()
