"""Keras's `keras.datasets.imdb`."""

from clearprop.data.datasets.reviews import get_word_index, load_data

__all__ = ["load_data", "get_word_index"]
