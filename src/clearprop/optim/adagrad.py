"""Adagrad: steps that grow shorter as squares of gradients add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import at_least, positive, rate
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Adagrad"]


@final
@dataclass
class Adagrad(Optimizer):
    r"""
    Gradients over the root of all their squares so far, as Keras defines it.

    .. math:: a' = a + g^2, \qquad w' = w - \frac{\eta g}{\sqrt{a' + \epsilon}}

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    initial_accumulator_value : float, at least 0
        Where :math:`a` begins.
    epsilon : float, greater than 0
        Keeps the quotient finite where gradients are tiny.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", 2011, section 1.1, with the diagonal matrix.

    Examples
    --------
    >>> from clearprop.core.namespaces import NUMPY
    >>> import numpy as np
    >>> rule, w = Adagrad(0.5, initial_accumulator_value=9.0), np.array([1.0])
    >>> rule.update(NUMPY, w, np.array([4.0]), rule.init(NUMPY, w), 0, 0.5)[0].round(3)
    array([0.6])
    """

    learning_rate: Rate = rate(0.001)
    initial_accumulator_value: float = at_least(0.0, 0.1)
    epsilon: float = positive(1e-7)

    def init(self, xp: Any, w: Array) -> State:
        return {"squares": xp.full_like(w, self.initial_accumulator_value)}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        squares = state["squares"] + g * g
        return w - lr * g / xp.sqrt(squares + self.epsilon), {"squares": squares}
