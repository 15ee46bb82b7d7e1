"""Gradient descent: plain, with momentum, and Nesterov's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import between, rate, switch
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["SGD"]


@final
@dataclass
class SGD(Optimizer):
    r"""
    Gradient descent, as Keras defines it.

    .. math:: v' = \mu v - \eta g, \qquad w' = w + v'

    With Nesterov's momentum :math:`w' = w + \mu v' - \eta g`; without any, :math:`w' = w - \eta g`.
    The learning rate is inside the velocity, unlike PyTorch's.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    momentum : float in [0, 1]
        :math:`\mu`, the part of the velocity that a step keeps.
    nesterov : bool
        Whether to look ahead along the new velocity.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum
    in deep learning", 2013, equations 3 and 4, in the form that shifts the weights to the point
    looked ahead to.

    Examples
    --------
    >>> from clearprop.core.namespaces import NUMPY
    >>> rule = SGD(learning_rate=0.1, momentum=0.5)
    >>> w, state = rule.update(NUMPY, 1.0, 2.0, {"velocity": 0.4}, 0, rule.rate(0))
    >>> w, state
    (1.0, {'velocity': 0.0})
    """

    learning_rate: Rate = rate(0.01)
    momentum: float = between(0.0, 1.0, default=0.0)
    nesterov: bool = switch(False)

    def init(self, xp: Any, w: Array) -> State:
        return {"velocity": xp.zeros_like(w)} if self.momentum else {}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        if not self.momentum:
            return w - lr * g, {}
        v = self.momentum * state["velocity"] - lr * g
        ahead = self.momentum * v - lr * g if self.nesterov else v
        return w + ahead, {"velocity": v}
