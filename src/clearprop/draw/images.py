"""Arrays as small images: what first-layer weights look for, and what pushed a prediction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clearprop.draw.axes import backdrop, heading
from clearprop.draw.cells import colour_key, grey_cells, hatch, signed_cells
from clearprop.draw.lettering import SMALL, fit, text
from clearprop.draw.numerals import shown, sum_shown
from clearprop.draw.palette import MINUS, PLUS
from clearprop.draw.svg import Element, Svg, el, number
from clearprop.errors import ShapeError
from clearprop.lang import say

__all__ = ["contributions", "weight_images"]

_TILE = 92.0  # pixels that a small image may take
_APART = 16.0
_LARGE = 224.0  # pixels that a large one may take

Floats = NDArray[np.float64]


def weight_images(
    weights: ArrayLike,
    shape: tuple[int, int] | None = None,
    *,
    names: Sequence[str] | None = None,
    most: int = 24,
    width: float = 680.0,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw the weights of each unit as an image, all on one scale of colours.

    Parameters
    ----------
    weights : array, shape (I, O) or (O, H, W)
        Weights of a dense layer, whose column ``j`` feeds unit ``j``; or images as they are.
    shape : (H, W), optional
        What the I inputs are an image of; not needed for (O, H, W).
    names : sequence of str, optional
        Names of the units; by default h1, h2, ….
    most : int, optional
        How many images are drawn at most; how many are not is said.
    width : float, optional
        Of the picture, in pixels.
    title : str, optional
        By default from the catalogue.
    lang : {"ko", "en"}, optional
        Language of the words; by default what `clearprop.lang.language` finds.

    Returns
    -------
    Svg
        The picture, with the scale of its colours.

    Raises
    ------
    ShapeError
        If the weights are not images of that shape, or there are too few names.

    Examples
    --------
    >>> weight_images([[0.5, -1.0], [0.25, 0.0]], (1, 2), lang="en").desc
    'Weights of 2 units as images of 1 by 2; the largest in size is 1.'
    """
    stack = _stack(weights, shape)
    count, rows, across = stack.shape
    if names is None:
        names = [f"h{k + 1}" for k in range(count)]
    if len(names) < count:
        raise ShapeError(f"weight_images: {count} units need as many names; got {len(names)}.")
    shown_count = min(count, most)
    largest = _largest(stack[:shown_count])
    size = max(2.0, _TILE // max(rows, across))
    step = (max(across * size, 44.0) + _APART, rows * size + 30)
    per_row = max(1, int((width - 32 + _APART) // step[0]))
    body: list[Element] = []
    for k in range(shown_count):
        x, y = 16 + k % per_row * step[0], 44 + k // per_row * step[1]
        body += _framed(signed_cells(stack[k], largest, size), x, y, across * size, rows * size)
        words = fit(names[k], step[0] - 4, SMALL)
        body.append(
            text(x + across * size / 2, y + rows * size + 11, words, size=SMALL, anchor="middle")
        )
    bottom = 44 + -(-shown_count // per_row) * step[1]
    body += colour_key(16, bottom + 14, largest)
    if count > shown_count:
        words = say("draw.units_more", lang, count=count - shown_count)
        body.append(text(width - 16, bottom + 14, words, size=SMALL, anchor="end", bold=True))
    title = say("draw.images_title", lang) if title is None else title
    told = say(
        "draw.images", lang, count=count, rows=rows, columns=across, size=shown(_largest(stack))
    )
    height = bottom + 42
    frame = (backdrop(width, height), hatch(), *heading(title, width))
    return Svg(width, height, title, told, (*frame, *body))


def contributions(
    image: ArrayLike,
    parts: ArrayLike,
    *,
    rest: float = 0.0,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw an image beside what each of its pixels adds to a number, signed, and how it adds up.

    Parameters
    ----------
    image : array, shape (H, W)
        The image as the network saw it.
    parts : array, shape (H, W)
        What each pixel adds.
    rest : float, optional
        What is added besides the pixels, such as a bias.
    title : str, optional
        By default from the catalogue.
    lang : {"ko", "en"}, optional
        Language of the words; by default what `clearprop.lang.language` finds.

    Returns
    -------
    Svg
        The two images, and the sum: positive parts, negative parts, the rest, the total.

    Raises
    ------
    ShapeError
        If the two are not of one shape (H, W).

    Examples
    --------
    >>> contributions([[1.0, 0.0]], [[3.0, -1.0]], lang="en").desc
    'For it: +3.000 Against it: −1.000 In all = 2.000'
    """
    pixels, signed = np.asarray(image, np.float64), np.asarray(parts, np.float64)
    if pixels.ndim != 2 or pixels.shape != signed.shape or not pixels.size:
        raise ShapeError(
            "contributions: image and parts must have one shape (H, W); "
            f"got {pixels.shape} and {signed.shape}."
        )
    rows, across = pixels.shape
    size = max(2.0, _LARGE // max(rows, across))
    wide, tall = max(across * size, 190.0), rows * size
    finite = pixels[np.isfinite(pixels)]
    grey = grey_cells(
        pixels, min(0.0, float(finite.min(initial=0.0))), float(finite.max(initial=0.0)), size
    )
    largest = _largest(signed)
    left, right = 16.0, 16.0 + wide + 32
    body = _framed(grey, left, 66, across * size, tall)
    body += _framed(signed_cells(signed, largest, size), right, 66, across * size, tall)
    body.append(text(left, 52, say("draw.image", lang), size=SMALL, role="muted"))
    body.append(text(right, 52, say("draw.contribution", lang), size=SMALL, role="muted"))
    body += colour_key(right, 66 + tall + 18, largest, 120.0)
    lines, told = _sums(signed, rest, lang)
    top = 66 + tall + 54
    for k, (words, role) in enumerate(lines):
        body.append(text(16, top + 19 * k, words, role=role, bold=k == len(lines) - 1))
    width, height = right + wide + 16, top + 19 * len(lines) - 2
    title = say("draw.contributions_title", lang) if title is None else title
    frame = (backdrop(width, height), hatch(), *heading(title, width))
    return Svg(width, height, title, told, (*frame, *body))


def _stack(weights: ArrayLike, shape: tuple[int, int] | None) -> Floats:
    """Weights as images, (O, H, W)."""
    array = np.asarray(weights, np.float64)
    if shape is None:
        if array.ndim != 3 or not array.size:
            raise ShapeError(
                f"weight_images: weights of shape {array.shape} need `shape`, the (H, W) of the "
                "inputs; only (O, H, W) does without."
            )
        return array
    if array.ndim != 2 or not array.size or array.shape[0] != shape[0] * shape[1]:
        raise ShapeError(
            f"weight_images: weights must have shape ({shape[0] * shape[1]}, O) to be images of "
            f"shape {shape}; got {array.shape}."
        )
    return array.T.reshape(-1, *shape)


def _largest(values: Floats) -> float:
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def _framed(cells: Element, x: float, y: float, width: float, height: float) -> list[Element]:
    frame = el("rect", x=x, y=y, width=width, height=height, class_="s-muted", fill="none")
    return [el("g", cells, transform=f"translate({number(x)} {number(y)})"), frame]


def _sums(signed: Floats, rest: float, lang: str | None) -> tuple[list[tuple[str, str]], str]:
    """How the parts add up, as lines with their colours and as one sentence."""
    finite = signed[np.isfinite(signed)]
    plus, minus = float(finite[finite > 0].sum()), float(finite[finite < 0].sum())
    (for_it, against, besides), relation, total = sum_shown([plus, minus, rest])
    lines = [
        (say("draw.part_plus", lang, value=for_it), PLUS),
        (say("draw.part_minus", lang, value=against), MINUS),
    ]
    if rest:
        lines.append((say("draw.part_rest", lang, value=besides), "muted"))
    if missing := signed.size - finite.size:
        lines.append((say("draw.part_missing", lang, count=missing), "ink"))
    lines.append((say("draw.part_total", lang, relation=relation, value=total), "ink"))
    return lines, " ".join(words for words, _ in lines)
