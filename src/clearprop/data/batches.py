"""Hands data out a few rows at a time, in order or shuffled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from clearprop.core.tree import flatten, paths, unflatten
from clearprop.data.checks import whole
from clearprop.errors import DataError, ShapeError

__all__ = ["batches", "row_batches", "row_count"]

T = TypeVar("T")
Rows = slice | npt.NDArray[np.int64]


def batches(
    arrays: T, batch_size: int, *, shuffle_rng: np.random.Generator | None = None
) -> Iterator[T]:
    """
    Go once through `arrays`, `batch_size` rows at a time; the last batch may have fewer.

    Parameters
    ----------
    arrays : array, or nested tuple, list or dict of arrays
        Arrays with the same number of rows (first axis). ``None`` stays ``None``.
    batch_size : int
        Rows in a batch.
    shuffle_rng : numpy.random.Generator, optional
        Draws a new order of the rows. Without it the rows come in order, as views.

    Returns
    -------
    iterator
        Batches in the form of `arrays`.

    Raises
    ------
    ShapeError
        If the arrays differ in their number of rows.
    DataError
        If there are no rows.
    OptionError
        If `batch_size` is not a positive whole number.

    Examples
    --------
    >>> x = np.arange(5)
    >>> [batch for batch, _ in batches((x, x * 10), 2)]
    [array([0, 1]), array([2, 3]), array([4])]
    """
    n = row_count(arrays)
    leaves, form = flatten(arrays)
    leaves = [np.asarray(leaf) for leaf in leaves]
    chosen = row_batches(n, batch_size, shuffle_rng=shuffle_rng)
    return (unflatten(form, [leaf[rows] for leaf in leaves]) for rows in chosen)


def row_batches(
    n: int, batch_size: int, *, shuffle_rng: np.random.Generator | None = None
) -> Iterator[Rows]:
    """
    Go once through the numbers of `n` rows: slices, or arrays of row numbers if shuffled.

    Parameters and errors are those of `batches`.

    Examples
    --------
    >>> list(row_batches(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    size = whole(batch_size, "batch_size", least=1)
    starts = range(0, n, size)
    if shuffle_rng is None:
        return (slice(start, min(start + size, n)) for start in starts)
    order = shuffle_rng.permutation(n)
    return (order[start : start + size] for start in starts)


def row_count(arrays: Any) -> int:
    """
    Count the rows that all `arrays` have.

    Parameters
    ----------
    arrays : array, or nested tuple, list or dict of arrays
        What to count in; ``None`` counts as nothing.

    Raises
    ------
    ShapeError
        If the arrays differ in their number of rows, or one is a single number.
    DataError
        If there is no array, or there are no rows.

    Examples
    --------
    >>> row_count({"x": np.zeros((3, 2)), "y": np.zeros(3)})
    3
    """
    leaves, _ = flatten(arrays)
    if not leaves:
        raise DataError("there are no arrays to take rows from.")
    shapes = {
        f"data{path}": np.shape(leaf) for path, leaf in zip(paths(arrays), leaves, strict=True)
    }
    if any(not shape for shape in shapes.values()):
        name = next(name for name, shape in shapes.items() if not shape)
        raise ShapeError(f"{name} is a single value; expected an array with rows.")
    if len({shape[0] for shape in shapes.values()}) > 1:
        counts = ", ".join(f"{name} has {shape[0]}" for name, shape in shapes.items())
        raise ShapeError(f"the arrays must have the same number of rows: {counts}.")
    n = next(iter(shapes.values()))[0]
    if n == 0:
        raise DataError("the arrays have no rows; there is nothing to go through.")
    return n
