"""Nadam: Adam that looks ahead along its average gradient, as Nesterov's momentum does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import between, positive, rate
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Nadam"]


@final
@dataclass
class Nadam(Optimizer):
    r"""
    Adam with Nesterov's momentum, as Keras defines it.

    .. math::
        \mu_t &= \beta_1 (1 - \tfrac12 \cdot 0.96^t), \qquad P_t = P_{t-1}\,\mu_t \\
        m' &= m + (1 - \beta_1)(g - m), \qquad v' = v + (1 - \beta_2)(g^2 - v) \\
        \hat m &= \frac{\mu_{t+1} m'}{1 - P_t\,\mu_{t+1}} + \frac{(1 - \mu_t) g}{1 - P_t}, \qquad
        w' = w - \eta \frac{\hat m}{\sqrt{v'/(1 - \beta_2^t)} + \epsilon}

    with :math:`t` = step + 1. The product :math:`P` is kept for each leaf.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    beta_1, beta_2 : float in [0, 1)
        The part of the average gradient and of the average square that a step keeps.
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
    T. Dozat, "Incorporating Nesterov Momentum into Adam", 2016, algorithm 2, with the schedule of
    momentum of its section 2.2.

    Examples
    --------
    >>> import numpy as np
    >>> from clearprop.core.namespaces import NUMPY
    >>> rule, w = Nadam(learning_rate=0.01), np.array([1.0, 1.0])
    >>> rule.update(NUMPY, w, np.array([0.3, -50.0]), rule.init(NUMPY, w), 0, 0.01)[0].round(3)
    array([0.989, 1.011])
    """

    learning_rate: Rate = rate(0.001)
    beta_1: float = between(0.0, 1.0, closed="left", default=0.9)
    beta_2: float = between(0.0, 1.0, closed="left", default=0.999)
    epsilon: float = positive(1e-7)

    def init(self, xp: Any, w: Array) -> State:
        product = xp.ones((), dtype=w.dtype)
        return {"m": xp.zeros_like(w), "v": xp.zeros_like(w), "product": product}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        t = step + 1
        now = self.beta_1 * (1 - 0.5 * 0.96**t)
        ahead = self.beta_1 * (1 - 0.5 * 0.96 ** (t + 1))
        product = state["product"] * now
        m = state["m"] + (1 - self.beta_1) * (g - state["m"])
        v = state["v"] + (1 - self.beta_2) * (g * g - state["v"])
        m_ahead = ahead / (1 - product * ahead) * m + (1 - now) / (1 - product) * g
        root = xp.sqrt(v / (1 - self.beta_2**t))
        w = w - lr * m_ahead / (root + self.epsilon)
        return w, {"m": m, "v": v, "product": product}
