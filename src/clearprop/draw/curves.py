"""Curves of a training run: loss, accuracy or anything else that changes from epoch to epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.draw.axes import Box, axes, backdrop, heading, tick_room
from clearprop.draw.lettering import SIZE, SMALL, fit, text, text_width
from clearprop.draw.marks import look, marker, polyline
from clearprop.draw.numerals import shown
from clearprop.draw.scale import Scale, scale
from clearprop.draw.spacing import spaced
from clearprop.draw.svg import Element, Svg, el
from clearprop.errors import DataError
from clearprop.lang import say

__all__ = ["curves"]

_MARKERS_AT_MOST = 25  # points of a series; beyond this only some carry a marker
_LARGEST = 1e300  # beyond it, differences of values overflow
_LABEL_AT_MOST = 190.0  # pixels


@final
@dataclass(frozen=True)
class _Curve:
    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    drawn: NDArray[np.bool_]  # where there is a point that the scale can show

    def runs(self) -> list[slice]:
        """Stretches without a gap."""
        edges = np.flatnonzero(np.diff(np.concatenate(([False], self.drawn, [False]))))
        return [slice(a, b) for a, b in edges.reshape(-1, 2).tolist()]


def curves(
    series: Mapping[str, ArrayLike],
    *,
    title: str | None = None,
    x_label: str | None = None,
    y_label: str = "",
    log: bool = False,
    first: int = 1,
    width: float = 680.0,
    height: float = 340.0,
    lang: str | None = None,
) -> Svg:
    """
    Draw one line for each series, named at its end, with what could not be drawn said beneath.

    Parameters
    ----------
    series : mapping of str to array of shape (n,)
        The values by name, in order; the lengths may differ. NaN and infinity leave a gap.
    title, x_label, y_label : str, optional
        What is measured; the first two have defaults in the catalogue.
    log : bool, optional
        Logarithmic vertical scale; values that are not above 0 leave a gap.
    first : int, optional
        Number of the first value on the horizontal axis.
    width, height : float, optional
        Size in pixels, without the notes beneath.
    lang : {"ko", "en"}, optional
        Language of the words; by default what `clearprop.lang.language` finds.

    Returns
    -------
    Svg
        The picture.

    Raises
    ------
    DataError
        If there is no series, or one that is not a row of numbers.

    Examples
    --------
    >>> picture = curves({"loss": [0.9, 0.4, 0.2], "val_loss": [1.0, 0.6, 0.5]}, lang="en")
    >>> print(picture.desc.splitlines()[0])
    loss: 3 values from 0.9 to 0.2; lowest 0.2 at 3, highest 0.9 at 1.
    """
    title = say("draw.curves_title", lang) if title is None else title
    x_label = say("draw.epoch", lang) if x_label is None else x_label
    lines = [_curve(name, values, first, log) for name, values in series.items()]
    if not lines:
        raise DataError('curves needs at least one series, such as {"loss": [0.9, 0.4]}; got none.')
    notes = [note for line in lines for note in _gaps(line, x_label, log, lang)]
    if log:
        scaled = say("draw.log_scale", lang)
        y_label = f"{y_label} ({scaled})" if y_label else scaled

    labels = [_end_label(line) for line in lines]
    room = 34 + max(text_width(label) for label in labels)
    x, y = _scales(lines, Box(16.0, 62.0, width - room, height - 44), log)
    whole = height + (18 * len(notes) + 6 if notes else 0)
    body = [backdrop(width, whole)]
    body += heading(title, width)
    body += axes(x, y, x_label=x_label, y_label=y_label)
    for index, line in enumerate(lines):
        body += _drawn(line, index, len(lines), x, y)
    body += _named(lines, labels, x, y)
    if not any(line.drawn.any() for line in lines):
        middle = ((x.start + x.end) / 2, (y.start + y.end) / 2)
        body.append(
            text(*middle, say("draw.curve_empty", lang), role="muted", anchor="middle", halo=True)
        )
    for row, note in enumerate(notes):
        at = height + 8 + 18 * row
        body.append(text(16, at, fit(note, width - 32, SMALL), size=SMALL, tip=note))
    told = [_told(line, lang) for line in lines] + notes
    return Svg(
        width,
        whole,
        title,
        "\n".join(told),
        tuple(body),
    )


def _curve(name: str, values: ArrayLike, first: int, log: bool) -> _Curve:
    y = np.asarray(values, dtype=np.float64)
    if y.ndim != 1:
        raise DataError(
            f"curves: {name!r} must be a row of numbers; got an array of shape {y.shape}."
        )
    drawn = (np.abs(y) <= _LARGEST) & (y > 0 if log else True)
    if log:
        y = np.where(drawn, np.maximum(y, 1 / _LARGEST), y)
    return _Curve(name, first + np.arange(len(y), dtype=np.float64), y, drawn)


def _scales(lines: Sequence[_Curve], box: Box, log: bool) -> tuple[Scale, Scale]:
    values = np.concatenate([line.y[line.drawn] for line in lines])
    if values.size:
        low, high = float(values.min()), float(values.max())
        y = scale(low, high, box.bottom, box.top, log=log, most=5)
    else:
        y = Scale(0.0, 1.0, box.bottom, box.top, (), ())
    left = box.left + tick_room(y)
    start = min((line.x[0] for line in lines if line.x.size), default=1.0)
    stop = max((line.x[-1] for line in lines if line.x.size), default=1.0)
    if start == stop:
        only = Scale(start - 1, start + 1, left, box.right, (start,), (f"{start:.0f}",))
        return only, y
    most = int(min(8, stop - start))  # so that no tick falls between two epochs
    return scale(start, stop, left, box.right, most=most, widen=False), y


def _drawn(line: _Curve, index: int, count: int, x: Scale, y: Scale) -> list[Element]:
    """The line itself, broken at gaps, and its markers."""
    role, dash, shape = look(index)
    parts: list[Element] = []
    for run in line.runs():
        points = [(x(line.x[k]), y(line.y[k])) for k in _thinned(line, run, x)]
        if len(points) > 1:
            parts.append(
                el(
                    "path",
                    d=polyline(points),
                    class_=f"s-{role}",
                    fill="none",
                    stroke_width=2,
                    stroke_linejoin="round",
                    stroke_dasharray=dash,
                )
            )
    for at in _marked(line, index, count):
        parts.append(marker(shape, x(line.x[at]), y(line.y[at]), 4, role))
    return parts


def _thinned(line: _Curve, run: slice, x: Scale) -> list[int]:
    """Of many points in one column of pixels keep the first, lowest, highest and last."""
    share = (line.x[run] - x.low) / (x.high - x.low)
    columns = (share * (x.end - x.start)).astype(int)
    starts = np.flatnonzero(np.diff(columns, prepend=-1)).tolist()
    kept = []
    for start, stop in pairwise([*starts, len(columns)]):
        y = line.y[run][start:stop]
        kept += sorted({start, start + int(y.argmin()), start + int(y.argmax()), stop - 1})
    return [run.start + k for k in kept]


def _marked(line: _Curve, index: int, count: int) -> list[int]:
    """Which points carry a marker: all of a few, some of many, and each that stands alone."""
    places = np.flatnonzero(line.drawn)
    if len(line.y) <= _MARKERS_AT_MOST:
        return [int(k) for k in places]
    stride = -(-len(line.y) // 9)
    shift = index * stride // count
    alone = {run.start for run in line.runs() if run.stop - run.start == 1}
    ends = {int(places[-1])} if places.size else set()
    return sorted({int(k) for k in places if k % stride == shift} | alone | ends)


def _end_label(line: _Curve) -> str:
    value = shown(float(line.y[-1]), 4) if line.y.size else "–"
    return f"{fit(line.name, _LABEL_AT_MOST)} {value}"


def _named(lines: Sequence[_Curve], labels: Sequence[str], x: Scale, y: Scale) -> list[Element]:
    """Write each name at the end of its line; where two would touch, move them and lead to them."""
    ends = []
    for line in lines:
        places = np.flatnonzero(line.drawn)
        last = places[-1] if places.size else None
        ends.append((x.end, y.start) if last is None else (x(line.x[last]), y(line.y[last])))
    order = sorted(range(len(lines)), key=lambda k: ends[k][1])
    gap = SIZE * 1.5
    wanted = spaced([ends[k][1] for k in order], [gap] * (len(order) - 1))
    overrun = max(0.0, wanted[-1] - y.start)
    parts = []
    for k, at in zip(order, wanted, strict=True):
        role, _, shape = look(k)
        level = at - overrun
        if lines[k].drawn.any():
            start, end = (ends[k][0] + 6, ends[k][1]), (x.end + 10, level)
            parts.append(
                el("path", d=polyline([start, end]), class_="s-muted", stroke_dasharray="1 3")
            )
        parts.append(marker(shape, x.end + 16, level, 4, role))
        words = labels[k]
        parts.append(text(x.end + 24, level, words, role=role, tip=lines[k].name))
    return parts


def _gaps(line: _Curve, x_label: str, log: bool, lang: str | None) -> list[str]:
    """Sentences on what leaves a gap, and where."""
    reasons = {"nan": np.isnan(line.y), "infinite": np.abs(line.y) > _LARGEST}
    if log:
        reasons["not_positive"] = (line.y <= 0) & (line.y >= -_LARGEST)
    return [
        say(
            f"draw.curve_{key}",
            lang,
            name=line.name,
            axis=x_label,
            where=_where(line.x[mask], lang),
        )
        for key, mask in reasons.items()
        if mask.any()
    ]


def _where(places: NDArray[np.float64], lang: str | None, most: int = 4) -> str:
    """Write whole numbers as ranges: 4–6, 9."""
    breaks = np.flatnonzero(np.diff(places) > 1) + 1
    runs = np.split(places, breaks)
    written = [f"{r[0]:.0f}" if len(r) == 1 else f"{r[0]:.0f}–{r[-1]:.0f}" for r in runs[:most]]
    if len(runs) > most:
        written.append(say("draw.more", lang, count=sum(map(len, runs[most:]))))
    return ", ".join(written)


def _told(line: _Curve, lang: str | None) -> str:
    """One sentence that tells a curve to those who do not see it."""
    places = np.flatnonzero(line.drawn)
    if not places.size:
        return f"{line.name}: {say('draw.curve_empty', lang)}"
    y = line.y[places]
    low, high = int(y.argmin()), int(y.argmax())
    return say(
        "draw.curve",
        lang,
        name=line.name,
        count=len(y),
        first=shown(float(y[0])),
        last=shown(float(y[-1])),
        low=shown(float(y[low])),
        low_at=f"{line.x[places[low]]:.0f}",
        high=shown(float(y[high])),
        high_at=f"{line.x[places[high]]:.0f}",
    )
