"""The truth about a gradient: slopes of the submitted forward pass, measured with several steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.subject import Subject, Values
from clearprop.doctor.trials import Trial

__all__ = ["Measured", "grain", "measured", "of_input", "precisions", "rounding"]

_MOST = 24  # entries of an array that are measured


@dataclass(frozen=True)
class Measured:
    """
    Slopes along some entries of a variable.

    Attributes
    ----------
    name : str
    flat : array of int
        Which entries, counted in one row.
    slopes : array
    doubt : array
        How far off each may be, by rounding and curvature; infinite at a kink.
    """

    name: str
    flat: np.ndarray
    slopes: np.ndarray
    doubt: np.ndarray

    def refutes(self, gradient: Any, band: float = 0.0) -> bool:
        """Tell whether a gradient cannot be this, even if each number is off by a band."""
        given = np.asarray(gradient, dtype=np.float64).reshape(-1)[self.flat]
        scale = float(np.max(np.abs(self.slopes), initial=0.0))
        room = 2e-4 * np.abs(self.slopes) + 1e-5 * scale + 1e-9 + 4 * self.doubt + band
        off = np.abs(given - self.slopes)
        return bool(np.any(~np.isfinite(given) | (off > room)))


def grain(values: np.ndarray, decimals: bool = True) -> float:
    """
    Tell how coarsely numbers are rounded, relative to the largest: 1e-16 for full float64.

    Parameters
    ----------
    values : array
    decimals : bool
        Whether numbers of a few decimals count as rounded, besides those in single precision.

    Examples
    --------
    >>> grain(np.array([0.1234, 1.5678])) > 1e-6
    True
    """
    values = np.asarray(values, dtype=np.float64).reshape(-1)
    values = values[np.isfinite(values) & (values != 0)]
    if values.size == 0:
        return 1e-15
    top = float(np.max(np.abs(values)))
    for places in (4, 5, 6, 8) if decimals else ():
        if np.array_equal(np.round(values, places), values) and not _few(values):
            return float(10.0**-places / top)
    single = values.astype(np.float32).astype(np.float64)
    if np.all(np.abs(single - values) <= 1e-12 * np.abs(values)) and not _few(values):
        return 1.2e-7
    return 1e-15


def rounding(values: np.ndarray) -> float:
    """
    Tell by how much results may be off that are given to some decimals: half a unit of the last.

    Examples
    --------
    >>> rounding(np.array([0.1234, 1.5678]))
    5e-05
    """
    values = np.asarray(values, dtype=np.float64).reshape(-1)
    values = values[np.isfinite(values) & (values != 0)]
    if values.size == 0 or _few(values):
        return 0.0
    on = (p for p in (4, 5, 6, 8) if np.all(np.abs(np.round(values, p) - values) < 1e-13))
    places = next(on, None)
    return 0.0 if places is None else 0.5 * 10.0**-places


def precisions(outputs: Sequence[np.ndarray]) -> list[float]:
    """
    Tell how coarsely a program's outputs are rounded, each.

    Those at the numbers that were handed in may have few decimals by chance: that counts only if
    all have.
    """
    all_short = all(grain(y) > 2e-7 for y in outputs)
    return [max(grain(y, decimals=all_short), 2.3e-16) for y in outputs]


def of_input(
    forward: Callable[[Values], np.ndarray], values: Values, name: str, output: np.ndarray
) -> float:
    """
    Tell how coarsely a program takes a variable: one in single precision does not see 1e-12.

    Parameters
    ----------
    forward : callable
    values : mapping of str to array
    name : str
    output : array
        What forward gives there.
    """
    value = np.asarray(values[name], dtype=np.float64)
    way = np.maximum(1.0, np.abs(value)) * (1.0 + 0.4 * np.sin(np.arange(value.size))).reshape(
        value.shape
    )
    try:
        near, far = (forward({**values, name: value + step * way}) for step in (1e-12, 1e-4))
        if not np.array_equal(near, output) or np.array_equal(far, output):
            return 0.0
        aside = value + 0.03 * way  # at a lowest point nothing changes, whatever the precision
        here, near = (forward({**values, name: aside + step * way}) for step in (0.0, 1e-12))
    except Failed:
        return 0.0
    return 1.2e-7 if np.array_equal(here, near) else 0.0


def _few(values: np.ndarray) -> bool:
    """Tell simple numbers, such as 0.5 or 3, which say nothing of precision."""
    return bool(np.all(values * 64 == np.round(values * 64)))


def measured(
    subject: Subject, trial: Trial, name: str, seed: int = 0, precision: float | None = None
) -> Measured:
    """
    Measure how the output changes with a variable.

    Parameters
    ----------
    subject : Subject
    trial : Trial
        Where.
    name : str
        The variable.
    seed : int
        Which entries of a large one are drawn.
    precision : float, optional
        How coarsely the outputs are rounded; told from the output here if it is left out.
    """
    value = np.asarray(trial.values[name])
    every = np.arange(value.size)
    if value.size > _MOST:
        every = np.sort(np.random.default_rng(seed).choice(value.size, _MOST, replace=False))
    slopes, doubt = np.zeros(len(every)), np.zeros(len(every))
    if precision is None:
        (precision,) = precisions([trial.output])
    precision = max(precision, of_input(subject.forward, trial.values, name, trial.output))
    for k, i in enumerate(every):
        slopes[k], doubt[k] = _slope(subject, trial, name, int(i), precision)
    return Measured(name, every, slopes, doubt)


def _slope(
    subject: Subject, trial: Trial, name: str, i: int, precision: float
) -> tuple[float, float]:
    value = float(np.asarray(trial.values[name]).reshape(-1)[i])
    step = max(precision ** (1 / 3), 1e-5) * max(1.0, abs(value))
    g = 1.0 if trial.upstream is None else trial.upstream

    def at(h: float) -> np.ndarray:
        moved = np.array(trial.values[name], dtype=np.float64)
        moved.reshape(-1)[i] += h
        y = subject.forward({**trial.values, name: moved})
        return np.asarray(y)

    try:
        ends = {h: at(h) for h in (step, -step, step / 2, -step / 2)}
    except Failed as failed:
        if failed.kind == "endless":
            raise
        return 0.0, np.inf
    if any(e.shape != trial.output.shape for e in ends.values()):
        return 0.0, np.inf
    wide = float(np.sum(g * (ends[step] - ends[-step]))) / (2 * step)
    near = float(np.sum(g * (ends[step / 2] - ends[-step / 2]))) / step
    size = float(np.max(np.abs(ends[step]), initial=0.0)) * float(np.max(np.abs(g), initial=1.0))
    noise = precision * size / step
    # By how much the slope to the right is more than that to the left: of a curve, half as much at
    # half the step; at a corner inside the step it is nearly as much.
    sides, inner = (
        abs(float(np.sum(g * (ends[h] + ends[-h] - 2 * trial.output)))) / h
        for h in (step, step / 2)
    )
    sharp = sides > 0.05 * max(abs(near), 1e-3) and abs(wide - near) < 1e-3 * sides
    passed = sides > 1e-4 * abs(near) and inner > 0.75 * sides and sides > 60 * noise
    if (sharp and sides > 200 * noise) or passed:
        return near, np.inf
    return near, abs(wide - near) + 16 * noise
