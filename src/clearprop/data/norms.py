"""Brings vectors to length 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from clearprop.errors import DTypeError, NumericsError, OptionError

__all__ = ["normalize"]


def normalize(x: npt.ArrayLike, axis: int = -1, order: Any = 2) -> np.ndarray:
    """
    Divide vectors by their length; those of length 0 stay as they are.

    Parameters
    ----------
    x : array_like
        Vectors along `axis`.
    axis : int
    order : float, above 0
        Of the norm: 1 adds absolute values, 2 is the usual length.

    Returns
    -------
    numpy.ndarray, shape of `x`

    Raises
    ------
    OptionError
        If `order` is no such number, or there is no such axis.
    DTypeError, NumericsError
        If values are no numbers, or not finite.

    Examples
    --------
    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    if not isinstance(order, int | float) or not order > 0:
        raise OptionError(f"order must be a number above 0; got {order!r}.")
    array = np.atleast_1d(np.asarray(x))
    if array.dtype.kind not in "biuf":
        raise DTypeError(f"only numbers have a length; got {array.dtype}.")
    if not -array.ndim <= axis < array.ndim:
        raise OptionError(f"there is no axis {axis} in shape {array.shape}.")
    if not np.isfinite(array).all():
        raise NumericsError("a vector with NaN or infinity has no length; fill the gaps first.")
    norm = np.linalg.norm(array, order, axis, keepdims=True)
    return np.asarray(array / np.where(norm == 0.0, 1.0, norm))
