"""Reads CSV files, and says of each that it cannot read at which row and column it fails."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from clearprop.data.tables.decoding import decode
from clearprop.data.tables.table import Cell, Table
from clearprop.errors import DataError, MemoryLimitError, OptionError
from clearprop.lang import reason, told

__all__ = ["MISSING", "read_csv"]

#: What a cell that holds no value is written as, besides nothing at all.
MISSING = frozenset({"NA", "N/A", "n/a", "#N/A", "null", "NULL", "nan", "NaN", "None", "-", "?"})

_LIMIT = 1 << 27
_DELIMITERS = ",;\t|"
_SAMPLE_CHARACTERS = 1 << 16
_SAMPLE_RECORDS = 50
_SHARED_CELLS = 1 << 16


def read_csv(
    source: str | Path | BinaryIO,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    missing: frozenset[str] = MISSING,
    limit: int = _LIMIT,
) -> Table:
    r"""
    Read a CSV file whose first row names the columns.

    Cells may be quoted, and may then hold delimiters and line breaks; spaces around a cell are
    taken away. An empty cell, or one of the words in `missing`, is a missing value. Rows without
    any content are passed over. Rows are numbered as a spreadsheet numbers them.

    Parameters
    ----------
    source : str, Path or binary stream
        The file.
    encoding : str, optional
        By default UTF-8 (with or without a mark) or else CP949.
    delimiter : str, optional
        By default whichever of ``,`` ``;`` tab and ``|`` divides the first rows alike.
    missing : frozenset of str
        Words that stand for a missing value.
    limit : int, default 128 MiB
        The largest file to read, bytes.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        If the file cannot be read as a table; names the row and the column.
    MemoryLimitError
        If it is larger than `limit`.
    OptionError
        If an argument is out of its domain.

    Examples
    --------
    >>> table = read_csv(io.BytesIO("이름,나이\n가영,31\n나희,-\n".encode()))
    >>> table.columns
    {'이름': ['가영', '나희'], '나이': ['31', None]}
    """
    name, content = _content(source, limit)
    text = decode(content, name, encoding=encoding)
    if delimiter is None:
        delimiter = _sniff(text)
    elif len(delimiter) != 1 or delimiter in '"\r\n ':
        raise OptionError(told("tables.delimiter", got=repr(delimiter)))

    records = _records(text, delimiter, name)
    header = next(records, None)
    if header is None:
        raise DataError(told("tables.empty", source=name))
    names = _names(header, name)
    columns: list[list[Cell]] = [[] for _ in names]
    rows = []
    shared: dict[str, Cell] = dict.fromkeys(("", *missing))
    for record in records:
        if len(record.cells) != len(names):
            raise _ragged(record, names, name)
        rows.append(record.row)
        for column, cell in zip(columns, record.cells, strict=True):
            # One object for all equal cells: tables repeat themselves.
            if len(shared) < _SHARED_CELLS:
                column.append(shared.setdefault(cell, cell))
            else:
                column.append(shared.get(cell, cell))
    if not rows:
        raise DataError(told("tables.no_rows", source=name, row=header.row))
    return Table(dict(zip(names, columns, strict=True)), rows, name)


def _content(source: str | Path | BinaryIO, limit: int) -> tuple[str, bytes]:
    """Read at most `limit` bytes, and say what to call the source."""
    if isinstance(source, str | Path):
        try:
            with Path(source).open("rb") as file:
                return _content(file, limit)
        except OSError as error:
            why = told("files.cannot_read", path=repr(str(source)), reason=reason(error))
            raise DataError(why) from error
    named = getattr(source, "name", None)
    name = Path(named).name if isinstance(named, str) else told("tables.the_table")
    content = source.read(limit + 1)
    if not isinstance(content, bytes):
        raise OptionError(told("tables.open_as_text", source=name))
    if len(content) > limit:
        raise MemoryLimitError(told("tables.too_large", source=name, limit=f"{limit:,}"))
    return name, content


def _sniff(text: str) -> str:
    """Choose the delimiter that divides the first records alike, and into most cells."""
    sample = text[:_SAMPLE_CHARACTERS]
    best, best_score = ",", (False, 1)
    for delimiter in _DELIMITERS:
        reader = _reader(sample, delimiter)
        widths: list[int] = []
        try:
            while len(widths) < _SAMPLE_RECORDS:
                if cells := next(reader):
                    widths.append(len(cells))
        except StopIteration:
            if len(sample) < len(text) and len(widths) > 1:
                widths.pop()  # the sample may end inside it
        if widths:
            score = (widths[0] > 1 and len(set(widths)) == 1, widths[0])
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _reader(text: str, delimiter: str, *, strict: bool = False) -> Any:
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
    reader = _reader(text, delimiter, strict=True)
    row = 0
    while True:
        row += 1
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
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
