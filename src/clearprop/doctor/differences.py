"""Slopes measured by differences, and what a disagreement with a rule looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Cause", "Line", "diagnose"]


class Line:
    """
    A function along one direction, as a number that depends on how far one has gone.

    Parameters
    ----------
    value : callable ``(step) -> float``
        The function; asked once for each step.
    precision : float
        The relative rounding error of its values.
    scale : float
        How large the input is there: steps are judged relative to it.
    """

    def __init__(self, value: Callable[[float], float], precision: float, scale: float) -> None:
        self._value, self._known = value, dict[float, float]()
        self.precision, self.scale = precision, max(1.0, scale)

    def __call__(self, step: float) -> float:
        """Look the value at a step up, or ask for it."""
        if step not in self._known:
            self._known[step] = self._value(step)
        return self._known[step]

    def slope(self, step: float) -> float:
        """Measure with a step to either side."""
        return (self(step) - self(-step)) / (2 * step)

    def sides(self, step: float) -> tuple[float, float]:
        """Measure to the left and to the right by themselves."""
        here = self(0.0)
        return (here - self(-step)) / step, (self(step) - here) / step

    def gap(self, step: float) -> float:
        """Tell how far the two sides are apart: for smooth functions, in proportion to the step."""
        left, right = self.sides(step)
        return abs(right - left)

    def noise(self, step: float) -> float:
        """Estimate what rounding does to a slope."""
        return 8 * self.precision * max(abs(self(0.0)), abs(self(step)), abs(self(-step))) / step


@dataclass(frozen=True)
class Cause:
    """What a disagreement looks like: a word of the catalogue, with its numbers."""

    name: str
    numbers: Mapping[str, Any]


def diagnose(line: Line, analytic: float, eps: float, tolerance: Callable[[float], float]) -> Cause:
    """
    Say what a disagreement between a rule and a measured slope looks like.

    Parameters
    ----------
    line : Line
        The function along the entry.
    analytic : float
        What the rule gives.
    eps : float
        The step with which the two disagree.
    tolerance : callable ``(slope) -> float``
        What counts as agreement with a measured slope.

    Returns
    -------
    Cause
        "infinite", "kink", "jump", "rounding", "step" (too large), "rule" or "unclear".
    """

    def agrees(step: float) -> bool:
        slope = line.slope(step)
        return bool(abs(slope - analytic) <= tolerance(slope))

    if not np.isfinite([analytic, line.slope(eps)]).all():
        return Cause("infinite", {})
    best = line.precision ** (1 / 3) * line.scale  # where rounding and curvature are in balance
    larger = [eps * 10**k for k in range(1, 12) if eps * 10**k <= 10 * best]
    smaller = [eps / 10**k for k in range(1, 9) if eps / 10**k >= best / 100]
    near = max(eps, best / 5)
    if _kinked(line, abs(analytic - line.slope(eps)), near):
        if line.gap(near / 16) > 4 * line.gap(near):
            return Cause("jump", {"left": line(-near), "right": line(near)})
        left, right = line.sides(16 * near)  # further out, each side is more itself
        return Cause("kink", {"left": left, "right": right})
    for name, steps in (("rounding", larger), ("step", smaller)):
        step = next(filter(agrees, steps), None)
        if step is not None:
            return Cause(name, {"eps": eps, "step": step, "value": line.slope(step)})
    return _wrong_or_unclear(line, tolerance, [best / 10, best, best * 10])


def _kinked(line: Line, error: float, step: float) -> bool:
    """Tell a kink: the sides differ enough to explain the error, and not less for small steps."""
    gap, wide, narrow = (line.gap(h) for h in (step, 16 * step, step / 16))
    if gap < max(error / 4, 10 * line.noise(step)):
        return False
    close_by = narrow > gap / 4  # at the point itself, however near one looks
    within_the_step = step <= 1e-2 * line.scale
    return wide < 4 * gap and (close_by or within_the_step)


def _wrong_or_unclear(line: Line, tolerance: Callable[[float], float], steps: list[float]) -> Cause:
    """Blame the rule if measuring gives one and the same over a hundredfold of steps."""
    slopes = [line.slope(h) for h in steps]
    low, high = min(slopes), max(slopes)
    span = {"small": steps[0], "large": steps[-1]}
    same = max(0.1 * abs(high + low) / 2, tolerance(0.0), 4 * line.noise(steps[0]))
    if high - low <= same:
        return Cause("rule", span)
    return Cause("unclear", {**span, "low": low, "high": high})
