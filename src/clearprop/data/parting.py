"""Divides a data set of any form into two, as Keras's scripts ask for it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import numpy as np

from clearprop.core.random import fresh_stream
from clearprop.core.tree import map_tree
from clearprop.data.batches import row_count
from clearprop.data.checks import whole
from clearprop.data.passes import Batches
from clearprop.errors import DataError, DTypeError, OptionError

__all__ = ["split_dataset"]


def split_dataset(
    dataset: Any,
    left_size: float | int | None = None,
    right_size: float | int | None = None,
    shuffle: bool = False,
    seed: int | None = None,
) -> tuple[Batches, Batches]:
    """
    Divide examples into two data sets that hand them out one by one.

    Parameters
    ----------
    dataset : array, tuple or dict of arrays, list of examples, or Batches
        Arrays with the same number of rows; of an iterable, each element is an example.
    left_size, right_size : float or int, optional
        How large each part is, as a fraction or in examples; one of them is enough.
    shuffle : bool
        Whether to shuffle the examples first.
    seed : int, optional
        What the order depends on.

    Returns
    -------
    left, right : Batches
        ``left.batch(32)`` hands out batches.

    Raises
    ------
    OptionError
        If no size is given, or one leaves a part without examples.
    DTypeError
        If `dataset` is nothing that has examples.
    DataError
        If there are none.

    Examples
    --------
    >>> left, right = split_dataset(np.arange(5), left_size=0.6)
    >>> [int(x) for x in left], [int(x) for x in right]
    ([0, 1, 2], [3, 4])
    """
    examples = _listed(dataset)
    if not examples:
        raise DataError("there are no examples to divide.")
    left, right = _sizes(left_size, right_size, len(examples))
    if shuffle:
        drawn = int(fresh_stream("parting").integers(10**6)) if seed is None else seed
        random.Random(whole(drawn, "seed", least=0)).shuffle(examples)
    first, second = examples[:left], examples[len(examples) - right :]
    return Batches(lambda _: iter(first), left), Batches(lambda _: iter(second), right)


def _listed(dataset: Any) -> list[Any]:
    if isinstance(dataset, np.ndarray | tuple | dict):
        arrays = map_tree(np.asarray, dataset)
        return [map_tree(lambda a, i=i: a[i], arrays) for i in range(row_count(arrays))]
    if isinstance(dataset, str) or not isinstance(dataset, Iterable):
        raise DTypeError(
            f"dataset must be arrays, a list of examples or Batches; got {type(dataset).__name__}."
        )
    return list(dataset)


def _sizes(left: Any, right: Any, total: int) -> tuple[int, int]:
    if left is None and right is None:
        raise OptionError("split_dataset needs left_size, right_size or both.")
    a, b = _size("left_size", left, total), _size("right_size", right, total)
    a, b = total - b if left is None else a, total - a if right is None else b
    if a < 1 or b < 1 or a + b > total:
        raise OptionError(
            f"left_size={left} and right_size={right} of {total} examples make parts of {a} and"
            f" {b}; both need at least 1, and together they are at most {total}."
        )
    return a, b


def _size(name: str, asked: Any, total: int) -> int:
    if asked is None:
        return 0
    if isinstance(asked, float):
        if not 0.0 < asked < 1.0:
            raise OptionError(f"{name}, as a fraction, must be in (0, 1); got {asked!r}.")
        return round(asked * total)
    return whole(asked, name, least=1)
