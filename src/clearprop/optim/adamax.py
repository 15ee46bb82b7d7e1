"""Adamax: Adam with the largest gradient in the place of the root of the mean square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import between, positive, rate
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Adamax"]


@final
@dataclass
class Adamax(Optimizer):
    r"""
    Adam by the infinity norm, as Keras defines it.

    .. math::
        m' &= m + (1 - \beta_1)(g - m), \qquad u' = \max(\beta_2 u, |g|) \\
        w' &= w - \frac{\eta}{1 - \beta_1^t} \frac{m'}{u' + \epsilon}

    with :math:`t` = step + 1.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    beta_1, beta_2 : float in [0, 1)
        The part of the average gradient and of the largest one that a step keeps.
    epsilon : float, greater than 0
        Keeps the quotient finite where gradients are tiny; the paper has none.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 2.

    Examples
    --------
    >>> from clearprop.core.namespaces import NUMPY
    >>> rule = Adamax(learning_rate=0.5)
    >>> w, _ = rule.update(NUMPY, 1.0, -4.0, {"m": 0.0, "u": 0.0}, 0, 0.5)
    >>> round(float(w), 4)
    1.5
    """

    learning_rate: Rate = rate(0.001)
    beta_1: float = between(0.0, 1.0, closed="left", default=0.9)
    beta_2: float = between(0.0, 1.0, closed="left", default=0.999)
    epsilon: float = positive(1e-7)

    def init(self, xp: Any, w: Array) -> State:
        return {"m": xp.zeros_like(w), "u": xp.zeros_like(w)}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        m = state["m"] + (1 - self.beta_1) * (g - state["m"])
        u = xp.maximum(self.beta_2 * state["u"], xp.abs(g))
        scale = lr / (1 - self.beta_1 ** (step + 1))
        return w - scale * m / (u + self.epsilon), {"m": m, "u": u}
