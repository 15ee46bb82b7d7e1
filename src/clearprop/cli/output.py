"""What commands print: words for people, or JSON for programs, never both on one stream."""

from __future__ import annotations

import json
import math
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from clearprop.lang import align, cells, say

__all__ = ["as_json", "confusion_table", "figure", "pour", "program", "seconds", "tell"]

_PIECE = 1 << 14  # characters


def tell(*lines: str, err: bool = False) -> None:
    """Print lines of words."""
    for line in lines:
        click.echo(line, err=err)


def pour(text: str) -> None:
    """Print long text piece by piece, so that a reader that leaves is noticed."""
    for start in range(0, len(text), _PIECE):
        click.echo(text[start : start + _PIECE], nl=False)


def as_json(data: Any) -> None:
    """Print data as JSON; what is no finite number becomes null."""
    pour(json.dumps(_plain(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def figure(value: float, digits: int = 3) -> str:
    """
    Write a figure with some digits, and without an exponent where that is short.

    Examples
    --------
    >>> figure(0.98055), figure(1234.6), figure(0.00001234)
    ('0.981', '1,235', '1.23e-05')
    """
    if abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}" if value and abs(value) < 0.1 else f"{value:.{digits}f}"


def program() -> str:
    """
    Tell how to call clearprop from here: by its name, if the shell finds it, or by its place.

    A program that was started as ``.venv/bin/clearprop`` is not found by its name alone.
    """
    started = Path(sys.argv[0])
    if shutil.which("clearprop"):
        return "clearprop"
    if started.stem != "clearprop":
        return "python -m clearprop"
    inside = started.is_absolute() and started.is_relative_to(Path.cwd())
    return shlex.quote(str(started.relative_to(Path.cwd()) if inside else started))


def seconds(value: float) -> str:
    """
    Write a time for a person.

    Examples
    --------
    >>> seconds(0.83), seconds(95.0)
    ('0.8 s', '95 s')
    """
    return say("train.seconds", count=f"{value:.1f}" if value < 10 else f"{value:.0f}")


def confusion_table(counts: np.ndarray, names: Sequence[str]) -> list[str]:
    """
    Lay out a confusion matrix: a row for each true class, a column for each predicted one.

    Examples
    --------
    >>> print(*confusion_table(np.array([[8, 2], [0, 5]]), ["cat", "dog"]), sep=chr(10))
      true ↓ predicted →  cat  dog
      cat                   8    2
      dog                   ·    5
    """
    corner = f"{say('draw.true_class')} ↓ {say('draw.predicted_class')} →"
    rows = [[str(n) if n else "·" for n in line] for line in counts.tolist()]
    widths = [max(cells(name), *(len(row[k]) for row in rows)) for k, name in enumerate(names)]
    left = max(map(cells, [corner, *names]))
    head = [align(name, width, ">") for name, width in zip(names, widths, strict=True)]
    out = ["  ".join(["", align(corner, left), *head])]
    for name, row in zip(names, rows, strict=True):
        body = [align(cell, width, ">") for cell, width in zip(row, widths, strict=True)]
        out.append("  ".join(["", align(name, left), *body]))
    return out
