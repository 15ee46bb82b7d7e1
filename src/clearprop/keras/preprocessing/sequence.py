"""Keras's `keras.preprocessing.sequence`."""

from clearprop.keras.utils import pad_sequences

__all__ = ["pad_sequences"]
