"""Metrics that count right and wrong yes and no at one threshold or several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

import numpy as np

from clearprop.errors import OptionError
from clearprop.metrics.base import Metric
from clearprop.metrics.tally import share, tally

__all__ = [
    "Confusion",
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "TrueNegatives",
    "TruePositives",
]

NO_BAR = -1e10  # the threshold where being among the largest is what counts


class Confusion(Metric):
    """Counts of true and false positives and negatives, at each threshold."""

    at: np.ndarray  # (T,), the thresholds
    counts: np.ndarray  # (4, T), or (4, T, K) where each label is counted by itself

    def __init__(self, at: Any, name: str | None, dtype: Any) -> None:
        super().__init__(name, dtype)
        self.at = np.asarray(at, dtype=np.float64).reshape(-1)
        self.reset()

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.counts = self.counts + tally(self, y_true, y_pred, sample_weight, self.at)

    def reset(self) -> None:
        self.counts = np.zeros((4, len(self.at)))

    def figure(self, figures: np.ndarray) -> Any:
        """Give one figure as a number, several as an array."""
        return figures if len(figures) > 1 else float(figures[0])


class _Count(Confusion):
    """One of the four counts."""

    which: int

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        self.thresholds = _kept(thresholds)
        super().__init__(parsed(thresholds, 0.5), name, dtype)

    def result(self) -> Any:
        return self.figure(self.counts[self.which])


@final
class TruePositives(_Count):
    """
    How many answers are yes where yes is right.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        From 0 to 1; predictions above one are yes. By default 0.5; several give an array.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> TruePositives()([0, 1, 1, 1, 0], [0.9, 0.8, 0.1, 0.7, 0.2])
    2.0
    """

    aliases = ("true_positives",)
    which = 0


@final
class FalsePositives(_Count):
    """
    How many answers are yes where no is right.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        From 0 to 1; predictions above one are yes. By default 0.5; several give an array.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> FalsePositives()([0, 1, 1, 1, 0], [0.9, 0.8, 0.1, 0.7, 0.2])
    1.0
    """

    aliases = ("false_positives",)
    which = 1


@final
class TrueNegatives(_Count):
    """
    How many answers are no where no is right.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        From 0 to 1; predictions above one are yes. By default 0.5; several give an array.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> TrueNegatives()([0, 1, 1, 1, 0], [0.9, 0.8, 0.1, 0.7, 0.2])
    1.0
    """

    aliases = ("true_negatives",)
    which = 2


@final
class FalseNegatives(_Count):
    """
    How many answers are no where yes is right.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        From 0 to 1; predictions above one are yes. By default 0.5; several give an array.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> FalseNegatives()([0, 1, 1, 1, 0], [0.9, 0.8, 0.1, 0.7, 0.2])
    1.0
    """

    aliases = ("false_negatives",)
    which = 3


class _Share(Confusion):
    """A share of the true positives, with Keras's ways of choosing what counts as yes."""

    def __init__(
        self,
        thresholds: Any = None,
        top_k: Any = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        self.thresholds, self.top_k, self.class_id = _kept(thresholds), top_k, class_id
        super().__init__(parsed(thresholds, 0.5 if top_k is None else NO_BAR), name, dtype)
        if top_k is not None and (not isinstance(top_k, int) or top_k < 1):
            raise OptionError(f"{self.name}: top_k must be a whole number from 1; got {top_k!r}.")

    def update(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        found = tally(
            self, y_true, y_pred, sample_weight, self.at, top_k=self.top_k, class_id=self.class_id
        )
        self.counts = self.counts + found


@final
class Precision(_Share):
    """
    The fraction of the yes answers that are right; 0 if there is none.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        From 0 to 1; predictions above one are yes. By default 0.5; several give an array.
    top_k : int, optional
        Take the `top_k` largest outputs of a sample as yes, instead of what is above 0.5.
    class_id : int, optional
        Which of the outputs to look at; all of them by default.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> Precision()([0, 1, 1, 1], [1.0, 0.8, 0.1, 0.3])
    0.5
    >>> Precision(thresholds=[0.05, 0.5])([0, 1, 1, 1], [1.0, 0.8, 0.1, 0.3]).tolist()
    [0.75, 0.5]
    """

    aliases = ("precision",)

    def result(self) -> Any:
        right, wrong, _, _ = self.counts
        return self.figure(share(right, wrong))


@final
class Recall(_Share):
    """
    The fraction of what is yes that is answered so; 0 if nothing is.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        From 0 to 1; predictions above one are yes. By default 0.5; several give an array.
    top_k : int, optional
        Take the `top_k` largest outputs of a sample as yes, instead of what is above 0.5.
    class_id : int, optional
        Which of the outputs to look at; all of them by default.
    name, dtype
        As for every `Metric`.

    Examples
    --------
    >>> Recall()([0, 1, 1, 1], [1.0, 0.8, 0.1, 0.3])
    0.3333333333333333
    >>> Recall(thresholds=[0.05, 0.5])([0, 1, 1, 1], [1.0, 0.8, 0.1, 0.3]).tolist()
    [1.0, 0.3333333333333333]
    """

    aliases = ("recall",)

    def result(self) -> Any:
        right, _, _, missed = self.counts
        return self.figure(share(right, missed))


def parsed(thresholds: Any, default: float) -> list[float]:
    """
    Give thresholds as a list.

    Raises
    ------
    OptionError
        If one is no number from 0 to 1.
    """
    if thresholds is None:
        return [default]
    several = list(thresholds) if isinstance(thresholds, Iterable) else [thresholds]
    for t in several:
        if not isinstance(t, int | float | np.number) or not 0 <= t <= 1:
            raise OptionError(f"thresholds must be numbers from 0 to 1; got {t!r}.")
    if not several:
        raise OptionError("thresholds must be at least one number from 0 to 1; got none.")
    return [float(t) for t in several]


def _kept(thresholds: Any) -> Any:
    """Give thresholds as JSON can hold them."""
    return np.asarray(thresholds).tolist() if isinstance(thresholds, Iterable) else thresholds
