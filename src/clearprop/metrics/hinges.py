"""Metrics that ask for a margin; targets are −1 and 1, or 0 and 1."""

from __future__ import annotations

from typing import Any, final

from clearprop.metrics.means import Measured, function_of
from clearprop.ops import measures

__all__ = [
    "CategoricalHinge",
    "Hinge",
    "SquaredHinge",
    "categorical_hinge",
    "hinge",
    "squared_hinge",
]


@final
class Hinge(Measured):
    """
    The mean of what answers lack to be right by a margin of 1.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> Hinge()([[1, 0]], [[0.5, -2.0]])
    0.25
    >>> hinge([[1, 0]], [[0.5, -2.0]]).tolist()
    [0.25]
    """

    aliases = ("hinge",)

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.hinge(xp, t, y)


@final
class SquaredHinge(Measured):
    """
    The mean square of what answers lack to be right by a margin of 1.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> SquaredHinge()([[1, 0]], [[0.0, -2.0]])
    0.5
    >>> squared_hinge([[1, 0]], [[0.0, -2.0]]).tolist()
    [0.5]
    """

    aliases = ("squared_hinge",)

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.squared_hinge(xp, t, y)


@final
class CategoricalHinge(Measured):
    """
    The mean of what right classes lack to beat the best of the others by 1.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> CategoricalHinge()([[0, 1]], [[0.5, 1.0]])
    0.5
    >>> categorical_hinge([[0, 1]], [[0.5, 1.0]]).tolist()
    [0.5]
    """

    aliases = ("categorical_hinge",)

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        return measures.categorical_hinge(xp, t, y)


hinge = function_of(Hinge)
squared_hinge = function_of(SquaredHinge)
categorical_hinge = function_of(CategoricalHinge)
