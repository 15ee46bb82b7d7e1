"""Pictures in a terminal: grey images in half blocks or shades, and a curve in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style

from clearprop.errors import ShapeError
from clearprop.lang import align, cells, truncate

__all__ = ["Images", "shades", "sparkline"]

_SHADES, _ASCII = " ░▒▓█", " .:-=+*#%@"
_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.-=*#"
_LARGE = 16  # rows; higher images take one cell for two rows
_CAPTION, _GAP = 24, "   "

Floats = NDArray[np.float64]


def _image(values: ArrayLike, high: float | None) -> Floats:
    """An image with values from 0 (paper) to 1 (ink); NaN stays."""
    image = np.asarray(values, np.float64)
    if image.ndim != 2 or not image.size:
        raise ShapeError(f"an image for the terminal must have shape (H, W); got {image.shape}.")
    finite = np.abs(image[np.isfinite(image)])
    top = high or float(finite.max(initial=0.0)) or 1.0
    clipped = np.clip(image / top, 0.0, 1.0)
    return np.where(np.isfinite(image), clipped, np.nan)


def _halved(image: Floats) -> Floats:
    """Means of each two rows, for cells that are twice as high as wide."""
    padded = np.pad(image, ((0, len(image) % 2), (0, 0)))
    return (padded[0::2] + padded[1::2]) / 2


def _row_of(line: Floats, ramp: str) -> str:
    # NaN has no shade: a cross is said to be no number.
    top = len(ramp) - 1
    return "".join("×" if np.isnan(v) else ramp[round(float(v) * top)] for v in line)


def shades(image: ArrayLike, *, high: float | None = None, ascii_only: bool = False) -> str:
    """
    Draw a grey image in characters, without colour.

    A pixel takes two cells beside each other; in an image of more than 16 rows, two pixels above
    each other share one cell.

    Parameters
    ----------
    image : array, shape (H, W)
        0 is empty; what is not finite is shown as ``×``.
    high : float, optional
        The value of full ink; by default the largest of the image.
    ascii_only : bool, optional
        For terminals without block characters.

    Returns
    -------
    str
        Lines of equal width.

    Raises
    ------
    ShapeError
        If the image does not have two axes.

    Examples
    --------
    >>> print(shades([[0.0, 8.0], [16.0, 4.0]], ascii_only=True))
      ==
    @@::
    """
    ramp = _ASCII if ascii_only else _SHADES
    pixels = _image(image, high)
    if len(pixels) > _LARGE:
        return "\n".join(_row_of(line, ramp) for line in _halved(pixels))
    return "\n".join(_row_of(np.repeat(line, 2), ramp) for line in pixels)


@final
class Images:
    """
    Grey images side by side with a line beneath each, as many in a row as the terminal takes.

    With colours, a pixel is a coloured cell, or half a cell in large images; without (``NO_COLOR``
    among the reasons) shades tell it. `Console.print` shows it; `str` gives the form without
    colours at 80 columns.

    Parameters
    ----------
    images : sequence of array, shape (H, W)
        The images; 0 is empty.
    captions : sequence of str, optional
        One for each; cut at 24 cells, or at the width of a wider image.
    high : float, optional
        The value of full ink; by default the largest of each image.

    Raises
    ------
    ShapeError
        If an image does not have two axes, or captions are not as many as images.

    Examples
    --------
    >>> print(Images([[[0.0, 1.0], [1.0, 0.0]]], ["b"]))
      ██
    ██
     b
    """

    def __init__(
        self,
        images: Sequence[ArrayLike],
        captions: Sequence[str] | None = None,
        *,
        high: float | None = None,
    ) -> None:
        self.images = [_image(image, high) for image in images]
        self.captions = [""] * len(self.images) if captions is None else list(captions)
        if len(self.captions) != len(self.images):
            raise ShapeError(
                f"{len(self.images)} images need as many captions; got {len(self.captions)}."
            )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Segment]:
        coloured = console.color_system is not None and not console.no_color
        blocks = []
        for image, caption in zip(self.images, self.captions, strict=True):
            if coloured and not options.ascii_only:
                block = _coloured(image)
            else:
                lines = shades(image, high=1.0, ascii_only=options.ascii_only).splitlines()
                block = [[Segment(line)] for line in lines]
            blocks.append(_captioned(block, caption))
        for k, row in enumerate(_rows(blocks, options.max_width)):
            if k and any(self.captions):  # or a caption would seem to be of what is below it
                yield Segment.line()
            yield from _side_by_side(row)

    def __str__(self) -> str:
        console = Console(width=80, no_color=True, color_system=None)
        with console.capture() as capture:
            console.print(self)
        lines = capture.get().splitlines()
        return "\n".join(line.rstrip() for line in lines)


Block = list[list[Segment]]


def _coloured(image: Floats) -> Block:
    """Pixels as coloured cells: two cells each in small images, half a cell each in large ones."""
    if len(image) <= _LARGE:
        pairs = [list(zip(line, line, strict=True)) for line in np.repeat(image, 2, axis=1)]
    else:
        padded = np.pad(image, ((0, len(image) % 2), (0, 0)))
        pairs = [
            list(zip(a, b, strict=True)) for a, b in zip(padded[::2], padded[1::2], strict=True)
        ]
    return [list(Segment.simplify(_cell(upper, lower) for upper, lower in row)) for row in pairs]


def _cell(upper: float, lower: float) -> Segment:
    if np.isnan(upper) or np.isnan(lower):
        return Segment("×", Style(color="red"))
    # The upper half is the ink of the block, the lower half its background.
    return Segment("▀", Style(color=_grey(upper), bgcolor=_grey(lower)))


def _grey(share: float) -> str:
    level = round(255 * float(share))
    return f"#{level:02x}{level:02x}{level:02x}"


def _width(block: Block) -> int:
    return sum(segment.cell_length for segment in block[0])


def _captioned(block: Block, caption: str) -> Block:
    """A block with its caption beneath, both centred, as one block of equal lines."""
    words = truncate(caption, max(_width(block), _CAPTION))
    width = max(_width(block), cells(words))
    before = (width - _width(block)) // 2
    after = width - _width(block) - before
    lines = [[Segment(" " * before), *line, Segment(" " * after)] for line in block]
    return [*lines, [Segment(align(words, width, "^"))]] if words else lines


def _rows(blocks: Sequence[Block], width: int) -> list[list[Block]]:
    """Which blocks stand side by side."""
    rows: list[list[Block]] = []
    at = width + 1
    for block in blocks:
        if at + _width(block) > width:
            rows.append([])
            at = 0
        rows[-1].append(block)
        at += _width(block) + len(_GAP)
    return rows


def _side_by_side(blocks: Sequence[Block]) -> Iterable[Segment]:
    for line in range(max(map(len, blocks))):
        for k, block in enumerate(blocks):
            if k:
                yield Segment(_GAP)
            yield from block[line] if line < len(block) else [Segment(" " * _width(block))]
        yield Segment.line()


def sparkline(values: ArrayLike, *, width: int = 40, ascii_only: bool = False) -> str:
    """
    Draw a curve in one line of text.

    Parameters
    ----------
    values : array, shape (n,)
        The curve; what is not finite is shown as ``×``.
    width : int, optional
        Cells at most; more values than that are drawn as means of neighbours.
    ascii_only : bool, optional
        For terminals without block characters.

    Returns
    -------
    str
        At most `width` characters: lowest value, lowest bar.

    Examples
    --------
    >>> sparkline([0.9, 0.5, 0.3, 0.2, 0.1])
    '█▅▃▂▁'
    """
    bars = _ASCII_BARS if ascii_only else _BARS
    row = np.asarray(values, np.float64).ravel()
    parts = np.array_split(row, max(1, min(len(row), width)))
    # One value that is not finite makes its whole part so: it must not vanish in a mean.
    means = np.array(
        [part.mean() if np.isfinite(part).all() else np.nan for part in parts if part.size]
    )
    finite = means[np.isfinite(means)]
    if not finite.size:
        return "×" * len(means)
    low, span = finite.min(), float(np.ptp(finite)) or 1.0
    steps = (len(bars) - 1) * (means - low) / span
    return "".join(bars[round(float(s))] if np.isfinite(s) else "×" for s in steps)
