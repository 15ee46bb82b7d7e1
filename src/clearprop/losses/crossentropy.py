"""Losses for classes: how surprised the predicted probabilities are by what came."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor
from clearprop.errors import OptionError, ShapeError
from clearprop.losses.base import Loss, OutputShape
from clearprop.losses.targets import class_numbers, like_outputs, probabilities

__all__ = [
    "EPSILON",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
]

EPSILON = 1e-7  # probabilities are kept this far from 0 and 1, as Keras does: log 0 has no value


def _kept_off_the_ends(p: Tensor) -> Tensor:
    return ops.clip(p, min=EPSILON, max=1 - EPSILON)


def _share(p: Tensor) -> Tensor:
    """Divide each row by its sum: outputs of other functions than softmax need not add up to 1."""
    return ops.divide(p, ops.sum(p, axis=-1, keepdims=True))


def _smoothing(who: str, value: Any) -> float:
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
    reduction : str
        What is made of the samples' values; see `Loss`.
    name : str
        What it is called in reports.

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
    """

    aliases = ("binary_crossentropy", "bce", "BCE")
    activation = "sigmoid"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
    ) -> None:
        super().__init__(reduction=reduction, name=name)
        self.from_logits = bool(from_logits)
        self.label_smoothing = _smoothing(name, label_smoothing)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        one_number_a_row = y_true.ndim < 2 or y_true.shape[-1] == 1
        hint = ""
        if one_number_a_row and len(output_shape) > 1 and (output_shape[-1] or 1) > 1:
            hint = (
                " For class numbers use 'sparse_categorical_crossentropy'; for one yes-or-no answer"
                " give the last layer one unit."
            )
        return probabilities(
            self.name,
            like_outputs(self.name, y_true, output_shape, hint),
            "Targets are 0 for no and 1 for yes; for −1 and 1 give (y + 1) / 2, for class numbers"
            " use 'sparse_categorical_crossentropy'.",
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if self.label_smoothing:
            y_true = y_true * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        if self.from_logits:
            return ops.mean(ops.sigmoid_cross_entropy(y_pred, y_true), axis=-1)
        p = _kept_off_the_ends(y_pred)
        return ops.mean(-(y_true * ops.log(p) + (1.0 - y_true) * ops.log(1.0 - p)), axis=-1)


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
        Fraction by which targets are drawn towards 1/K.
    reduction : str
        What is made of the samples' values; see `Loss`.
    name : str
        What it is called in reports.

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
    """

    aliases = ("categorical_crossentropy", "cce")
    activation = "softmax"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
    ) -> None:
        super().__init__(reduction=reduction, name=name)
        self.from_logits = bool(from_logits)
        self.label_smoothing = _smoothing(name, label_smoothing)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        classes = _classes(self.name, output_shape)
        hint = ""
        if y_true.shape[1:] in ((), (1,)):
            hint = (
                " For class numbers use 'sparse_categorical_crossentropy', or give them one-hot, in"
                f" rows of {classes}."
            )
        return probabilities(
            self.name,
            like_outputs(self.name, y_true, output_shape, hint),
            "A row of targets is one-hot, or holds a probability for each class.",
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if self.label_smoothing:
            K = y_pred.shape[-1]
            y_true = y_true * (1 - self.label_smoothing) + self.label_smoothing / K
        if self.from_logits:
            return ops.softmax_cross_entropy(y_pred, y_true)
        p = _kept_off_the_ends(_share(y_pred))
        return -ops.sum(y_true * ops.log(p), axis=-1)


@final
class SparseCategoricalCrossentropy(_Crossentropy):
    r"""
    Cross-entropy of class numbers: −ln of the probability given to the right class.

    .. math:: E = -\frac{1}{N} \sum_n \ln p_{n, t_n}

    Parameters
    ----------
    from_logits : bool
        Whether predictions are sums, to which softmax has yet to be applied, not probabilities.
    reduction : str
        What is made of the samples' values; see `Loss`.
    name : str
        What it is called in reports.

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
    """

    aliases = ("sparse_categorical_crossentropy", "scce")
    activation = "softmax"
    takes_class_numbers = True

    def __init__(
        self,
        from_logits: bool = False,
        *,
        reduction: str | None = "sum_over_batch_size",
        name: str = "sparse_categorical_crossentropy",
    ) -> None:
        super().__init__(reduction=reduction, name=name)
        self.from_logits = bool(from_logits)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        _classes(self.name, output_shape)
        return class_numbers(self.name, y_true, output_shape)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if self.from_logits:
            return ops.sparse_softmax_cross_entropy(y_pred, y_true)
        right = ops.take_along_axis(_share(y_pred), ops.expand_dims(y_true, axis=-1), axis=-1)
        return -ops.log(_kept_off_the_ends(right))[..., 0]


def _classes(who: str, output_shape: OutputShape) -> int | None:
    """Give the number of classes, which must be at least two."""
    if len(output_shape) < 2 or output_shape[-1] == 1:
        raise ShapeError(
            f"{who}: outputs of shape {tuple(output_shape)} are not at least two classes, and one"
            " class would always be right. For a yes-or-no answer use 'binary_crossentropy' with"
            " one unit and sigmoid."
        )
    return output_shape[-1]
