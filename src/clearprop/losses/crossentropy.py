"""Losses for classes: how surprised the predicted probabilities are by what came."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import RECORDED, Tensor
from clearprop.errors import OptionError
from clearprop.losses.base import Loss, OutputShape
from clearprop.losses.forms import function_of
from clearprop.losses.targets import class_numbers, one_hot_rows, yes_or_no
from clearprop.ops import measures

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "crossentropy_for",
    "smoothing",
    "sparse_categorical_crossentropy",
]


def smoothing(who: str, value: Any) -> float:
    """Refuse a label smoothing that is no fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise OptionError(f"{who}: label_smoothing must be a number from 0 to 1; got {value!r}.")
    return float(value)


class _Crossentropy(Loss):
    """A cross-entropy; knows its twin for what comes before the activation."""

    from_logits: bool

    def on_logits(self) -> Loss:
        """Give the same loss with ``from_logits=True``."""
        if self.from_logits:
            return self
        return type(self).from_config({**self.get_config(), "from_logits": True})

    def fused_with(self, activation: str | None) -> Loss | None:
        """Give the twin for the sums, unless the outputs are said to be sums already."""
        return None if self.from_logits else super().fused_with(activation)


@final
class BinaryCrossentropy(_Crossentropy):
    r"""
    Cross-entropy of yes-or-no outputs: the mean over the outputs, then over the samples.

    .. math:: E = -\frac{1}{N O} \sum_{n,o} t \ln p + (1 - t) \ln (1 - p)

    Parameters
    ----------
    from_logits : bool
        Whether predictions are sums, to which sigmoid has yet to be applied, not probabilities.
    label_smoothing : float
        Fraction by which targets are drawn towards 1/2.
    axis : int
        Along which the mean over the outputs is taken.
    reduction, name, dtype
        As for every `Loss`.

    Raises
    ------
    OptionError
        If `label_smoothing` is not from 0 to 1.
    RangeError
        When called, if a target is outside 0 to 1.

    Examples
    --------
    >>> round(BinaryCrossentropy()([[1.0]], [[0.5]]).item(), 3)
    0.693
    >>> round(binary_crossentropy([[1.0]], [[0.0]], from_logits=True)[0].item(), 3)
    0.693
    """

    aliases = ("binary_crossentropy", "bce", "BCE")
    activation = "sigmoid"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits, self.axis = bool(from_logits), axis
        self.label_smoothing = smoothing(name, label_smoothing)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return yes_or_no(self.name, y_true, output_shape)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.binary_crossentropy(
            RECORDED,
            y_true,
            y_pred,
            from_logits=self.from_logits,
            label_smoothing=self.label_smoothing,
            axis=self.axis,
        )


@final
class CategoricalCrossentropy(_Crossentropy):
    r"""
    Cross-entropy of one-hot targets: −ln of the probability given to the right class.

    .. math:: E = -\frac{1}{N} \sum_{n,k} t_{nk} \ln p_{nk}

    Parameters
    ----------
    from_logits : bool
        Whether predictions are sums, to which softmax has yet to be applied, not probabilities.
    label_smoothing : float
        Fraction by which targets are drawn towards 1/K; as in Keras, K is the size of the last
        axis, wherever the classes lie.
    axis : int
        Along which the classes lie.
    reduction, name, dtype
        As for every `Loss`.

    Raises
    ------
    OptionError
        If `label_smoothing` is not from 0 to 1.
    RangeError
        When called, if a target is outside 0 to 1.

    Examples
    --------
    >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).item(), 3)
    0.693
    >>> round(categorical_crossentropy([[0.0, 1.0]], [[2.0, 2.0]], from_logits=True)[0].item(), 3)
    0.693
    """

    aliases = ("categorical_crossentropy", "cce")
    activation = "softmax"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits, self.axis = bool(from_logits), axis
        self.label_smoothing = smoothing(name, label_smoothing)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return one_hot_rows(self.name, y_true, output_shape, self.axis)

    def fused_with(self, activation: str | None) -> Loss | None:
        return super().fused_with(activation) if self.axis == -1 else None

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.categorical_crossentropy(
            RECORDED,
            y_true,
            y_pred,
            from_logits=self.from_logits,
            label_smoothing=self.label_smoothing,
            axis=self.axis,
        )


@final
class SparseCategoricalCrossentropy(_Crossentropy):
    r"""
    Cross-entropy of class numbers: −ln of the probability given to the right class.

    .. math:: E = -\frac{1}{N} \sum_n \ln p_{n, t_n}

    Parameters
    ----------
    from_logits : bool
        Whether predictions are sums, to which softmax has yet to be applied, not probabilities.
    ignore_class : int, optional
        A label that marks what does not count, such as −1 or 255; a mean is one over the others.
    reduction : str
        As for every `Loss`.
    axis : int
        Along which the classes lie.
    name, dtype
        As for every `Loss`.

    Raises
    ------
    RangeError
        When called, if a label is no class.
    DTypeError
        When called, if a label is no whole number.

    Examples
    --------
    >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]).item(), 3)
    0.693
    >>> sparse_categorical_crossentropy([-1], [[0.5, 0.5]], ignore_class=-1).tolist()
    [0.0]
    """

    aliases = ("sparse_categorical_crossentropy", "scce")
    activation = "softmax"
    takes_class_numbers = True

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits, self.ignore_class, self.axis = bool(from_logits), ignore_class, axis

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return class_numbers(
            self.name, y_true, output_shape, axis=self.axis, ignored=self.ignore_class
        )

    def fused_with(self, activation: str | None) -> Loss | None:
        return super().fused_with(activation) if self.axis == -1 else None

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.sparse_categorical_crossentropy(
            RECORDED,
            y_true,
            y_pred,
            from_logits=self.from_logits,
            ignore_class=self.ignore_class,
            axis=self.axis,
        )

    def counted(self, y_true: Tensor, values: Tensor) -> Tensor | None:
        if self.ignore_class is None:
            return None
        return ops.not_equal(y_true, self.ignore_class)


def crossentropy_for(
    y_shape: tuple[int | None, ...], output_shape: tuple[int | None, ...]
) -> type[Loss]:
    """
    Choose, as Keras does, what "crossentropy" means.

    Parameters
    ----------
    y_shape, output_shape : tuple of (int or None)
        The shapes of targets and outputs.

    Examples
    --------
    >>> crossentropy_for((None,), (None, 10)).__name__
    'SparseCategoricalCrossentropy'
    """
    if output_shape[-1] == 1:
        return BinaryCrossentropy
    if len(y_shape) < len(output_shape) or y_shape[-1] == 1:
        return SparseCategoricalCrossentropy
    return CategoricalCrossentropy


binary_crossentropy = function_of(BinaryCrossentropy)
categorical_crossentropy = function_of(CategoricalCrossentropy)
sparse_categorical_crossentropy = function_of(SparseCategoricalCrossentropy)
