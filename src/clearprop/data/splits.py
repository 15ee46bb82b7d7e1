"""Divides data into a part to learn from and a part to judge by."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from clearprop.data.checks import whole
from clearprop.errors import DataError, OptionError, ShapeError
from clearprop.lang import told

__all__ = ["split_rows", "train_test_split", "validation_split"]

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


def train_test_split(
    *arrays: npt.ArrayLike,
    test_size: float | int = 0.2,
    seed: int = 0,
    stratify: npt.ArrayLike | None = None,
) -> list[Array]:
    """
    Shuffle the rows of several arrays alike, and divide each into training and test rows.

    Parameters
    ----------
    *arrays : array_like
        Arrays with the same number of rows (first axis), such as `x` and `y`.
    test_size : float or int, default 0.2
        The part of the rows to test on, a fraction between 0 and 1, or their number.
    seed : int, default 0
        The same seed gives the same rows.
    stratify : array_like, shape (N,), optional
        Labels, commonly `y`: each label then has the same share in both parts, as nearly as whole
        rows allow. A label with a single row stays in training.

    Returns
    -------
    list of numpy.ndarray
        Training and test rows of the first array, then of the second, and so on.

    Raises
    ------
    ShapeError
        If the arrays, or the labels to stratify by, differ in their number of rows.
    OptionError
        If `test_size` leaves no row for one of the parts.

    Examples
    --------
    >>> x = np.arange(10)
    >>> x_train, x_test, y_train, y_test = train_test_split(x, x % 2, stratify=x % 2)
    >>> len(x_train), y_test
    (8, array([0, 1]))
    """
    taken = [np.asarray(array) for array in arrays]
    n = _common_length(taken)
    labels = None if stratify is None else np.asarray(stratify)
    train, test = split_rows(n, test_size=test_size, seed=seed, stratify=labels)
    return [part for array in taken for part in (array[train], array[test])]


def split_rows(
    n: int, *, test_size: float | int = 0.2, seed: int = 0, stratify: Array | None = None
) -> tuple[Rows, Rows]:
    """
    Choose which of `n` rows to train on and which to test on.

    Parameters and errors are those of `train_test_split`.

    Returns
    -------
    train, test : numpy.ndarray
        The numbers of the rows, each part in random order; every row is in exactly one of them.

    Examples
    --------
    >>> train, test = split_rows(5, test_size=2)
    >>> sorted(np.concatenate([train, test]).tolist())
    [0, 1, 2, 3, 4]
    """
    count = _test_count(n, test_size)
    order = np.random.default_rng(seed).permutation(n)
    if stratify is None:
        return order[count:], order[:count]

    if stratify.shape != (n,):
        raise ShapeError(told("arrays.stratify", got=stratify.shape, n=n))
    _, label = np.unique(stratify, return_inverse=True)
    shares = _shares(np.bincount(label), count)
    # The rank of a row among the rows of its label, in the shuffled order.
    by_label = np.argsort(label[order], kind="stable")
    starts = np.cumsum(np.bincount(label)) - np.bincount(label)
    rank = np.empty(n, np.int64)
    rank[by_label] = np.arange(n) - np.repeat(starts, np.bincount(label))
    in_test = rank < shares[label[order]]
    return order[~in_test], order[in_test]


def validation_split(fraction: float, *arrays: npt.ArrayLike) -> tuple[list[Array], list[Array]]:
    """
    Set the last rows aside for validation, as Keras does: before any shuffling.

    Parameters
    ----------
    fraction : float
        The part of the rows to set aside, between 0 and 1.
    *arrays : array_like
        Arrays with the same number of rows (first axis).

    Returns
    -------
    training, validation : lists of numpy.ndarray
        Each array's first rows, and each array's last rows; views, not copies.

    Raises
    ------
    ShapeError
        If the arrays differ in their number of rows.
    OptionError
        If `fraction` is not between 0 and 1, or leaves no row for one of the parts.

    Examples
    --------
    >>> (x,), (x_val,) = validation_split(0.4, [1, 2, 3, 4, 5])
    >>> x, x_val
    (array([1, 2, 3]), array([4, 5]))
    """
    if not 0.0 < fraction < 1.0:
        raise OptionError(told("arrays.between", name="validation_split", got=repr(fraction)))
    taken = [np.asarray(array) for array in arrays]
    n = _common_length(taken)
    first = math.floor(n * (1.0 - fraction))
    if first in (0, n):
        parts = {"train": first, "rest": n - first}
        raise OptionError(told("arrays.validation_split", fraction=fraction, n=n, **parts))
    return [array[:first] for array in taken], [array[first:] for array in taken]


def _common_length(arrays: list[Array]) -> int:
    for i, array in enumerate(arrays):
        if array.ndim == 0:
            raise ShapeError(told("arrays.single_number", name=told("arrays.array", number=i)))
    if not arrays:
        raise OptionError(told("arrays.none_to_divide"))
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) > 1:
        raise ShapeError(told("arrays.lengths_differ", lengths=", ".join(map(str, lengths))))
    if not lengths[0]:
        raise DataError(told("arrays.no_rows_to_divide"))
    return lengths[0]


def _test_count(n: int, test_size: float | int) -> int:
    if isinstance(test_size, float):
        if not 0.0 < test_size < 1.0:
            raise OptionError(told("arrays.test_fraction", got=test_size))
        count = max(1, round(n * test_size))
    else:
        count = whole(test_size, "test_size", least=1)
    if count >= n:
        raise OptionError(told("arrays.test_size", size=test_size, n=n))
    return count


def _shares(sizes: Rows, count: int) -> Rows:
    """Share `count` test rows out by the largest remainder, leaving each label one to train on."""
    exact = sizes * count / sizes.sum()
    shares = np.floor(exact).astype(np.int64)
    for label in np.argsort(shares - exact, kind="stable"):
        if shares.sum() < count and shares[label] < sizes[label] - 1:
            shares[label] += 1
    return shares
