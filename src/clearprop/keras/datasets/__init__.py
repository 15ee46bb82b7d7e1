"""Keras's `keras.datasets`."""

from clearprop.keras.absent import finder
from clearprop.keras.datasets import cifar10, fashion_mnist, imdb, mnist

__all__ = ["mnist", "fashion_mnist", "cifar10", "imdb"]

__getattr__ = finder("datasets", __all__)
