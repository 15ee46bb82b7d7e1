"""Losses that ask for a margin: an answer costs nothing once it is right by 1."""

from __future__ import annotations

from typing import final

import numpy as np

from clearprop.core.tensor import RECORDED, Tensor
from clearprop.errors import RangeError
from clearprop.losses.base import MatchedLoss, OutputShape
from clearprop.losses.forms import function_of
from clearprop.losses.targets import one_hot_rows
from clearprop.ops import measures

__all__ = [
    "CategoricalHinge",
    "Hinge",
    "SquaredHinge",
    "categorical_hinge",
    "hinge",
    "squared_hinge",
]


class _Hinge(MatchedLoss):
    """A loss whose targets are −1 and 1, or 0 and 1."""

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        y_true = super().targets(y_true, output_shape)
        for pair in ((0, 1), (-1, 1)):
            if np.isin(y_true, pair).all():
                return y_true
        at = np.argwhere(~np.isin(y_true, (-1, 0, 1)))
        found = f"{y_true[tuple(at[0])]:g} at {at[0].tolist()}" if len(at) else "−1, 0 and 1 mixed"
        raise RangeError(f"{self.name}: targets must be −1 and 1, or 0 and 1; got {found}.")


@final
class Hinge(_Hinge):
    r"""
    What answers lack to be right by a margin of 1.

    .. math:: E = \frac{1}{N O} \sum_{n,o} \max(1 - t_{no} y_{no}, 0)

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Raises
    ------
    RangeError
        When called, if the targets are neither −1 and 1 nor 0 and 1.

    Examples
    --------
    >>> Hinge()([[1.0, -1.0]], [[0.5, -2.0]]).item()
    0.25
    >>> hinge([[1, 0]], [[0.5, -2.0]]).tolist()
    [0.25]
    """

    aliases = ("hinge",)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.hinge(RECORDED, y_true, y_pred)


@final
class SquaredHinge(_Hinge):
    r"""
    The square of what answers lack to be right by a margin of 1.

    .. math:: E = \frac{1}{N O} \sum_{n,o} \max(1 - t_{no} y_{no}, 0)^2

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Raises
    ------
    RangeError
        When called, if the targets are neither −1 and 1 nor 0 and 1.

    Examples
    --------
    >>> SquaredHinge()([[1.0, -1.0]], [[0.0, -2.0]]).item()
    0.5
    >>> squared_hinge([[1, 0]], [[0.0, -2.0]]).tolist()
    [0.5]
    """

    aliases = ("squared_hinge",)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.squared_hinge(RECORDED, y_true, y_pred)


@final
class CategoricalHinge(MatchedLoss):
    r"""
    What the right class lacks to beat the best of the others by a margin of 1.

    .. math:: E = \frac{1}{N} \sum_n \max(\max_k (1 - t_{nk}) y_{nk} - \sum_k t_{nk} y_{nk} + 1, 0)

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Raises
    ------
    RangeError
        When called, if a target is outside 0 to 1.

    Examples
    --------
    >>> CategoricalHinge()([[0, 1]], [[0.5, 1.0]]).item()
    0.5
    >>> categorical_hinge([[0, 1], [1, 0]], [[0.5, 1.0], [3.0, 1.0]]).tolist()
    [0.5, 0.0]
    """

    aliases = ("categorical_hinge",)

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        return one_hot_rows(self.name, y_true, output_shape)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.categorical_hinge(RECORDED, y_true, y_pred)


hinge = function_of(Hinge)
squared_hinge = function_of(SquaredHinge)
categorical_hinge = function_of(CategoricalHinge)
