"""Axes: where the ticks go, what they say, and where a value lies between two ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from clearprop.errors import NumericsError, OptionError

__all__ = ["Scale", "linear_ticks", "log_ticks", "nice_step", "scale", "tick_labels"]


def nice_step(span: float, most: int) -> float:
    """
    The smallest of 1, 2 and 5 times a power of ten of which at most `most` fit into `span`.

    Examples
    --------
    >>> nice_step(0.9, 5), nice_step(60, 6)
    (0.2, 10.0)
    """
    exact = span / most
    power = 10.0 ** math.floor(math.log10(exact))
    for factor in (1.0, 2.0, 5.0, 10.0):
        # The slack is for spans such as 0.3 / 3, a rounding error above 0.1.
        if factor * power >= exact * (1 - 1e-9):
            return _clean(factor * power)
    raise AssertionError("unreachable: 10 powers always suffice")


def _clean(value: float) -> float:
    """Take off the rounding error of a product with a power of ten."""
    return float(f"{value:.12g}")


def linear_ticks(low: float, high: float, step: float) -> list[float]:
    """
    List the multiples of `step` from `low` to `high`.

    Examples
    --------
    >>> linear_ticks(0.0, 1.0, 0.25)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [_clean(k * step) + 0.0 for k in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """
    List the powers of ten from `low` to `high`, with 2 and 5 times them where there is room.

    Examples
    --------
    >>> log_ticks(0.01, 1.0)
    [0.01, 0.1, 1.0]
    >>> log_ticks(0.3, 3.0)
    [0.5, 1.0, 2.0]
    """
    bottom, top = math.floor(math.log10(low)), math.ceil(math.log10(high))
    stride = max(1, math.ceil((top - bottom) / most))
    for factors in ((1.0,), (1.0, 5.0), (1.0, 2.0, 5.0)):
        ticks = [
            _clean(factor * 10.0**power)
            for power in range(bottom, top + 1, stride)
            for factor in factors
        ]
        inside = [t for t in ticks if low * (1 - 1e-9) <= t <= high * (1 + 1e-9)]
        if len(inside) >= 3:
            return inside
    # Less than a decade: powers of ten say nothing there, plain steps do.
    return [t for t in linear_ticks(low, high, nice_step(high - low, most)) if t > 0]


def tick_labels(ticks: Sequence[float]) -> list[str]:
    """
    Write ticks with equally many decimals, or as powers of ten where they are very large or small.

    Examples
    --------
    >>> tick_labels([-0.5, 0.0, 0.5]), tick_labels([0.0, 2000.0]), tick_labels([0.0, 2e-5])
    (['−0.5', '0.0', '0.5'], ['0', '2,000'], ['0', '2e−5'])
    """
    largest = max(map(abs, ticks), default=0.0)
    whole = all(t == int(t) for t in ticks)
    if largest and not 1e-3 <= largest < (1e7 if whole else 1e5):
        return [_power(t) for t in ticks]
    if whole:
        return [f"{t:,.0f}".replace("-", "−") for t in ticks]
    decimals = max((_decimals(t) for t in ticks), default=0)
    return [f"{t:.{decimals}f}".replace("-", "−") for t in ticks]


def _decimals(value: float) -> int:
    written = f"{value:.10f}".rstrip("0")
    return len(written) - written.index(".") - 1


def _power(value: float) -> str:
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.10e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", "−")


@final
@dataclass(frozen=True)
class Scale:
    """
    A map from values to pixels, with its ticks.

    Parameters
    ----------
    low, high : float
        The values at the two ends.
    start, end : float
        The pixels at the two ends; `end` may be the smaller, as for a vertical axis.
    ticks : tuple of float
        Values to be marked.
    labels : tuple of str
        What is written at them.
    log : bool
        Whether equal distances are equal ratios.

    Examples
    --------
    >>> Scale(0.0, 10.0, 0.0, 200.0, (0.0, 10.0), ("0", "10"))(5.0)
    100.0
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False

    def __call__(self, value: float) -> float:
        """Pixel of a value; a logarithmic scale takes positive values only."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        # Halves, so that ends of opposite sign near the largest float do not overflow.
        share = (value / 2 - low / 2) / (high / 2 - low / 2)
        return self.start + share * (self.end - self.start)


def scale(
    low: float,
    high: float,
    start: float,
    end: float,
    *,
    log: bool = False,
    most: int = 6,
    widen: bool = True,
) -> Scale:
    """
    Make a scale that holds the values from `low` to `high`.

    Parameters
    ----------
    low, high : float
        The smallest and the largest value; equal ones are given room on both sides.
    start, end : float
        Pixels of the two ends.
    log : bool, optional
        Logarithmic; the values must then be positive.
    most : int, optional
        About how many ticks.
    widen : bool, optional
        Move the ends out to whole ticks.

    Returns
    -------
    Scale
        With ticks and their labels.

    Raises
    ------
    NumericsError
        If `low` or `high` is not finite.
    OptionError
        If `log` is asked for and `low` is not positive.

    Examples
    --------
    >>> scale(0.13, 0.97, 100.0, 0.0).labels
    ('0.0', '0.2', '0.4', '0.6', '0.8', '1.0')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise NumericsError(f"a scale needs finite ends; got {low} and {high}.")
    if log and low <= 0:
        raise OptionError(f"a logarithmic scale needs positive values; got {low}. Use log=False.")
    # Beyond these, sums and ratios of two values would overflow or vanish.
    least = 1e-300 if log else -1e300
    low, high = (min(max(end, least), 1e300) for end in (low, high))
    low, high = _apart(low, high, log)
    if log:
        low, high = _round_ratio(low, high) if widen else (low, high)
        ticks = log_ticks(low, high, most)
    else:
        step = nice_step(high - low, most)
        low, high = _round_ends(low, high, step) if widen else (low, high)
        ticks = linear_ticks(low, high, step)
    # Ticks of a logarithmic scale share no last decimal: 0.01, 0.1, 1.
    labels = [label for t in ticks for label in tick_labels([t])] if log else tick_labels(ticks)
    return Scale(low, high, start, end, tuple(ticks), tuple(labels), log)


def _apart(low: float, high: float, log: bool) -> tuple[float, float]:
    """Give room to values that are all the same, or nearly so."""
    if log:
        return (low, high) if high > low * 1.001 else (low / 2, high * 2)
    if high - low > max(1e-9 * max(abs(low), abs(high)), 1e-300):
        return low, high
    room = abs(low) / 2 or 1.0
    return low - room, high + room


def _round_ends(low: float, high: float, step: float) -> tuple[float, float]:
    """Move the ends out to multiples of a step."""
    bottom, top = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return _clean(bottom * step), _clean(top * step)


def _round_ratio(low: float, high: float) -> tuple[float, float]:
    """Move the ends out to 1, 2 or 5 times a power of ten."""
    below, above = 10.0 ** math.floor(math.log10(low)), 10.0 ** math.floor(math.log10(high))
    bottom = max(f * below for f in (1.0, 2.0, 5.0) if f * below <= low * (1 + 1e-9))
    top = min(f * above for f in (1.0, 2.0, 5.0, 10.0) if f * above >= high * (1 - 1e-9))
    return _clean(bottom), _clean(top)
