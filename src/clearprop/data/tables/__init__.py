"""Tables of text, commonly CSV files, made ready for a network and read back from it."""

from clearprop.data.tables.csv_files import MISSING, read_csv
from clearprop.data.tables.notes import Note
from clearprop.data.tables.prepare import Prepared, prepare
from clearprop.data.tables.preprocess import Preprocessor
from clearprop.data.tables.schema import Column, Schema, infer_columns
from clearprop.data.tables.table import Table

__all__ = [
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
]
