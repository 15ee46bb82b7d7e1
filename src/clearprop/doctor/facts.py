"""What is certain of a wrong gradient when no mistake of the catalogue explains it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

__all__ = ["facts_about"]

Fact = tuple[str, Mapping[str, Any]]


def facts_about(case: Any, wrong: Mapping[str, str]) -> Iterator[Fact]:
    """
    List certain facts: which gradients, of what shape, with which sign and ratio.

    Parameters
    ----------
    case : Case
    wrong : mapping of str to str
    """
    for name, how in wrong.items():
        trial = case.trials[0]
        given = trial.gradients.get(name)
        if how == "missing" or given is None:
            yield "missing", {"name": name}
            continue
        shape, expected = np.shape(given), np.shape(trial.values[name])
        if shape != expected:
            yield "shape", {"name": name, "shape": shape, "expected": expected}
            continue
        yield from _numbers(case, name)
    good = [n for n in case.names if n not in wrong]
    if good:
        yield "right", {"names": ", ".join(good)}


def _row(trial: Any, name: str) -> np.ndarray | None:
    """Give a gradient as one row, if it has as many numbers as its variable."""
    given = trial.gradients.get(name)
    if given is None or np.size(given) != np.size(trial.values[name]):
        return None
    return np.asarray(given, dtype=np.float64).reshape(-1)


def _numbers(case: Any, name: str) -> Iterator[Fact]:
    fit = [
        (trial, truth, given)
        for trial, truth in case.truths
        if truth.name == name and (given := _row(trial, name)) is not None
    ]
    fit.sort(key=lambda found: not found[1].refutes(found[2], case.band))  # where it shows, first
    for trial, truth, given in fit:
        at = given[truth.flat]
        firm = np.isfinite(truth.doubt)
        if not firm.any():
            continue
        off = np.where(firm, np.abs(at - truth.slopes), 0.0)
        k = int(np.argmax(off))
        index = np.unravel_index(int(truth.flat[k]), np.shape(trial.values[name]))
        place = name + (f"[{', '.join(map(str, map(int, index)))}]" if index else "")
        yield "entry", {"place": place, "yours": float(at[k]), "right": float(truth.slopes[k])}
        scale = float(np.max(np.abs(truth.slopes), initial=1e-12))
        large = firm & (np.abs(truth.slopes) > 1e-4 * scale)
        if large.any():
            ratios = at[large] / truth.slopes[large]
            if np.ptp(ratios) <= 1e-4 * np.max(np.abs(ratios), initial=1e-12):
                yield "ratio", {"name": name, "ratio": float(np.mean(ratios))}
        return
