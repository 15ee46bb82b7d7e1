"""Text in terminal cells: Hangul is two wide, a combining mark none, so `len` would not line up."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from clearprop.errors import OptionError, unknown

__all__ = ["align", "cells", "columns", "truncate", "wrapped"]

_ROOM_BEFORE = {"<": lambda room: 0, ">": lambda room: room, "^": lambda room: room // 2}


def cells(text: str) -> int:
    """
    Count the terminal cells that one line of text takes.

    Examples
    --------
    >>> cells("weight"), cells("가중치")
    (6, 6)
    """
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # not loaded by whoever writes ASCII alone

    return cell_len(unicodedata.normalize("NFC", text))


def align(text: str, width: int, side: str = "<") -> str:
    """
    Fill up text with spaces to `width` cells; longer text stays as it is.

    Parameters
    ----------
    text : str
    width : int
        In cells.
    side : {"<", ">", "^"}
        Left, right or centred, as in Python's format strings.

    Returns
    -------
    str

    Examples
    --------
    >>> align("손실", 6, ">") + "|"
    '  손실|'
    """
    if side not in _ROOM_BEFORE:
        raise unknown("side", side, _ROOM_BEFORE)
    room = max(width - cells(text), 0)
    before = _ROOM_BEFORE[side](room)
    return " " * before + text + " " * (room - before)


def truncate(text: str, width: int, end: str = "…") -> str:
    """
    Cut text that is wider than `width` cells, so that it fits with `end` behind it.

    Parameters
    ----------
    text : str
    width : int
        In cells.
    end : str
        What shows that something is missing.

    Returns
    -------
    str
        At most `width` cells: one less where a wide letter does not fit in halves.

    Raises
    ------
    OptionError
        If not even `end` fits.

    Examples
    --------
    >>> truncate("순전파와 역전파", 8)
    '순전파…'
    """
    if cells(text) <= width:
        return text
    room = width - cells(end)
    if room < 0:
        raise OptionError(f"truncate: {end!r} takes {cells(end)} cells, more than width {width}.")
    kept = 0
    # Measured from the start each time: a combining mark belongs to the letter before it.
    while cells(text[: kept + 1]) <= room:
        kept += 1
    return text[:kept].rstrip() + end


def columns(rows: Iterable[Sequence[str]], sides: str = "", gap: int = 2) -> list[str]:
    """
    Lay out a table, each column as wide as its widest cell.

    Parameters
    ----------
    rows : iterable of sequence of str
        The cells of each row; all rows of one length.
    sides : str
        A letter a column, as `align` takes; left where none is given.
    gap : int
        Spaces between columns.

    Returns
    -------
    list of str
        A line a row, without spaces at its end.

    Examples
    --------
    >>> for line in columns([["손실", "0.25"], ["정확도", "0.9"]], "<>"):
    ...     print(line)
    손실    0.25
    정확도   0.9
    """
    table = [list(row) for row in rows]
    widths = [max(map(cells, column)) for column in zip(*table, strict=True)]
    sided = sides.ljust(len(widths), "<")
    return [(" " * gap).join(map(align, row, widths, sided)).rstrip() for row in table]


def wrapped(text: str, width: int) -> list[str]:
    """
    Break text between words into lines of at most `width` cells; a longer word stands alone.

    Examples
    --------
    >>> wrapped("가중치 하나는 왜 이 값인가", 14)
    ['가중치 하나는', '왜 이 값인가']
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and cells(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines
