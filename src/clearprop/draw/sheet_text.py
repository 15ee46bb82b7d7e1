"""A worksheet for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clearprop.draw.sheet_rules import lead, rules
from clearprop.draw.why_lines import line_of
from clearprop.explain.digits import show
from clearprop.explain.explanation import Explanation
from clearprop.explain.guesses import step_of
from clearprop.explain.sheet import PARTS, Sheet
from clearprop.lang import align, cells, language, say

__all__ = ["sheet_text"]


def sheet_text(sheet: Sheet, *, lang: str | None = None, formulas: bool = True) -> str:
    """
    Write a worksheet as plain text.

    Parameters
    ----------
    sheet : Sheet
    lang : {"ko", "en"}, optional
    formulas : bool
        Whether to write what each number is in symbols.
    """
    return "\n".join(_lines(sheet, language(lang), formulas)) + "\n"


def _lines(sheet: Sheet, lang: str, formulas: bool) -> Iterator[str]:
    hand = sheet.calculation
    yield say("sheet.title", lang, sizes="-".join(map(str, sheet.sizes)))
    yield lead(sheet, lang)
    yield ""
    yield say("sheet.given", lang)
    rows = [[*hand.inputs[0], *hand.targets]]
    for k, names in enumerate(hand.units):
        own = hand.b[k]
        assert own is not None  # a sheet's layers have biases
        rows += [[*hand.w[k][j], own[j]] for j in range(len(names))]
    for row in rows:
        yield "  " + "   ".join(f"{q.symbol} = {show(q.value)}" for q in row)
    yield ""
    yield from re.split(r"(?<=\.)\s+", rules(sheet, lang))
    width = max(cells(field.line.quantity.symbol) for field in sheet.fields)
    for part in PARTS:
        fields = [field for field in sheet.fields if field.part == part]
        if not fields:
            continue
        words = {"weight": sheet.weight} if part == "factors" else {}
        yield ""
        yield say(f"sheet.part_{part}", lang, **words)
        for field in fields:
            step = step_of(field.line)
            line = line_of(step, Explanation("", (step,), {}, "", lang), latex=False)
            name = align(line.symbol, width)
            yield f"  {name} = {line.formula} =" if formulas else f"  {name} ="
