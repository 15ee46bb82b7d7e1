"""Ftrl: weights that are small, or exactly zero, unless gradients say otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import Interval, at_least, rate, setting
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Ftrl"]


@final
@dataclass
class Ftrl(Optimizer):
    r"""
    The regularized leader, followed as Keras defines it.

    .. math::
        n' &= n + g^2, \qquad
        z' = z + g + 2 \lambda_s w - \frac{n'^{-p} - n^{-p}}{\eta} w \\
        w' &= \frac{\operatorname{clip}(z', -\lambda_1, \lambda_1) - z'}
        {n'^{-p}/\eta + 2 \lambda_2 + \beta/\eta}

    The weight is made anew from :math:`z'` in each step, so where :math:`|z'| \le \lambda_1` it is
    exactly zero.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, greater than 0
        :math:`\eta`.
    learning_rate_power : float, at most 0
        :math:`p`; 0 for steps that do not grow shorter.
    initial_accumulator_value : float, at least 0
        Where :math:`n` begins.
    l1_regularization_strength, l2_regularization_strength : float, at least 0
        :math:`\lambda_1` and :math:`\lambda_2`.
    l2_shrinkage_regularization_strength : float, at least 0
        :math:`\lambda_s`, of a penalty that is as if added to the loss.
    beta : float, at least 0
        :math:`\beta`.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    H. B. McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013, algorithm 1.

    Examples
    --------
    >>> from clearprop.core.namespaces import NUMPY
    >>> import numpy as np
    >>> rule, w = Ftrl(0.5, l1_regularization_strength=1.0), np.array([0.0, 0.0])
    >>> rule.update(NUMPY, w, np.array([0.7, 3.0]), rule.init(NUMPY, w), 0, 0.5)[0].round(2)
    array([ 0.  , -0.33])
    """

    learning_rate: Rate = rate(0.001, zero=False)
    learning_rate_power: float = setting(-0.5, Interval(high=0.0, closed="right"))
    initial_accumulator_value: float = at_least(0.0, 0.1)
    l1_regularization_strength: float = at_least(0.0, 0.0)
    l2_regularization_strength: float = at_least(0.0, 0.0)
    l2_shrinkage_regularization_strength: float = at_least(0.0, 0.0)
    beta: float = at_least(0.0, 0.0)

    def init(self, xp: Any, w: Array) -> State:
        return {"n": xp.full_like(w, self.initial_accumulator_value), "z": xp.zeros_like(w)}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        n = state["n"] + g * g
        before, after = self._power(xp, state["n"]), self._power(xp, n)
        shrink, limit = self.l2_shrinkage_regularization_strength, self.l1_regularization_strength
        pull = g + 2 * shrink * w if shrink else g
        z = state["z"] + (pull - (after - before) / lr * w)
        free = xp.minimum(xp.maximum(z, -limit), limit) - z if limit else -z
        stiffness = after / lr
        if self.l2_regularization_strength or self.beta:
            stiffness = stiffness + (2 * self.l2_regularization_strength + self.beta / lr)
        return free / stiffness, {"n": n, "z": z}

    def _power(self, xp: Any, n: Array) -> Array:
        """Raise to −p, most often by a root, which is quicker."""
        return xp.sqrt(n) if self.learning_rate_power == -0.5 else n**-self.learning_rate_power
