"""Adam and AdamW: each weight's own step size, from averages of its gradient and its square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clearprop.optim.constraints import Interval, between, positive, rate, setting, switch
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Adam", "AdamW"]


@dataclass
class Adam(Optimizer):
    r"""
    Adaptive moments, as Keras defines them.

    .. math::
        m' &= m + (1 - \beta_1)(g - m), \qquad v' = v + (1 - \beta_2)(g^2 - v) \\
        w' &= w - \eta \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \frac{m'}{\sqrt{v'} + \epsilon}

    with :math:`t` = step + 1. This is the form at the end of the paper's section 2, where
    :math:`\epsilon` ("epsilon hat") is added to the uncorrected root; the paper's algorithm 1 and
    PyTorch correct both averages for their start at zero first and then add it.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    beta_1, beta_2 : float in [0, 1)
        The part of the average gradient and of the average square that a step keeps.
    epsilon : float, greater than 0
        Keeps the quotient finite where gradients are tiny.
    amsgrad : bool
        Whether the largest :math:`v` of all steps so far stands under the root.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015, section 2.
    S. J. Reddi, S. Kale, S. Kumar, "On the Convergence of Adam and Beyond", 2018, algorithm 2, for
    `amsgrad`.

    Examples
    --------
    The first step goes about `learning_rate` far, however large the gradient:

    >>> import numpy as np
    >>> from clearprop.core.namespaces import NUMPY
    >>> rule, w, g = Adam(learning_rate=0.01), np.array([1.0, 1.0]), np.array([0.3, -50.0])
    >>> rule.update(NUMPY, w, g, rule.init(NUMPY, w), 0, 0.01)[0].round(4)
    array([0.99, 1.01])
    """

    learning_rate: Rate = rate(0.001)
    beta_1: float = between(0.0, 1.0, closed="left", default=0.9)
    beta_2: float = between(0.0, 1.0, closed="left", default=0.999)
    epsilon: float = positive(1e-7)
    amsgrad: bool = switch(False)

    def init(self, xp: Any, w: Array) -> State:
        names = ("m", "v", "v_max") if self.amsgrad else ("m", "v")
        return {name: xp.zeros_like(w) for name in names}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        t = step + 1
        # Plain powers, so that a number stays a Python number and leaves the arrays their dtype.
        scale = lr * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        m = state["m"] + (1 - self.beta_1) * (g - state["m"])
        v = state["v"] + (1 - self.beta_2) * (g * g - state["v"])
        if not self.amsgrad:
            return w - scale * m / (xp.sqrt(v) + self.epsilon), {"m": m, "v": v}
        largest = xp.maximum(state["v_max"], v)
        w = w - scale * m / (xp.sqrt(largest) + self.epsilon)
        return w, {"m": m, "v": v, "v_max": largest}


@dataclass
class AdamW(Adam):
    r"""
    Adam with weights that decay by themselves, and not by way of the gradient.

    .. math:: w \leftarrow w - \eta \lambda w \quad\text{before each step of Adam}

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`.
    weight_decay : float, at least 0
        :math:`\lambda`.
    beta_1, beta_2, epsilon, amsgrad
        As `Adam` has them.
    clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, \
loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    See Also
    --------
    Optimizer.exclude_from_weight_decay : Leaves biases out, for example.

    References
    ----------
    I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2.

    Examples
    --------
    >>> AdamW(0.01, 0.1).weight_decay
    0.1
    """

    weight_decay: float = setting(0.004, Interval(0.0, closed="left"))
