"""What every metric is: a figure that takes batches in and can be read at any time."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, final

import numpy as np

from clearprop.core.namespaces import NUMPY, no_grad
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import OptionError, ShapeError, unknown

__all__ = ["ALIASES", "METRICS", "FunctionMetric", "MeanMetric", "Metric", "aligned"]

METRICS: dict[str, type[Metric]] = {}  # by the name of the class
ALIASES: dict[str, str] = {}  # other names -> that of the class


class Metric(ABC):
    """
    A figure over any number of batches.

    Parameters
    ----------
    name : str, optional
        What it is called in reports.
    """

    aliases: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str | None = None) -> None:
        self.name = self.aliases[0] if name is None else name

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.aliases and cls.__module__.startswith(__package__):
            METRICS[cls.__name__] = cls
            ALIASES.update(dict.fromkeys(cls.aliases, cls.__name__))

    @abstractmethod
    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """
        Take a batch in.

        Parameters
        ----------
        y_true, y_pred : array or Tensor, shape (N, ...)
            Targets and predictions.
        sample_weight : array, shape (N,), optional
            How much each sample counts.

        Raises
        ------
        ShapeError
            If they do not fit each other.
        """

    @abstractmethod
    def result(self) -> float:
        """Give the figure over all batches since the last `reset`; NaN if there was none."""

    @abstractmethod
    def reset(self) -> None:
        """Forget all batches."""

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        """Take a batch in and give the figure so far."""
        self.update(y_true, y_pred, sample_weight)
        return self.result()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch in: Keras's name for `update`."""
        self.update(y_true, y_pred, sample_weight)

    def reset_state(self) -> None:
        """Forget all batches: Keras's name for `reset`."""
        self.reset()

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make a metric like this one, as plain JSON-able data."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Metric:
        """
        Make a metric from `get_config`'s data.

        Raises
        ------
        OptionError
            If a name is no argument of the metric, or a value is outside its domain.
        """
        known = inspect.signature(cls).parameters
        for name in config:
            if name not in known:
                raise unknown(f"argument of {cls.__name__}", name, known)
        return cls(**config)

    def __repr__(self) -> str:
        config = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({config})"


class MeanMetric(Metric):
    """
    The mean, weighted if there are weights, of one value a sample.

    The sum and the count are kept, not means of batches: batches of any sizes give the same as
    all samples at once.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name)
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

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        values = np.asarray(self.values(NUMPY, _array(y_true), _array(y_pred)))
        if sample_weight is None:
            self.add(values.sum(dtype=np.float64), values.size)
            return
        weight = _array(sample_weight).astype(np.float64)
        if weight.shape != values.shape[: weight.ndim] and weight.shape[-1:] == (1,):
            weight = weight[..., 0]
        if weight.shape != values.shape[: weight.ndim]:
            raise ShapeError(
                f"{self.name}: sample_weight has shape {weight.shape}; give one weight a sample,"
                f" shape {values.shape[:1]}."
            )
        rest = tuple(range(weight.ndim, values.ndim))
        each = values.astype(np.float64).mean(axis=rest) if rest else values
        self.add((each * weight).sum(), weight.sum())

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


@final
class FunctionMetric(MeanMetric):
    """
    The mean of what a function of your own gives.

    Parameters
    ----------
    function : callable ``(y_true, y_pred) -> values``
        Gives one value a sample, from tensors.
    name : str, optional
        What it is called in reports; the function's name otherwise.

    Examples
    --------
    >>> metric = FunctionMetric(lambda t, y: (y - t) * 10, name="tenfold")
    >>> metric([1.0, 2.0], [1.0, 3.0])
    5.0
    """

    def __init__(self, function: Callable[[Tensor, Tensor], Any], name: str | None = None) -> None:
        super().__init__(name or getattr(function, "__name__", "metric").strip("<>"))
        self.function = function

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        with no_grad():
            return _array(self.function(as_tensor(y_true), as_tensor(y_pred)))

    def get_config(self) -> dict[str, Any]:
        raise OptionError(
            f"the metric {self.name!r} is a function and cannot be saved by name; compile the"
            " loaded model with it again."
        )


def _array(x: Any) -> Any:
    return np.asarray(x.data if isinstance(x, Tensor) else x)


def aligned(who: str, y_true: Any, y_pred: Any, xp: Any) -> tuple[Any, Any]:
    """
    Give both in one shape; only an axis of size 1 at the end may be missing in one of them.

    Raises
    ------
    ShapeError
        If the shapes differ otherwise.
    """
    t, p = tuple(y_true.shape), tuple(y_pred.shape)
    if t == p:
        return y_true, y_pred
    if t == (*p, 1):
        return y_true, xp.reshape(y_pred, t)
    if p == (*t, 1):
        return xp.reshape(y_true, p), y_pred
    raise ShapeError(f"{who}: y_true has shape {t}, y_pred has shape {p}; they must be the same.")
