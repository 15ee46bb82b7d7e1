"""Keras's `keras.metrics`."""

from clearprop.errors import attribute_finder
from clearprop.losses import binary_focal_crossentropy, categorical_focal_crossentropy, huber
from clearprop.metrics import *  # noqa: F403 - all that it lists
from clearprop.metrics import __all__ as _listed

__all__ = [*_listed, "binary_focal_crossentropy", "categorical_focal_crossentropy", "huber"]

__getattr__ = attribute_finder("metrics", __all__)
