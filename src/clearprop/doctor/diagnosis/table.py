"""The examples as a table: columns, classes, what can be known of targets without any network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from clearprop.core.tree import flatten

__all__ = ["Dependence", "Table"]

MOST = 1000  # rows that are compared with each other
NEIGHBOURS = 5
SHUFFLES = 30
SHIFTS = (-3, -2, -1, 1, 2, 3)
WIDE = 50  # columns: tables of so many are pixels or words, among which constants are the rule


@dataclass(frozen=True)
class Dependence:
    """
    How well targets can be told from inputs by the simplest means, and by chance.

    Attributes
    ----------
    neighbours, straight : float
        Correlation of the targets with what the nearest rows, and a linear fit, say of a row that
        was left out.
    chance, spread : float
        The same for shuffled targets, on average, and how much it varies.
    shift : int
        By how many rows targets have to be moved to fit best; 0 if they do not.
    shifted : float
        The correlation with the nearest rows then.
    """

    neighbours: float
    straight: float
    chance: float
    spread: float
    shift: int
    shifted: float

    @property
    def best(self) -> float:
        """The better of the two correlations."""
        return max(self.neighbours, self.straight)

    def beyond_chance(self, found: float) -> float:
        """Tell how many times the spread of chance a correlation lies above it."""
        return (found - self.chance) / max(self.spread, 1e-9)


class Table:
    """
    Inputs and targets as plain numbers.

    Parameters
    ----------
    x : array or tree of arrays
    y : array, list of arrays or None
        As the loss takes them.
    loss : Loss or None
    """

    def __init__(self, x: Any, y: Any, loss: Any) -> None:
        self.x, self.y, self.loss = x, y, loss
        self.inputs: list[np.ndarray] = flatten(x)[0]
        self.rows = len(self.inputs[0])

    @cached_property
    def features(self) -> np.ndarray | None:
        """All numbers of a row side by side; None for whole numbers, which stand for things."""
        if any(each.dtype.kind != "f" for each in self.inputs):
            return None
        flat = [each.reshape(self.rows, -1) for each in self.inputs]
        return np.concatenate(flat, axis=1).astype(np.float64)

    @property
    def columns(self) -> np.ndarray | None:
        """The columns of a table that a person would give names to; None for pictures and such."""
        if len(self.inputs) != 1 or self.inputs[0].ndim != 2 or self.features is None:
            return None
        return self.features if self.features.shape[1] < WIDE else None

    @cached_property
    def classes(self) -> np.ndarray | None:
        """The class of each row; None where targets are no classes."""
        y = self.y
        if not isinstance(y, np.ndarray):
            return None
        if self.loss is not None and self.loss.takes_class_numbers:
            return y.astype(int) if y.ndim == 1 else None
        flat = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        if not np.isin(flat, (0, 1)).all():
            return None
        if flat.ndim == 1:
            return flat.astype(int)
        one_each = flat.ndim == 2 and bool((flat.sum(axis=1) == 1).all())
        return flat.argmax(axis=1) if one_each else None

    @cached_property
    def counts(self) -> np.ndarray:
        """How many rows each class has, in the order of the classes that occur."""
        return np.zeros(0, int) if self.classes is None else np.unique_counts(self.classes).counts

    @cached_property
    def wanted(self) -> np.ndarray | None:
        """Targets as rows of numbers: classes as one-hot rows."""
        if self.classes is not None:
            return (self.classes[:, None] == np.unique(self.classes)).astype(np.float64)
        if not isinstance(self.y, np.ndarray) or self.y.dtype.kind not in "fiu":
            return None
        return self.y.reshape(self.rows, -1).astype(np.float64)

    @cached_property
    def dependence(self) -> Dependence | None:
        """How well targets can be told from inputs; None where there are too few rows to say."""
        x, y = self.features, self.wanted
        if x is None or y is None or self.rows < 60 or not np.isfinite(x).all():
            return None
        x, y = x[:MOST], y[:MOST]
        x = x[:, x.std(axis=0) > 0]
        if not x.shape[1] or not y.std(axis=0).any():
            return None
        x = (x - x.mean(axis=0)) / x.std(axis=0)
        near, leaving_out = _nearest(x), _straight(x)
        rng = np.random.default_rng(0)
        shuffled = [rng.permutation(y) for _ in range(SHUFFLES)]
        by_chance = np.array([max(_by_near(near, t), _by_line(leaving_out, t)) for t in shuffled])
        shifts = {s: _by_near(near, np.roll(y, s, axis=0)) for s in SHIFTS}
        best = max(shifts, key=lambda s: shifts[s])
        return Dependence(
            _by_near(near, y), _by_line(leaving_out, y), float(by_chance.mean()),
            float(by_chance.std()), best, shifts[best],
        )  # fmt: skip


def _nearest(x: np.ndarray) -> np.ndarray:
    """Give for each row the places of those nearest to it, itself left out."""
    squares = (x * x).sum(axis=1)
    apart = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(apart, np.inf)
    return np.argpartition(apart, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]


def _straight(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the matrix of a linear fit with a little damping, and what a row has in its own."""
    rows, features = x.shape
    damping = 1e-3 * rows + (rows if features * 3 > rows else 0)
    hat = x @ np.linalg.solve(x.T @ x + damping * np.eye(features), x.T) + 1 / rows
    return hat, np.clip(np.diag(hat), 0, 0.99)


def _by_near(near: np.ndarray, y: np.ndarray) -> float:
    return alike(y[near].mean(axis=1), y)


def _by_line(fit: tuple[np.ndarray, np.ndarray], y: np.ndarray) -> float:
    hat, own = fit
    told = hat @ y
    return alike((told - own[:, None] * y) / (1 - own[:, None]), y)


def alike(told: np.ndarray, y: np.ndarray) -> float:
    """
    Correlate answers with targets, over all outputs together.

    Examples
    --------
    >>> alike(np.array([[0.0], [2.0]]), np.array([[1.0], [5.0]]))
    1.0
    """
    a, b = told - told.mean(axis=0), y - y.mean(axis=0)
    size = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / size) if size > 0 else 0.0
