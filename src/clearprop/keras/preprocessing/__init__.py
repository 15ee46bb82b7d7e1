"""Keras's `keras.preprocessing`: data from arrays and folders, under their older place."""

from clearprop.keras.absent import finder
from clearprop.keras.preprocessing import sequence
from clearprop.keras.utils import (
    image_dataset_from_directory,
    text_dataset_from_directory,
    timeseries_dataset_from_array,
)

__all__ = [
    "image_dataset_from_directory",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "sequence",
]

__getattr__ = finder("preprocessing", __all__)
