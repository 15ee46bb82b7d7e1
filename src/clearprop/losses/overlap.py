"""Losses for regions: how little the predicted region and the true one cover each other."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError
from clearprop.losses.base import MatchedLoss, OutputShape
from clearprop.losses.forms import function_of
from clearprop.losses.targets import probabilities
from clearprop.ops.measures import EPSILON

__all__ = ["Dice", "Tversky", "dice", "tversky"]

Axes = int | tuple[int, ...] | None


class _Overlap(MatchedLoss):
    """A loss of two regions; by default over the whole batch at once, as Keras has it."""

    axis: Axes

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        y_true = super().targets(y_true, output_shape)
        return probabilities(self.name, y_true, "targets.a_region")


def _axes(axis: Any) -> Axes:
    return tuple(axis) if isinstance(axis, list | tuple) else axis


@final
class Dice(_Overlap):
    r"""
    One less twice the overlap of two regions by the sum of their sizes.

    .. math:: E = 1 - \frac{2 \sum t y}{\sum t + \sum y}

    Parameters
    ----------
    reduction, name
        As for every `Loss`.
    axis : int or tuple of int, optional
        Along which to sum; over everything, the samples too, by default. ``axis=(1, 2, 3)`` gives
        images of shape (N, H, W, C) a value each.
    dtype : str, optional
        As for every `Loss`.

    Raises
    ------
    RangeError
        When called, if a target is outside 0 to 1.

    References
    ----------
    F. Milletari et al., V-Net (2016), section 3, of which the squares in the denominator are left
    out.

    Examples
    --------
    >>> round(Dice()([[1.0, 1.0], [0.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]]).item(), 3)
    0.5
    >>> dice([[1.0, 1.0], [0.0, 1.0]], [[1.0, 1.0], [1.0, 0.0]], axis=-1).tolist()[1]
    1.0
    """

    aliases = ("dice",)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "dice",
        axis: Axes = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.axis = _axes(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        both, true, pred = (ops.sum(x, axis=self.axis) for x in (y_true * y_pred, y_true, y_pred))
        return 1.0 - 2.0 * both / (true + pred + EPSILON)


@final
class Tversky(_Overlap):
    r"""
    Dice in which what is missed and what is wrongly claimed may weigh differently.

    .. math::
        E = 1 - \frac{\sum t y}{\sum t y + \alpha \sum t (1 - y) + \beta \sum (1 - t) y}

    Parameters
    ----------
    alpha : float
        Weight of what is missed.
    beta : float
        Weight of what is wrongly claimed.
    reduction, name
        As for every `Loss`.
    axis : int or tuple of int, optional
        Along which to sum; over everything, the samples too, by default.
    dtype : str, optional
        As for every `Loss`.

    Raises
    ------
    RangeError
        When called, if a target is outside 0 to 1.

    References
    ----------
    S. Salehi et al., Tversky Loss Function for Image Segmentation Using 3D Fully Convolutional Deep
    Networks (2017), equation (4); there alpha and beta stand the other way round.

    Examples
    --------
    >>> round(Tversky(alpha=1.0, beta=0.0)([[1.0, 1.0]], [[1.0, 0.0]]).item(), 3)
    0.5
    >>> round(tversky([[1.0, 0.0]], [[1.0, 1.0]], alpha=1.0, beta=0.0).item(), 3)
    0.0
    """

    aliases = ("tversky",)

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "tversky",
        axis: Axes = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        if not (alpha >= 0 and beta >= 0):
            raise OptionError(f"{name}: alpha and beta must be 0 or more; got {alpha!r}, {beta!r}.")
        self.alpha, self.beta, self.axis = float(alpha), float(beta), _axes(axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        parts = (y_true * y_pred, y_true * (1.0 - y_pred), (1.0 - y_true) * y_pred)
        both, missed, claimed = (ops.sum(x, axis=self.axis) for x in parts)
        return 1.0 - both / (both + self.alpha * missed + self.beta * claimed + EPSILON)


dice = function_of(Dice)
tversky = function_of(Tversky)
