"""Losses for numbers on a scale."""

from __future__ import annotations

from typing import Any, final

from clearprop import ops
from clearprop.core.tensor import RECORDED, Tensor
from clearprop.errors import OptionError
from clearprop.losses.base import MatchedLoss
from clearprop.losses.forms import function_of
from clearprop.ops import measures

__all__ = [
    "CosineSimilarity",
    "HalfSumSquaredError",
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "cosine_similarity",
    "half_sse",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
]


@final
class MeanSquaredError(MatchedLoss):
    r"""
    Keras's squared error: the mean over the outputs, then over the samples.

    .. math:: E = \frac{1}{N O} \sum_{n,o} (y_{no} - t_{no})^2

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    See Also
    --------
    HalfSumSquaredError : The book's, whose gradient is y − t.

    Examples
    --------
    >>> MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[2.0, 1.0], [0.0, 0.0]]).item()
    1.0
    >>> mean_squared_error([[0.0, 1.0], [0.0, 0.0]], [[2.0, 1.0], [0.0, 0.0]]).tolist()
    [2.0, 0.0]
    """

    aliases = ("mean_squared_error", "mse", "MSE")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.squared_error(RECORDED, y_true, y_pred)


@final
class HalfSumSquaredError(MatchedLoss):
    r"""
    The book's squared error: half the sum over the outputs, then the mean over the samples.

    .. math:: E = \frac{1}{N} \sum_n \frac{1}{2} \sum_o (y_{no} - t_{no})^2

    Its gradient with respect to an output of one sample is y − t, nothing more. With a batch of
    one it is exactly what a network worked out by hand uses; ``reduction="sum"`` adds samples up,
    as programs do that report ½Σ over all patterns.

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    See Also
    --------
    MeanSquaredError : Keras's, which is 2/O times this.

    Examples
    --------
    >>> HalfSumSquaredError()([[0.0, 1.0]], [[2.0, 1.0]]).item()
    2.0
    >>> half_sse([[10.0]], [[7.0]]).tolist()
    [4.5]
    """

    aliases = ("half_sse", "half_sum_squared_error")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.multiply(0.5, ops.sum(ops.square(ops.subtract(y_pred, y_true)), axis=-1))


@final
class MeanAbsoluteError(MatchedLoss):
    r"""
    How far off on average: the mean over the outputs, then over the samples.

    .. math:: E = \frac{1}{N O} \sum_{n,o} |y_{no} - t_{no}|

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Examples
    --------
    >>> MeanAbsoluteError()([[0.0, 1.0]], [[2.0, 1.0]]).item()
    1.0
    >>> mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]]).tolist()
    [1.0]
    """

    aliases = ("mean_absolute_error", "mae", "MAE")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.absolute_error(RECORDED, y_true, y_pred)


@final
class MeanAbsolutePercentageError(MatchedLoss):
    r"""
    How far off in percent of the target: the mean over the outputs, then over the samples.

    .. math:: E = \frac{100}{N O} \sum_{n,o} \frac{|t_{no} - y_{no}|}{\max(|t_{no}|, 10^{-7})}

    A target of 0 makes it huge: percentages of nothing mean nothing.

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Examples
    --------
    >>> MeanAbsolutePercentageError()([[10.0, 20.0]], [[11.0, 20.0]]).item()
    5.0
    >>> mean_absolute_percentage_error([[10.0, 20.0]], [[11.0, 20.0]]).tolist()
    [5.0]
    """

    aliases = ("mean_absolute_percentage_error", "mape", "MAPE")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.percentage_error(RECORDED, y_true, y_pred)


@final
class MeanSquaredLogarithmicError(MatchedLoss):
    r"""
    Squared error of logarithms, for numbers of very different size; below 0 counts as 0.

    .. math:: E = \frac{1}{N O} \sum_{n,o} (\ln(1 + y_{no}) - \ln(1 + t_{no}))^2

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Examples
    --------
    >>> round(MeanSquaredLogarithmicError()([[0.0, 3.0]], [[1.0, 3.0]]).item(), 3)
    0.24
    >>> mean_squared_logarithmic_error([[0.0, 3.0]], [[0.0, 3.0]]).tolist()
    [0.0]
    """

    aliases = ("mean_squared_logarithmic_error", "msle", "MSLE")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.squared_log_error(RECORDED, y_true, y_pred)


@final
class Huber(MatchedLoss):
    r"""
    Half the squared error near the target, a straight line beyond: outliers pull less.

    .. math::
        e = |y - t|, \qquad E = \frac{1}{N O} \sum
        \begin{cases} \frac{1}{2} e^2 & e \le \delta \\
        \delta e - \frac{1}{2} \delta^2 & e > \delta \end{cases}

    Parameters
    ----------
    delta : float, in the units of the targets
        How far from the target the line begins.
    reduction, name, dtype
        As for every `Loss`.

    References
    ----------
    P. J. Huber, Robust Estimation of a Location Parameter (1964).

    Examples
    --------
    >>> Huber()([[0.0, 1.0]], [[2.0, 1.0]]).item()
    0.75
    >>> huber([[0.0]], [[4.0]], delta=2.0).tolist()
    [6.0]
    """

    aliases = ("huber", "huber_loss")

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        if not delta >= 0:
            raise OptionError(f"{name}: delta must be 0 or more; got {delta!r}.")
        self.delta = float(delta)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.huber(RECORDED, y_true, y_pred, delta=self.delta)


@final
class LogCosh(MatchedLoss):
    r"""
    Logarithm of the error's hyperbolic cosine: nearly ½e² near the target, |e| − ln 2 far off.

    .. math:: E = \frac{1}{N O} \sum_{n,o} \ln \cosh (y_{no} - t_{no})

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Examples
    --------
    >>> round(LogCosh()([[0.0, 1.0]], [[2.0, 1.0]]).item(), 3)
    0.663
    >>> log_cosh([[1.0]], [[1.0]]).tolist()
    [0.0]
    """

    aliases = ("log_cosh", "logcosh")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.log_cosh(RECORDED, y_true, y_pred)


@final
class CosineSimilarity(MatchedLoss):
    r"""
    Minus the cosine of the angle between target and prediction: −1 is best, 1 is worst.

    .. math:: E = -\frac{1}{N} \sum_n \frac{t_n \cdot y_n}{\lVert t_n \rVert \lVert y_n \rVert}

    Parameters
    ----------
    axis : int
        Along which the elements of a vector lie.
    reduction, name, dtype
        As for every `Loss`.

    Examples
    --------
    >>> CosineSimilarity()([[1.0, 0.0]], [[5.0, 0.0]]).item()
    -1.0
    >>> cosine_similarity([[1.0, 0.0]], [[0.0, 5.0]]).tolist()
    [-0.0]
    """

    aliases = ("cosine_similarity",)

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.axis = axis

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return -measures.cosine_similarity(RECORDED, y_true, y_pred, axis=self.axis)


mean_squared_error = function_of(MeanSquaredError)
half_sse = function_of(HalfSumSquaredError)
mean_absolute_error = function_of(MeanAbsoluteError)
mean_absolute_percentage_error = function_of(MeanAbsolutePercentageError)
mean_squared_logarithmic_error = function_of(MeanSquaredLogarithmicError)
huber = function_of(Huber)
log_cosh = function_of(LogCosh)
cosine_similarity = function_of(CosineSimilarity)
