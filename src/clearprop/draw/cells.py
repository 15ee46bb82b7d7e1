"""Arrays of numbers as coloured cells: grey images, signed maps, and the key to their colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearprop.draw.lettering import SMALL, text, text_width
from clearprop.draw.numerals import shown
from clearprop.draw.palette import MINUS, PLUS
from clearprop.draw.svg import Element, Id, Url, el, number

__all__ = ["cell_paths", "colour_key", "grey_cells", "hatch", "signed_cells"]

LEVELS = 20  # steps of a colour; more cannot be told apart

Floats = NDArray[np.float64]


def hatch() -> Element:
    """Stripes of paper that lie on negative cells, so that their sign is seen without colour."""
    stripe = el("path", d="M-1 5L5 -1M-1 1L1 -1M3 5L5 3", class_="s-paper", stroke_width=0.9)
    return el(
        "defs",
        el("pattern", stripe, id=Id("hatch"), width=4, height=4, patternUnits="userSpaceOnUse"),
    )


def cell_paths(levels: NDArray[np.int_], size: float) -> dict[int, str]:
    """
    Path data of all cells of each level but 0; neighbours in a row become one rectangle.

    Parameters
    ----------
    levels : array of int, shape (H, W)
        The level of each cell.
    size : float
        Side of a cell in pixels.

    Returns
    -------
    dict of int to str
        Path data by level, in rising order.

    Examples
    --------
    >>> cell_paths(np.array([[1, 1, 0], [0, 0, 2]]), 10.0)
    {1: 'M0 0h20v10h-20z', 2: 'M20 10h10v10h-10z'}
    """
    paths: dict[int, list[str]] = {}
    for row, line in enumerate(levels.tolist()):
        start = 0
        while start < len(line):
            stop = start + 1
            while stop < len(line) and line[stop] == line[start]:
                stop += 1
            if line[start]:
                x, y, w, h = map(number, (start * size, row * size, (stop - start) * size, size))
                paths.setdefault(line[start], []).append(f"M{x} {y}h{w}v{h}h-{w}z")
            start = stop
    return {level: "".join(paths[level]) for level in sorted(paths)}


def _paint(path: str, role: str, level: int) -> Element:
    return el("path", d=path, class_=f"f-{role}", fill_opacity=abs(level) / LEVELS)


def grey_cells(image: Floats, low: float, high: float, size: float) -> Element:
    """
    A grey image: `low` is paper, `high` is ink; what is not finite is left out and crossed.

    Parameters
    ----------
    image : array, shape (H, W)
        The values.
    low, high : float
        The ends of the scale; what lies outside is drawn as the end.
    size : float
        Side of a cell in pixels.

    Returns
    -------
    Element
        A group whose top left corner is (0, 0).
    """
    span = (high - low) or 1.0
    finite = np.isfinite(image)
    shares = np.clip((np.where(finite, image, low) - low) / span, 0.0, 1.0)
    paths = cell_paths(np.rint(shares * LEVELS).astype(int), size)
    parts = [_paint(path, "ink", level) for level, path in paths.items()]
    return el("g", *parts, *_crossed(~finite, size), shape_rendering="crispEdges")


def signed_cells(values: Floats, largest: float, size: float) -> Element:
    """
    A map of signed numbers: hue for the sign, depth for the size, stripes on what is negative.

    Parameters
    ----------
    values : array, shape (H, W)
        The values.
    largest : float
        The size that has the full colour.
    size : float
        Side of a cell in pixels.

    Returns
    -------
    Element
        A group whose top left corner is (0, 0); it needs `hatch` in the same picture.
    """
    finite = np.isfinite(values)
    shares = np.clip(np.where(finite, values, 0.0) / (largest or 1.0), -1.0, 1.0)
    levels = np.rint(shares * LEVELS).astype(int)
    paths = cell_paths(levels, size)
    parts = [_paint(path, PLUS if level > 0 else MINUS, level) for level, path in paths.items()]
    stripes = "".join(cell_paths((levels < 0).astype(int), size).values())
    if stripes:
        parts.append(el("path", d=stripes, fill=Url("hatch")))
    return el("g", *parts, *_crossed(~finite, size), shape_rendering="crispEdges")


def _crossed(missing: NDArray[np.bool_], size: float) -> list[Element]:
    """Crosses over cells that hold no number."""
    arms = []
    for row, column in np.argwhere(missing).tolist():
        x, y, s = number(column * size), number(row * size), number(size)
        arms.append(f"M{x} {y}l{s} {s}m-{s} 0l{s} -{s}")
    return [el("path", d="".join(arms), class_="s-muted", fill="none")] if arms else []


def colour_key(x: float, y: float, largest: float, width: float = 200.0) -> list[Element]:
    """
    The scale of `signed_cells`: from minus to plus `largest`, zero in the middle.

    Parameters
    ----------
    x, y : float
        Left end; middle height.
    largest : float
        The size that has the full colour.
    width : float, optional
        Of the coloured bar.

    Returns
    -------
    list of Element
        The bar and its three numbers.
    """
    size = width / (2 * LEVELS + 1)
    ramp = np.arange(-LEVELS, LEVELS + 1, dtype=np.float64)[np.newaxis]
    cells = signed_cells(ramp, LEVELS, size)
    left = x + text_width(shown(-largest, 3), SMALL) + 6
    bar = el(
        "g",
        cells,
        transform=f"translate({number(left)} {number(y - 5)}) scale(1 {number(10 / size)})",
    )
    frame = el("rect", x=left, y=y - 5, width=width, height=10, class_="s-muted", fill="none")
    return [
        bar,
        frame,
        text(left - 6, y, shown(-largest, 3), size=SMALL, role=MINUS, anchor="end"),
        text(left + width / 2, y + 13, "0", size=SMALL, role="muted", anchor="middle"),
        text(left + width + 6, y, f"+{shown(largest, 3)}", size=SMALL, role=PLUS),
    ]
