"""Makes a table ready for training in one call: read, divide, learn the scales, transform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from clearprop.data.splits import split_rows
from clearprop.data.tables.notes import Note
from clearprop.data.tables.preprocess import Preprocessor
from clearprop.data.tables.progress import Progress
from clearprop.data.tables.schema import Schema, Task, infer_columns
from clearprop.data.tables.table import Table
from clearprop.data.tables.targets import ClassTarget

__all__ = ["Prepared", "prepare"]

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
_INFERRING = 0.7  # of the time, about


@final
@dataclass(frozen=True, eq=False)
class Prepared:
    """
    A table made ready: numbers to train on, numbers to test on, and how they were made.

    Parameters
    ----------
    preprocessor : Preprocessor
        How the table was read.
    x_train, y_train, x_test, y_test : numpy.ndarray
        As `Preprocessor.transform` gives them.
    train_rows, test_rows : list of int
        The rows of the file that they are.
    notes : tuple of Note
        What was decided and filled in, for the user to read.
    """

    preprocessor: Preprocessor
    x_train: Floats
    y_train: npt.NDArray[Any]
    x_test: Floats
    y_test: npt.NDArray[Any]
    train_rows: list[int]
    test_rows: list[int]
    notes: tuple[Note, ...]


def prepare(
    table: Table,
    target: str,
    *,
    task: Task | None = None,
    test_size: float | int = 0.2,
    seed: int = 0,
    progress: Progress | None = None,
) -> Prepared:
    """
    Make a table ready for training: leave out rows without a target, divide, fit and transform.

    Parameters
    ----------
    table : Table
        The table.
    target : str
        The column to predict.
    task : {"classification", "regression"}, optional
        What the target is, if it is known; see `infer_columns`.
    test_size : float or int, default 0.2
        The part of the rows to test on, a fraction or a number; 0 to train on all. Classes have the
        same share in both parts.
    seed : int, default 0
        The same seed gives the same division.
    progress : callable, optional
        Is told from time to time which part of the work is done, from 0 to 1.

    Returns
    -------
    Prepared

    Raises
    ------
    DataError
        If the table cannot be learnt from; names the row and column.
    OptionError
        If `test_size` leaves no row for one of the parts.

    Examples
    --------
    >>> columns = {"a": list("0011"), "b": list("0101"), "xor": list("0110")}
    >>> ready = prepare(Table(columns, [2, 3, 4, 5]), "xor", test_size=0)
    >>> ready.x_train.shape, ready.preprocessor.inputs, ready.preprocessor.classes
    ((4, 2), ('a', 'b'), ('0', '1'))
    """
    schema = infer_columns(table, target, task=task, progress=_part(progress, 0.0, _INFERRING))
    cells = table.column(schema.target.name)
    labelled = table.take(i for i, cell in enumerate(cells) if cell is not None)
    train, test = _divide(labelled, schema, test_size, seed)
    preprocessor = Preprocessor.of_schema(schema, labelled, rows=train)
    filled: list[Note] = []
    x, y = preprocessor.transform(labelled, notes=filled, progress=_part(progress, _INFERRING, 1.0))
    return Prepared(
        preprocessor,
        x[train],
        y[train],
        x[test],
        y[test],
        [labelled.rows[i] for i in train],
        [labelled.rows[i] for i in test],
        (*schema.notes, *filled),
    )


def _part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    """Tell of a part of the work as what it is of the whole."""
    if progress is None:
        return None
    return lambda done: progress(start + done * (stop - start))


def _divide(
    labelled: Table, schema: Schema, test_size: float | int, seed: int
) -> tuple[Rows, Rows]:
    n = len(labelled)
    if test_size == 0:
        return np.arange(n), np.arange(0)
    classes = schema.task == "classification"
    labels = ClassTarget.of_column(schema.target).encode(labelled) if classes else None
    return split_rows(n, test_size=test_size, seed=seed, stratify=labels)
