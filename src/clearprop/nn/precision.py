"""The kind of number that layers compute with unless they are told otherwise."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import numpy as np

from clearprop.errors import OptionError

__all__ = ["FLOATS", "float_dtype", "floatx", "set_floatx"]

FLOATS: dict[str, np.dtype[Any]] = {
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
}

_DEFAULT: ContextVar[str] = ContextVar("clearprop_floatx", default="float32")


def floatx() -> str:
    """
    Tell the default kind of number of layers.

    Examples
    --------
    >>> floatx()
    'float32'
    """
    return _DEFAULT.get()


def set_floatx(name: str) -> None:
    """
    Choose the default kind of number of layers made from now on.

    Raises
    ------
    OptionError
        If `name` is neither ``"float32"`` nor ``"float64"``.
    """
    _DEFAULT.set(str(float_dtype(name)))


def float_dtype(dtype: Any) -> np.dtype[Any]:
    """
    Give the dtype that a layer's `dtype` argument names; None names the default.

    Raises
    ------
    OptionError
        If it is neither float32 nor float64.
    """
    if dtype is None:
        return FLOATS[_DEFAULT.get()]
    try:
        name = dtype if isinstance(dtype, str) else np.dtype(dtype).name
    except TypeError:
        name = repr(dtype)
    if name not in FLOATS:
        raise OptionError(f"a layer's dtype must be 'float32' or 'float64'; got {dtype!r}.")
    return FLOATS[name]
