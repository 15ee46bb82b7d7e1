"""How much of their union the predicted region of a class and the true one share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

import numpy as np

from clearprop.errors import OptionError, ShapeError
from clearprop.metrics.base import Metric
from clearprop.metrics.matrices import counted, refuse_beyond
from clearprop.metrics.weights import array, fitted, spread
from clearprop.ops.measures import EPSILON

__all__ = ["BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"]


class _IoU(Metric):
    """A table of true classes by predicted ones, and what each class has in common in it."""

    table: np.ndarray

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Iterable[int],
        name: str | None,
        dtype: Any,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        self.num_classes, self.target_class_ids = num_classes, [int(c) for c in target_class_ids]
        self.ignore_class, self.axis = ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        if any(not 0 <= c < num_classes for c in self.target_class_ids):
            raise OptionError(
                f"{self.name}: target_class_ids {self.target_class_ids} must be classes, from 0 to"
                f" {num_classes - 1}."
            )
        self.reset()

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        t = self._numbers(y_true, self.sparse_y_true)
        p = self._numbers(y_pred, self.sparse_y_pred)
        if t.shape != p.shape:
            trimmed = [x[..., 0] if x.ndim and x.shape[-1] == 1 else x for x in (t, p)]
            if trimmed[0].shape != trimmed[1].shape:
                raise ShapeError(
                    f"{self.name}: the class numbers have shapes {t.shape} and {p.shape}; they must"
                    " be the same. Scores of each class need sparse_y_pred=False, one-hot targets"
                    " sparse_y_true=False."
                )
            t, p = trimmed
        weight: Any = np.ones(t.shape)
        if sample_weight is not None:
            weight = spread(fitted(self.name, sample_weight, t.shape), t.shape)
        if self.ignore_class is not None:
            kept = t != self.ignore_class
            t, p, weight = t[kept], p[kept], weight[kept]
        for what, x in (("y_true", t), ("y_pred", p)):
            refuse_beyond(self.name, what, x, self.num_classes)
        t, p, weight = (x.reshape(-1) for x in (t, p, weight))
        self.table = self.table + counted(t, p, self.num_classes, weight)

    def _numbers(self, x: Any, sparse: bool) -> np.ndarray:
        values = array(x)
        return (values if sparse else values.argmax(axis=self.axis)).astype(np.int64)

    def result(self) -> float:
        both = np.diag(self.table)
        union = self.table.sum(axis=0) + self.table.sum(axis=1) - both
        both, union = both[self.target_class_ids], union[self.target_class_ids]
        seen = union > 1e-9  # a class that there is not is left out of the mean
        shares = np.where(seen, both / (union + EPSILON), 0.0)
        return float(shares.sum() / (seen.sum() + EPSILON))

    def reset(self) -> None:
        self.table = np.zeros((self.num_classes, self.num_classes))

    @property
    def total_cm(self) -> np.ndarray:
        """The table of true classes by predicted ones: Keras's name for it."""
        return self.table


@final
class IoU(_IoU):
    """
    The mean, over some classes, of what targets and predictions share of their union.

    Parameters
    ----------
    num_classes : int
        How many classes there are.
    target_class_ids : sequence of int
        Of which classes to take the mean.
    name, dtype
        As for every `Metric`.
    ignore_class : int, optional
        A true label that marks what does not count, such as −1 or 255.
    sparse_y_true : bool
        Whether targets are class numbers, not one-hot.
    sparse_y_pred : bool
        Whether predictions are class numbers, not scores of each class.
    axis : int
        Along which classes lie, where they are not numbers.

    Examples
    --------
    >>> round(IoU(2, [0])([0, 0, 1, 1], [0, 1, 0, 1]), 3)
    0.333
    """

    aliases = ("io_u",)

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            target_class_ids,
            name,
            dtype,
            ignore_class,
            sparse_y_true,
            sparse_y_pred,
            axis,
        )


@final
class MeanIoU(_IoU):
    """
    The mean, over the classes, of what targets and predictions share of their union.

    Parameters
    ----------
    num_classes : int
        How many classes there are.
    name, dtype
        As for every `Metric`.
    ignore_class : int, optional
        A true label that marks what does not count, such as −1 or 255.
    sparse_y_true : bool
        Whether targets are class numbers, not one-hot.
    sparse_y_pred : bool
        Whether predictions are class numbers, not scores of each class.
    axis : int
        Along which classes lie, where they are not numbers.

    Examples
    --------
    >>> round(MeanIoU(2)([0, 0, 1, 1], [0, 1, 0, 1]), 3)
    0.333
    """

    aliases = ("mean_io_u",)

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            range(num_classes),
            name,
            dtype,
            ignore_class,
            sparse_y_true,
            sparse_y_pred,
            axis,
        )


@final
class OneHotIoU(_IoU):
    """
    As `IoU`, for one-hot targets.

    Parameters
    ----------
    num_classes : int
        How many classes there are.
    target_class_ids : sequence of int
        Of which classes to take the mean.
    name, dtype
        As for every `Metric`.
    ignore_class : int, optional
        A true label that marks what does not count, such as −1 or 255.
    sparse_y_pred : bool
        Whether predictions are class numbers, not scores of each class.
    axis : int
        Along which classes lie, where they are not numbers.

    Examples
    --------
    >>> t, p = [[1, 0], [1, 0], [0, 1]], [[0.8, 0.2], [0.3, 0.7], [0.1, 0.9]]
    >>> round(OneHotIoU(2, [0])(t, p), 3)
    0.5
    """

    aliases = ("one_hot_io_u",)

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


@final
class OneHotMeanIoU(_IoU):
    """
    As `MeanIoU`, for one-hot targets.

    Parameters
    ----------
    num_classes : int
        How many classes there are.
    name, dtype
        As for every `Metric`.
    ignore_class : int, optional
        A true label that marks what does not count, such as −1 or 255.
    sparse_y_pred : bool
        Whether predictions are class numbers, not scores of each class.
    axis : int
        Along which classes lie, where they are not numbers.

    Examples
    --------
    >>> t, p = [[1, 0], [1, 0], [0, 1]], [[0.8, 0.2], [0.3, 0.7], [0.1, 0.9]]
    >>> round(OneHotMeanIoU(2)(t, p), 3)
    0.5
    """

    aliases = ("one_hot_mean_io_u",)

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            range(num_classes),
            name,
            dtype,
            ignore_class,
            False,
            sparse_y_pred,
            axis,
        )


@final
class BinaryIoU(_IoU):
    """
    The mean of what targets and predictions share of their union, for yes-or-no outputs.

    Parameters
    ----------
    target_class_ids : sequence of int
        Whether to look at what is no, 0, what is yes, 1, or at both.
    threshold : float
        Predictions from it on are yes.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> round(BinaryIoU([0, 1], threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]), 3)
    0.333
    """

    aliases = ("binary_io_u",)

    def __init__(
        self,
        target_class_ids: Any = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        p = array(y_pred)
        bar = np.asarray(self.threshold).astype(p.dtype if p.dtype.kind == "f" else np.float64)
        super().update(y_true, p >= bar, sample_weight)
