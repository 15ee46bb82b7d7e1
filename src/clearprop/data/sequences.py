"""Brings sequences to one length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clearprop.data.checks import whole
from clearprop.errors import DataError, DTypeError, OptionError, ShapeError

__all__ = ["pad_sequences"]


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """
    Fill shorter sequences up, and cut longer ones, so that they make one array.

    Parameters
    ----------
    sequences : list of sequences
        Of numbers, or of arrays of one shape.
    maxlen : int, optional
        The length; that of the longest by default.
    dtype : dtype
        Of the result; ``object`` or ``str`` for words.
    padding, truncating : {"pre", "post"}
        Whether to fill up, and to cut off, at the beginning or at the end.
    value : float or str
        What to fill up with.

    Returns
    -------
    numpy.ndarray, shape (N, maxlen, ...)

    Raises
    ------
    OptionError
        If an argument is outside its domain.
    DTypeError
        If `sequences` holds no sequences, or they hold text and `dtype` numbers.
    ShapeError
        If the elements of sequences differ in shape.

    Examples
    --------
    >>> pad_sequences([[1], [2, 3, 4]], maxlen=2)
    array([[0, 1],
           [3, 4]], dtype=int32)
    """
    for name, where in (("padding", padding), ("truncating", truncating)):
        if where not in ("pre", "post"):
            raise OptionError(f"{name} must be 'pre' or 'post'; got {where!r}.")
    if not hasattr(sequences, "__len__"):
        raise DTypeError(f"sequences must be a list of sequences; got {sequences!r}.")
    parts = [_part(each, i) for i, each in enumerate(sequences)]
    if not parts:
        raise DataError("there are no sequences to pad.")
    longest = max(len(part) for part in parts)
    size = longest if maxlen is None else whole(maxlen, "maxlen", least=0)
    kind = np.dtype(object if dtype is str or dtype == "str" else dtype)
    if kind.kind in "biuf" and isinstance(value, str):
        raise OptionError(f"value {value!r} is text, but dtype is {kind}; give dtype=object.")
    shape = next((part.shape[1:] for part in parts if len(part)), ())
    padded = np.full((len(parts), size, *shape), value, kind)
    for i, part in enumerate(parts):
        if not len(part) or not size:
            continue
        if part.shape[1:] != shape:
            raise ShapeError(
                f"sequence {i} has elements of shape {part.shape[1:]}; the first has {shape}."
            )
        if part.dtype.kind in "OUS" and kind.kind in "biuf":
            raise DTypeError(
                f"sequence {i} holds text; number its words first, as TextVectorization does, or"
                " give dtype=object."
            )
        kept = part[-size:] if truncating == "pre" else part[:size]
        if padding == "pre":
            padded[i, size - len(kept) :] = kept
        else:
            padded[i, : len(kept)] = kept
    return padded


def _part(each: Any, i: int) -> np.ndarray:
    if isinstance(each, str) or not hasattr(each, "__len__"):
        raise DTypeError(f"sequence {i} is {each!r}; expected a list of numbers.")
    try:
        return np.asarray(each)
    except ValueError:
        raise ShapeError(
            f"the elements of sequence {i} differ in shape; each must be like the first."
        ) from None
