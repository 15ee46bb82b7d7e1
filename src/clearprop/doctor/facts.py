"""What is certain of a wrong gradient when no mistake of the catalogue explains it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from clearprop.doctor.findings import Evidence

__all__ = ["evidence_between", "evidence_of", "facts_about"]

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


def evidence_of(bench: Any, most: int = 3) -> tuple[Evidence, ...]:
    """
    Show the entry that is furthest off, of some of the gradients that are wrong.

    Parameters
    ----------
    bench : Bench
    most : int
        Of how many gradients.
    """
    return evidence_between(bench.trials[0].gradients, bench.right[0], bench.wrong, most)


def evidence_between(
    yours: Mapping[str, Any], right: Mapping[str, Any], names: Iterable[str], most: int = 3
) -> tuple[Evidence, ...]:
    """
    Show the entry that is furthest off, of some of the gradients that differ.

    Parameters
    ----------
    yours, right : mapping of str to array
    names : iterable of str
    most : int
        Of how many gradients.
    """
    found = []
    for name in names:
        given, r = yours.get(name), right.get(name)
        if given is None or r is None or np.size(given) != np.size(r):
            continue
        given = np.reshape(given, np.shape(r))
        off = np.abs(given - r)
        if not np.size(off) or not np.isfinite(off).any():
            continue
        index = np.unravel_index(int(np.nanargmax(off)), off.shape)
        where = f"∂L/∂{name}" + (f"[{', '.join(map(str, index))}]" if index else "")
        found.append(Evidence(where, float(np.asarray(given)[index]), float(np.asarray(r)[index])))
    return tuple(found[:most])


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
            ratio = float(np.mean(ratios))
            if not np.any(at):
                yield "zero", {"name": name}
            elif np.ptp(ratios) <= 1e-4 * abs(ratio) and large.sum() > 1 and abs(ratio - 1) > 1e-3:
                yield "ratio", {"name": name, "ratio": ratio}
        return
