"""The cells of a CSV file, column by column; fast where nothing is quoted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from clearprop.errors import DataError
from clearprop.lang import told

__all__ = ["Columns", "any_columns", "plain_columns", "reader"]


class Columns(NamedTuple):
    """What a file holds: the names, the cells below each as they are written, and their rows."""

    names: list[str]
    cells: list[list[str]]
    rows: list[int]  # as a spreadsheet counts


def plain_columns(text: str, delimiter: str) -> Columns | None:
    r"""
    Take a text without quotes apart, all of it at once; None if it is not as plain as that.

    Whatever may be wrong with a file is left to `any_columns`, which says what it is.

    Examples
    --------
    >>> plain_columns("a,b\n1,2\n\n3,4\n", ",")
    Columns(names=['a', 'b'], cells=[['1', '3'], ['2', '4']], rows=[2, 4])
    >>> plain_columns('a\n"1"\n', ",")
    """
    if '"' in text or "\0" in text:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    kept = [i for i, line in enumerate(lines) if line.replace(delimiter, "").strip()]
    if len(kept) < len(lines):
        lines = [lines[i] for i in kept]
    widths = {line.count(delimiter) for line in lines}
    if len(lines) < 2 or len(widths) > 1 or max(map(len, lines)) > csv.field_size_limit():
        return None
    width = widths.pop() + 1
    flat = list(map(str.strip, delimiter.join(lines).split(delimiter)))
    names = flat[:width]
    if "" in names or len(set(names)) < width:
        return None
    return Columns(
        names, [flat[width + j :: width] for j in range(width)], [i + 1 for i in kept[1:]]
    )


def any_columns(text: str, delimiter: str, source: str) -> Columns:
    """
    Take any text apart.

    Raises
    ------
    DataError
        If it is no table; names the row and the column.
    """
    records = _records(text, delimiter, source)
    header = next(records, None)
    if header is None:
        raise DataError(told("tables.empty", source=source))
    names = _names(header, source)
    found = Columns(names, [[] for _ in names], [])
    for record in records:
        if len(record.cells) != len(names):
            raise _ragged(record, names, source)
        found.rows.append(record.row)
        for column, cell in zip(found.cells, record.cells, strict=True):
            column.append(cell)
    if not found.rows:
        raise DataError(told("tables.no_rows", source=source, row=header.row))
    return found


def reader(text: str, delimiter: str, *, strict: bool = False) -> Any:
    """Read records of a text with the csv module."""
    lines = io.StringIO(text, newline="")  # the csv module wants line breaks as they are
    return csv.reader(lines, delimiter=delimiter, strict=strict, skipinitialspace=True)


class _Record(NamedTuple):
    row: int  # as a spreadsheet counts
    line: int  # as an editor counts: a quoted cell may hold line breaks
    cells: list[str]

    @property
    def place(self) -> str:
        if self.line == self.row:
            return told("tables.row", row=self.row)
        return told("tables.row_at_line", row=self.row, line=self.line)


def _records(text: str, delimiter: str, name: str) -> Iterator[_Record]:
    """Go through the records that have content."""
    found = reader(text, delimiter, strict=True)
    row = 0
    while True:
        row += 1
        line = found.line_num + 1
        try:
            cells = [cell.strip() for cell in next(found)]
        except StopIteration:
            return
        except csv.Error as error:
            place = _Record(row, line, []).place
            what = _explained(error)
            raise DataError(told("tables.at", source=name, place=place, what=what)) from error
        if any(cells):
            record = _Record(row, line, cells)
            _refuse_nul(record, name)
            yield record


def _explained(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return told("tables.never_closed")
    if "field larger than field limit" in str(error):
        return told("tables.too_long", limit=f"{csv.field_size_limit():,}")
    return told("tables.goes_on")


def _refuse_nul(record: _Record, name: str) -> None:
    for number, cell in enumerate(record.cells, start=1):
        if "\0" in cell:
            where = {"source": name, "place": record.place, "number": number}
            raise DataError(told("tables.nul", **where))


def _names(header: _Record, source: str) -> list[str]:
    first: dict[str, int] = {}
    for number, name in enumerate(header.cells, start=1):
        if not name:
            where = {"source": source, "place": header.place, "number": number}
            raise DataError(told("tables.nameless", **where))
        if name in first:
            both = {"first": first[name], "second": number, "name": repr(name)}
            raise DataError(told("tables.same_name", source=source, place=header.place, **both))
        first[name] = number
    return header.cells


def _ragged(record: _Record, names: list[str], source: str) -> DataError:
    got, expected = len(record.cells), len(names)
    if got < expected:
        what = told("tables.cell_missing", column=repr(names[got]))
    else:
        cell = repr(record.cells[expected])
        what = told("tables.cell_too_many", cell=cell, column=repr(names[-1]))
    where = {"source": source, "place": record.place}
    return DataError(told("tables.ragged", **where, got=got, expected=expected, what=what))
