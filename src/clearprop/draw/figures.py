"""The curves of a training run as a matplotlib figure, for those who want matplotlib's."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from clearprop.core.caller import warn
from clearprop.draw.marks import look
from clearprop.draw.model_pictures import figures_of
from clearprop.draw.palette import COLOURS
from clearprop.errors import OptionError
from clearprop.lang import language, say

__all__ = ["figure"]

# Fonts with Hangul that come with systems, or are often installed; the first that is there is used.
FONTS = (
    "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "NanumBarunGothic", "NanumSquare",
    "Malgun Gothic", "Apple SD Gothic Neo", "AppleGothic", "Source Han Sans K", "Pretendard",
    "Gulim", "Batang", "UnDotum", "Baekmuk Dotum",
)  # fmt: skip
MARKERS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D", "down": "v"}
MARKED_AT_MOST = 25  # points of a series; more markers than that hide the line
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def figure(
    run: Any,
    names: Sequence[str] | str = "loss",
    *,
    log: bool = False,
    title: str | None = None,
    lang: str | None = None,
    width: float = 7.0,
    height: float = 4.0,
) -> Any:
    """
    Draw the curves of a training run with matplotlib.

    No global setting of matplotlib is changed, and pyplot is not used: the figure is yours to
    change, to show (a notebook does) and to save, ``figure.savefig("loss.png")``.

    Parameters
    ----------
    run : History or mapping of str to sequence of float
        What `fit` returned.
    names : str or sequence of str
        Which figures: ``"loss"``, ``"accuracy"``; a validation's figure of the same kind comes
        with it.
    log : bool
        Whether the vertical scale is logarithmic.
    title : str, optional
    lang : {"ko", "en"}, optional
        Language of the words. Where no installed font has Hangul, a warning says so, and the
        words are English.
    width, height : float, inches

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    OptionError
        If matplotlib is not there, or there is no figure of that name.

    See Also
    --------
    clearprop.draw.history : The same as a picture of our own, which needs nothing else.
    """
    series, first = figures_of(run, names)
    matplotlib = _matplotlib()
    lang = language(lang)
    words = [title or say("draw.curves_title", lang), say("draw.epoch", lang), *series]
    font = _font_with_hangul() if any(map(_HANGUL.search, words)) else ""
    if font is None:
        warn(say("draw.no_hangul_font", lang, fonts=", ".join(FONTS[:4])))
        lang, font = "en", ""
        words[:2] = [title or say("draw.curves_title", lang), say("draw.epoch", lang)]
    with _settings(matplotlib, font):
        made = matplotlib.figure.Figure(figsize=(width, height), layout="constrained")
        axes = made.add_subplot()
        for index, (name, values) in enumerate(series.items()):
            _draw(axes, index, name, np.asarray(values, np.float64), first)
        axes.set_title(words[0])
        axes.set_xlabel(words[1])
        axes.xaxis.get_major_locator().set_params(integer=True)
        if log:
            axes.set_yscale("log")
        if len(series) > 1:
            axes.legend(frameon=False)
        else:
            axes.set_ylabel(next(iter(series)))
    return made


def _draw(axes: Any, index: int, name: str, values: np.ndarray, first: int) -> None:
    """Draw one series; colour, dash and marker all tell it from the others."""
    colour, dash, marker = look(index)
    style: Any = "-" if dash is None else (0, tuple(float(n) / 2 for n in dash.split()))
    shape = MARKERS.get(marker, "o") if len(values) <= MARKED_AT_MOST else ""
    axes.plot(
        np.arange(first, first + len(values)), values, label=name, color=COLOURS[colour][0],
        linestyle=style, marker=shape, markersize=4, linewidth=1.6,
    )  # fmt: skip


@contextlib.contextmanager
def _settings(matplotlib: Any, font: str) -> Iterator[None]:
    """Set fonts and lines for what is made within, and for nothing else."""
    settings: dict[str, Any] = {
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": COLOURS["grid"][0],
    }
    if font:
        settings["font.family"] = [font, "DejaVu Sans"]
    with matplotlib.rc_context(settings):
        yield


def _font_with_hangul() -> str | None:
    """Find an installed font with Hangul."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((font for font in FONTS if font in installed), None)


def _matplotlib() -> Any:
    try:
        import matplotlib
        import matplotlib.figure
    except ImportError as error:
        raise OptionError(say("draw.no_matplotlib")) from error
    return matplotlib
