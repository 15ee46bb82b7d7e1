"""Metrics that tell whether predictions rise and fall with their targets."""

from __future__ import annotations

from typing import Any, final

from clearprop.metrics.means import Measured, function_of
from clearprop.ops.measures import EPSILON

__all__ = [
    "ConcordanceCorrelation",
    "PearsonCorrelation",
    "concordance_correlation",
    "pearson_correlation",
]


class _Correlation(Measured):
    """A figure of how two rows of numbers go together."""

    def __init__(self, name: str | None = None, dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype)
        self.axis = axis


@final
class PearsonCorrelation(_Correlation):
    """
    How nearly targets and predictions lie on a rising line: 1 if they do, −1 if on a falling one.

    Each sample is correlated along `axis`, and the mean over the samples is taken.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.
    axis : int
        Along which to correlate.

    Examples
    --------
    >>> round(PearsonCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]]), 6)
    1.0
    >>> pearson_correlation([[0.0, 1.0]], [[1.0, 0.0]]).tolist()
    [-1.0]
    """

    aliases = ("pearson_correlation",)

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        t, y = (x - xp.mean(x, axis=self.axis, keepdims=True) for x in (t, y))
        t, y = (x / xp.std(x, axis=self.axis, keepdims=True) for x in (t, y))
        return xp.mean(t * y, axis=self.axis)


@final
class ConcordanceCorrelation(_Correlation):
    """
    How nearly predictions equal their targets: as Pearson's, but offset and scale count too.

    Parameters
    ----------
    name, dtype
        As for every `Metric`.
    axis : int
        Along which to correlate.

    References
    ----------
    L. Lin, A Concordance Correlation Coefficient to Evaluate Reproducibility (1989), equation (2).

    Examples
    --------
    >>> round(ConcordanceCorrelation()([[0.0, 1.0, 2.0]], [[0.0, 1.0, 2.0]]), 6)
    1.0
    >>> [round(x, 3) for x in concordance_correlation([[0.0, 2.0]], [[1.0, 3.0]]).tolist()]
    [0.667]
    """

    aliases = ("concordance_correlation",)

    def measure(self, xp: Any, t: Any, y: Any) -> Any:
        about = {"axis": self.axis, "keepdims": True}
        mean_t, mean_y = xp.mean(t, **about), xp.mean(y, **about)
        spread = xp.var(t, **about) + xp.var(y, **about) + xp.square(mean_t - mean_y)
        together = (t - mean_y) * (y - mean_y)
        return xp.mean(2 * together / (spread + EPSILON), axis=self.axis)


pearson_correlation = function_of(PearsonCorrelation)
concordance_correlation = function_of(ConcordanceCorrelation)
