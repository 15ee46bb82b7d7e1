"""Keras's `keras.activations`: functions of tensors, and `get` to find one by name."""

from clearprop.errors import attribute_finder
from clearprop.nn.activations import ACTIVATIONS, ALIASES
from clearprop.nn.activations import get_activation as get
from clearprop.nn.activations import relu as _relu
from clearprop.nn.activations import written as serialize
from clearprop.ops import threshold

__all__ = ["get", "serialize", "deserialize", *ACTIVATIONS, *ALIASES, "threshold"]

globals().update(ACTIVATIONS)
globals().update({alias: ACTIVATIONS[name] for alias, name in ALIASES.items()})
relu = _relu  # the one that takes a slope, a greatest value and a threshold
deserialize = get

__getattr__ = attribute_finder("activations", __all__)
