"""Keras's `keras.config`: the kind of number that layers compute with unless told otherwise."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from clearprop.errors import OptionError
from clearprop.keras.absent import finder
from clearprop.keras.backend import (
    backend,
    epsilon,
    image_data_format,
    set_epsilon,
    set_image_data_format,
)
from clearprop.nn import floatx, set_floatx

__all__ = [
    "backend",
    "dtype_policy",
    "epsilon",
    "floatx",
    "image_data_format",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
]

__getattr__ = finder("config", __all__)


def dtype_policy() -> Any:
    """Give the default kind of number, as Keras does: with a `name`."""
    kind = floatx()
    return SimpleNamespace(name=kind, compute_dtype=kind, variable_dtype=kind)


def set_dtype_policy(policy: Any) -> None:
    """
    Set the kind of number that layers compute in, and keep their weights in.

    Parameters
    ----------
    policy : {"float32", "float64"}

    Raises
    ------
    OptionError
        If it is another.
    """
    name = getattr(policy, "name", policy)
    if name not in ("float32", "float64"):
        raise OptionError(
            f"layers compute in 'float32' or 'float64'; got {name!r}: there is no mixed precision."
        )
    set_floatx(name)
