"""Cross-entropies that listen less to some samples: to the easy ones, or to wrong labels."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import RECORDED, Tensor
from clearprop.errors import OptionError
from clearprop.losses.base import Loss, OutputShape
from clearprop.losses.crossentropy import smoothing
from clearprop.losses.forms import function_of
from clearprop.losses.targets import class_numbers, one_hot_rows, yes_or_no
from clearprop.ops import measures

__all__ = [
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
]


@final
class BinaryFocalCrossentropy(Loss):
    r"""
    Cross-entropy of yes-or-no outputs in which easy answers count little.

    .. math::
        E = \frac{1}{N O} \sum (1 - p_t)^\gamma \, H(t, p), \qquad p_t = t p + (1 - t)(1 - p)

    Parameters
    ----------
    apply_class_balancing : bool
        Whether yes counts `alpha` times and no ``1 - alpha`` times.
    alpha : float
        Fraction of the weight that yes has.
    gamma : float
        How much less easy answers count; 0 is plain cross-entropy.
    from_logits : bool
        Whether predictions are sums, to which sigmoid has yet to be applied, not probabilities.
    label_smoothing : float
        Fraction by which targets are drawn towards 1/2.
    axis : int
        Along which the mean over the outputs is taken.
    reduction, name, dtype
        As for every `Loss`.

    References
    ----------
    T.-Y. Lin et al., Focal Loss for Dense Object Detection (2017), equation (5).

    Examples
    --------
    >>> round(BinaryFocalCrossentropy()([[1.0]], [[0.5]]).item(), 3)
    0.173
    >>> round(binary_focal_crossentropy([[1.0]], [[0.5]], gamma=0.0)[0].item(), 3)
    0.693
    """

    aliases = ("binary_focal_crossentropy",)

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.apply_class_balancing, self.from_logits = apply_class_balancing, bool(from_logits)
        self.alpha, self.gamma, self.axis = alpha, _focus(name, gamma), axis
        self.label_smoothing = smoothing(name, label_smoothing)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return yes_or_no(self.name, y_true, output_shape)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        t, p = y_true, ops.sigmoid(y_pred) if self.from_logits else y_pred
        if self.label_smoothing:
            t = t * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        kept = measures.off_the_ends(RECORDED, p)
        cost = -(t * ops.log(kept) + (1.0 - t) * ops.log(1.0 - kept))
        right = t * p + (1.0 - t) * (1.0 - p)
        cost = (1.0 - right) ** self.gamma * cost
        if self.apply_class_balancing:
            cost = (t * self.alpha + (1.0 - t) * (1.0 - self.alpha)) * cost
        return ops.mean(cost, axis=self.axis)


@final
class CategoricalFocalCrossentropy(Loss):
    r"""
    Cross-entropy of one-hot targets in which easy samples count little.

    .. math:: E = -\frac{1}{N} \sum_{n,k} \alpha (1 - p_{nk})^\gamma \, t_{nk} \ln p_{nk}

    Parameters
    ----------
    alpha : float or sequence of K floats
        A factor before the whole, or one for each class.
    gamma : float
        How much less easy samples count; 0 is plain cross-entropy.
    from_logits : bool
        Whether predictions are sums, to which softmax has yet to be applied, not probabilities.
    label_smoothing : float
        Fraction by which targets are drawn towards 1/K; K is the size of the last axis.
    axis : int
        Along which the classes lie.
    reduction, name, dtype
        As for every `Loss`.

    References
    ----------
    T.-Y. Lin et al., Focal Loss for Dense Object Detection (2017), equation (5).

    Examples
    --------
    >>> round(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).item(), 4)
    0.0433
    >>> round(categorical_focal_crossentropy([[0, 1]], [[0.5, 0.5]], alpha=1.0)[0].item(), 3)
    0.173
    """

    aliases = ("categorical_focal_crossentropy",)

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha = np.asarray(alpha).tolist()
        self.gamma, self.from_logits, self.axis = _focus(name, gamma), bool(from_logits), axis
        self.label_smoothing = smoothing(name, label_smoothing)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return one_hot_rows(self.name, y_true, output_shape, self.axis)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        t, p = y_true, ops.softmax(y_pred, axis=self.axis) if self.from_logits else y_pred
        if self.label_smoothing:
            t = t * (1 - self.label_smoothing) + self.label_smoothing / y_pred.shape[-1]
        p = measures.off_the_ends(RECORDED, measures.share(RECORDED, p, self.axis))
        alpha: Any = self.alpha
        if isinstance(alpha, list):
            alpha = np.asarray(alpha, dtype=p.dtype)
        return ops.sum((1.0 - p) ** self.gamma * alpha * (-t * ops.log(p)), axis=self.axis)


@final
class CategoricalGeneralizedCrossEntropy(Loss):
    r"""
    Between cross-entropy and absolute error: wrong labels among the targets do less harm.

    .. math:: E = \frac{1}{N} \sum_n \frac{1 - p_{n, t_n}^q}{q}

    Parameters
    ----------
    q : float, between 0 and 1
        Towards 0 it is the cross-entropy, towards 1 the absolute error.
    reduction, name, dtype
        As for every `Loss`.

    References
    ----------
    Z. Zhang and M. Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with
    Noisy Labels (2018), equation (6).

    Examples
    --------
    >>> CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]]).item()
    1.0
    >>> categorical_generalized_cross_entropy([0, 1], [[1.0, 0.0], [0.75, 0.25]]).tolist()
    [0.0, 1.0]
    """

    aliases = ("categorical_generalized_cross_entropy",)
    takes_class_numbers = True

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if not 0 < q < 1:
            raise OptionError(f"{name}: q must be between 0 and 1; got {q!r}.")
        self.q = float(q)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return class_numbers(self.name, y_true, output_shape)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        right = ops.take_along_axis(y_pred, ops.expand_dims(y_true, axis=-1), axis=-1)
        return (1.0 - ops.squeeze(right, axis=-1) ** self.q) / self.q


def _focus(who: str, gamma: Any) -> float:
    if not gamma >= 0:
        raise OptionError(f"{who}: gamma must be 0 or more; got {gamma!r}.")
    return float(gamma)


binary_focal_crossentropy = function_of(BinaryFocalCrossentropy)
categorical_focal_crossentropy = function_of(CategoricalFocalCrossentropy)
categorical_generalized_cross_entropy = function_of(CategoricalGeneralizedCrossEntropy)
