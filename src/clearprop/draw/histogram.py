"""How numbers are spread: weights, activations or gradients, one row of bars for each array."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.draw.axes import Box, axes, backdrop, heading, tick_room
from clearprop.draw.lettering import SMALL, fit, text
from clearprop.draw.numerals import percent, shown
from clearprop.draw.palette import MINUS, PLUS
from clearprop.draw.scale import linear_ticks, nice_step, scale
from clearprop.draw.svg import Element, Svg, el
from clearprop.errors import DataError
from clearprop.lang import say

__all__ = ["histogram"]

_ROW = 170.0  # height of one row of bars with its words
_BINS_AT_MOST = 40
_LARGEST = 1e300  # beyond it, differences of values overflow


@final
@dataclass(frozen=True)
class _Spread:
    """What is known of an array: counts by bin, and what is in no bin."""

    name: str
    size: int
    edges: list[float]
    counts: list[int]
    zeros: int
    missing: int
    mean: float
    deviation: float


def histogram(
    values: Mapping[str, ArrayLike] | ArrayLike,
    *,
    title: str | None = None,
    width: float = 680.0,
    lang: str | None = None,
) -> Svg:
    """
    Draw the spread of arrays, one row for each; exact zeros are counted apart.

    Zero is always the edge between two bars, so that a bar holds numbers of one sign. Exact zeros,
    which a ReLU makes many of, and what is not finite are in no bar, but said.

    Parameters
    ----------
    values : array or mapping of str to array
        Numbers of any shape.
    title : str, optional
        By default from the catalogue.
    width : float, optional
        Of the picture, in pixels.
    lang : {"ko", "en"}, optional
        Language of the words; by default what `clearprop.lang.language` finds.

    Returns
    -------
    Svg
        The picture.

    Raises
    ------
    DataError
        If there is nothing to draw.

    Examples
    --------
    >>> histogram({"dense": [-1.0, 0.0, 0.5, 2.0]}, lang="en").desc
    'dense: 4 values, mean 0.375, standard deviation 1.083, exactly 0: 1 (25.0 %).'
    """
    arrays = values if isinstance(values, Mapping) else {"": values}
    if not arrays:
        raise DataError(
            'histogram needs at least one array, such as {"dense/kernel": w}; got none.'
        )
    spreads = [_spread(name, array) for name, array in arrays.items()]
    body: list[Element] = []
    top = 40.0
    for spread in spreads:
        body += _row(spread, top, width, lang)
        top += _ROW if spread.counts else 30
    title = say("draw.histogram_title", lang) if title is None else title
    height = top + 6
    frame = (backdrop(width, height), *heading(title, width))
    told = "\n".join(_told(spread, lang) for spread in spreads)
    return Svg(width, height, title, told, (*frame, *body))


def _spread(name: str, values: ArrayLike) -> _Spread:
    flat = np.asarray(values, np.float64).ravel()
    finite = flat[np.abs(flat) <= _LARGEST]
    unit = float(np.abs(finite).max(initial=0.0)) or 1.0  # squares of units cannot overflow
    counted = finite[finite != 0]
    edges = _edges(counted)
    # A value on an edge counts for the bin above it, as in NumPy.
    places = np.clip(np.searchsorted(edges, counted, side="right") - 1, 0, max(len(edges) - 2, 0))
    counts = np.bincount(places, minlength=len(edges) - 1).tolist() if counted.size else []
    return _Spread(
        name,
        flat.size,
        edges,
        counts,
        finite.size - counted.size,
        flat.size - finite.size,
        unit * float((finite / unit).mean()) if finite.size else float("nan"),
        unit * float((finite / unit).std()) if finite.size else float("nan"),
    )


def _edges(values: NDArray[np.float64]) -> list[float]:
    """Edges at multiples of a round step, about as wide as Freedman and Diaconis advise."""
    if not values.size:
        return []
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - abs(low) / 2, high + abs(high) / 2
    span = high - low
    lower, upper = np.percentile(values, [25, 75])
    advised = 2 * float(upper - lower) / np.cbrt(values.size)
    most = int(np.clip(2 * span / advised if advised else 0, 12, _BINS_AT_MOST))
    step = nice_step(span, most)
    return linear_ticks((low // step) * step, (high // step + 1) * step, step)


def _row(spread: _Spread, top: float, width: float, lang: str | None) -> list[Element]:
    """Name, bars with their axes, and what is in no bar."""
    words = _told(spread, lang)
    parts = [text(16, top + 12, fit(words, width - 32, SMALL), size=SMALL, tip=words)]
    if not spread.counts:
        return parts
    highest = max(spread.counts)
    y = scale(0, highest, top + _ROW - 34, top + 28, most=min(3, highest))
    box = Box(16 + tick_room(y), top + 28, width - 24, top + _ROW - 34)
    x = scale(spread.edges[0], spread.edges[-1], box.left, box.right, most=8, widen=False)
    parts += axes(x, y)
    for low, high, count in zip(spread.edges, spread.edges[1:], spread.counts, strict=False):
        if count:
            left, right, level = x(low) + 0.5, x(high) - 0.5, y(count)
            tip = el("title", f"{shown(low)} – {shown(high)}: {count:,}")
            sides = {"x": left, "y": level, "width": right - left, "height": y.start - level}
            parts.append(el("rect", tip, class_=f"f-{PLUS if low >= 0 else MINUS}", **sides))
    if x.low < 0 < x.high:
        parts.append(el("line", x1=x(0), y1=box.top, x2=x(0), y2=box.bottom, class_="s-ink"))
    return parts


def _told(spread: _Spread, lang: str | None) -> str:
    """Count, mean, deviation, zeros and what is missing, in one line."""
    told = say(
        "draw.spread",
        lang,
        count=f"{spread.size:,}",
        mean=shown(spread.mean),
        deviation=shown(spread.deviation),
    )
    for key, count in (("zeros", spread.zeros), ("missing", spread.missing)):
        if count:
            share = percent(count / spread.size)
            told += ", " + say(f"draw.spread_{key}", lang, count=f"{count:,}", share=share)
    return (f"{spread.name}: " if spread.name else "") + told + "."
