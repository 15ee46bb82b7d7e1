"""Reads CSV files, and says of each that it cannot read at which row and column it fails."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from clearprop.data.tables.decoding import decode
from clearprop.data.tables.progress import Progress, watched
from clearprop.data.tables.records import any_columns, plain_columns, reader
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
_MOST_SHARED = 1 << 16  # different cells; where there are more, few repeat themselves


def read_csv(
    source: str | Path | BinaryIO,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    missing: frozenset[str] = MISSING,
    limit: int = _LIMIT,
    progress: Progress | None = None,
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
    progress : callable, optional
        Is told from time to time which part of the work is done, from 0 to 1.

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
    >>> import io
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

    found = plain_columns(text, delimiter) or any_columns(text, delimiter, name)
    absent = frozenset({"", *missing})
    columns = [_shared(cells, absent) for cells in watched(found.cells, progress)]
    return Table(dict(zip(found.names, columns, strict=True)), found.rows, name)


def _shared(cells: list[str], absent: frozenset[str]) -> list[Cell]:
    """Give None for what is missing, and one object for all equal cells where they repeat."""
    different = set(cells)
    if len(different) > _MOST_SHARED:
        return [None if cell in absent else cell for cell in cells]
    of: dict[str, Cell] = {cell: None if cell in absent else cell for cell in different}
    return [of[cell] for cell in cells]


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
        records = reader(sample, delimiter)
        widths: list[int] = []
        try:
            while len(widths) < _SAMPLE_RECORDS:
                if cells := next(records):
                    widths.append(len(cells))
        except StopIteration:
            if len(sample) < len(text) and len(widths) > 1:
                widths.pop()  # the sample may end inside it
        if widths:
            score = (widths[0] > 1 and len(set(widths)) == 1, widths[0])
            if score > best_score:
                best, best_score = delimiter, score
    return best
