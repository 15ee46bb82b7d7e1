"""Keras's `keras.activations`: functions of tensors, and `get` to find one by name."""

from typing import Any

from clearprop.nn.activations import ACTIVATIONS
from clearprop.nn.activations import get_activation as get

__all__ = ["get", *ACTIVATIONS]

globals().update(ACTIVATIONS)


def __getattr__(name: str) -> Any:
    """Say what there is, for a name that there is not."""
    raise AttributeError(f"there is no activation {name!r}; there are {', '.join(ACTIVATIONS)}.")
