"""Rates that fall by a power, a polynomial, a quotient, or from one value to the next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, final

from clearprop.errors import OptionError
from clearprop.optim.constraints import (
    Interval,
    Numbers,
    at_least,
    needed,
    number,
    positive,
    switch,
    text,
)
from clearprop.optim.schedules.base import Decay

__all__ = ["ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay"]


@final
@dataclass
class ExponentialDecay(Decay):
    r"""
    A rate that is multiplied by the same factor again and again.

    .. math:: \eta_t = \eta_0 r^{t/T}

    Parameters
    ----------
    initial_learning_rate : float, at least 0
        :math:`\eta_0`.
    decay_steps : float, greater than 0, steps
        :math:`T`, after which the factor has come into effect once.
    decay_rate : float, at least 0
        :math:`r`, the factor.
    staircase : bool
        Whether it comes into effect all at once, after each :math:`T` steps.
    name : str

    Examples
    --------
    >>> ExponentialDecay(0.8, decay_steps=10, decay_rate=0.5)(20)
    0.2
    """

    initial_learning_rate: float = at_least(0.0)
    decay_steps: float = positive()
    decay_rate: float = at_least(0.0)
    staircase: bool = switch(False)
    name: str = text("ExponentialDecay")

    def at(self, xp: Any, step: Any) -> Any:
        done = step / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (
            xp.floor(done) if self.staircase else done
        )


@final
@dataclass
class InverseTimeDecay(Decay):
    r"""
    A rate that is divided by something that grows evenly.

    .. math:: \eta_t = \frac{\eta_0}{1 + r t/T}

    Parameters
    ----------
    initial_learning_rate : float, at least 0
        :math:`\eta_0`.
    decay_steps : float, greater than 0, steps
        :math:`T`.
    decay_rate : float, at least 0
        :math:`r`, by which the divisor grows in :math:`T` steps.
    staircase : bool
        Whether it grows all at once, after each :math:`T` steps.
    name : str

    Examples
    --------
    >>> InverseTimeDecay(0.6, decay_steps=10, decay_rate=1.0)(20)
    0.2
    """

    initial_learning_rate: float = at_least(0.0)
    decay_steps: float = positive()
    decay_rate: float = at_least(0.0)
    staircase: bool = switch(False)
    name: str = text("InverseTimeDecay")

    def at(self, xp: Any, step: Any) -> Any:
        done = step / self.decay_steps
        grown = self.decay_rate * (xp.floor(done) if self.staircase else done)
        return self.initial_learning_rate / (1 + grown)


@final
@dataclass
class PolynomialDecay(Decay):
    r"""
    A rate that falls to an end, by a power of the part that is left.

    .. math:: \eta_t = (\eta_0 - \eta_T)(1 - t/T)^p + \eta_T \quad\text{for } t \le T

    Parameters
    ----------
    initial_learning_rate : float, at least 0
        :math:`\eta_0`.
    decay_steps : float, greater than 0, steps
        :math:`T`.
    end_learning_rate : float, at least 0
        :math:`\eta_T`, where the rate stays.
    power : float
        :math:`p`.
    cycle : bool
        Whether :math:`T` is made so many times as large that it is never passed, which lets the
        rate rise again each time.
    name : str

    Examples
    --------
    >>> decay = PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.1)
    >>> decay(5), decay(20)
    (0.3, 0.1)
    """

    initial_learning_rate: float = at_least(0.0)
    decay_steps: float = positive()
    end_learning_rate: float = at_least(0.0, 0.0001)
    power: float = number(1.0)
    cycle: bool = switch(False)
    name: str = text("PolynomialDecay")

    def at(self, xp: Any, step: Any) -> Any:
        done = step / self.decay_steps
        if self.cycle:
            done = done / xp.maximum(xp.ceil(done), 1.0)
        else:
            done = xp.minimum(done, 1.0)
        fallen = (self.initial_learning_rate - self.end_learning_rate) * (1 - done) ** self.power
        return fallen + self.end_learning_rate


@final
@dataclass
class PiecewiseConstantDecay(Decay):
    """
    A rate that stays for some steps, and then is another.

    Parameters
    ----------
    boundaries : list of float, rising, steps
        The last step of each rate but the last.
    values : list of float, each at least 0
        The rates, one more than there are boundaries.
    name : str

    Raises
    ------
    OptionError
        If the numbers of boundaries and values do not fit, or the boundaries do not rise.

    Examples
    --------
    >>> decay = PiecewiseConstantDecay([10, 20], [0.1, 0.05, 0.01])
    >>> decay(10), decay(11), decay(21)
    (0.1, 0.05, 0.01)
    """

    boundaries: list[float] = needed(Numbers(Interval()))
    values: list[float] = needed(Numbers(Interval(0.0, closed="left")))
    name: str = text("PiecewiseConstant")

    def __post_init__(self) -> None:
        edges, values = self.boundaries, self.values
        if len(values) != len(edges) + 1:
            raise OptionError(
                "PiecewiseConstantDecay: there is one value more than there are boundaries; got"
                f" {len(edges)} boundaries and {len(values)} values."
            )
        if any(b <= a for a, b in pairwise(edges)):
            raise OptionError(f"PiecewiseConstantDecay: boundaries must rise; got {edges}.")

    def at(self, xp: Any, step: Any) -> Any:
        rate = xp.full_like(step, self.values[-1])
        for last, value in reversed(list(zip(self.boundaries, self.values, strict=False))):
            rate = xp.where(xp.less_equal(step, last), value, rate)
        return rate
