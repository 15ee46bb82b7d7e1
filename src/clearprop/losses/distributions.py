"""Losses for distributions and for counts."""

from __future__ import annotations

from typing import final

import numpy as np

from clearprop.core.tensor import RECORDED, Tensor
from clearprop.losses.base import MatchedLoss, OutputShape
from clearprop.losses.forms import function_of
from clearprop.losses.targets import probabilities
from clearprop.ops import measures

__all__ = ["KLDivergence", "Poisson", "kl_divergence", "poisson"]


@final
class KLDivergence(MatchedLoss):
    r"""
    What it costs to expect one distribution where another is true, in nats.

    .. math:: E = \frac{1}{N} \sum_{n,k} t_{nk} \ln \frac{t_{nk}}{p_{nk}}

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Raises
    ------
    RangeError
        When called, if a target is outside 0 to 1.

    References
    ----------
    S. Kullback and R. Leibler, On Information and Sufficiency (1951).

    Examples
    --------
    >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]).item(), 3)
    0.144
    >>> kl_divergence([[0.5, 0.5]], [[0.5, 0.5]]).tolist()
    [0.0]
    """

    aliases = ("kl_divergence", "kld", "KLD", "kullback_leibler_divergence")

    def targets(self, y_true: np.ndarray, output_shape: OutputShape) -> np.ndarray:
        y_true = super().targets(y_true, output_shape)
        return probabilities(self.name, y_true, "targets.a_distribution")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.kl_divergence(RECORDED, y_true, y_pred)


@final
class Poisson(MatchedLoss):
    r"""
    How unlikely counts are where `y` are expected, without what does not depend on `y`.

    .. math:: E = \frac{1}{N O} \sum_{n,o} y_{no} - t_{no} \ln y_{no}

    Parameters
    ----------
    reduction, name, dtype
        As for every `Loss`.

    Examples
    --------
    >>> round(Poisson()([[2.0]], [[2.0]]).item(), 3)
    0.614
    >>> poisson([[0.0]], [[3.0]]).tolist()
    [3.0]
    """

    aliases = ("poisson",)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return measures.poisson(RECORDED, y_true, y_pred)


kl_divergence = function_of(KLDivergence)
poisson = function_of(Poisson)
