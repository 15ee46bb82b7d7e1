"""Data sets, batches, splits, scaling, and tables of text such as CSV files."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.data import datasets
from clearprop.data.batches import batches, row_batches, row_count
from clearprop.data.splits import split_rows, train_test_split, validation_split

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.data.datasets.idx import read_idx
    from clearprop.data.labels import to_categorical
    from clearprop.data.norms import normalize
    from clearprop.data.parting import split_dataset
    from clearprop.data.passes import Batches, PyDataset
    from clearprop.data.pictures import image_dataset_from_directory
    from clearprop.data.scaling import Scaler
    from clearprop.data.sequences import pad_sequences
    from clearprop.data.tables import (
        MISSING,
        Column,
        Note,
        Preprocessor,
        Schema,
        Table,
        infer_columns,
        read_csv,
    )
    from clearprop.data.tables.prepare import Prepared, prepare
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


__getattr__, __dir__ = names_of(
    "clearprop.data",
    [
        f"clearprop.data.{name}"
        for name in (
            "labels", "scaling", "passes", "norms", "sequences", "parting", "windows",
            "datasets.idx", "text", "tables", "pictures", "text_files",
        )
    ],
    __all__,
)  # fmt: skip
