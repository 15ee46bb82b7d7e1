"""The numbers of a dense network, checked to fit each other before they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.errors import ShapeError

__all__ = ["DenseNet", "dense_net", "unit_names"]

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True)
class DenseNet:
    """
    A dense network as plain numbers.

    Parameters
    ----------
    weights : list of array, shape (I, O)
        One from each layer to the next.
    biases, values : list of array of shape (units,) or None
        One for each layer, the input's first; None where there are none.
    units : list of list of str
        Names of the units, layer by layer.
    """

    weights: list[Floats]
    biases: list[Floats | None]
    values: list[Floats | None]
    units: list[list[str]]

    @property
    def sizes(self) -> list[int]:
        """How many units each layer has, the input's first."""
        return list(map(len, self.units))

    def flat(self) -> Floats:
        """All weights in one row."""
        return np.concatenate([w.ravel() for w in self.weights])

    def largest(self) -> float:
        """Size of the largest finite weight; 0 if there is none."""
        flat = self.flat()
        return float(np.abs(flat[np.isfinite(flat)]).max(initial=0.0))


def unit_names(sizes: Sequence[int]) -> list[list[str]]:
    """
    Names as in calculations by hand: x1, x2, …; h1, …; o1, ….

    Examples
    --------
    >>> unit_names([2, 1, 1, 1])
    [['x1', 'x2'], ['h1.1'], ['h2.1'], ['o1']]
    """
    last = len(sizes) - 1
    stems = ["h" if last == 2 else f"h{k}." for k in range(last + 1)]
    stems[0], stems[last] = "x", "o"
    return [[f"{stem}{i + 1}" for i in range(n)] for stem, n in zip(stems, sizes, strict=True)]


def dense_net(
    weights: Sequence[ArrayLike],
    biases: Sequence[ArrayLike | None] | None = None,
    values: Sequence[ArrayLike | None] | None = None,
    units: Sequence[Sequence[str]] | None = None,
) -> DenseNet:
    """
    Check that arrays make a dense network.

    Parameters
    ----------
    weights : sequence of array, shape (I, O)
        One from each layer to the next.
    biases : sequence of array of shape (O,) or None, optional
        One for each of `weights`.
    values : sequence of array of shape (units,), optional
        One for each layer, the input's first.
    units : sequence of sequence of str, optional
        Names, for each layer, the input's first.

    Returns
    -------
    DenseNet
        The network.

    Raises
    ------
    ShapeError
        If the arrays do not follow on one another.

    Examples
    --------
    >>> dense_net([[[1.0, 2.0]], [[3.0], [4.0]]]).sizes
    [1, 2, 1]
    """
    matrices = [np.asarray(w, dtype=np.float64) for w in weights]
    if not matrices:
        raise ShapeError("neurons needs at least one array of weights, of shape (I, O); got none.")
    for k, w in enumerate(matrices):
        if w.ndim != 2 or 0 in w.shape:
            raise ShapeError(f"neurons: weights[{k}] must have shape (I, O); got {w.shape}.")
        if k and w.shape[0] != matrices[k - 1].shape[1]:
            raise ShapeError(
                f"neurons: weights[{k}] has shape {w.shape}; its rows must be the "
                f"{matrices[k - 1].shape[1]} units that weights[{k - 1}] leads to."
            )
    sizes = [matrices[0].shape[0], *(w.shape[1] for w in matrices)]
    names = unit_names(sizes) if units is None else [list(map(str, row)) for row in units]
    _check_counts("units", list(map(len, names)), sizes)
    rows = _rows("biases", biases, sizes[1:])
    return DenseNet(matrices, [None, *rows], _rows("values", values, sizes), names)


def _rows(
    what: str, rows: Sequence[ArrayLike | None] | None, sizes: Sequence[int]
) -> list[Floats | None]:
    if rows is None:
        return [None] * len(sizes)
    arrays = [None if row is None else np.asarray(row, dtype=np.float64).ravel() for row in rows]
    counts = [n if a is None else a.size for a, n in zip(arrays, sizes, strict=False)]
    _check_counts(what, counts + [0] * (len(arrays) - len(counts)), sizes)
    return arrays


def _check_counts(what: str, got: Sequence[int], expected: Sequence[int]) -> None:
    if list(got) != list(expected):
        raise ShapeError(
            f"neurons: {what} must hold one row of numbers or names for each layer, of the lengths "
            f"{list(expected)}; got the lengths {list(got)}."
        )
