"""Data sets, batches, splits, scaling, and tables of text such as CSV files."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from clearprop.data import datasets
from clearprop.data.batches import batches, row_batches, row_count
from clearprop.data.datasets.idx import read_idx
from clearprop.data.labels import to_categorical
from clearprop.data.scaling import Scaler
from clearprop.data.splits import split_rows, train_test_split, validation_split

if TYPE_CHECKING:
    from clearprop.data.tables import (  # type: ignore[no-redef]  # `prepare` is a module too
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


def __getattr__(name: str) -> Any:
    # Tables are loaded when first used, so that `import clearprop` stays quick.
    if name not in (*__all__, "tables"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    tables = import_module("clearprop.data.tables")
    return tables if name == "tables" else getattr(tables, name)
