"""What every loss is: one value a sample, weighted, and reduced to one number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from clearprop import ops
from clearprop.core.described import Described, snake_case
from clearprop.core.later import Register
from clearprop.core.tensor import Node, Tensor, as_tensor
from clearprop.errors import OptionError, unknown
from clearprop.losses.targets import checked_rows, like_outputs, of_one_rank, with_rows
from clearprop.losses.weights import fitted, warn_of_nothing, weight_of_masks

__all__ = ["ALIASES", "LOSSES", "MODULES", "REDUCTIONS", "Loss", "MatchedLoss", "OutputShape"]

OutputShape = tuple[int | None, ...]

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none")

# Where the losses are, the commonest first.
MODULES = tuple(
    f"clearprop.losses.{name}"
    for name in (
        "regression", "crossentropy", "distributions", "margins", "focal", "overlap", "similarity",
        "sequences",
    )
)  # fmt: skip
LOSSES: Register[type[Loss]] = Register(*MODULES)  # by the name of the class
ALIASES: Register[str] = Register(*MODULES)  # other names -> that of the class


class Loss(Described, ABC):
    """
    A measure of error.

    Called with targets and predictions it checks them and gives a recorded number. A training
    loop checks its data once, with `prepare`, and calls `compute` with each batch of the result.

    A loss of your own defines `call`, and `targets` if they are to be checked.

    Parameters
    ----------
    name : str, optional
        What it is called in reports.
    reduction : {"sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"}
        What is made of the samples' values: their sum divided by their number (two names for
        it), their sum, their sum divided by that of the weights, or nothing: an array.
        None means ``"none"``.
    dtype : {"float16", "float32", "float64"}, optional
        The kind of number to compute in; by default that of the predictions.

    Examples
    --------
    >>> import clearprop as cp
    >>> class Worst(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return cp.max(cp.abs(y_pred - y_true), axis=-1)
    >>> Worst()([[0.0, 0.0]], [[1.0, -3.0]]).item()
    3.0
    """

    aliases: ClassVar[tuple[str, ...]] = ()
    activation: ClassVar[str | None] = None  # the one it can be computed without, from its input
    takes_class_numbers: ClassVar[bool] = False  # rather than a row of numbers a sample

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        self.reduction = "none" if reduction is None else reduction
        if self.reduction not in REDUCTIONS:
            raise unknown("reduction", reduction, REDUCTIONS)
        self.name = (
            (self.aliases or (snake_case(type(self).__name__),))[0] if name is None else name
        )
        self.dtype = None if dtype is None else _kind_of_number(dtype)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.aliases and cls.__module__.startswith(__package__):
            LOSSES[cls.__name__] = cls
            ALIASES.update(dict.fromkeys(cls.aliases, cls.__name__))

    # -- what a loss defines ------------------------------------------------------------------

    @abstractmethod
    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Compute the value of each sample from targets that `prepare` gave."""

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        """Check the values of targets, and give them in the form that `call` takes."""
        return of_one_rank(y_true, output_shape)

    def counted(self, y_true: Tensor, values: Tensor) -> Tensor | None:
        """Tell which of the samples' values count; None: all of them."""
        return None

    # -- what users and training loops call ---------------------------------------------------

    def __call__(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None, *, mask: Any = None
    ) -> Tensor:
        """
        Compute the loss.

        Parameters
        ----------
        y_true : array or Tensor
            The targets, one a row.
        y_pred : Tensor or array, shape (N, ...)
            The predictions.
        sample_weight : array, shape (N,) or that of the samples' values, optional
            How much each sample counts.
        mask : array of bool, shape (N,) or that of the samples' values, optional
            Which count at all: a mean is one over those that do.

        Returns
        -------
        Tensor
            One number; the samples' values for the reduction "none".

        Raises
        ------
        ShapeError
            If targets, predictions and weights do not fit each other.
        RangeError
            If a label is no class.
        DTypeError, NumericsError
            If the targets are no finite numbers of the right kind.
        """
        if not isinstance(y_pred, Tensor):
            y_pred = Tensor(Node(_floating(y_pred)))
        if self.dtype is not None and y_pred.dtype != self.dtype:
            y_pred = y_pred.astype(self.dtype)
        if y_pred.ndim == 1 and np.ndim(y_true) == 2 and np.shape(y_true)[1] == 1:
            y_pred = ops.expand_dims(y_pred, axis=-1)  # N samples of one number, not one of N
        shape = y_pred.shape
        if isinstance(y_true, Tensor):
            y_true = self._prepare_tensor(y_true, shape, y_pred.dtype)
        else:
            y_true = self.prepare(y_true, shape, y_pred.dtype)
        with_rows(self.name, "y_pred", shape, y_true.shape[0] if y_true.shape else None)
        return self.compute(y_true, y_pred, sample_weight, mask)

    def prepare(
        self, y_true: Any, output_shape: OutputShape, dtype: Any = np.float32
    ) -> np.ndarray:
        """
        Check targets, and give them as `compute` takes them.

        Parameters
        ----------
        y_true : array
            The targets, one a row: of a batch or of a whole data set.
        output_shape : tuple of (int or None)
            The shape of the predictions; the number of rows may be another, or None.
        dtype : dtype
            The predictions' kind of number.

        Returns
        -------
        numpy.ndarray
            One target a row, so that batches are slices of it.

        Raises
        ------
        ShapeError, RangeError, DTypeError, NumericsError
            As for a call.
        """
        targets = self.targets(checked_rows(self.name, y_true), tuple(output_shape))
        if targets.dtype.kind in "iu":
            return targets
        return targets.astype(dtype if self.dtype is None else self.dtype, copy=False)

    def _prepare_tensor(self, y_true: Tensor, shape: OutputShape, dtype: Any) -> Tensor:
        """Check targets that are recorded already; what must be changed is recorded too."""
        if not isinstance(y_true.data, np.ndarray | np.generic):  # traced: there is no value yet
            return y_true
        targets = self.prepare(y_true.data, shape, dtype)
        if targets.shape != y_true.shape:
            y_true = y_true.reshape(targets.shape)
        return y_true if y_true.dtype == targets.dtype else y_true.astype(targets.dtype)

    def compute(
        self, y_true: Any, y_pred: Tensor, sample_weight: Any = None, mask: Any = None
    ) -> Tensor:
        """
        Compute the loss from targets that `prepare` gave, without checking them again.

        Parameters
        ----------
        y_true : array or Tensor
            The targets.
        y_pred : Tensor, shape (N, ...)
            The predictions.
        sample_weight : array, optional
            How much each sample counts.
        mask : array or Tensor of bool, optional
            Which samples, or which of their positions, count at all.

        Returns
        -------
        Tensor
        """
        if y_true.__class__ is not Tensor:
            y_true = Tensor(Node(y_true))
        if y_true.node.name is None:
            y_true.node.name = "y"
        if self.dtype is not None and y_pred.dtype != self.dtype:
            y_pred = y_pred.astype(self.dtype)
        values = as_tensor(self.call(y_true, y_pred))
        counted = self.counted(y_true, values)
        if mask is not None or counted is not None:
            mean = self.reduction in ("sum_over_batch_size", "mean")
            warn_of_nothing(self.name, mask)
            left = weight_of_masks((mask, counted), values, mean=mean)
            if sample_weight is None:
                sample_weight = left
            else:
                sample_weight = fitted("sample_weight", sample_weight, values) * left
        loss = self._reduced(values, sample_weight)
        if loss.node.name is None:
            loss.node.name = "loss"
        return loss

    def _reduced(self, values: Tensor, weight: Any) -> Tensor:
        """Weight the samples' values and make one number of them."""
        how = self.reduction
        if weight is not None:
            weight = fitted("sample_weight", weight, values)
            values = ops.multiply(values, weight)
        if how == "none" or not values.node.data.shape:
            return values
        if how == "sum":
            return ops.sum(values)
        if how == "mean_with_sample_weight" and weight is not None:
            total = ops.sum(weight)
            some = ops.where(ops.equal(total, 0.0), 1.0, total)  # all weights 0: 0, not NaN
            return ops.divide(ops.sum(values), some)
        return ops.mean(values)

    def fused_with(self, activation: str | None) -> Loss | None:
        """
        Give the same loss for the sums that `activation` is applied to, where there is one.

        A softmax followed by a cross-entropy is computed as one step from the sums: exactly, where
        probabilities would have to be kept from 0, and with the gradient ``y − t``.

        Parameters
        ----------
        activation : str or None
            The name of the model's last activation.

        Returns
        -------
        Loss or None
            None where the activation and the loss do not belong together.

        Examples
        --------
        >>> from clearprop.losses import CategoricalCrossentropy
        >>> CategoricalCrossentropy().fused_with("softmax").from_logits
        True
        >>> CategoricalCrossentropy().fused_with("relu") is None
        True
        """
        return None if activation is None or activation != self.activation else self.on_logits()

    def on_logits(self) -> Loss | None:
        """Give the twin of this loss that takes what comes before the activation, if any."""
        return None


class MatchedLoss(Loss):
    """A loss whose targets have the shape of the outputs; Keras's order of the arguments."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return like_outputs(self.name, y_true, output_shape)


def _floating(y_pred: Any) -> np.ndarray:
    values = np.asarray(y_pred)
    return values if values.dtype.kind == "f" else values.astype(np.float64)


def _kind_of_number(dtype: Any) -> str:
    try:
        kind = np.dtype(dtype)
    except TypeError:
        kind = np.dtype(np.object_)
    if kind.kind != "f":
        raise OptionError(f"dtype must be 'float32', 'float64' or 'float16'; got {dtype!r}.")
    return str(kind)
