"""Lion: steps of one length, in the direction of the sign of a mixed gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import between, rate
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Lion"]


@final
@dataclass
class Lion(Optimizer):
    r"""
    The sign of the average gradient and the present one, as Keras defines it.

    .. math::
        w' = w - \eta \operatorname{sign}(\beta_1 m + (1 - \beta_1) g), \qquad
        m' = \beta_2 m + (1 - \beta_2) g

    Its steps are long for their learning rate: 3 to 10 times less than Adam's is usual.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    beta_1 : float in (0, 1]
        The part of the average in the direction.
    beta_2 : float in [0, 1]
        The part of the average that a step keeps.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    X. Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2.

    Examples
    --------
    >>> from clearprop.core.namespaces import NUMPY
    >>> import numpy as np
    >>> rule, w = Lion(0.1), np.array([1.0, 1.0, 1.0])
    >>> rule.update(NUMPY, w, np.array([0.3, -50.0, 0.0]), rule.init(NUMPY, w), 0, 0.1)[0]
    array([0.9, 1.1, 1. ])
    """

    learning_rate: Rate = rate(0.001)
    beta_1: float = between(0.0, 1.0, closed="right", default=0.9)
    beta_2: float = between(0.0, 1.0, default=0.99)

    def init(self, xp: Any, w: Array) -> State:
        return {"m": xp.zeros_like(w)}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        direction = xp.sign(self.beta_1 * state["m"] + (1 - self.beta_1) * g)
        m = self.beta_2 * state["m"] + (1 - self.beta_2) * g
        return w - lr * direction, {"m": m}
