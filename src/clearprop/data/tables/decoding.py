"""Turns the bytes of a text file into text: UTF-8 or CP949, and what spreadsheets write."""

from __future__ import annotations

import codecs
import unicodedata

from clearprop.errors import DataError, OptionError

__all__ = ["decode"]

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# First bytes of files that are often given in place of a CSV file.
_OTHERS = {
    b"PK\x03\x04": "a zip archive or a spreadsheet (xlsx)",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (xls)",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet table",
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
            raise DataError(f"{source} is {kind}, not a CSV file; save the table as CSV (UTF-8).")
    mark = next((mark for mark in _MARKS if content.startswith(mark)), None)
    if encoding is not None:
        names = [_known(encoding)]
        if names == ["utf-8"] and mark == codecs.BOM_UTF8:
            names = ["utf-8-sig"]
    else:
        names = ["utf-8", "cp949"] if mark is None else [_MARKS[mark]]

    failures = []
    for name in names:
        try:
            return unicodedata.normalize("NFC", content.decode(name))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            byte = f"byte 0x{content[error.start]:02x}, offset {error.start:,}"
            failures.append(f"as {name.upper()} it breaks at line {line:,} ({byte})")
    raise DataError(
        f"{source} cannot be read as text: {'; '.join(failures)}. "
        "Save it as UTF-8, or name its encoding."
    )


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise OptionError(
            f"unknown encoding {encoding!r}; such as 'utf-8', 'cp949' or 'latin-1' are known."
        ) from error
