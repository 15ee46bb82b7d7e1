"""Lines of text for a terminal: wrapped and set in columns by cells, since Hangul takes two."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

from clearprop.lang import align, cells
from clearprop.lang.width import wrapped

__all__ = ["WIDEST", "definitions", "terminal_width", "wrapped"]

WIDEST = 100
_LEFT_AT_MOST = 26  # cells; what is wider has its explanation beneath
_RIGHT_AT_LEAST = 26  # cells for explanations


def terminal_width() -> int:
    """Tell how many cells a line may take."""
    return max(40, min(shutil.get_terminal_size().columns, WIDEST))


def definitions(pairs: Iterable[tuple[str, str]], width: int) -> list[str]:
    """
    Set terms to the left of what is said of them.

    Examples
    --------
    >>> definitions([("--seed N", "where it all begins by chance"), ("-h", "help")], 40)
    ['  --seed N  where it all begins by', '            chance', '  -h        help']
    """
    listed = list(pairs)
    left = max((c for term, _ in listed if (c := cells(term)) <= _LEFT_AT_MOST), default=0)
    if width - left - 4 < _RIGHT_AT_LEAST:
        left = 2  # every explanation stands beneath its term
    out: list[str] = []
    for term, text in listed:
        body = wrapped(text, width - left - 4)
        if cells(term) > left:
            out.append(f"  {term}")
            out += [" " * (left + 4) + line for line in body]
            continue
        first, *rest = body or [""]
        out.append(f"  {align(term, left)}  {first}".rstrip())
        out += [" " * (left + 4) + line for line in rest]
    return out
