"""Cuts a time series into overlapping windows, each with its target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from clearprop.data.checks import whole
from clearprop.data.passes import Batches, Orders
from clearprop.errors import DataError, DTypeError, NumericsError, ShapeError

__all__ = ["timeseries_dataset_from_array"]


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
) -> Batches:
    """
    Cut a time series into windows, which are made batch by batch.

    Window ``i`` has the rows ``start_index + i * sequence_stride + k * sampling_rate`` for ``k``
    from 0 to ``sequence_length - 1``; its target is the one at its first row, so that
    ``targets=data[sequence_length:]`` is what comes next after each window.

    Parameters
    ----------
    data : array_like, shape (T, ...)
        A row a moment.
    targets : array_like, shape (T', ...), or None
        Without them, batches are windows alone.
    sequence_length : int, rows
        How many a window has.
    sequence_stride : int, rows
        From the beginning of a window to that of the next.
    sampling_rate : int, rows
        From a row of a window to the next one.
    batch_size : int, optional
        Windows in a batch; with None each window comes alone, without an axis for the batch.
    shuffle : bool
        Whether each pass has an order of its own.
    seed : int, optional
        What the orders depend on.
    start_index, end_index : int, optional
        The first row to use, and the one after the last.

    Returns
    -------
    Batches
        Of ``(x, y)``, of shapes (N, sequence_length, ...) and (N, ...); or of ``x``.

    Raises
    ------
    OptionError
        If a number is none that it can be.
    DataError
        If not one window fits into the rows.
    NumericsError
        If a value is NaN or infinite; says which.
    DTypeError, ShapeError
        If the values are no numbers, or have no rows.

    Examples
    --------
    >>> series = np.arange(6.0)
    >>> x, y = next(iter(timeseries_dataset_from_array(series, series[3:], sequence_length=3)))
    >>> print(x, y)
    [[0. 1. 2.]
     [1. 2. 3.]
     [2. 3. 4.]] [3. 4. 5.]
    """
    rows = _numbers(data, "data")
    length = whole(sequence_length, "sequence_length", least=1)
    stride = whole(sequence_stride, "sequence_stride", least=1)
    rate = whole(sampling_rate, "sampling_rate", least=1)
    size = None if batch_size is None else whole(batch_size, "batch_size", least=1)
    first = 0 if start_index is None else whole(start_index, "start_index", least=0)
    last = len(rows) if end_index is None else whole(end_index, "end_index", least=1)
    last = min(last, len(rows))
    rows = rows[first:last]
    possible = len(rows) - (length - 1) * rate
    answers = None
    if targets is not None:
        answers = _numbers(targets, "targets")[first:]
        possible = min(possible, len(answers))
    if possible < 1:
        few = "" if answers is None else f", and {len(answers)} targets from there on"
        raise DataError(
            f"no window fits: one of {length} rows, every {_nth(rate)}, spans"
            f" {(length - 1) * rate + 1} of them; there are {len(rows)}{few}. Take a shorter"
            " sequence_length, or more data."
        )
    starts = np.arange(0, possible, stride)
    offsets = np.arange(length) * rate
    orders = Orders(seed) if shuffle else None

    def begin(number: int) -> Iterator[Any]:
        order = starts if orders is None else orders(number).permutation(starts)
        groups = order if size is None else [
            order[i : i + size] for i in range(0, len(order), size)
        ]  # fmt: skip
        for chosen in groups:
            x = rows[np.asarray(chosen)[..., None] + offsets]
            yield x if answers is None else (x, answers[chosen])

    return Batches(begin, len(starts) if size is None else -(-len(starts) // size))


def _numbers(given: Any, name: str) -> np.ndarray:
    array = np.asarray(given)
    if array.dtype.kind not in "buif":
        raise DTypeError(
            f"{name} must hold numbers; got {array.dtype}. Columns of text, such as the time of a"
            " row, are left out first."
        )
    if array.ndim == 0:
        raise ShapeError(f"{name} is a single number; give an array with a row a moment.")
    if array.dtype.kind == "f" and not (good := np.isfinite(array)).all():
        place = [int(i) for i in np.argwhere(~good)[0]]
        raise NumericsError(
            f"{name}{place} is {array[tuple(place)]}; fill the gaps of the series first, for"
            " windows have no place for them."
        )
    return array


def _nth(rate: int) -> str:
    return "one" if rate == 1 else f"{rate}th"
