"""The decision surface: what a classifier answers all over the plane, with the examples on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.draw.axes import Box, axes, backdrop, heading, tick_room
from clearprop.draw.cells import cell_paths
from clearprop.draw.contour import deepest, zero_lines
from clearprop.draw.legend import Item, legend
from clearprop.draw.lettering import fit, text
from clearprop.draw.marks import look, marker, polyline
from clearprop.draw.numerals import percent
from clearprop.draw.scale import Scale, scale
from clearprop.draw.svg import Element, Svg, el, number
from clearprop.errors import DataError, ShapeError
from clearprop.lang import say

__all__ = ["surface"]

_LEVELS = 10  # steps of certainty
_PALE, _FULL = 0.04, 0.34  # opacity where the answer is a guess, and where it is certain
_SIDE, _TOP = 420.0, 68.0  # pixels: how wide the plane is, and where it begins
_OUTLINE = {"class_": "s-muted", "fill": "none"}

Floats = NDArray[np.float64]


def surface(
    predictions: ArrayLike,
    xs: ArrayLike,
    ys: ArrayLike,
    points: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    *,
    classes: Sequence[str] | None = None,
    x_label: str = "x1",
    y_label: str = "x2",
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw the regions of a classifier, deeper where it is more certain, and the examples by shape.

    Parameters
    ----------
    predictions : array, shape (H, W) or (H, W, K)
        Probability of class 1, or of each of K classes, at ``(xs[j], ys[i])``.
    xs, ys : array, shape (W,) and (H,)
        Rising, evenly spaced coordinates of the grid.
    points : array, shape (N, 2), optional
        Examples; those outside the grid are not drawn, which is said.
    labels : array of int, shape (N,), optional
        Their true classes.
    classes : sequence of str, optional
        Names of the classes; by default 0, 1, ….
    x_label, y_label : str, optional
        Names of the two features.
    title : str, optional
        By default from the catalogue.
    lang : {"ko", "en"}, optional
        Language of the words; by default what `clearprop.lang.language` finds.

    Returns
    -------
    Svg
        The picture.

    Raises
    ------
    DataError
        If a prediction is not finite, the grid does not rise, or a label names no class.
    ShapeError
        If the shapes do not fit each other.

    Examples
    --------
    >>> picture = surface([[0.1, 0.9], [0.2, 0.8]], [0.0, 1.0], [0.0, 1.0], lang="en")
    >>> picture.desc
    'Of the plane shown, 50.0 % is answered 0, 50.0 % is answered 1.'
    """
    shares, x_grid, y_grid = _grid(predictions, xs, ys)
    K = shares.shape[2]
    names = [str(k) for k in range(K)] if classes is None else list(map(str, classes))
    if len(names) != K:
        raise ShapeError(f"surface: {K} classes need as many names; got {len(names)}.")
    spots, truths = _points(points, labels, K)

    x, y = _scales(x_grid, y_grid)
    box = Box(x.start, y.end, x.end, y.start)
    width = max(box.right + 24, 320.0)
    inside = _inside(spots, x, y)
    body = [_regions(shares, box), _borders(shares, box)]
    body.append(el("rect", x=box.left, y=box.top, width=box.width, height=box.height, **_OUTLINE))
    body += axes(x, y, x_label=x_label, y_label=y_label, grid=False)
    body += _names(shares, names, spots[inside], x, y)
    body += _examples(spots[inside], truths[inside], x, y)
    key, below = legend(
        _key(names, truths, int((~inside).sum()), lang), 16, box.bottom + 54, width - 32
    )
    title = say("draw.surface_title", lang) if title is None else title
    height = box.bottom + 58 + below
    frame = (backdrop(width, height), *heading(title, width))
    return Svg(width, height, title, _told(shares, names, lang), (*frame, *body, *key))


