"""Numbers as they come from a user, made into arrays or refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.core.operators import Operators
from clearprop.core.tree import flatten
from clearprop.errors import DTypeError, ShapeError

__all__ = ["constant", "real_array"]


def real_array(data: Any, dtype: Any = None) -> np.ndarray:
    """
    Copy data into an array of real numbers or booleans.

    Raises
    ------
    DTypeError
        If the data are anything else.
    ShapeError
        If lists within a list differ in length.
    """
    try:
        values = np.array(data, dtype=dtype)
    except (TypeError, ValueError) as error:
        if "inhomogeneous" in str(error):
            raise ShapeError(
                "lists within a list must be equally long, like the rows of a table; these are not."
            ) from None
        raise DTypeError(f"a tensor holds real numbers or booleans; {error}.") from None
    if values.dtype.kind not in "biuf":
        raise DTypeError(
            f"a tensor holds real numbers or booleans; got {type(data).__name__} ({values.dtype})."
        )
    return values


def constant(x: Any) -> np.ndarray:
    """
    Make an array of a number or of nested lists of numbers.

    Raises
    ------
    DTypeError
        If it is neither, or holds tensors, whose history would be lost unseen.
    """
    if isinstance(x, list | tuple) and any(isinstance(leaf, Operators) for leaf in flatten(x)[0]):
        raise DTypeError(
            f"a {type(x).__name__} of tensors is no array, and made into one it would lose their"
            " history; join them with cp.stack or cp.concat."
        )
    return real_array(x)
