"""Losses for numbers on a scale."""

from __future__ import annotations

from typing import final

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.losses.base import Loss

__all__ = ["HalfSumSquaredError", "MeanAbsoluteError", "MeanSquaredError"]


@final
class MeanSquaredError(Loss):
    r"""
    Keras's squared error: the mean over the outputs, then over the samples.

    .. math:: E = \frac{1}{N O} \sum_{n,o} (y_{no} - t_{no})^2

    Parameters
    ----------
    reduction : str
        What is made of the samples' values; see `Loss`.
    name : str
        What it is called in reports.

    See Also
    --------
    HalfSumSquaredError : The book's, whose gradient is y − t.

    Examples
    --------
    >>> MeanSquaredError()([[0.0, 1.0]], [[2.0, 1.0]]).item()
    2.0
    """

    aliases = ("mean_squared_error", "mse", "MSE")

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_squared_error"
    ) -> None:
        super().__init__(reduction=reduction, name=name)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.mean(ops.square(ops.subtract(y_pred, y_true)), axis=-1)


@final
class HalfSumSquaredError(Loss):
    r"""
    The book's squared error: half the sum over the outputs, then the mean over the samples.

    .. math:: E = \frac{1}{N} \sum_n \frac{1}{2} \sum_o (y_{no} - t_{no})^2

    Its gradient with respect to an output of one sample is y − t, nothing more. With a batch of
    one it is exactly what a network worked out by hand uses; ``reduction="sum"`` adds samples up,
    as programs do that report ½Σ over all patterns.

    Parameters
    ----------
    reduction : str
        What is made of the samples' values; see `Loss`.
    name : str
        What it is called in reports.

    See Also
    --------
    MeanSquaredError : Keras's, which is 2/O times this.

    Examples
    --------
    >>> HalfSumSquaredError()([[0.0, 1.0]], [[2.0, 1.0]]).item()
    2.0
    >>> HalfSumSquaredError()([[10.0]], [[7.0]]).item()
    4.5
    """

    aliases = ("half_sse", "half_sum_squared_error")

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "half_sse"
    ) -> None:
        super().__init__(reduction=reduction, name=name)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.multiply(0.5, ops.sum(ops.square(ops.subtract(y_pred, y_true)), axis=-1))


@final
class MeanAbsoluteError(Loss):
    r"""
    How far off on average: the mean over the outputs, then over the samples.

    .. math:: E = \frac{1}{N O} \sum_{n,o} |y_{no} - t_{no}|

    Parameters
    ----------
    reduction : str
        What is made of the samples' values; see `Loss`.
    name : str
        What it is called in reports.

    Examples
    --------
    >>> MeanAbsoluteError()([[0.0, 1.0]], [[2.0, 1.0]]).item()
    1.0
    """

    aliases = ("mean_absolute_error", "mae", "MAE")

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str = "mean_absolute_error"
    ) -> None:
        super().__init__(reduction=reduction, name=name)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.mean(ops.abs(ops.subtract(y_pred, y_true)), axis=-1)
