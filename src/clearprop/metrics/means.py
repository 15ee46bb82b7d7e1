"""Metrics that are a mean, or a sum, over the samples."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, final

import numpy as np

from clearprop.core.forms import function_form
from clearprop.core.namespaces import NUMPY, no_grad
from clearprop.core.tensor import Node, Tensor, as_tensor
from clearprop.errors import OptionError
from clearprop.metrics.base import Metric, aligned
from clearprop.metrics.weights import array, fitted, spread, totals, totals_in

__all__ = [
    "FUNCTIONS",
    "FunctionMetric",
    "Mean",
    "MeanMetric",
    "MeanMetricWrapper",
    "Measured",
    "Sum",
    "function_of",
]

# A metric given as one of these functions is the class: saved like it.
FUNCTIONS: dict[Any, type[Metric]] = {}


class MeanMetric(Metric):
    """
    The mean, weighted if there are weights, of one value a sample.

    The sum and the count are kept, not means of batches: batches of any sizes give the same as
    all samples at once.
    """

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.reset()

    @abstractmethod
    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        """
        Compute the samples' values.

        Parameters
        ----------
        xp : namespace
            The array library of the arguments.
        y_true, y_pred : array, shape (N, ...)
            Targets and predictions.

        Returns
        -------
        array, shape (N, ...)
        """

    def check(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        """Refuse targets and predictions whose figure would mean nothing."""

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        t, y = array(y_true), array(y_pred)
        if self.dtype is not None and y.dtype.kind == "f":
            y = y.astype(self.dtype)
        self.check(t, y)
        values = np.asarray(self.values(NUMPY, t, y))
        self.add(*totals(self.name, values, sample_weight))

    def sums(self, xp: Any, y_true: Any, y_pred: Any, weight: Any = None) -> Any:
        """
        Compute what `add` takes with another array library, as a step of an engine's.

        Parameters
        ----------
        xp : namespace
        y_true, y_pred : array, shape (N, ...)
        weight : array, optional
            As for `update`.

        Returns
        -------
        (array, array) or None
            The sum and the count, as float64; None if values have to be looked at.
        """
        own = type(self)
        if own.update is not MeanMetric.update or own.check is not MeanMetric.check:
            return None
        if self.dtype is not None and y_pred.dtype.kind == "f":
            y_pred = xp.astype(y_pred, dtype=np.dtype(self.dtype))
        return totals_in(xp, self.name, self.values(xp, y_true, y_pred), weight)

    def add(self, total: float, count: float) -> None:
        """
        Take in the sum of values that were computed elsewhere, and how many they count for.

        Parameters
        ----------
        total, count : float
            The (weighted) sum of the values, and the sum of the weights or the number of values.
        """
        self.total += float(total)
        self.count += float(count)
        self.asked = True

    def result(self) -> float:
        if self.count:
            return self.total / self.count
        return 0.0 if self.asked else float("nan")  # no weight at all: 0, as Keras has it

    def reset(self) -> None:
        self.total = self.count = 0.0
        self.asked = False


class Measured(MeanMetric):
    """The mean of what a formula of targets and predictions, in one shape, gives."""

    @abstractmethod
    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        """Compute the samples' values from arrays of one shape and kind."""

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        t, y = aligned(self.name, y_true, y_pred, xp)
        if y.dtype.kind in "biu":  # whole numbers would be cut off, and wrap around below 0
            y = xp.astype(y, dtype=xp.float64)
        return self.measure(xp, xp.astype(t, dtype=y.dtype), y)


def function_of(cls: type[MeanMetric], name: str | None = None) -> Callable[..., Tensor]:
    """Make the function ``(y_true, y_pred, **settings)`` that gives a metric's values by sample."""

    def values(settings: dict[str, Any], y_true: Any, y_pred: Any) -> Tensor:
        metric, t, y = cls(**settings), array(y_true), array(y_pred)
        metric.check(t, y)
        return Tensor(Node(np.asarray(metric.values(NUMPY, t, y))))

    function = function_form(cls, name or cls.aliases[0], values, without=("name", "dtype"))
    FUNCTIONS[function] = cls
    return function


@final
class Mean(MeanMetric):
    """
    The mean of numbers.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> mean = Mean()
    >>> mean([1.0, 3.0]), mean([8.0])
    (2.0, 4.0)
    """

    aliases = ("mean",)

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        return y_pred

    def update(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        self.add(*totals(self.name, array(values), sample_weight))


@final
class Sum(Metric):
    """
    The sum of numbers.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> total = Sum()
    >>> total([1.0, 3.0]), total([8.0])
    (4.0, 12.0)
    """

    aliases = ("sum",)

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.total = 0.0

    def update(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        numbers = array(values).astype(np.float64)
        if sample_weight is not None:
            weight = fitted(self.name, sample_weight, numbers.shape)
            numbers = numbers * spread(weight, numbers.shape)
        self.total += float(numbers.sum())

    def result(self) -> float:
        return self.total

    def reset(self) -> None:
        self.total = 0.0


@final
class MeanMetricWrapper(MeanMetric):
    """
    The mean of what a function of your own gives.

    Parameters
    ----------
    fn : callable ``(y_true, y_pred, **kwargs) -> values``
        Gives one value a sample, from tensors.
    name : str, optional
        What it is called in reports; the function's name otherwise.
    dtype : str, optional
        As for every `Metric`.
    **kwargs
        What else to give the function.

    Examples
    --------
    >>> metric = MeanMetricWrapper(lambda t, y: (y - t) * 10, name="tenfold")
    >>> metric([1.0, 2.0], [1.0, 3.0])
    5.0
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        called = str(getattr(fn, "__name__", getattr(fn, "name", "metric")))  # or that of a loss
        super().__init__(name or called.strip("<>"), dtype)
        self.fn, self.kwargs = fn, kwargs

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        if (*y_true.shape, 1) == y_pred.shape or y_true.shape == (*y_pred.shape, 1):
            y_true, y_pred = aligned(self.name, y_true, y_pred, xp)  # or N × N would come of it
        with no_grad():
            return array(self.fn(as_tensor(y_true), as_tensor(y_pred), **self.kwargs))

    def get_config(self) -> dict[str, Any]:
        raise OptionError(
            f"the metric {self.name!r} is a function and cannot be saved by name; compile the"
            " loaded model with it again."
        )

    def __repr__(self) -> str:
        return f"MeanMetricWrapper({self.fn!r}, name={self.name!r})"


FunctionMetric = MeanMetricWrapper
