"""Shapes that tell things apart without colour: markers, dashes, arrow heads, cell patterns."""

from __future__ import annotations

import math

from clearprop.draw.palette import SERIES
from clearprop.draw.svg import Element, el, number

__all__ = ["DASHES", "MARKERS", "look", "marker", "polyline"]

MARKERS = ("circle", "square", "triangle", "diamond", "cross", "down", "plus")
DASHES = (None, "7 4", "2 3", "9 3 2 3", "12 4", "4 2 1 2 1 2", "1 4")


def look(index: int) -> tuple[str, str | None, str]:
    """
    Colour, dash and marker of the series with this index; no two of the first 49 are alike.

    Examples
    --------
    >>> look(0), look(1)
    (('blue', None, 'circle'), ('orange', '7 4', 'square'))
    """
    turn, place = divmod(index, len(SERIES))
    shifted = (place + turn) % len(SERIES)
    return SERIES[place], DASHES[shifted], MARKERS[shifted]


def _polygon(sides: int, x: float, y: float, r: float, turn: float) -> str:
    corners = (turn + 2 * math.pi * k / sides for k in range(sides))
    return " ".join(f"{number(x + r * math.cos(a))},{number(y + r * math.sin(a))}" for a in corners)


def marker(shape: str, x: float, y: float, r: float, role: str, *, rim: bool = True) -> Element:
    """
    A small filled shape at a point, with a rim of paper colour so that neighbours stay apart.

    Parameters
    ----------
    shape : str
        One of `MARKERS`.
    x, y : float
        Its centre.
    r : float
        Its size: the radius of a circle that covers about the same area.
    role : str
        A colour of the palette.
    rim : bool, optional
        Whether to draw the rim.

    Returns
    -------
    Element
        The shape.
    """
    paint = f"f-{role} s-paper" if rim else f"f-{role}"
    edge = 1.0 if rim else None
    if shape == "circle":
        return el("circle", cx=x, cy=y, r=r, class_=paint, stroke_width=edge)
    if shape in ("cross", "plus"):
        d = r * (0.85 if shape == "cross" else 1.2)
        ends = (
            ((-d, -d), (d, d), (-d, d), (d, -d))
            if shape == "cross"
            else ((-d, 0.0), (d, 0.0), (0.0, -d), (0.0, d))
        )
        points = [(x + dx, y + dy) for dx, dy in ends]
        arms = polyline(points[:2]) + polyline(points[2:])
        return el("path", d=arms, class_=f"s-{role}", stroke_width=r * 0.7, fill="none")
    up = -math.pi / 2
    corners = {
        "square": lambda: _polygon(4, x, y, r * 1.3, math.pi / 4),
        "diamond": lambda: _polygon(4, x, y, r * 1.35, 0.0),
        "triangle": lambda: _polygon(3, x, y + r * 0.15, r * 1.45, up),
        "down": lambda: _polygon(3, x, y - r * 0.15, r * 1.45, -up),
    }[shape]()
    return el("polygon", points=corners, class_=paint, stroke_width=edge)


def polyline(points: list[tuple[float, float]]) -> str:
    """
    Path data of straight lines through the points.

    Examples
    --------
    >>> polyline([(0.0, 1.0), (2.5, 3.0)])
    'M0 1L2.5 3'
    """
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
