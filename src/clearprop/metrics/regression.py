"""Metrics for numbers on a scale."""

from __future__ import annotations

import math
from typing import Any, final

from clearprop.metrics.means import Measured, function_of
from clearprop.ops import measures

__all__ = [
    "CosineSimilarity",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "RootMeanSquaredError",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
]


@final
class MeanSquaredError(Measured):
    """
    The mean of the squared errors.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> MeanSquaredError()([[0.0, 1.0]], [[2.0, 1.0]])
    2.0
    >>> mean_squared_error([[0.0, 1.0]], [[2.0, 1.0]]).tolist()
    [2.0]
    """

    aliases = ("mean_squared_error", "mse", "MSE")

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.squared_error(xp, t, y)


@final
class MeanAbsoluteError(Measured):
    """
    The mean of the errors' sizes.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> MeanAbsoluteError()([[0.0, 1.0]], [[2.0, 1.0]])
    1.0
    >>> mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]]).tolist()
    [1.0]
    """

    aliases = ("mean_absolute_error", "mae", "MAE")

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.absolute_error(xp, t, y)


@final
class MeanAbsolutePercentageError(Measured):
    """
    The mean of the errors' sizes in percent of the targets'.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> MeanAbsolutePercentageError()([[10.0, 20.0]], [[11.0, 20.0]])
    5.0
    >>> mean_absolute_percentage_error([[10.0, 20.0]], [[11.0, 20.0]]).tolist()
    [5.0]
    """

    aliases = ("mean_absolute_percentage_error", "mape", "MAPE")

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.percentage_error(xp, t, y)


@final
class MeanSquaredLogarithmicError(Measured):
    """
    The mean of the squared errors of logarithms; below 0 counts as 0.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> MeanSquaredLogarithmicError()([[0.0, 3.0]], [[0.0, 3.0]])
    0.0
    >>> mean_squared_logarithmic_error([[0.0, 3.0]], [[0.0, 3.0]]).tolist()
    [0.0]
    """

    aliases = ("mean_squared_logarithmic_error", "msle", "MSLE")

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.squared_log_error(xp, t, y)


@final
class LogCoshError(Measured):
    """
    The mean of the logarithms of the errors' hyperbolic cosines.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> round(LogCoshError()([[0.0, 1.0]], [[2.0, 1.0]]), 3)
    0.663
    >>> log_cosh([[1.0]], [[1.0]]).tolist()
    [0.0]
    """

    aliases = ("log_cosh_error", "logcosh", "log_cosh")

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.log_cosh(xp, t, y)


@final
class CosineSimilarity(Measured):
    """
    The mean cosine of the angle between targets and predictions: 1 is best.

    Parameters
    ----------
    axis : int
        Along which the elements of a vector lie; by default the last.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> CosineSimilarity()([[1.0, 0.0]], [[5.0, 0.0]])
    1.0
    """

    aliases = ("cosine_similarity",)

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype)
        self.axis = axis

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.cosine_similarity(xp, t, y, axis=self.axis)


@final
class RootMeanSquaredError(Measured):
    """
    The root of the mean of the squared errors: an error in the units of the targets.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> RootMeanSquaredError()([[0.0, 0.0]], [[3.0, 5.0]])
    4.123105625617661
    """

    aliases = ("root_mean_squared_error",)

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return xp.square(y - t)

    def result(self) -> float:
        return math.sqrt(super().result())


mean_squared_error = function_of(MeanSquaredError)
mean_absolute_error = function_of(MeanAbsoluteError)
mean_absolute_percentage_error = function_of(MeanAbsolutePercentageError)
mean_squared_logarithmic_error = function_of(MeanSquaredLogarithmicError)
log_cosh = function_of(LogCoshError, "log_cosh")
