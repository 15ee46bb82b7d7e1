"""Metrics for probabilities and counts."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.metrics.accuracy import in_range, labels
from clearprop.metrics.means import MeanMetric, Measured, function_of
from clearprop.metrics.weights import array, masked_weight
from clearprop.ops import measures

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "kl_divergence",
    "poisson",
    "sparse_categorical_crossentropy",
]


@final
class KLDivergence(Measured):
    """
    The mean cost of expecting one distribution where another is true, in nats.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]])
    0.0
    >>> kl_divergence([[0.5, 0.5]], [[0.5, 0.5]]).tolist()
    [0.0]
    """

    aliases = ("kl_divergence", "kld", "KLD")

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.kl_divergence(xp, t, y)


@final
class Poisson(Measured):
    """
    How unlikely counts are where `y` are expected, less what does not depend on `y`.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> Poisson()([[0.0]], [[3.0]])
    3.0
    >>> poisson([[0.0]], [[3.0]]).tolist()
    [3.0]
    """

    aliases = ("poisson",)

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.poisson(xp, t, y)


@final
class BinaryCrossentropy(Measured):
    """
    The mean cross-entropy of yes-or-no answers.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are sums, not probabilities.
    label_smoothing : float
        Fraction by which targets are drawn towards the middle.
    axis : int
        Along which the mean over the outputs is taken.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> round(BinaryCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]), 3)
    0.693
    >>> round(binary_crossentropy([[0.0, 1.0]], [[0.0, 0.0]], from_logits=True)[0].item(), 3)
    0.693
    """

    aliases = ("binary_crossentropy", "bce", "BCE")

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.binary_crossentropy(
            xp,
            t,
            y,
            from_logits=self.from_logits,
            label_smoothing=self.label_smoothing,
            axis=self.axis,
        )


@final
class CategoricalCrossentropy(Measured):
    """
    The mean cross-entropy of one-hot targets.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are sums, not probabilities.
    label_smoothing : float
        Fraction by which targets are drawn towards the middle.
    axis : int
        Along which the classes lie.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]), 3)
    0.693
    >>> round(categorical_crossentropy([[0.0, 1.0]], [[0.0, 0.0]], from_logits=True)[0].item(), 3)
    0.693
    """

    aliases = ("categorical_crossentropy",)

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.categorical_crossentropy(
            xp,
            t,
            y,
            from_logits=self.from_logits,
            label_smoothing=self.label_smoothing,
            axis=self.axis,
        )


@final
class SparseCategoricalCrossentropy(MeanMetric):
    """
    The mean cross-entropy of class numbers.

    As in Keras, samples of an ignored class count as right where there are no sample weights, and
    not at all where there are.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.
    from_logits : bool
        Whether predictions are sums, not probabilities.
    ignore_class : int, optional
        A label that marks what does not count, such as −1 or 255.
    axis : int
        Along which the classes lie.

    Examples
    --------
    >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 3)
    0.693
    >>> sparse_categorical_crossentropy([-1], [[0.5, 0.5]], ignore_class=-1).tolist()
    [0.0]
    """

    aliases = ("sparse_categorical_crossentropy",)

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        self.from_logits, self.ignore_class, self.axis = from_logits, ignore_class, axis

    def values(self, xp: Any, y_true: Any, y_pred: Any) -> Any:
        return measures.sparse_categorical_crossentropy(
            xp,
            labels(self.name, xp, y_true, y_pred, self.axis),
            y_pred,
            from_logits=self.from_logits,
            ignore_class=self.ignore_class,
            axis=self.axis,
        )

    def check(self, y_true: np.ndarray, y_pred: np.ndarray) -> None:
        labels(self.name, NUMPY, y_true, y_pred, self.axis)
        in_range(self.name, y_true, y_pred.shape[self.axis], self.ignore_class)

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if self.ignore_class is not None and sample_weight is not None:
            sample_weight = masked_weight(sample_weight, self._counted(array(y_true), y_pred))
        super().update(y_true, y_pred, sample_weight)

    def _counted(self, y_true: np.ndarray, y_pred: Any) -> np.ndarray:
        return labels(self.name, NUMPY, y_true, array(y_pred), self.axis) != self.ignore_class


kl_divergence = function_of(KLDivergence)
poisson = function_of(Poisson)
binary_crossentropy = function_of(BinaryCrossentropy)
categorical_crossentropy = function_of(CategoricalCrossentropy)
sparse_categorical_crossentropy = function_of(SparseCategoricalCrossentropy)