def _grid(predictions: ArrayLike, xs: ArrayLike, ys: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Shares of the classes, (H, W, K), and the coordinates of the grid."""
    shares, x, y = (np.asarray(a, np.float64) for a in (predictions, xs, ys))
    if shares.ndim == 2:
        shares = np.stack([1 - shares, shares], axis=-1)
    if shares.ndim != 3 or shares.shape[:2] != (y.size, x.size) or min(x.size, y.size) < 2:
        raise ShapeError(
            "surface: predictions must have shape (H, W) or (H, W, K) for H ys and W xs, two or "
            f"more of each; got predictions {np.shape(predictions)}, ys {y.shape}, xs {x.shape}."
        )
    if not np.isfinite(shares).all():
        raise DataError("surface: predictions must be finite; got NaN or infinity among them.")
    if (np.diff(x) <= 0).any() or (np.diff(y) <= 0).any():
        raise DataError("surface: xs and ys must rise; sort them, and the predictions with them.")
    return shares, x, y


def _points(
    points: ArrayLike | None, labels: ArrayLike | None, K: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Examples and their classes; class -1 where none is given."""
    spots = np.zeros((0, 2)) if points is None else np.asarray(points, np.float64)
    truths = np.full(len(spots), -1) if labels is None else np.asarray(labels).astype(np.int64)
    if spots.shape != (len(spots), 2) or truths.shape != (len(spots),):
        raise ShapeError(
            "surface: points must have shape (N, 2) and labels (N,); "
            f"got {spots.shape} and {truths.shape}."
        )
    if labels is not None and truths.size and not 0 <= truths.min() <= truths.max() < K:
        raise DataError(
            f"surface: labels must be from 0 to {K - 1}; got {truths.min()} to {truths.max()}."
        )
    return spots, truths


def _scales(xs: Floats, ys: Floats) -> tuple[Scale, Scale]:
    """Axes of the plane, which reaches half a step beyond the points of the grid."""
    half_x, half_y = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2
    low, high = float(ys[0] - half_y), float(ys[-1] + half_y)
    ratio = (high - low) / float(xs[-1] - xs[0] + 2 * half_x)
    y = scale(low, high, _TOP + _SIDE * min(max(ratio, 0.6), 1.0), _TOP, widen=False)
    left = 16 + tick_room(y)
    x = scale(float(xs[0] - half_x), float(xs[-1] + half_x), left, left + _SIDE, widen=False)
    return x, y


def _inside(spots: Floats, x: Scale, y: Scale) -> NDArray[np.bool_]:
    a, b = spots[:, 0], spots[:, 1]
    return (x.low <= a) & (a <= x.high) & (y.low <= b) & (b <= y.high)


def _regions(shares: Floats, box: Box) -> Element:
    """Cells in the hue of the likeliest class, deeper the more certain it is."""
    H, W, K = shares.shape
    certain = (shares.max(axis=2) - 1 / K) / (1 - 1 / K) if K > 1 else np.ones((H, W))
    steps = np.rint(np.clip(certain, 0, 1) * _LEVELS).astype(int)
    codes = 1 + shares.argmax(axis=2) * (_LEVELS + 1) + steps
    parts = []
    for code, path in cell_paths(codes[::-1], 1.0).items():
        k, step = divmod(code - 1, _LEVELS + 1)
        opacity = _PALE + (_FULL - _PALE) * step / _LEVELS
        parts.append(el("path", d=path, class_=f"f-{look(k)[0]}", fill_opacity=opacity))
    placed = (
        f"translate({number(box.left)} {number(box.top)}) "
        f"scale({box.width / W:.5f} {box.height / H:.5f})"
    )
    return el("g", *parts, transform=placed, shape_rendering="crispEdges")


def _borders(shares: Floats, box: Box) -> Element:
    """Lines where two classes are equally likely."""
    H, W, K = shares.shape
    wide, tall = box.width / W, box.height / H
    path = []
    for k in range(1, K):  # each border has a side that is not class 0
        rival = np.delete(shares, k, axis=2).max(axis=2)
        for x1, y1, x2, y2 in zero_lines(shares[:, :, k] - rival):
            ends = [
                (box.left + (x + 0.5) * wide, box.bottom - (y + 0.5) * tall)
                for x, y in ((x1, y1), (x2, y2))
            ]
            path.append(polyline(ends))
    return el("path", d="".join(path), class_="s-ink", fill="none", stroke_width=1.25)


def _names(
    shares: Floats, names: Sequence[str], spots: Floats, x: Scale, y: Scale
) -> list[Element]:
    """Each class named where its region is widest and no example stands."""
    H, W, _ = shares.shape
    answers = shares.argmax(axis=2)
    free = np.ones((H, W), dtype=bool)
    columns = (spots[:, 0] - x.low) / (x.high - x.low) * W
    rows = (spots[:, 1] - y.low) / (y.high - y.low) * H
    free[rows.astype(int).clip(0, H - 1), columns.astype(int).clip(0, W - 1)] = False
    parts = []
    for k, name in enumerate(names):
        row, column, depth = deepest((answers == k) & free)
        if depth * _SIDE / W >= 18:
            at_x = x.start + (column + 0.5) / W * (x.end - x.start)
            at_y = y.start + (row + 0.5) / H * (y.end - y.start)
            room = 2 * min(at_x - x.start, x.end - at_x)
            words = fit(name, room)
            role = look(k)[0]
            parts.append(
                text(at_x, at_y, words, role=role, anchor="middle", bold=True, halo=True, tip=name)
            )
    return parts


def _examples(spots: Floats, truths: NDArray[np.int64], x: Scale, y: Scale) -> list[Element]:
    r = 4.0 if len(spots) <= 400 else 3.0
    parts = []
    for (a, b), k in zip(spots.tolist(), truths.tolist(), strict=True):
        role, _, shape = look(k) if k >= 0 else ("ink", None, "circle")
        parts.append(marker(shape, x(a), y(b), r, role))
    return parts


def _key(
    names: Sequence[str], truths: NDArray[np.int64], outside: int, lang: str | None
) -> list[Item]:
    items = []
    for k, name in enumerate(names):
        role, _, shape = look(k)
        swatch = el("rect", y=-8, width=26, height=16, class_=f"f-{role}", fill_opacity=_FULL)
        sample = (swatch, marker(shape, 13, 0, 4, role)) if (truths == k).any() else (swatch,)
        items.append(Item(name, sample, 26.0, "ink"))
    items.append(Item(say("draw.surface_key", lang)))
    if outside:
        items.append(Item(say("draw.surface_outside", lang, count=outside), role="ink"))
    return items


def _told(shares: Floats, names: Sequence[str], lang: str | None) -> str:
    """How much of the plane each class is given."""
    answers = shares.argmax(axis=2)
    parts = ", ".join(
        say("draw.surface_part", lang, name=name, share=percent(float((answers == k).mean())))
        for k, name in enumerate(names)
    )
    return say("draw.surface", lang, parts=parts)
