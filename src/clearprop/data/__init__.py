"""Data sets, batches, splits, scaling, CSV files and images."""

from clearprop.data import datasets
from clearprop.data.batches import batches, row_batches, row_count
from clearprop.data.idx import read_idx
from clearprop.data.labels import to_categorical
from clearprop.data.scaling import Scaler
from clearprop.data.splits import split_rows, train_test_split, validation_split

__all__ = [
    "datasets",
    "batches",
    "row_batches",
    "row_count",
    "train_test_split",
    "split_rows",
    "validation_split",
    "Scaler",
    "to_categorical",
    "read_idx",
]
