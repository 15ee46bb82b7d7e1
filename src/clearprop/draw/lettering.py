"""Text in pictures: how wide it will be, and how it is cut or broken into lines."""

from __future__ import annotations

import unicodedata

from clearprop.draw.svg import Element, el

__all__ = ["SIZE", "SMALL", "TITLE", "chip", "fit", "text", "text_width", "wrap"]

SMALL, SIZE, TITLE = 11.0, 12.0, 15.0  # pixels

# Widths in em. No font is known before it is drawn, so these err on the wide side.
_THIN, _MIDDLE, _BROAD, _FULL = 0.34, 0.62, 0.9, 1.0
_BOLD = 1.1  # how much wider bold letters are
_REPLACED = ("Cc", "Cs")  # drawn as U+FFFD
_THIN_CHARACTERS = frozenset("iIjl.,:;'|!()[]{}` ·ftr")
_BROAD_CHARACTERS = frozenset("mwMW@%…<>=+&~−×≈∞→←↓↑")


def _em(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":
        return 0.0  # accents, and jamo that join the one before
    if (
        unicodedata.east_asian_width(character) in "WF"
        or unicodedata.category(character) in _REPLACED
    ):
        return _FULL
    if character in _THIN_CHARACTERS:
        return _THIN
    return _BROAD if character in _BROAD_CHARACTERS else _MIDDLE


def text_width(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """
    Estimate how wide a text is, in pixels, in any usual font.

    Examples
    --------
    >>> text_width("은닉층", 10.0), text_width("dense", 10.0)
    (30.0, 31.0)
    """
    return size * sum(map(_em, words)) * (_BOLD if bold else 1.0)


def fit(words: str, width: float, size: float = SIZE, *, bold: bool = False) -> str:
    """
    Cut a text that is wider than `width` pixels, and show the cut by an ellipsis.

    Examples
    --------
    >>> fit("a_very_long_layer_name", 60.0)
    'a_very_…'
    """
    if text_width(words, size, bold=bold) <= width:
        return words
    kept = ""
    for character in words:
        if text_width(kept + character + "…", size, bold=bold) > width:
            break
        kept += character
    return kept.rstrip() + "…"


def wrap(words: str, width: float, size: float = SIZE) -> list[str]:
    """
    Break a text at its spaces into lines of at most `width` pixels; a longer word is cut.

    Examples
    --------
    >>> wrap("the loss became NaN", 80.0)
    ['the loss', 'became NaN']
    """
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(fit(word, width, size))
    return [line for line in lines if line]


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = SIZE,
    role: str = "ink",
    anchor: str = "start",
    bold: bool = False,
    halo: bool = False,
    tip: str | None = None,
) -> Element:
    """
    One line of text whose middle height is at `y`.

    The height is set by hand, since ``dominant-baseline`` differs between browsers and scripts.

    Parameters
    ----------
    x, y : float
        Where the text starts, is centred or ends (see `anchor`), and its middle height.
    words : str
        The text.
    size : float, optional
        In pixels.
    role : str, optional
        A colour of the palette.
    anchor : str, optional
        ``"start"``, ``"middle"`` or ``"end"``.
    bold, halo : bool, optional
        Heavy letters; a rim of paper colour that keeps lines behind from touching the text.
    tip : str, optional
        Shown when a pointer rests on the text; for what was cut.

    Returns
    -------
    Element
        A ``<text>`` element.
    """
    parts: list[Element | str] = [el("title", tip)] if tip and tip != words else []
    return el(
        "text",
        *parts,
        words,
        x=x,
        y=y + 0.35 * size,
        font_size=size,
        class_=f"f-{role} halo" if halo else f"f-{role}",
        text_anchor=None if anchor == "start" else anchor,
        font_weight="600" if bold else None,
    )


def chip(x: float, y: float, words: str, *, role: str = "ink", bold: bool = False) -> Element:
    """
    A small text, centred on a piece of paper of its own, so that lines behind do not cross it.

    Parameters
    ----------
    x, y : float
        The middle.
    words : str
        The text.
    role : str, optional
        A colour of the palette.
    bold : bool, optional
        Heavy letters.

    Returns
    -------
    Element
        A group of the paper and the text.
    """
    width, height = text_width(words, SMALL, bold=bold) + 3, SMALL + 3
    paper = {"x": x - width / 2, "y": y - height / 2, "width": width, "height": height}
    letters = text(x, y, words, size=SMALL, role=role, anchor="middle", bold=bold)
    return el("g", el("rect", rx=3, class_="f-paper", **paper), letters)
