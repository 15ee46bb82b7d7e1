"""Adadelta: steps as long as the steps before, by the root of their mean square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import between, positive, rate
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Adadelta"]


@final
@dataclass
class Adadelta(Optimizer):
    r"""
    Gradients in the measure of the steps that were taken, as Keras defines it.

    .. math::
        a' &= \rho a + (1 - \rho) g^2, \qquad
        d = \frac{\sqrt{s + \epsilon}}{\sqrt{a' + \epsilon}} g \\
        s' &= \rho s + (1 - \rho) d^2, \qquad w' = w - \eta d

    The paper has no learning rate: its :math:`\eta` is 1.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    rho : float in [0, 1]
        :math:`\rho`, the part of the averages that a step keeps.
    epsilon : float, greater than 0
        Keeps the quotient finite, and lets the first steps begin.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1.

    Examples
    --------
    >>> from clearprop.core.namespaces import NUMPY
    >>> import numpy as np
    >>> rule, w = Adadelta(1.0, epsilon=0.01), np.array([1.0])
    >>> rule.update(NUMPY, w, np.array([4.0]), rule.init(NUMPY, w), 0, 1.0)[0].round(3)
    array([0.556])
    """

    learning_rate: Rate = rate(0.001)
    rho: float = between(0.0, 1.0, default=0.95)
    epsilon: float = positive(1e-7)

    def init(self, xp: Any, w: Array) -> State:
        return {"squares": xp.zeros_like(w), "steps": xp.zeros_like(w)}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        squares = self.rho * state["squares"] + (1 - self.rho) * (g * g)
        go = xp.sqrt(state["steps"] + self.epsilon) * g / xp.sqrt(squares + self.epsilon)
        steps = self.rho * state["steps"] + (1 - self.rho) * (go * go)
        return w - lr * go, {"squares": squares, "steps": steps}
