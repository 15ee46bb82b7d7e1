"""Data sets, batches, splits, scaling, and tables of text such as CSV files."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from clearprop.data import datasets
from clearprop.data.batches import batches, row_batches, row_count
from clearprop.data.datasets.idx import read_idx
from clearprop.data.labels import to_categorical
from clearprop.data.passes import Batches, PyDataset
from clearprop.data.scaling import Scaler
from clearprop.data.splits import split_rows, train_test_split, validation_split

if TYPE_CHECKING:
    from clearprop.data.norms import normalize
    from clearprop.data.parting import split_dataset
    from clearprop.data.pictures import image_dataset_from_directory
    from clearprop.data.sequences import pad_sequences
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
    from clearprop.data.text import TextVectorization
    from clearprop.data.text_files import text_dataset_from_directory
    from clearprop.data.windows import timeseries_dataset_from_array

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
    "normalize",
    "pad_sequences",
    "Batches",
    "PyDataset",
    "split_dataset",
    "timeseries_dataset_from_array",
    "image_dataset_from_directory",
    "text_dataset_from_directory",
    "TextVectorization",
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


# What is seldom used is loaded when first used, so that `import clearprop` stays quick.
_LATER = {
    "normalize": "norms",
    "pad_sequences": "sequences",
    "split_dataset": "parting",
    "timeseries_dataset_from_array": "windows",
    "image_dataset_from_directory": "pictures",
    "text_dataset_from_directory": "text_files",
    "TextVectorization": "text",
}


def __getattr__(name: str) -> Any:
    if name not in (*__all__, "tables", "text"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in ("tables", "text"):
        return import_module(f"clearprop.data.{name}")
    return getattr(import_module(f"clearprop.data.{_LATER.get(name, 'tables')}"), name)
