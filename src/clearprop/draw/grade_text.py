"""The marks of a worksheet, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clearprop.draw.why_compare import equation, slip_words
from clearprop.explain.digits import show
from clearprop.lang import columns, language, say

__all__ = ["grade_text"]

DIGITS = 6
_COUNTS = ("carried", "wrong", "coarse", "blank")


def grade_text(data: Mapping[str, Any], *, lang: str | None = None) -> str:
    """
    Write the JSON of a worksheet's marks as plain text.

    Parameters
    ----------
    data : mapping
        As `Grade.to_json` gives it.
    lang : {"ko", "en"}, optional
    """
    return "\n".join(_lines(data, language(lang))) + "\n"


def _lines(data: Mapping[str, Any], lang: str) -> Iterator[str]:
    if data["all_right"]:
        yield say("sheet.all_right", lang, total=data["total"])
    else:
        yield say("sheet.some_right", lang, right=data["right"], total=data["total"])
    for kind in _COUNTS:
        if data[kind]:
            yield "  " + say(f"sheet.{kind}_count", lang, count=data[kind])
    marks = {mark["name"]: mark for mark in data["marks"]}
    if data["first_wrong"] is not None:
        yield ""
        yield from _first(marks[data["first_wrong"]], lang)
    yield ""
    head = ["number", "yours", "right_value", "verdict"]
    rows = [[say(f"sheet.{each}", lang) for each in head]]
    for mark in data["marks"]:
        said = say(f"sheet.verdict_{mark['verdict']}", lang)
        rows.append([mark["symbol"], _typed(mark), show(mark["value"], DIGITS), said])
    yield from columns(rows, "<>><")


def _first(mark: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Say where it went wrong first, what is right there, and what may have been done."""
    yield say("sheet.first_wrong", lang, name=mark["symbol"], typed=_typed(mark))
    if mark["verdict"] == "unreadable":
        yield say("sheet.unreadable_there", lang)
    yield say("sheet.from_your_numbers", lang)
    yield "  " + equation(mark["step"], lang, DIGITS)
    if mark["verdict"] == "unreadable":
        return
    causes = mark["causes"]
    key = "none" if not causes else "one" if len(causes) == 1 else "several"
    yield say(f"sheet.cause_{key}", lang)
    for cause in causes:
        slip = slip_words(cause, lang)
        yield "  • " + say("compare.comes_out", lang, yours=_typed(mark), slip=slip)
        yield "      " + equation(cause["step"], lang, DIGITS)


def _typed(mark: Mapping[str, Any]) -> str:
    text: str = mark["typed"].replace("-", "−")
    return text or "·"
