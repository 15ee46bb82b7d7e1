"""What the text of a cell means: a number, a share in percent, a date, a category."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

__all__ = ["category", "has_decimal_comma", "is_date", "number", "numbers", "written"]

_NUMBER = re.compile(
    r"""[+-]?
    (?: (?: 0 | [1-9][0-9]{0,2}(?:,[0-9]{3})+ | [1-9][0-9]* ) (?: \.[0-9]* )? | \.[0-9]+ )
    (?: [eE][+-]?[0-9]{1,4} )?""",
    re.VERBOSE,
)
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_DATE = re.compile(
    r"""(?: [0-9]{4} [-/.] [0-9]{1,2} (?: [-/.] [0-9]{1,2} )?      # 2024-03-01, 2024/3
          | [0-9]{1,2} [-/.] [0-9]{1,2} [-/.] (?:[0-9]{4}|[0-9]{2})  # 1.3.2024
          | [0-9]{4}년 \s? [0-9]{1,2}월 (?: \s? [0-9]{1,2}일 )? )
        \.? (?: [T ] .{0,40} )?
      | [0-9]{1,2}:[0-9]{2} (?: :[0-9]{2} )? (?: \s? [AaPp][Mm] )?""",
    re.VERBOSE,
)


def number(cell: str, *, percent: bool = False) -> float | None:
    """
    Read a number, or None if the cell is none.

    Thousands may be set off by commas. What only Python would take for a number is none: ``nan``,
    ``inf``, ``1_000``; nor is ``007``, which is a code; nor what float64 cannot hold.

    Parameters
    ----------
    cell : str
        Text without spaces around it.
    percent : bool
        Whether the cell must end with ``%`` (``"12.5%"`` is 12.5) or must not.

    Examples
    --------
    >>> number("1,234.5"), number("007"), number("12.5%", percent=True)
    (1234.5, None, 12.5)
    """
    if percent != cell.endswith("%"):
        return None
    digits = cell[:-1].rstrip() if percent else cell
    if not _NUMBER.fullmatch(digits):
        return None
    value = float(digits.replace(",", ""))
    return value if abs(value) != float("inf") else None


_PLAIN = b"0123456789+-.eE\n"
_LONG_EXPONENT = re.compile("[eE][+-]?[0-9]{5}")


def numbers(cells: Sequence[str], *, percent: bool = False) -> list[float | None]:
    """
    Read many cells, each as `number` does, but several times faster where all are plain numbers.

    Examples
    --------
    >>> numbers(["1", "-2.5e3"]), numbers(["1", "007"])
    ([1.0, -2500.0], [1.0, None])
    """
    if not percent and _are_plain("\n".join(["", *cells, ""]), len(cells)):
        try:
            values = list(map(float, cells))
        except ValueError:  # such as a lone sign
            values = [math.inf]
        if max(values, default=0.0) < math.inf and min(values, default=0.0) > -math.inf:
            return values  # type: ignore[return-value]
    return [number(cell, percent=percent) for cell in cells]


def _are_plain(text: str, count: int) -> bool:
    """Say whether Python takes only those of so many lines for numbers that we do too."""
    if not text.isascii() or text.encode().translate(None, _PLAIN) or text.count("\n") != count + 1:
        return False
    for start in ("\n0", "\n-0", "\n+0"):  # a code such as 007, but not 0.7, 0e7 or 0
        if text.count(start) > sum(text.count(start + end) for end in ".eE\n"):
            return False
    return not (("e" in text or "E" in text) and _LONG_EXPONENT.search(text))


def written(value: float) -> str:
    """
    Write a number in one way, however a file writes it.

    Examples
    --------
    >>> written(3.0), written(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def category(cell: str) -> str:
    """
    Name a category: as it is written, but ``TRUE`` and ``True`` are ``true``.

    Spreadsheets and programs spell these two in different ways.

    Examples
    --------
    >>> category("FALSE"), category("Seoul")
    ('false', 'Seoul')
    """
    lower = cell.lower()
    return lower if lower in ("true", "false") else cell


def is_date(cell: str) -> bool:
    """
    Say whether a cell looks like a date or a time of day.

    Examples
    --------
    >>> is_date("2024-03-01"), is_date("2024년 3월 1일"), is_date("3.14")
    (True, True, False)
    """
    return _DATE.fullmatch(cell) is not None


def has_decimal_comma(cell: str) -> bool:
    """
    Say whether a cell looks like a number with a decimal comma, which is not read.

    Examples
    --------
    >>> has_decimal_comma("1,5"), has_decimal_comma("1,500")
    (True, False)
    """
    return number(cell) is None and _DECIMAL_COMMA.fullmatch(cell) is not None
