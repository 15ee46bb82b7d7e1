"""Losses for embeddings: samples of one class are to lie close, those of different ones apart."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from clearprop import ops
from clearprop.core.tensor import Tensor, as_tensor
from clearprop.errors import DTypeError, ShapeError
from clearprop.losses.base import Loss, OutputShape
from clearprop.losses.forms import FUNCTIONS

__all__ = ["Circle", "circle"]

NO_PAIR = -1e9  # whose exponential is 0, and which differences can be taken of, unlike infinity


@final
class Circle(Loss):
    r"""
    Pairs of one class are drawn together, other pairs apart, the more the less they are so yet.

    .. math::
        E_n = \ln \left(1 + \sum_{j \in P_n} e^{\gamma a_j (d_j - m)} \sum_{k \in N_n}
        e^{\gamma a_k (1 - m - d_k)} \right)

    with the cosine distance :math:`d = 1 - y_n \cdot y_j`, :math:`a_j = \max(m + d_j, 0)` for
    those of the same class and :math:`a_k = \max(1 + m - d_k, 0)` for the others. A mean is one
    over the samples whose value is not 0, as in Keras.

    Parameters
    ----------
    gamma : float
        How steeply what is not yet right counts more.
    margin : float
        Distance up to which a pair of one class is close enough.
    remove_diagonal : bool
        Whether a sample is no pair with itself.
    reduction, name, dtype
        As for every `Loss`.

    References
    ----------
    Y. Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization (2020),
    equation (6).

    Examples
    --------
    >>> rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]  # of length 1
    >>> round(Circle(gamma=1.0)([0, 0, 1, 1], rows).item(), 3)
    0.897
    >>> [round(x, 3) for x in circle([0, 1, 0, 1], rows, gamma=1.0).tolist()]
    [2.121, 2.121, 2.121, 2.121]
    """

    aliases = ("circle",)

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.gamma, self.margin, self.remove_diagonal = gamma, margin, remove_diagonal

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        y = y_true[..., 0] if y_true.ndim == 2 and y_true.shape[-1] == 1 else y_true
        if y.ndim != 1 or len(output_shape) != 2:
            raise ShapeError(
                f"{self.name}: y_true has shape {y_true.shape}, the outputs {tuple(output_shape)};"
                " it takes a class number a sample, shape (N,), and embeddings of shape (N, D)."
            )
        numbers = y.astype(np.int64)
        if (numbers != y).any():
            raise DTypeError(f"{self.name}: class numbers are whole numbers; got {y.dtype}.")
        return numbers

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return self.among(y_true, y_pred, y_true, y_pred)

    def among(self, labels: Tensor, y: Tensor, ref_labels: Tensor, refs: Tensor) -> Tensor:
        """Compute each sample's value by its pairs with references."""
        m, one = self.margin, ops.expand_dims(labels, axis=1)
        same, other = ops.equal(one, ref_labels), ops.not_equal(one, ref_labels)
        if self.remove_diagonal:
            same = ops.logical_and(same, np.eye(*same.shape) == 0)
        d = ops.maximum(1.0 - ops.matmul(y, ops.matrix_transpose(refs)), 0.0)
        close = self.gamma * ops.maximum(m + d, 0.0) * (d - m)
        apart = self.gamma * ops.maximum(1.0 + m - d, 0.0) * (1.0 - m - d)
        pull, push = (
            ops.logsumexp(ops.where(pairs, sizes, NO_PAIR), axis=1)
            for pairs, sizes in ((same, close), (other, apart))
        )
        return ops.softplus(pull + push)

    def counted(self, y_true: Tensor, values: Tensor) -> Tensor:
        return ops.greater(values, 0.0)


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Tensor:
    """
    Compute each sample's circle loss, by pairs within the batch or with references.

    Parameters
    ----------
    y_true : array, shape (N,)
        Class numbers.
    y_pred : array, shape (N, D)
        Embeddings, of length 1.
    ref_labels : array, shape (M,), optional
        Class numbers of the references; the samples themselves by default.
    ref_embeddings : array, shape (M, D), optional
        Embeddings of the references.
    remove_diagonal, gamma, margin
        As for `Circle`.

    Returns
    -------
    Tensor, shape (N,)

    Examples
    --------
    >>> value = circle([0], [[1.0, 0.0]], [0, 1], [[1.0, 0.0], [0.0, 1.0]], False, gamma=1.0)
    >>> round(value[0].item(), 3)
    0.546
    """
    loss = Circle(gamma, margin, remove_diagonal, "none")
    if ref_embeddings is None and ref_labels is None:
        return loss(y_true, y_pred)
    y, refs = as_tensor(y_pred), as_tensor(y_pred if ref_embeddings is None else ref_embeddings)
    ref_labels = y_true if ref_labels is None else ref_labels
    labels, others = (
        as_tensor(loss.prepare(x, by.shape)) for x, by in ((y_true, y), (ref_labels, refs))
    )
    return loss.among(labels, y, others, refs)


FUNCTIONS[circle] = Circle
