"""The frame of a plot: grid, ticks, axis labels and title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from clearprop.draw.lettering import SMALL, TITLE, fit, text, text_width
from clearprop.draw.scale import Scale
from clearprop.draw.svg import Element, el

__all__ = ["Box", "axes", "backdrop", "heading", "tick_room"]


@final
@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        """Whether the two come closer than `gap` pixels both across and down."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )


def backdrop(width: float, height: float) -> Element:
    """Paper under the whole picture, so that it can be read on a page of any colour."""
    return el("rect", width=width, height=height, rx=6, class_="f-paper")


def heading(words: str, width: float, note: str = "") -> list[Element]:
    """Title at the top left and, beneath it, a quieter line."""
    parts = [
        text(16, 20, fit(words, width - 32, TITLE, bold=True), size=TITLE, bold=True, tip=words)
    ]
    if note:
        parts.append(text(16, 40, fit(note, width - 32, SMALL), size=SMALL, role="muted", tip=note))
    return parts


def axes(
    x: Scale, y: Scale, *, x_label: str = "", y_label: str = "", grid: bool = True
) -> list[Element]:
    """
    Grid lines, tick labels and the names of the axes.

    Parameters
    ----------
    x, y : Scale
        Their pixel ends are the plot's edges.
    x_label, y_label : str, optional
        What is measured; the vertical one stands above the axis, unrotated, to be read with ease.
    grid : bool, optional
        Lines across the plot at the vertical ticks; without them there are short ones.

    Returns
    -------
    list of Element
        To be drawn before the data.
    """
    left, right = x.start, x.end
    bottom, top = y.start, y.end
    parts = []
    for value, words in zip(y.ticks, y.labels, strict=True):
        at = y(value)
        start, role = (right, "grid") if grid else (left - 4, "muted")
        parts.append(_line(left, at, start, at, role))
        parts.append(text(left - 8, at, words, size=SMALL, role="muted", anchor="end"))
    parts.append(_line(left, bottom, right, bottom, "muted"))
    for value, words in zip(x.ticks, x.labels, strict=True):
        at = x(value)
        parts.append(_line(at, bottom, at, bottom + 4, "muted"))
        parts.append(text(at, bottom + 14, words, size=SMALL, role="muted", anchor="middle"))
    if x_label:
        middle = (left + right) / 2
        parts.append(text(middle, bottom + 32, x_label, size=SMALL, role="muted", anchor="middle"))
    if y_label:
        parts.append(text(left, top - 14, y_label, size=SMALL, role="muted"))
    return parts


def tick_room(y: Scale) -> float:
    """Pixels that the labels of a vertical axis need on its left."""
    return 10 + max((text_width(words, SMALL) for words in y.labels), default=0.0)


def _line(x1: float, y1: float, x2: float, y2: float, role: str) -> Element:
    return el("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=f"s-{role}")
