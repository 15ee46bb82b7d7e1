"""Lamb: Adam's direction, as long as the weights of the leaf are large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import between, positive, rate
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Lamb"]


@final
@dataclass
class Lamb(Optimizer):
    r"""
    Adam with steps in proportion to the norm of the leaf, as Keras defines it.

    .. math::
        m' &= m + (1 - \beta_1)(g - m), \qquad v' = v + (1 - \beta_2)(g^2 - v) \\
        r &= \frac{m'/(1 - \beta_1^t)}{\sqrt{v'/(1 - \beta_2^t)} + \epsilon}, \qquad
        w' = w - \eta \frac{\lVert w \rVert}{\lVert r \rVert} r

    with :math:`t` = step + 1; the quotient of norms is 1 if one of them is zero. The paper's weight
    decay is inside :math:`r`; here, as in Keras, it comes before the step.

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
    Y. You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", 2020,
    algorithm 2.

    Examples
    --------
    A step of a tenth of the norm, which is 5:

    >>> from clearprop.core.namespaces import NUMPY
    >>> import numpy as np
    >>> rule, w = Lamb(0.1), np.array([3.0, 4.0])
    >>> rule.update(NUMPY, w, np.array([0.2, 0.0]), rule.init(NUMPY, w), 0, 0.1)[0].round(3)
    array([2.5, 4. ])
    """

    learning_rate: Rate = rate(0.001)
    beta_1: float = between(0.0, 1.0, closed="left", default=0.9)
    beta_2: float = between(0.0, 1.0, closed="left", default=0.999)
    epsilon: float = positive(1e-7)

    def init(self, xp: Any, w: Array) -> State:
        return {"m": xp.zeros_like(w), "v": xp.zeros_like(w)}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        t = step + 1
        m = state["m"] + (1 - self.beta_1) * (g - state["m"])
        v = state["v"] + (1 - self.beta_2) * (g * g - state["v"])
        root = xp.sqrt(v / (1 - self.beta_2**t))
        r = m / (1 - self.beta_1**t) / (root + self.epsilon)
        w_norm, r_norm = xp.sqrt(xp.sum(w * w)), xp.sqrt(xp.sum(r * r))
        one = xp.ones_like(w_norm)
        divisor = xp.where(xp.greater(r_norm, 0), r_norm, one)
        ratio = xp.where(xp.greater(w_norm * r_norm, 0), w_norm / divisor, one)
        return w - lr * ratio * r, {"m": m, "v": v}
