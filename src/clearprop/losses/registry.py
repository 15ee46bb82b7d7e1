"""Losses found by name, and as functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np

from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import OptionError, unknown
from clearprop.losses.base import ALIASES, LOSSES, Loss, OutputShape
from clearprop.losses.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from clearprop.losses.regression import HalfSumSquaredError, MeanAbsoluteError, MeanSquaredError

__all__ = [
    "FunctionLoss",
    "binary_crossentropy",
    "categorical_crossentropy",
    "get",
    "half_sse",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
]


@final
class FunctionLoss(Loss):
    """
    A function of your own as a loss.

    Parameters
    ----------
    function : callable ``(y_true, y_pred) -> Tensor``
        Gives one value a sample, by operations on tensors; targets reach it unchecked.
    reduction : str
        What is made of the samples' values; see `Loss`.
    name : str, optional
        What it is called in reports; the function's name otherwise.

    Examples
    --------
    >>> import clearprop as cp
    >>> worst = FunctionLoss(lambda t, y: cp.max(cp.abs(y - t), axis=-1), name="worst")
    >>> worst([[0.0, 0.0]], [[1.0, -3.0]]).item()
    3.0
    """

    def __init__(
        self,
        function: Callable[[Tensor, Tensor], Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(
            reduction=reduction, name=name or getattr(function, "__name__", "loss").strip("<>")
        )
        self.function = function

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return y_true

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return as_tensor(self.function(y_true, y_pred))

    def get_config(self) -> dict[str, Any]:
        raise OptionError(
            f"the loss {self.name!r} is a function and cannot be saved by name; compile the loaded"
            " model with it again."
        )


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """
    Compute each sample's mean squared error.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, O)
        Targets and predictions.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> mean_squared_error([[0.0, 1.0]], [[2.0, 1.0]]).tolist()
    [2.0]
    """
    return MeanSquaredError("none")(y_true, y_pred)


def half_sse(y_true: Any, y_pred: Any) -> Tensor:
    """
    Compute half the sum of each sample's squared errors.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, O)
        Targets and predictions.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> half_sse([[10.0]], [[7.0]]).tolist()
    [4.5]
    """
    return HalfSumSquaredError("none")(y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """
    Compute each sample's mean absolute error.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, O)
        Targets and predictions.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]]).tolist()
    [1.0]
    """
    return MeanAbsoluteError("none")(y_true, y_pred)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> Tensor:
    """
    Compute each sample's mean cross-entropy of yes-or-no outputs.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, O)
        Targets and predictions.
    from_logits : bool
        Whether predictions are sums, not probabilities.
    label_smoothing : float
        Fraction by which targets are drawn towards 1/2.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> round(binary_crossentropy([[1.0]], [[0.5]])[0].item(), 3)
    0.693
    """
    return BinaryCrossentropy(from_logits, label_smoothing, reduction="none")(y_true, y_pred)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> Tensor:
    """
    Compute each sample's cross-entropy of a one-hot target.

    Parameters
    ----------
    y_true, y_pred : array, shape (N, K)
        Targets and predictions.
    from_logits : bool
        Whether predictions are sums, not probabilities.
    label_smoothing : float
        Fraction by which targets are drawn towards 1/K.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> round(categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])[0].item(), 3)
    0.693
    """
    return CategoricalCrossentropy(from_logits, label_smoothing, reduction="none")(y_true, y_pred)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> Tensor:
    """
    Compute each sample's cross-entropy of a class number.

    Parameters
    ----------
    y_true : array, shape (N,)
        Class numbers.
    y_pred : array, shape (N, K)
        Predictions.
    from_logits : bool
        Whether predictions are sums, not probabilities.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> round(sparse_categorical_crossentropy([1], [[0.5, 0.5]])[0].item(), 3)
    0.693
    """
    return SparseCategoricalCrossentropy(from_logits, reduction="none")(y_true, y_pred)


# A loss given as one of these functions is the class: checked, fused and saved like it.
FUNCTIONS: dict[Any, type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    half_sse: HalfSumSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
}


def get(loss: Any) -> Loss:
    """
    Find a loss.

    Parameters
    ----------
    loss : str, Loss, dict or callable
        A name ("mse", "mean_squared_error", "MeanSquaredError"), a loss, what `serialize` gave,
        or a function ``(y_true, y_pred) -> values``.

    Raises
    ------
    OptionError
        If the name is unknown; the message has the nearest.

    Examples
    --------
    >>> get("mse")
    MeanSquaredError(reduction='sum_over_batch_size', name='mean_squared_error')
    """
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, str):
        cls = LOSSES.get(ALIASES.get(loss, loss))
        if cls is None:
            raise unknown("loss", loss, {*ALIASES, *LOSSES})
        return cls()
    if isinstance(loss, Mapping):
        name = loss.get("class_name")
        if name not in LOSSES:
            raise unknown("loss", name, LOSSES)
        return LOSSES[name].from_config(loss.get("config", {}))
    if isinstance(loss, type) and issubclass(loss, Loss):
        return loss()
    if callable(loss) and not isinstance(loss, type):
        return FUNCTIONS[loss]() if loss in FUNCTIONS else FunctionLoss(loss)
    raise OptionError(
        f"loss must be a name, a Loss or a function (y_true, y_pred) -> values; got {loss!r}."
    )


def serialize(loss: Loss) -> dict[str, Any]:
    """
    Write a loss down as plain JSON-able data; `get` makes it again.

    Examples
    --------
    >>> get(serialize(get("half_sse"))).name
    'half_sse'
    """
    return {"class_name": type(loss).__name__, "config": loss.get_config()}
