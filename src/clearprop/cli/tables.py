"""CSV files as commands take them, and models that know how to read them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from clearprop.cli.progress import reading
from clearprop.data.tables import Table, read_csv
from clearprop.errors import DataError, StateError
from clearprop.lang import say
from clearprop.train import Model

__all__ = ["model_that_reads", "source_name", "table_from"]


def table_from(data: str, encoding: str | None) -> Table:
    """Read a CSV file; ``-`` is standard input."""
    if data == "-" and sys.stdin.isatty():
        raise DataError(say("cli.stdin_is_terminal"))
    source = sys.stdin.buffer if data == "-" else data
    with reading(say("cli.reading", name=source_name(data))) as progress:
        return read_csv(source, encoding=encoding, progress=progress)


def source_name(data: str) -> str:
    """Call a source of data by the name that people know it by."""
    return say("cli.stdin") if data == "-" else Path(data).name


def model_that_reads(path: str) -> tuple[Model, Any]:
    """
    Load a model and how it reads tables.

    Raises
    ------
    StateError
        If it was not trained on tables.
    """
    from clearprop.io import load

    model = load(path)
    if model.preprocessor is None:
        raise StateError(say("cli.reads_no_tables", model=Path(path).name))
    return model, model.preprocessor
