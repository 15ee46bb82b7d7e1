"""How often a diagnosis finds what is wrong with a run, and how often what it finds is wrong."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from clearprop.doctor.diagnosis import diagnose
from tests.doctor.diagnosis.making import Run


@dataclass(frozen=True)
class Score:
    """
    Attributes
    ----------
    recall : float
        Of the sick runs, the share whose cause is among the findings (not under another).
    precision : float
        Of all findings, on sound runs too, the share that is true of its run.
    wrong : list of str
        What was missed, and what was found that is not there.
    """

    recall: float
    precision: float
    wrong: list[str]


def asked(run: Run) -> tuple[str, ...]:
    """Make a run, and diagnose it."""
    made = run.make()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return diagnose(made.model, made.x, made.y, history=made.history).ids


def scored(runs: Iterable[Run], diagnosed: Callable[[Run], tuple[str, ...]] = asked) -> Score:
    """Judge a doctor by runs with labels."""
    sick = hits = found = true = 0
    wrong = []
    for run in runs:
        ids = diagnosed(run)
        allowed = {run.cause, *run.also}
        sick += run.cause is not None
        hits += run.cause is not None and run.cause in ids
        found += len(ids)
        true += sum(name in allowed for name in ids)
        if run.cause is not None and run.cause not in ids:
            wrong.append(f"{run.name}: {run.cause} was missed")
        wrong += [f"{run.name}: {name} is not there" for name in ids if name not in allowed]
    return Score(hits / sick if sick else 1.0, true / found if found else 1.0, wrong)
