"""Keras's `keras.models`."""

from clearprop.train import Model, Sequential

__all__ = ["Model", "Sequential"]
