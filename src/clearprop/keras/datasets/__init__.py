"""Keras's `keras.datasets`."""

from clearprop.keras.datasets import mnist

__all__ = ["mnist"]
