"""Adam: each weight's own step size, from running averages of its gradient and its square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

from clearprop.optim.constraints import at_least, between, positive
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Adam"]


@final
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

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015, section 2.

    Examples
    --------
    The first step goes about `learning_rate` far, however large the gradient:

    >>> import numpy as np
    >>> from clearprop.core.namespaces import NUMPY
    >>> rule, w, g = Adam(learning_rate=0.01), np.array([1.0, 1.0]), np.array([0.3, -50.0])
    >>> rule.update(NUMPY, w, g, rule.init(NUMPY, w), 0, 0.01)[0].round(4)
    array([0.99, 1.01])
    """

    name: ClassVar[str] = "adam"

    learning_rate: Rate = at_least(0.0, default=0.001, schedule=True)  # noqa: RUF009 - a field
    beta_1: float = between(0.0, 1.0, closed="left", default=0.9)
    beta_2: float = between(0.0, 1.0, closed="left", default=0.999)
    epsilon: float = positive(1e-7)

    def init(self, xp: Any, w: Array) -> State:
        return {"m": xp.zeros_like(w), "v": xp.zeros_like(w)}

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        t = step + 1
        # Plain powers, so that a number stays a Python number and leaves the arrays their dtype.
        scale = lr * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        m = state["m"] + (1 - self.beta_1) * (g - state["m"])
        v = state["v"] + (1 - self.beta_2) * (g * g - state["v"])
        return w - scale * m / (xp.sqrt(v) + self.epsilon), {"m": m, "v": v}
