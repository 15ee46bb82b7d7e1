"""RMSprop: gradients divided by the root of their mean square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import between, positive, rate, switch
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["RMSprop"]


@final
@dataclass
class RMSprop(Optimizer):
    r"""
    Gradients over the root of their mean square, as Keras defines it.

    .. math::
        v' = \rho v + (1 - \rho) g^2, \qquad w' = w - \frac{\eta g}{\sqrt{v' + \epsilon}}

    With `centered`, :math:`v' - a'^2` stands in the place of :math:`v'`, where
    :math:`a' = \rho a + (1 - \rho) g`. With `momentum`, the steps :math:`s` gather:
    :math:`s' = \mu s + \eta g/\sqrt{\cdot}` and :math:`w' = w - s'`. PyTorch adds :math:`\epsilon`
    to the root, and multiplies by :math:`\eta` outside :math:`s`.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    rho : float in [0, 1]
        :math:`\rho`, the part of the averages that a step keeps.
    momentum : float in [0, 1]
        :math:`\mu`, the part of the step before that is taken again.
    epsilon : float, greater than 0
        Keeps the quotient finite where gradients are tiny.
    centered : bool
        Whether to divide by the spread of the gradients about their average.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    T. Tieleman, G. Hinton, "Neural Networks for Machine Learning", lecture 6.5, 2012. A. Graves,
    "Generating Sequences With Recurrent Neural Networks", 2013, equations 38 to 41, for `centered`
    and `momentum`.

    Examples
    --------
    >>> from clearprop.core.namespaces import NUMPY
    >>> import numpy as np
    >>> rule, w = RMSprop(learning_rate=0.1), np.array([1.0, 1.0])
    >>> rule.update(NUMPY, w, np.array([2.0, -50.0]), rule.init(NUMPY, w), 0, 0.1)[0].round(3)
    array([0.684, 1.316])
    """

    learning_rate: Rate = rate(0.001)
    rho: float = between(0.0, 1.0, default=0.9)
    momentum: float = between(0.0, 1.0, default=0.0)
    epsilon: float = positive(1e-7)
    centered: bool = switch(False)

    def init(self, xp: Any, w: Array) -> State:
        names = ["v", *["mean"] * self.centered, *["velocity"] * bool(self.momentum)]
        return {name: xp.zeros_like(w) for name in names}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        after = {"v": self.rho * state["v"] + (1 - self.rho) * (g * g)}
        spread = after["v"]
        if self.centered:
            after["mean"] = mean = self.rho * state["mean"] + (1 - self.rho) * g
            spread = spread - mean * mean
        go = lr * g / xp.sqrt(spread + self.epsilon)
        if self.momentum:
            after["velocity"] = go = self.momentum * state["velocity"] + go
        return w - go, after
