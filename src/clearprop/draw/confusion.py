"""The confusion matrix: which class is taken for which, in counts and in shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.draw.axes import Box, backdrop, heading
from clearprop.draw.lettering import SMALL, TITLE, fit, text, text_width, wrap
from clearprop.draw.numerals import percent, shown
from clearprop.draw.palette import MINUS, PLUS
from clearprop.draw.svg import Element, Svg, el, number
from clearprop.errors import DataError, ShapeError
from clearprop.lang import say

__all__ = ["DEEPEST", "confusion"]

DEEPEST = 0.5  # opacity of a full cell: ink can be read on it in both schemes
_LABEL_AT_MOST = 130.0
_WITH_SHARES = 14  # classes; with more, a cell holds its count only
_WITH_COUNTS = 30  # classes; with more, numbers are shown by a resting pointer only

Counts = NDArray[np.int64]


def confusion(
    counts: ArrayLike,
    labels: Sequence[str] | None = None,
    *,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw a confusion matrix: hits on the diagonal, errors off it in another hue.

    Parameters
    ----------
    counts : array of int, shape (K, K)
        Row: true class. Column: predicted class.
    labels : sequence of str, optional
        Names of the K classes; by default 0, 1, ….
    title : str, optional
        By default from the catalogue.
    lang : {"ko", "en"}, optional
        Language of the words; by default what `clearprop.lang.language` finds.

    Returns
    -------
    Svg
        The picture: in each cell the count and its share of the row.

    Raises
    ------
    DataError
        If a count is negative or not whole.
    ShapeError
        If the counts are not square, or the labels are not as many.

    Examples
    --------
    >>> confusion([[8, 2], [0, 5]], ["cat", "dog"], lang="en").desc
    '13 of 15 right (86.7 %). Most frequent error: cat taken for dog, 2 times.'
    """
    matrix = _counts(counts)
    K = len(matrix)
    names = [str(k) for k in range(K)] if labels is None else list(map(str, labels))
    if len(names) != K:
        raise ShapeError(f"confusion: {K} classes need as many labels; got {len(names)}.")
    cell = 54.0 if K <= _WITH_SHARES else 30.0 if K <= _WITH_COUNTS else max(6.0, 720.0 / K)
    room = min(_LABEL_AT_MOST, max(map(text_width, names)))
    # Column labels stand upright where they fit, and else lean, so that none runs into the next.
    lean = any(text_width(fit(name, _LABEL_AT_MOST)) > cell - 4 for name in names)
    head = room * 0.71 + 10 if lean else 16.0
    title = say("draw.confusion_title", lang) if title is None else title
    told = _told(matrix, names, lang)
    left = 30 + room
    right = left + K * cell
    width = max(
        right + (room * 0.71 if lean else 0) + 24,
        min(text_width(title, TITLE, bold=True) + 32, 900.0),
        320.0,
    )
    notes = wrap(told, width - 32, SMALL)
    top = 64 + 16 * len(notes) + head
    grid = Box(left, top, right, top + K * cell)
    height = grid.bottom + 22
    body = [backdrop(width, height), *heading(title, width)]
    body += [text(16, 42 + 16 * k, note, size=SMALL, role="muted") for k, note in enumerate(notes)]
    sides = f"{say('draw.true_class', lang)} ↓ · {say('draw.predicted_class', lang)} →"
    body.append(text(16, 48 + 16 * len(notes), sides, size=SMALL))
    body += _sides(names, grid, cell, lean)
    for i, j in np.ndindex(K, K):
        body += _cell(matrix, names, i, j, grid, cell)
    frame = {"x": grid.left, "y": grid.top, "width": grid.width, "height": grid.height}
    body.append(el("rect", **frame, class_="s-muted", fill="none"))
    return Svg(width, height, title, told, tuple(body))


def _counts(counts: ArrayLike) -> Counts:
    matrix = np.asarray(counts)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ShapeError(f"confusion: counts must have shape (K, K); got {matrix.shape}.")
    whole = matrix.astype(np.int64)
    if (whole != matrix).any() or (whole < 0).any():
        raise DataError("confusion: counts must be whole numbers, 0 or more; got others.")
    return whole


def _share(matrix: Counts, i: int, j: int) -> float:
    """Share of the true class; 0 in a row without examples."""
    total = int(matrix[i].sum())
    return int(matrix[i, j]) / total if total else 0.0


def _cell(
    matrix: Counts, names: Sequence[str], i: int, j: int, grid: Box, cell: float
) -> list[Element]:
    count, share = int(matrix[i, j]), _share(matrix, i, j)
    if not count and i != j:
        return []  # an error that never happens stays blank
    x, y = grid.left + j * cell, grid.top + i * cell
    parts = []
    if count:
        tip = el("title", f"{names[i]} → {names[j]}: {count:,} ({percent(share)})")
        role = PLUS if i == j else MINUS
        # The square root lets rare errors be seen beside frequent ones.
        depth = DEEPEST * (share if i == j else 0.2 + 0.8 * share**0.5)
        sides = {"x": x, "y": y, "width": cell, "height": cell}
        parts.append(el("rect", tip, class_=f"f-{role}", fill_opacity=max(0.05, depth), **sides))
    if len(names) > _WITH_COUNTS:
        return parts
    middle, level = x + cell / 2, y + cell / 2
    written = f"{count:,}" if text_width(f"{count:,}") <= cell - 4 else shown(count, 2)
    if len(names) <= _WITH_SHARES:
        of_row = percent(share) if matrix[i].sum() else "–"
        parts.append(text(middle, level + 9, of_row, size=SMALL - 1, anchor="middle"))
        level -= 7
    parts.append(
        text(middle, level, written, size=13 if cell > 40 else SMALL, anchor="middle", bold=i == j)
    )
    return parts


def _sides(names: Sequence[str], grid: Box, cell: float, lean: bool) -> list[Element]:
    """Names of the rows and of the columns."""
    parts = []
    size = min(12.0, max(6.0, cell - 2))
    for k, name in enumerate(names):
        words = fit(name, _LABEL_AT_MOST)
        at = k * cell + cell / 2
        parts.append(text(grid.left - 8, grid.top + at, words, size=size, anchor="end", tip=name))
        if lean:
            turned = f"translate({number(grid.left + at)} {number(grid.top - 8)}) rotate(-45)"
            parts.append(el("g", text(0, 0, words, size=size, tip=name), transform=turned))
        else:
            middle = (grid.left + at, grid.top - 11)
            parts.append(text(*middle, words, size=size, anchor="middle", tip=name))
    return parts


def _told(matrix: Counts, names: Sequence[str], lang: str | None) -> str:
    total, right = int(matrix.sum()), int(matrix.trace())
    share = percent(right / total) if total else "–"
    told = say("draw.confusion", lang, right=f"{right:,}", total=f"{total:,}", share=share)
    errors = matrix - np.diag(matrix.diagonal())
    if errors.any():
        i, j = divmod(int(errors.argmax()), len(names))
        worst = {"true": names[i], "predicted": names[j], "count": f"{int(errors[i, j]):,}"}
        told += " " + say("draw.confusion_worst", lang, **worst)
    return told
