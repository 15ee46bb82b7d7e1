"""A learning rate as an optimizer holds it: a number by which the optimizer can be told another."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

__all__ = ["RateNow"]


class RateNow(float):
    """
    A number that its optimizer can be given anew through it, as in Keras.

    Parameters
    ----------
    value : float
    optimizer : Optimizer, optional
        Whose learning rate it is.

    Examples
    --------
    >>> from clearprop.optim import SGD
    >>> rule = SGD(0.1)
    >>> rule.learning_rate.assign(0.05)
    >>> rule.learning_rate
    0.05
    """

    __slots__ = ("_optimizer",)
    _optimizer: Any

    def __new__(cls, value: float, optimizer: Any = None) -> Self:
        """Make the number."""
        made = super().__new__(cls, value)
        made._optimizer = optimizer
        return made

    def assign(self, value: float) -> None:
        """Set the optimizer's learning rate."""
        self._optimizer.learning_rate = value

    def numpy(self) -> np.float32:
        """Give the number as NumPy has it, of the kind that Keras gives."""
        return np.float32(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Count as a plain number beside arrays, whose kind of number stays as it is."""
        plain = [float(x) if isinstance(x, RateNow) else x for x in inputs]
        return getattr(ufunc, method)(*plain, **options)
