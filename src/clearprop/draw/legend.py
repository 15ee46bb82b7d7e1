"""The key to a picture: small samples with their meaning, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from clearprop.draw.lettering import SMALL, fit, text, text_width
from clearprop.draw.svg import Element, el, number

__all__ = ["Item", "legend"]

_ROW = 20.0
_APART = 18.0


@final
@dataclass(frozen=True)
class Item:
    """
    One sample and its meaning.

    Parameters
    ----------
    words : str
        The meaning.
    sample : tuple of Element
        Drawn around the height 0, from 0 to `size` across.
    size : float
        Width of the sample in pixels.
    role : str
        Colour of the words.
    """

    words: str
    sample: tuple[Element, ...] = ()
    size: float = 0.0
    role: str = "muted"


def legend(items: Sequence[Item], x: float, y: float, width: float) -> tuple[list[Element], float]:
    """
    Lay out a key.

    Parameters
    ----------
    items : sequence of Item
        In reading order.
    x, y : float
        Left end, and middle height of the first row.
    width : float
        Where to begin a new row.

    Returns
    -------
    elements : list of Element
        The key.
    height : float
        Pixels from the middle of the first row to below the last.

    Examples
    --------
    >>> legend([Item("one"), Item("two")], 0.0, 0.0, 200.0)[1]
    10.0
    """
    parts: list[Element] = []
    at, row = 0.0, 0
    for item in items:
        indent = item.size + 7 if item.size else 0.0
        words = fit(item.words, width - indent, SMALL)
        need = indent + text_width(words, SMALL)
        if at and at + need > width:
            at, row = 0.0, row + 1
        left, middle = x + at, y + row * _ROW
        if item.sample:
            moved = f"translate({number(left)} {number(middle)})"
            parts.append(el("g", *item.sample, transform=moved))
        parts.append(text(left + indent, middle, words, size=SMALL, role=item.role, tip=item.words))
        at += need + _APART
    return parts, row * _ROW + _ROW / 2
