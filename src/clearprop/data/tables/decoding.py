"""Turns the bytes of a text file into text: UTF-8 or CP949, and what spreadsheets write."""

from __future__ import annotations

import codecs
import unicodedata

from clearprop.data.tables.notes import both
from clearprop.errors import DataError, OptionError
from clearprop.lang import told

__all__ = ["decode"]

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# First bytes of files that are often given in place of a CSV file, and what tells of them.
_OTHERS = {
    b"PK\x03\x04": "tables.xlsx",
    b"\xd0\xcf\x11\xe0": "tables.xls",
    b"\x1f\x8b": "tables.gzip",
    b"%PDF": "tables.pdf",
    b"PAR1": "tables.parquet",
}


def decode(content: bytes, source: str, *, encoding: str | None = None) -> str:
    """
    Decode `content`, and write every character in its composed form (NFC).

    The first that fits is taken: the encoding that a byte order mark names, UTF-8, CP949 (the
    Korean of Windows). Composing makes 가 one character, however the file's system wrote it.

    Parameters
    ----------
    content : bytes
        The file.
    source : str
        Its name, for errors.
    encoding : str, optional
        The encoding, if it is known.

    Raises
    ------
    DataError
        If nothing fits; says at which line and byte.
    OptionError
        If Python knows no such `encoding`.

    Examples
    --------
    >>> decode("나이".encode("cp949"), "ages.csv")
    '나이'
    """
    for magic, kind in _OTHERS.items():
        if content.startswith(magic):
            raise DataError(told("tables.no_csv", source=source, kind=told(kind)))
    mark = next((mark for mark in _MARKS if content.startswith(mark)), None)
    if encoding is not None:
        names = [_known(encoding)]
        if names == ["utf-8"] and mark == codecs.BOM_UTF8:
            names = ["utf-8-sig"]
    else:
        names = ["utf-8", "cp949"] if mark is None else [_MARKS[mark]]

    failures = None
    for name in names:
        try:
            return unicodedata.normalize("NFC", content.decode(name))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            where = {"line": f"{line:,}", "offset": f"{error.start:,}"}
            byte = f"0x{content[error.start]:02x}"
            failure = told("tables.breaks", encoding=name.upper(), byte=byte, **where)
            failures = both(failures, failure)
    raise DataError(told("tables.no_text", source=source, failures=failures))


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise OptionError(told("tables.no_encoding", encoding=repr(encoding))) from error
