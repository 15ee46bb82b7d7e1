"""Keras's `keras.backend`, as far as its users still write it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from clearprop.core.deferred import Deferred
from clearprop.errors import OptionError, attribute_finder
from clearprop.nn import floatx, set_floatx

__all__ = [
    "backend", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format",
    "is_float_dtype", "is_int_dtype", "is_keras_tensor", "result_type", "set_epsilon",
    "set_floatx", "set_image_data_format", "standardize_dtype",
]  # fmt: skip

EPSILON, LAYOUT = 1e-7, "channels_last"
_counts: Counter[str] = Counter()


def __getattr__(name: str) -> object:
    """Say of an operation of older Keras where it is now."""
    from clearprop.keras import ops

    if name in ops.__all__:
        raise AttributeError(f"backend has no {name!r}; keras.ops.{name} does it.")
    return attribute_finder("backend", __all__)(name)


def backend() -> str:
    """Name what computes: the library itself, on NumPy."""
    return "clearprop"


def clear_session(free_memory: bool = True) -> None:
    """Count anew what `get_uid` counts; models that nobody holds are gone of themselves."""
    _counts.clear()


def get_uid(prefix: str = "") -> int:
    """Count, from 1, the calls with a prefix."""
    _counts[prefix] += 1
    return _counts[prefix]


def epsilon() -> float:
    """Give the small number that keeps divisors from 0."""
    return EPSILON


def set_epsilon(value: float) -> None:
    """
    Accept the small number that there is; there is no other.

    Raises
    ------
    OptionError
        If it is another.
    """
    if value != EPSILON:
        raise OptionError(
            f"epsilon is {EPSILON}; got {value!r}. Give `epsilon` to the layer or optimizer."
        )


def image_data_format() -> str:
    """Tell where the channels of pictures are: last."""
    return LAYOUT


def set_image_data_format(data_format: str) -> None:
    """
    Accept channels last, which is how pictures lie; a layer can be told otherwise.

    Raises
    ------
    OptionError
        If it is another order.
    """
    if data_format != LAYOUT:
        raise OptionError(
            f"data_format is {LAYOUT!r} for all; got {data_format!r}. Give `data_format` to each"
            " layer."
        )


def is_keras_tensor(x: Any) -> bool:
    """Tell what a functional model is made of from tensors that have values."""
    return isinstance(x, Deferred)


def standardize_dtype(dtype: Any) -> str:
    """
    Name a kind of number; the default one for None.

    Examples
    --------
    >>> standardize_dtype(np.float32), standardize_dtype(None)
    ('float32', 'float32')
    """
    return floatx() if dtype is None else np.dtype(getattr(dtype, "name", dtype)).name


def is_float_dtype(dtype: Any) -> bool:
    """Tell fractions from other kinds of number."""
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


def is_int_dtype(dtype: Any) -> bool:
    """Tell whole numbers from other kinds."""
    return standardize_dtype(dtype).startswith(("int", "uint"))


def result_type(*dtypes: Any) -> str:
    """Name the kind of number that comes of several."""
    return np.result_type(*map(standardize_dtype, dtypes)).name
