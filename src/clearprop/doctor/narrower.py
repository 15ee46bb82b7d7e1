"""Fewer points: what is wrong only where more was changed than a program is for is no mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.trials import Trial, alike
from clearprop.doctor.truth import measured

__all__ = ["of_fixed_size", "of_own_data", "of_own_range", "of_own_target"]


def of_fixed_size(case: Any) -> bool:
    """
    Look at data of the size handed in alone, where a program has its data from outside.

    It may have that size written into it; what is wrong at other sizes only is no mistake of its.
    """
    subject = case.subject
    if subject.inputs or not getattr(subject, "_held", None) or getattr(subject, "_data", None):
        return False
    shapes = {n: np.shape(v) for n, v in subject.start.items()}
    same = [t for t in case.trials if {n: np.shape(v) for n, v in t.values.items()} == shapes]
    if len(same) == len(case.trials):
        return False
    try:
        more = alike(subject, case.seed + 1)
    except Failed:
        more = []
    _look_at(case, same, more)
    return True


def of_own_data(case: Any) -> bool:
    """
    Look at a program's own data alone; only where all is right at what was handed in.

    What is wrong only where data that it has from outside were changed may rest on what they are:
    shares that sum to 1, or a table that is symmetric.
    """
    subject, first = case.subject, case.trials[0]
    kept = [n for n in getattr(subject, "_held", ()) if n in getattr(subject, "data", ())]
    if not kept:
        return False
    try:
        more = alike(subject, case.seed + 3, keep=kept)
    except Failed:
        return False
    _look_at(case, [first], more)
    return True


def _look_at(case: Any, same: list[Trial], more: Sequence[Trial]) -> None:
    """Judge by some of the points, and others."""
    good = [t for t in more if t.failed is None and t.finite and _tells(case, t)]
    for trial in good[:1] if case.chain is None else ():
        case.truths += [(trial, measured(case.subject, trial, n, case.seed)) for n in case.names]
    case.trials = [*same, *good]


def _tells(case: Any, trial: Trial) -> bool:
    """Tell whether what was recognised is known at a point, of other data than were seen."""
    try:
        case.right(trial)
    except Failed:
        return False
    return True


def of_own_target(case: Any) -> bool:
    """Look at the target handed in alone: |t − y| is wrong on one side of it only."""
    subject = case.subject
    names = [subject.target] if subject.target else list(getattr(subject, "data", ()))
    single = [n for n in names if subject.start[n].size == 1]
    own = {n: subject.start[n] for n in single}
    same = [t for t in case.trials if all(np.array_equal(t.values[n], own[n]) for n in single)]
    if case.chain is None or len(same) == len(case.trials):
        return False
    try:
        more = alike(subject, case.seed + 2, keep=single)
    except Failed:
        return False
    _look_at(case, same, more)
    return True


def of_own_range(case: Any) -> bool:
    """
    Look at positive numbers alone where all that were handed in are, as probabilities.

    What is wrong only below zero or above one may rest on a clip that keeps a logarithm finite.
    """
    subject = case.subject
    kept = [
        n
        for n in subject.differentiable
        if np.all(subject.start[n] > 0) and np.size(subject.start[n])
    ]
    if not kept:
        return False
    try:
        more = alike(subject, case.seed + 4, within=kept)
    except Failed:
        return False
    _look_at(case, case.trials[:1], more)
    return True
