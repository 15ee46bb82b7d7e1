"""What differs from the slopes and is no mistake: a factor nobody stated, a limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.doctor.findings import Finding
from clearprop.doctor.submitted.guard import Failed

__all__ = ["added_up", "at_corners", "excused", "only_decays"]

_MOST = 40  # entries that are looked at from both sides
_FEWEST = 2  # places at which the limit must have been met


def excused(case: Any) -> bool:
    """
    Tell gradients that are right but for what their author may choose; a note says what it is.

    Parameters
    ----------
    case : Case
        Some of whose gradients differ from what was measured.
    """
    if not case.subject.factor_known and _only_a_factor(case):
        return True
    limit = _clipped(case)
    if limit is not None:
        case.notes.append(("clipped", {"limit": f"{limit:.6g}"}))
    return limit is not None


def _only_a_factor(case: Any) -> bool:
    """Tell a positive factor common to all gradients: without a stated loss, a convention."""
    ratios: list[float] = []
    counts: list[float] = []
    doubt = 1e-3
    for trial, truth in case.truths:
        given = trial.gradients.get(truth.name)
        if given is None or np.size(given) != np.size(trial.values[truth.name]):
            return False
        at = np.ravel(given)[truth.flat]
        firm = np.abs(truth.slopes) > 1e-3 * np.max(np.abs(truth.slopes), initial=1e-12)
        if case.band:
            firm &= np.abs(truth.slopes) > 20 * case.band
            rough = np.min(np.abs(truth.slopes[firm]), initial=np.inf)
            doubt = max(doubt, 2 * case.band / rough)
        ratios += list(at[firm] / truth.slopes[firm])
        counts += [_samples(case, trial)] * int(firm.sum())
    if not ratios or min(ratios) <= 0:
        return False
    c = float(np.median(ratios))
    if max(abs(r / c - 1) for r in ratios) > doubt:
        mean = [r * n for r, n in zip(ratios, counts, strict=True)]
        c = float(np.median(mean))
        if max(abs(r / c - 1) for r in mean) > doubt:
            return False
        case.notes.append(("factor_mean", {"factor": f"{c:.6g}"}))
        return True
    lr = getattr(case.subject, "lr", None)
    if lr and any(abs(c / wrong - 1) < 1e-3 for wrong in (lr, 1 / lr) if abs(c - 1) > 1e-3):
        return False
    case.notes.append(("factor", {"factor": f"{c:.6g}"}))
    return True


def _samples(case: Any, trial: Any) -> int:
    """Count the samples of a trial: rows of the input."""
    first = next((trial.values[n] for n in case.subject.inputs), None)
    return len(first) if first is not None and np.ndim(first) > 1 else 1


def only_decays(case: Any, findings: Sequence[Finding]) -> bool:
    """Tell weights that a layer lets decay: the loss that it serves may have the penalty."""
    if {f.name for f in findings} != {"regularisation-in-gradient-only"} or case.subject.is_loss:
        return False
    case.notes.append(("decay", {}))
    return True


def added_up(case: Any) -> float:
    """Give by how much gradients may be off that add up rows of rounded numbers."""
    subject = case.subject
    given = [n for n in (*subject.inputs, *getattr(subject, "data", ())) if n in subject.start]
    sizes = [np.shape(t.values[n])[0] for t in case.trials for n in given if np.ndim(t.values[n])]
    return float(case.band * max(1, *sizes, 1))


def _clipped(case: Any) -> float | None:
    """Give the limit that gradients are cut off at, where that is all that is wrong with them."""
    if not case.truths or any(
        t.gradients.get(n) is None or np.shape(t.gradients[n]) != np.shape(t.values[n])
        for t in case.trials for n in case.names
    ):  # fmt: skip
        return None
    by_element = _by_element(case)
    if by_element is not None:
        return by_element
    alone = [[(n,)] for n in case.names if any(_off(case, t, n) for t in case.trials)]
    for groups in ([tuple(case.names)], [(n,) for n in case.names], *alone):
        limit = _by_norm(case, groups)
        rest = [n for n in case.names if not any(n in names for names in groups)]
        if limit is not None and not any(_off(case, t, n) for t in case.trials for n in rest):
            return limit
    return None


def _off(case: Any, trial: Any, name: str) -> bool:
    """Tell a gradient that is not what was measured, where it was."""
    found = _pairs(case, trial, [name]) if any(t is trial for t, _ in case.truths) else None
    return found is not None and not np.all(_alike(*found))


def _pairs(case: Any, trial: Any, names: Sequence[str]) -> tuple[np.ndarray, ...]:
    """Give what was handed in, what was measured, and how far off that may be."""
    found = [m for t, m in case.truths if t is trial and m.name in names]
    parts = [(np.ravel(trial.gradients[m.name])[m.flat], m.slopes, m.doubt) for m in found]
    return tuple(np.concatenate(list(column)) for column in zip(*parts, strict=True))


def _alike(given: np.ndarray, due: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    top = float(np.max(np.abs(due), initial=0.0))
    return np.asarray(np.abs(given - due) <= 3e-4 * np.abs(due) + 2e-5 * top + 4 * doubt + 1e-9)


def _by_element(case: Any) -> float | None:
    every = np.concatenate([np.ravel(t.gradients[n]) for t in case.trials for n in case.names])
    limit = float(np.max(np.abs(every), initial=0.0))
    if not limit or np.sum(np.abs(np.abs(every) - limit) < 1e-9 * limit) <= _FEWEST:
        return None
    cut_at_all = False
    for trial in {id(t): t for t, _ in case.truths}.values():
        given, due, doubt = _pairs(case, trial, case.names)
        cut = (np.abs(np.abs(given) - limit) < 1e-9 * limit) & (given * due > 0)
        cut &= np.abs(due) + 4 * doubt >= limit * (1 - 1e-4)
        right = _alike(given, due, doubt)
        if not np.all(cut | right) or not np.any(right & ~cut):
            return None
        cut_at_all |= bool(np.any(cut & ~right))
    return limit if cut_at_all else None


def _by_norm(case: Any, groups: Sequence[tuple[str, ...]]) -> float | None:
    """Tell gradients whose norm, together or array by array, never passes a limit."""

    def norm(trial: Any, names: Sequence[str]) -> float:
        return float(np.sqrt(sum(np.sum(np.square(trial.gradients[n])) for n in names)))

    norms = [norm(t, names) for t in case.trials for names in groups]
    limit = max(norms, default=0.0)
    if not limit or sum(abs(n - limit) < 1e-6 * limit for n in norms) < _FEWEST:
        return None
    for trial in {id(t): t for t, _ in case.truths}.values():
        for names in groups:
            given, due, doubt = _pairs(case, trial, names)
            scale = 1.0
            if abs(norm(trial, names) - limit) < 1e-6 * limit and due @ due > 0:
                scale = min(1.0, float(given @ due) / float(due @ due))
            if scale <= 0 or not np.all(_alike(given, scale * due, doubt)):
                return None
    return limit


def at_corners(case: Any, names: Sequence[str]) -> bool:
    """
    Tell gradients that differ only where the data meet a corner, and lie between its two slopes.

    relu at exactly 0 has every slope from 0 to 1; a chain that was recognised chose one of them.

    Parameters
    ----------
    case : Case
    names : sequence of str
        Whose gradients differ from those of the chain.
    """
    if case.chain is None or any(part.link.about.get("peak") for part in case.chain.parts):
        return False
    for trial in case.trials:
        right = case.right(trial)
        for name in names:
            given, want = trial.gradients.get(name), right.get(name)
            if given is None or want is None or np.shape(given) != np.shape(want):
                return False
            scale = float(np.max(np.abs(want), initial=0.0))
            off = np.abs(given - want) > 1e-5 * (np.abs(want) + scale) + 1e-9 + case.band
            places = np.flatnonzero(np.ravel(off)).tolist()
            if len(places) > _MOST:
                return False
            slopes = (_between(case.subject, trial, name, i, np.ravel(given)[i]) for i in places)
            if not all(slopes):
                return False
    return True


def _between(subject: Any, trial: Any, name: str, i: int, given: float) -> bool:
    """Tell a number between the slopes of the two sides of a corner."""
    value = np.array(trial.values[name], dtype=np.float64)
    upstream = 1.0 if trial.upstream is None else trial.upstream
    step = 1e-6 * max(1.0, abs(value.flat[i]))
    slopes = []
    for h in (step, -step):
        moved = value.copy()
        moved.flat[i] += h
        try:
            there = np.asarray(subject.forward({**trial.values, name: moved}))
        except Failed:
            return False
        slopes.append(float(np.sum(upstream * (there - trial.output))) / h)
    low, high = sorted(slopes)
    room = 1e-4 * max(abs(low), abs(high)) + 1e-7
    return high - low > 10 * room and low - room <= given <= high + room
