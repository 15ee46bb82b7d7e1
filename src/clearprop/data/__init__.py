"""Data sets, batches, splits, scaling, and tables of text such as CSV files."""

from clearprop.data import datasets
from clearprop.data.batches import batches, row_batches, row_count
from clearprop.data.datasets.idx import read_idx
from clearprop.data.labels import to_categorical
from clearprop.data.scaling import Scaler
from clearprop.data.splits import split_rows, train_test_split, validation_split
from clearprop.data.tables import (
    MISSING,
    Column,
    Note,
    Prepared,
    Preprocessor,
    Schema,
    Table,
    infer_columns,
    prepare,
    read_csv,
)

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
    "read_csv",
    "MISSING",
    "Table",
    "prepare",
    "Prepared",
    "Preprocessor",
    "infer_columns",
    "Schema",
    "Column",
    "Note",
    "read_idx",
]
