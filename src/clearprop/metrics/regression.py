"""Metrics for numbers on a scale."""

from __future__ import annotations

from typing import Any, final

from clearprop.metrics.base import MeanMetric, aligned

__all__ = ["MeanAbsoluteError", "MeanSquaredError"]


@final
class MeanSquaredError(MeanMetric):
    """
    The mean of the squared errors.

    Parameters
    ----------
    name : str
        What it is called in reports.

    Examples
    --------
    >>> MeanSquaredError()([[0.0, 1.0]], [[2.0, 1.0]])
    2.0
    """

    aliases = ("mean_squared_error", "mse", "MSE")

    def __init__(self, name: str = "mean_squared_error") -> None:
        super().__init__(name)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(self.name, y_true, y_pred, xp)
        error = y_pred - xp.astype(y_true, dtype=y_pred.dtype)
        return xp.mean(error * error, axis=-1)


@final
class MeanAbsoluteError(MeanMetric):
    """
    The mean of the errors' sizes.

    Parameters
    ----------
    name : str
        What it is called in reports.

    Examples
    --------
    >>> MeanAbsoluteError()([[0.0, 1.0]], [[2.0, 1.0]])
    1.0
    """

    aliases = ("mean_absolute_error", "mae", "MAE")

    def __init__(self, name: str = "mean_absolute_error") -> None:
        super().__init__(name)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        y_true, y_pred = aligned(self.name, y_true, y_pred, xp)
        return xp.mean(xp.abs(y_pred - xp.astype(y_true, dtype=y_pred.dtype)), axis=-1)
