"""Adafactor: mean squares of rows and columns in the place of one for each weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from clearprop.optim.constraints import Interval, positive, rate, setting, switch
from clearprop.optim.optimizer import Array, Optimizer, Rate, State

__all__ = ["Adafactor"]


@final
@dataclass
class Adafactor(Optimizer):
    r"""
    Adaptive steps with little memory, as Keras defines them.

    .. math::
        r' &= \beta r + (1 - \beta) \operatorname{mean}_{\text{rows}}(g^2 + \epsilon_1), \qquad
        c' = \beta c + (1 - \beta) \operatorname{mean}_{\text{columns}}(g^2 + \epsilon_1) \\
        v &= \frac{r' c'^T}{\operatorname{mean}(r')}, \qquad u = \frac{g}{\sqrt v}, \qquad
        w' = w - \alpha \frac{u}{\max(1, \operatorname{rms}(u)/d)}

    with :math:`\alpha = \max(\epsilon_2, \operatorname{rms}(w)) \min(\eta, 1/\sqrt t)`,
    :math:`\beta = 1 - t^b` and :math:`t` = step + 1. Rows and columns are those of the last two
    axes; a leaf with fewer keeps :math:`v' = \beta v + (1 - \beta)(g^2 + \epsilon_1)` as it is.

    Parameters
    ----------
    learning_rate : float or callable ``(step) -> float``, at least 0
        :math:`\eta`, the largest.
    beta_2_decay : float, at most 0
        :math:`b`.
    epsilon_1 : float, greater than 0
        Keeps the quotient finite where gradients are zero.
    epsilon_2 : float, greater than 0
        The least that the size of a leaf counts, so that one of zeros can move.
    clip_threshold : float, greater than 0
        :math:`d`, the largest that the root mean square of :math:`u` may be.
    relative_step : bool
        Keras's; as the learning rate is :math:`1/\sqrt t` at most in any case, it changes nothing.
    weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, \
ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name
        As every `Optimizer` has them.

    Raises
    ------
    OptionError
        If a setting is outside its domain.

    References
    ----------
    N. Shazeer, M. Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018,
    algorithms 4 and 5.

    Examples
    --------
    >>> from clearprop.core.namespaces import NUMPY
    >>> import numpy as np
    >>> rule, w = Adafactor(0.1), np.ones((2, 3))
    >>> state = rule.init(NUMPY, w)
    >>> {name: each.shape for name, each in state.items()}
    {'rows': (2,), 'columns': (3,)}
    >>> rule.update(NUMPY, w, np.full((2, 3), 7.0), state, 0, 0.1)[0][0].round(2)
    array([0.9, 0.9, 0.9])
    """

    learning_rate: Rate = rate(0.001)
    beta_2_decay: float = setting(-0.8, Interval(high=0.0, closed="right"))
    epsilon_1: float = positive(1e-30)
    epsilon_2: float = positive(1e-3)
    clip_threshold: float = positive(1.0)
    relative_step: bool = switch(True)

    def init(self, xp: Any, w: Array) -> State:
        if w.ndim < 2:
            return {"v": xp.zeros_like(w)}
        *outer, rows, columns = w.shape
        return {
            "rows": xp.zeros((*outer, rows), dtype=w.dtype),
            "columns": xp.zeros((*outer, columns), dtype=w.dtype),
        }

    def update(
        self, xp: Any, w: Array, g: Array, state: State, step: int, lr: float
    ) -> tuple[Array, State]:
        t = step + 1
        keep = 1 - t**self.beta_2_decay
        squares = g * g + self.epsilon_1
        if w.ndim < 2:
            v = keep * state["v"] + (1 - keep) * squares
            after = {"v": v}
        else:
            rows = keep * state["rows"] + (1 - keep) * xp.mean(squares, axis=-1)
            columns = keep * state["columns"] + (1 - keep) * xp.mean(squares, axis=-2)
            shares = rows / xp.mean(rows, axis=-1, keepdims=True)
            v = xp.expand_dims(shares, axis=-1) * xp.expand_dims(columns, axis=-2)
            after = {"rows": rows, "columns": columns}
        u = g / xp.sqrt(v)
        u = u / xp.maximum(_rms(xp, u) / self.clip_threshold, 1.0)
        size = xp.maximum(_rms(xp, w), self.epsilon_2)
        # Each product alone, so that numbers of the rate do not make float32 weights float64.
        return w - xp.minimum(size * lr, size * t**-0.5) * u, after


def _rms(xp: Any, x: Array) -> Array:
    """Take the root of the mean square of all elements."""
    return xp.sqrt(xp.mean(x * x))
