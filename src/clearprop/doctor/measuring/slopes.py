"""All slopes of all outputs along all entries of a variable, by differences of the forward pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clearprop.doctor.submitted.guard import Failed
from clearprop.doctor.submitted.subject import Values
from clearprop.doctor.truth import of_input

__all__ = ["Clock", "Jacobian", "jacobian"]

Forward = Callable[[Values], np.ndarray]


class Clock:
    """
    Ends measuring that takes too long.

    Parameters
    ----------
    seconds : float
        Of the processor's time.
    """

    def __init__(self, seconds: float) -> None:
        self.end = time.process_time() + seconds

    def look(self) -> None:
        """Raise TimeoutError if the time is over."""
        if time.process_time() > self.end:
            raise TimeoutError


@dataclass(frozen=True)
class Jacobian:
    """
    How outputs change with a variable.

    Attributes
    ----------
    slopes : array (outputs, entries)
        NaN where the slope to the left is another than to the right.
    doubt : array (outputs, entries)
        How far off each may be.
    shape : tuple of int
        Of the variable.
    """

    slopes: np.ndarray
    doubt: np.ndarray
    shape: tuple[int, ...]

    def back(self, g: np.ndarray) -> np.ndarray:
        """Give the gradient of the variable, for a gradient of the outputs."""
        return np.asarray((np.ravel(g) @ self.slopes).reshape(self.shape))

    def off(self, g: np.ndarray) -> np.ndarray:
        """Tell how far off that gradient may be."""
        return np.asarray((np.abs(np.ravel(g)) @ self.doubt).reshape(self.shape))


def jacobian(
    forward: Forward, values: Values, name: str, clock: Clock, precision: float = 2.3e-16
) -> Jacobian | None:
    """
    Measure with steps to both sides; in single precision with wide ones, and with half of them.

    Parameters
    ----------
    forward : callable
        From values to an output.
    values : mapping of str to array
        Where.
    name : str
        What is moved.
    clock : Clock
    precision : float
        How coarsely the outputs are rounded, relative to the largest.

    Returns
    -------
    Jacobian or None
        None where the forward pass cannot be run beside the point.

    Examples
    --------
    >>> at = {"x": np.array([1.0, 2.0])}
    >>> jacobian(lambda v: v["x"] ** 2, at, "x", Clock(1.0)).slopes.round(6)
    array([[2., 0.],
           [0., 4.]])
    """
    try:
        here = forward(values)
    except Failed:
        return None
    precision = max(precision, of_input(forward, values, name, here))
    here = np.ravel(here)
    value = np.array(values[name], dtype=np.float64)
    slopes, doubt = np.zeros((2, here.size, value.size))

    def at(i: int, h: float) -> np.ndarray:
        clock.look()
        moved = value.copy()
        moved.reshape(-1)[i] += h
        y = np.ravel(forward({**values, name: moved}))
        if y.size != here.size:
            raise ValueError
        return np.asarray(y, dtype=np.float64)

    fine = precision < 1e-8
    step = 1e-5 if fine else precision**0.2
    for i in range(value.size):
        h = step * max(1.0, abs(float(value.reshape(-1)[i])))
        try:
            far, back = (at(i, s) for s in (h, -h))
            near, behind = (here, here) if fine else (at(i, s) for s in (h / 2, -h / 2))
        except (Failed, ValueError):
            return None
        noise = 4 * precision * np.maximum(np.abs(here), np.abs(far)) / h
        wide, bent = (far - back) / (2 * h), np.abs(far + back - 2 * here) / h
        if fine:
            kink = bent > 1e-3 * np.maximum(1.0, np.abs(wide)) + 20 * noise
            slopes[:, i] = np.where(kink, np.nan, wide)
            doubt[:, i] = 1e-9 * np.abs(wide) + noise
            continue
        close = (near - behind) / h
        inner = np.abs(near + behind - 2 * here) / (h / 2)
        kink = (bent > 20 * h + 20 * noise) & (inner > 0.7 * bent)
        slopes[:, i] = np.where(kink, np.nan, (4 * close - wide) / 3)
        doubt[:, i] = np.abs(wide - close) / 3 + noise
    return Jacobian(slopes, doubt, value.shape)
