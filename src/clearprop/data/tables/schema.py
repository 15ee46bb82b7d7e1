"""Decides what the columns of a table hold, and what is to be predicted from them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import partial, reduce
from operator import sub
from typing import Literal, final

from clearprop.data.tables.cells import category, is_date, written
from clearprop.data.tables.notes import Note, both
from clearprop.data.tables.progress import Progress, watched
from clearprop.data.tables.table import Table
from clearprop.data.tables.values import Numbers, Values
from clearprop.errors import DataError, unknown
from clearprop.lang import told

__all__ = ["Column", "Kind", "Schema", "Task", "infer_columns"]

Kind = Literal["number", "percent", "category"]
Task = Literal["classification", "regression"]

_MOST_CATEGORIES = 1000
_FEW_TEXTS = 20  # so many different texts are categories, however few rows there are
_FEW_ROWS = 5  # in fewer rows than this, even identifiers may be categories
_ALMOST_ALL = 0.9  # of the rows: so many different values are no classes
_FEW_CLASSES = 20  # whole numbers up to so many different ones may be classes
_ROW_NUMBERS = {"id", "idx", "index", "no", "no.", "#", "row", "번호", "순번", "연번", "일련번호"}


@final
@dataclass(frozen=True)
class Column:
    """
    What a column holds.

    Parameters
    ----------
    name : str
        Its name.
    kind : {"number", "percent", "category"}
        How its cells are read.
    values : tuple of str
        The categories, or of a target the classes, in order; empty for amounts.
    """

    name: str
    kind: Kind
    values: tuple[str, ...] = ()


@final
@dataclass(frozen=True)
class Schema:
    """
    What a table's columns hold: which to learn from, which to predict, which to leave out.

    Parameters
    ----------
    features : tuple of Column
        What to learn from.
    target : Column
        What to predict.
    task : {"classification", "regression"}
        Whether the target is one of some classes or an amount.
    left_out : tuple of str
        Names of columns that cannot be learnt from.
    notes : tuple of Note
        What was decided and why, for the user to read.
    """

    features: tuple[Column, ...]
    target: Column
    task: Task
    left_out: tuple[str, ...]
    notes: tuple[Note, ...]


def infer_columns(
    table: Table, target: str, *, task: Task | None = None, progress: Progress | None = None
) -> Schema:
    """
    Decide what each column of a table holds.

    A column of numbers is a number, or a percentage if each ends with ``%``; all else is a
    category. Left out are columns that are empty, that have one value only, that hold dates or
    times, that have another text in each of five or more rows, that hold more than 1,000 different
    texts or more than 20 that fill over half of the rows, and those that are named as row numbers
    and count up by one.

    The target is regressed on if it holds numbers, and classified otherwise. Whole numbers are
    classes if they are 0 and 1, or at most 20 different ones, each twice on average.

    Rows without a target are not looked at.

    Parameters
    ----------
    table : Table
        The table to learn from.
    target : str
        The name of the column to predict.
    task : {"classification", "regression"}, optional
        What the target is, if it is known.
    progress : callable, optional
        Is told from time to time which part of the work is done, from 0 to 1.

    Returns
    -------
    Schema

    Raises
    ------
    DataError
        If the target is missing, has one value only or does not fit the task; if a column of
        numbers has a cell that is none; if no column is left to learn from. Names row and column.
    OptionError
        If `task` is none of those.

    Examples
    --------
    >>> columns = {"age": ["31", "28"], "city": ["Busan", "Seoul"], "buys": ["no", "yes"]}
    >>> schema = infer_columns(Table(columns, [2, 3]), "buys")
    >>> schema.task, [column.kind for column in schema.features]
    ('classification', ['number', 'category'])
    """
    if task not in (None, "classification", "regression"):
        raise unknown("task", task, ("classification", "regression"))
    target = unicodedata.normalize("NFC", target.strip())
    table, notes = _labelled(table, target)
    predicted, task, target_notes = _target(Values(table, target), task)
    notes += target_notes

    features: list[Column] = []
    left_out: dict[str, list[str]] = {}
    for name in watched(table.names, progress):
        if name == target:
            continue
        values = Values(table, name)
        if reason := _why_left_out(values):
            left_out.setdefault(reason, []).append(name)
        else:
            features.append(_feature(values))
            notes += _mixed(values)
    notes += [
        Note(f"left_out_{reason}", {"columns": tuple(names)}) for reason, names in left_out.items()
    ]
    if not features:
        why = told("tables.nothing_left", source=table.source, target=repr(target))
        reasons: list[str] = [why, *(note.told for note in notes)]
        raise DataError(reduce(partial(both, how="then"), reasons))
    out = tuple(name for names in left_out.values() for name in names)
    return Schema(tuple(features), predicted, task, out, tuple(notes))


def _labelled(table: Table, target: str) -> tuple[Table, list[Note]]:
    """Take the rows that have a target, and tell of the others."""
    labels = table.column(target)
    labelled = [i for i, label in enumerate(labels) if label is not None]
    if not labelled:
        raise DataError(told("tables.target_empty", source=table.source, column=repr(target)))
    if len(labelled) == len(labels):
        return table, []
    row = table.rows[labels.index(None)]
    shown = {"column": repr(target), "n": len(labels) - len(labelled), "row": row}
    return table.take(labelled), [Note("unlabelled", shown)]


def _why_left_out(values: Values) -> str | None:
    """Say for which reason a column cannot be learnt from; None if it can."""
    if not values.total:
        return "empty"
    values.refuse_mistakes()
    numbers = values.numbers
    if not values.missing and len(set(numbers.of.values() if numbers else values.counts)) == 1:
        return "constant"
    if numbers:
        return "row_numbers" if _counts_rows(values, numbers) else None
    if all(map(is_date, values.counts)):
        return "date"
    if len(values) == values.total >= _FEW_ROWS:
        return "identifier"
    if len(values) > min(_MOST_CATEGORIES, max(_FEW_TEXTS, values.total / 2)):
        return "free_text"
    return None


def _counts_rows(values: Values, numbers: Numbers) -> bool:
    if values.missing or values.name.casefold() not in _ROW_NUMBERS:
        return False
    series = [numbers.of[cell] for cell in values.cells if cell is not None]
    # In step with the rows that are left, or with those of the file.
    return any(len(set(map(sub, series, rows))) == 1 for rows in (range(len(series)), values.rows))


def _feature(values: Values) -> Column:
    if values.numbers:
        return Column(values.name, values.numbers.kind)
    return Column(values.name, "category", tuple(sorted(set(map(category, values.counts)))))


def _mixed(values: Values) -> list[Note]:
    """Tell of a column that holds some numbers, yet is read as categories."""
    if values.numbers or not values.plain:
        return []
    other = next(cell for cell in values.counts if cell not in values.plain)
    shown = {"column": repr(values.name), "value": repr(other), "row": values.row(other)}
    return [Note("mixed", shown)]


def _target(values: Values, task: Task | None) -> tuple[Column, Task, list[Note]]:
    if task == "regression":
        return _amount(values), "regression", []
    if task == "classification":
        return _classes(values), "classification", []
    values.refuse_mistakes()
    numbers = values.numbers
    if numbers is None:
        return _classes(values), "classification", []
    if not _may_be_classes(numbers, values.total):
        return _amount(values), "regression", []
    column = _classes(values)
    shown = {"column": repr(values.name), "n": len(column.values)}
    notes = [] if column.values == ("0", "1") else [Note("whole_numbers_as_classes", shown)]
    return column, "classification", notes


def _may_be_classes(numbers: Numbers, total: int) -> bool:
    different = set(numbers.of.values())
    if numbers.kind == "percent" or not all(value.is_integer() for value in different):
        return False
    return different == {0.0, 1.0} or len(different) <= min(_FEW_CLASSES, total / 2)


def _amount(values: Values) -> Column:
    if values.numbers is None:
        values.refuse_mistakes()
        cell = next(cell for cell in values.counts if cell not in values.plain)
        shown = {"place": values.place(cell), "cell": repr(cell)}
        raise DataError(told("tables.target_no_number", **shown))
    _refuse_one_value(values, len(set(values.numbers.of.values())))
    return Column(values.name, values.numbers.kind)


def _classes(values: Values) -> Column:
    if all(map(is_date, values.counts)):
        raise DataError(told("tables.target_dates", place=values.column))
    if values.numbers and values.numbers.kind == "number":
        column = Column(
            values.name, "number", tuple(map(written, sorted(set(values.numbers.of.values()))))
        )
    else:
        column = Column(values.name, "category", tuple(sorted(set(map(category, values.counts)))))
    classes = len(column.values)
    _refuse_one_value(values, classes)
    if classes > _MOST_CATEGORIES:
        most = f"{_MOST_CATEGORIES:,}"
        raise DataError(
            told("tables.target_too_many", place=values.column, classes=f"{classes:,}", most=most)
        )
    if values.total >= _FEW_ROWS and classes > _ALMOST_ALL * values.total:
        key = "target_all_differ" if classes == values.total else "target_most_differ"
        mend = told("tables.ask_regression" if values.numbers else "tables.right_column")
        counts = {"classes": classes, "total": values.total}
        raise DataError(told(f"tables.{key}", place=values.column, mend=mend, **counts))
    return column


def _all_rows(values: Values, cell: str) -> str:
    if values.total == 1:
        return told("tables.the_one_row", row=values.row(cell))
    return told("tables.all_rows", total=values.total, row=values.row(cell))


def _refuse_one_value(values: Values, different: int) -> None:
    if different == 1:
        cell = next(iter(values.counts))
        shown = {"place": values.column, "cell": repr(cell), "rows": _all_rows(values, cell)}
        raise DataError(told("tables.target_one_value", **shown))
