"""Turns class numbers into rows with a single one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clearprop.data.checks import whole
from clearprop.errors import DataError, DTypeError, MemoryLimitError
from clearprop.lang import told

__all__ = ["to_categorical"]

_LIMIT = 1 << 32  # bytes


def to_categorical(x: npt.ArrayLike, num_classes: int | None = None) -> npt.NDArray[np.float64]:
    """
    Turn each class number into a row of zeros with a one in its place.

    Parameters
    ----------
    x : array_like, shape (...) or (..., 1)
        Class numbers from 0. Floats and booleans will do if their values are whole.
    num_classes : int, optional
        Length of a row; one more than the largest class number if not given.

    Returns
    -------
    numpy.ndarray, shape (..., num_classes)
        Float64, as Keras gives it.

    Raises
    ------
    DTypeError
        If the labels are not numbers.
    DataError
        If there are none, or one is negative, not whole, or not below `num_classes`.
    MemoryLimitError
        If the result would take more than 4 GiB.

    Examples
    --------
    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    labels = _whole_labels(np.asarray(x))
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    largest = int(labels.max())
    K = largest + 1 if num_classes is None else whole(num_classes, "num_classes", least=1)
    if largest >= K:
        where = {"place": _first(labels >= K), "value": _value(labels, labels >= K)}
        raise DataError(told("arrays.label_beyond", **where, classes=K, last=K - 1))
    if labels.size * K * 8 > _LIMIT:
        counts = {"labels": f"{labels.size:,}", "classes": f"{K:,}"}
        size = f"{labels.size * K * 8 / 1e9:,.1f}"
        raise MemoryLimitError(told("arrays.too_many_labels", **counts, size=size))
    rows = np.zeros((*labels.shape, K))
    np.put_along_axis(rows, labels[..., None], 1.0, axis=-1)
    return rows


def _whole_labels(x: npt.NDArray) -> npt.NDArray[np.int64]:
    if x.dtype.kind not in "buif":
        raise DTypeError(told("arrays.label_kind", got=x.dtype))
    if x.size == 0:
        raise DataError(told("arrays.no_labels"))
    fault = ~np.isfinite(x) | (x != np.floor(x)) | (x < 0) | (x >= 2.0**63)
    if fault.any():
        raise DataError(told("arrays.label", place=_first(fault), value=_value(x, fault)))
    return x.astype(np.int64)


def _first(fault: npt.NDArray[np.bool_]) -> str:
    """Say where the first fault is: ``7`` in a list, ``[0, 7]`` in a table."""
    where = np.unravel_index(int(np.argmax(fault)), fault.shape)
    return str(int(where[0])) if len(where) == 1 else str([int(i) for i in where])


def _value(x: npt.NDArray, fault: npt.NDArray[np.bool_]) -> str:
    return str(x[fault][0])
