"""Rates that fall along a cosine: once, after a warm-up, or again and again."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi
from typing import Any, final

from clearprop.optim.constraints import Interval, at_least, number, positive, setting, text
from clearprop.optim.schedules.base import Decay

__all__ = ["CosineDecay", "CosineDecayRestarts"]


@final
@dataclass
class CosineDecay(Decay):
    r"""
    A rate that falls along half a wave, after a rise along a line if one is asked for.

    .. math::
        \eta_t = \eta_0 \left((1 - \alpha)\frac{1 + \cos(\pi t/T)}{2} + \alpha\right)
        \quad\text{for } t \le T

    Parameters
    ----------
    initial_learning_rate : float, at least 0
        :math:`\eta_0`, or where the rise begins.
    decay_steps : float, greater than 0, steps
        :math:`T`, counted from the end of the rise.
    alpha : float
        The part of the highest rate at which it stays.
    name : str
    warmup_target : float of at least 0, optional
        Where the rise ends, and :math:`\eta_0` of the fall; without it there is no rise.
    warmup_steps : float, at least 0, steps
        How long the rise takes.

    References
    ----------
    I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017,
    equation 5; the rise as in P. Goyal et al., "Accurate, Large Minibatch SGD", 2017, section 2.2.

    Examples
    --------
    >>> decay = CosineDecay(0.0, decay_steps=10, warmup_target=0.2, warmup_steps=4)
    >>> [round(decay(step), 3) for step in (0, 2, 4, 9, 14)]
    [0.0, 0.1, 0.2, 0.1, 0.0]
    """

    initial_learning_rate: float = at_least(0.0)
    decay_steps: float = positive()
    alpha: float = number(0.0)
    name: str = text("CosineDecay")
    warmup_target: float | None = setting(None, Interval(0.0, closed="left"), optional=True)
    warmup_steps: float = at_least(0.0, 0.0)

    def at(self, xp: Any, step: Any) -> Any:
        start, target, rise = self.initial_learning_rate, self.warmup_target, self.warmup_steps
        if target is None:
            return self._fallen(xp, start, step)
        fallen = self._fallen(xp, target, step - rise)
        if not rise:
            return fallen
        return xp.where(xp.less(step, rise), start + (target - start) * (step / rise), fallen)

    def _fallen(self, xp: Any, highest: float, step: Any) -> Any:
        done = xp.minimum(step / self.decay_steps, 1.0)
        return highest * ((1 - self.alpha) * (0.5 * (1 + xp.cos(pi * done))) + self.alpha)


@final
@dataclass
class CosineDecayRestarts(Decay):
    r"""
    A rate that falls along half a wave, and begins again at the top.

    With :math:`i` the number of restarts before the step and :math:`f` the part of the present
    period that is over:

    .. math:: \eta_t = \eta_0 \left((1 - \alpha) m^i\,\frac{1 + \cos(\pi f)}{2} + \alpha\right)

    Parameters
    ----------
    initial_learning_rate : float, at least 0
        :math:`\eta_0`.
    first_decay_steps : float, greater than 0, steps
        The length of the first period.
    t_mul : float, greater than 0
        How many times as long as the one before each period is.
    m_mul : float, at least 0
        :math:`m`, how many times as high.
    alpha : float
        The part of :math:`\eta_0` at which the rate never falls below.
    name : str

    References
    ----------
    I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017,
    equation 5.

    Examples
    --------
    >>> decay = CosineDecayRestarts(0.2, first_decay_steps=4)
    >>> [round(decay(step), 3) for step in (0, 2, 4, 8, 12)]
    [0.2, 0.1, 0.2, 0.1, 0.2]
    """

    initial_learning_rate: float = at_least(0.0)
    first_decay_steps: float = positive()
    t_mul: float = positive(2.0)
    m_mul: float = at_least(0.0, 1.0)
    alpha: float = number(0.0)
    name: str = text("SGDRDecay")

    def at(self, xp: Any, step: Any) -> Any:
        done, longer = step / self.first_decay_steps, self.t_mul
        if longer == 1:
            restarts = xp.floor(done)
            part = done - restarts
        else:
            # The periods before the i-th, 1 + t + ... + t^(i-1) = (1 - t^i)/(1 - t), are over. A
            # logarithm may come out a rounding below a whole number, where a period begins.
            restarts = xp.floor(xp.log(1 - done * (1 - longer)) / log(longer) + 1e-9)
            part = (done - (1 - longer**restarts) / (1 - longer)) / longer**restarts
        wave = 0.5 * self.m_mul**restarts * (1 + xp.cos(pi * part))
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)
