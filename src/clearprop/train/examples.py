"""Data checked before a model sees them: what does not fit is said once, in words, with its row."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from clearprop.core.caller import warn
from clearprop.core.tensor import Tensor
from clearprop.errors import DataError, DTypeError, NumericsError, ShapeError

__all__ = ["as_array", "checked_inputs", "checked_weights", "finite", "same_rows", "with_axis"]

Array = np.ndarray


def as_array(name: str, data: Any) -> Array:
    """
    Give data as an array of numbers with rows.

    Raises
    ------
    DTypeError
        If they are no numbers.
    ShapeError
        If there is no axis of rows, or rows differ in length.
    DataError
        If there are no rows, or there is nothing in them, or values are masked as missing.
    """
    if data is None:
        raise DataError(f"{name} is missing; give an array with one example a row.")
    if isinstance(data, Tensor):
        data = data.numpy()
    masked = "numpy.ma" in sys.modules and isinstance(data, np.ma.MaskedArray)  # slow to import
    missing = int(np.sum(data.mask)) if masked else 0
    if missing:
        raise DataError(
            f"{name} is a masked array with {missing} values missing, which would"
            f" be taken for numbers; fill them: {name}.filled(0), or leave such rows out."
        )
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ShapeError(
            f"{name} makes no array{_uneven(name, data) or f' ({error})'}; every row must have the"
            " same shape."
        ) from None
    if array.dtype.kind not in "biuf":
        raise DTypeError(
            f"{name} must hold numbers; got {type(data).__name__} of {_kind(array)}."
            f" {_as_numbers(name, array)}"
        )
    if array.ndim == 0:
        raise ShapeError(f"{name} is a single number; give an array with one example a row.")
    if len(array) == 0:
        raise DataError(f"{name} has no rows (its shape is {array.shape}).")
    if array.size == 0:
        raise DataError(f"{name} has shape {array.shape}: there is not one number in a row.")
    return array


def _uneven(name: str, rows: Any) -> str:
    """Say which row is of another length than the first."""
    lengths = [len(row) if hasattr(row, "__len__") else 1 for row in rows]
    k = next((k for k, length in enumerate(lengths) if length != lengths[0]), 0)
    return f": {name}[0] has length {lengths[0]}, {name}[{k}] has length {lengths[k]}" if k else ""


def _kind(array: Array) -> str:
    return "text" if array.dtype.kind in "US" else str(array.dtype)


def _as_numbers(name: str, array: Array) -> str:
    """Say how what is no number becomes one."""
    if array.dtype.kind == "c":
        return f"Give real and imaginary parts as columns, {name}.real and {name}.imag."
    if array.dtype.kind in "mM":
        return "Times need numbers first, such as days since the first of them."
    try:
        array.astype("float32")
    except (TypeError, ValueError):
        if name.endswith("y"):
            return f"Classes get numbers by np.unique({name}, return_inverse=True)[1]."
        return "Columns of text need numbers first, such as one for each category."
    return f"They are numbers, held as something else: give np.asarray({name}, 'float32')."


def same_rows(**arrays: Array | None) -> int:
    """
    Give the number of rows that all have.

    Raises
    ------
    ShapeError
        If they differ in it.

    Examples
    --------
    >>> same_rows(x=np.zeros((3, 2)), y=np.zeros(3), sample_weight=None)
    3
    """
    counts = {name: len(array) for name, array in arrays.items() if array is not None}
    if len(set(counts.values())) > 1:
        each = ", ".join(f"{name} has {count} rows" for name, count in counts.items())
        raise ShapeError(f"{each}; each row of x needs one of the others.")
    return next(iter(counts.values()))


def finite(name: str, array: Array, was: Array | None = None) -> Array:
    """
    Refuse NaN and infinity.

    Parameters
    ----------
    name : str
        What to call the array.
    array : numpy.ndarray
    was : numpy.ndarray, optional
        What it was converted from.

    Raises
    ------
    NumericsError
        If a number is not finite; the message has the first row, and how many there are.
    """
    if array.dtype.kind != "f":
        return array
    with np.errstate(all="ignore"):
        # One pass, nothing written; NaN and infinity both last. Most quickly by a product.
        if array.dtype.char in "fd" and array.flags.c_contiguous:
            flat = array.reshape(-1)
            if math.isfinite(np.dot(flat, flat)):
                return array
        elif math.isfinite(array.sum()):
            return array
    good = np.isfinite(array)
    if good.all():  # only the sum was too large
        return array
    rows = np.flatnonzero(~good.reshape(len(array), -1).all(axis=1))
    place = np.argwhere(~good)[0].tolist()
    value = array[tuple(place)]
    if was is not None and np.isfinite(was[tuple(place)]):
        raise NumericsError(
            f"{name}{place} is {was[tuple(place)]!s} (row {place[0]}), too large for"
            f" {array.dtype}; scale the data, or use layers of dtype='float64'."
        )
    more, code = len(rows) - 1, name.replace("validation ", "val_")
    others = f", and {more} more {'row has' if more == 1 else 'rows have'} such numbers"
    raise NumericsError(
        f"{name}{place} is {value} (row {place[0]}){others if more else ''}; every number must be"
        " finite. Fill the gaps, or leave such rows out: the good ones are"
        f" np.isfinite({code}).reshape(len({code}), -1).all(axis=1)."
    )


def with_axis(x: Array, input_shape: tuple[int | None, ...] | None) -> Array:
    """Make rows of one number out of a flat list of numbers, where a model takes such rows."""
    flat = x.ndim == 1 and (input_shape is None or input_shape[1:] == (1,))
    return x[:, None] if flat else x


def checked_inputs(x: Array, input_shape: tuple[int | None, ...] | None, name: str = "x") -> Array:
    """
    Refuse examples of another shape than a model was built for.

    Raises
    ------
    ShapeError
        If they are of another; the message offers a reshape if one fits.
    """
    if input_shape is None or _matches(x.shape[1:], input_shape[1:]):
        return x
    one, want = x.shape[1:], input_shape[1:]
    mend = ""
    if None not in want and math.prod(one) == math.prod(n or 0 for n in want):
        mend = f" {name}.reshape({', '.join(map(str, (-1, *want)))}) would fit."
    elif want == x.shape:
        mend = f" For a single example give {name}[None]."
    elif len(one) == len(want):
        mend = f" For such examples begin the model with Input({one})."
    else:
        axes = ", ".join("?" if n is None else str(n) for n in ("N", *want))
        mend = f" Give an array of shape ({axes})."
    raise ShapeError(
        f"{name} has shape {x.shape}, one example {one}; the model takes examples of shape"
        f" {want}.{mend}"
    )


def _matches(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    """Tell whether each size is the wanted one; None wants any."""
    return len(shape) == len(wanted) and all(
        want in (None, got) for got, want in zip(shape, wanted, strict=True)
    )


def checked_weights(weights: Any, rows: int, *, of: str = "") -> Array | None:
    """
    Give sample weights as an array of numbers, one a row.

    They may be negative, as the advantages of a policy gradient are: from such an example training
    goes away.

    Raises
    ------
    ShapeError
        If there is not one a row.
    NumericsError
        If one is not finite.
    """
    if weights is None:
        return None
    name = f"{of}sample_weight"
    array = finite(name, as_array(name, weights))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if len(array) != rows:
        raise ShapeError(f"{name} has {len(array)} rows; x has {rows}: each needs one weight.")
    if not array.any():
        warn(f"{name} is 0 for every example: the loss is 0, and nothing is learnt from it.")
    return array
