"""A worksheet and its answer key as pages that print well on A4, in black and white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clearprop.draw.html import Html
from clearprop.draw.neurons import neurons
from clearprop.draw.page import Page, Section, page
from clearprop.draw.sheet_rules import lead, rules
from clearprop.draw.svg import Svg, escape
from clearprop.draw.why_lines import Line, line_of
from clearprop.explain.digits import show
from clearprop.explain.explanation import Explanation
from clearprop.explain.guesses import step_of
from clearprop.explain.sheet import PARTS, Field, Sheet
from clearprop.lang import language, say

__all__ = ["answer_key", "worksheet"]

DIGITS = 6  # of the key: two more than are asked for


def worksheet(sheet: Sheet, *, lang: str | None = None, formulas: bool = True) -> Page:
    """
    Make the page to be filled in.

    Parameters
    ----------
    sheet : Sheet
    lang : {"ko", "en"}, optional
    formulas : bool
        Whether to print what each number is in symbols.

    Returns
    -------
    Page
    """
    lang = language(lang)
    sections = [Section(say("sheet.given", lang), [Html(_STYLE), *_given(sheet, lang)])]
    for part in PARTS:
        fields = [field for field in sheet.fields if field.part == part]
        if fields:
            sections.append(Section(_heading(part, sheet, lang), [_blanks(fields, lang, formulas)]))
    made = _page("title", sheet, sections, lang)
    return Page(made.title, made.html.replace("</header>", f"{_person(lang)}</header>", 1))


def answer_key(sheet: Sheet, *, lang: str | None = None) -> Page:
    """
    Make the page with the answers, each in symbols and with its numbers.

    Parameters
    ----------
    sheet : Sheet
    lang : {"ko", "en"}, optional

    Returns
    -------
    Page
    """
    lang = language(lang)
    sections = [Section(say("sheet.given", lang), [Html(_STYLE), *_given(sheet, lang)])]
    for part in PARTS:
        fields = [field for field in sheet.fields if field.part == part]
        if fields:
            sections.append(Section(_heading(part, sheet, lang), [_answers(fields, lang)]))
    return _page("key_title", sheet, sections, lang)


def _page(title: str, sheet: Sheet, sections: Sequence[Section], lang: str) -> Page:
    sizes = "-".join(map(str, sheet.sizes))
    return page(
        say(f"sheet.{title}", lang, sizes=sizes), sections, lang,
        lead=lead(sheet, lang), foot=say("sheet.foot", lang),
    )  # fmt: skip


def _heading(part: str, sheet: Sheet, lang: str) -> str:
    words = {"weight": sheet.weight} if part == "factors" else {}
    return say(f"sheet.part_{part}", lang, **words)


def _given(sheet: Sheet, lang: str) -> Iterator[str | Svg]:
    """Draw the network, and list its numbers by their names."""
    hand = sheet.calculation
    units = [[q.symbol for q in hand.inputs[0]], *hand.units]
    yield neurons(
        [np.array(w) for w in sheet.weights],
        biases=[np.array(b) for b in sheet.biases],
        units=units,
        values=[np.array(sheet.x), *(None for _ in sheet.weights)],
        title=say("sheet.network_title", lang),
        lang=lang,
    )
    rows = [(say("sheet.inputs_targets", lang), [*hand.inputs[0], *hand.targets])]
    for k, names in enumerate(hand.units):
        own = hand.b[k]
        assert own is not None  # a sheet's layers have biases
        for j, unit in enumerate(names):
            rows.append((say("sheet.weights_of", lang, unit=unit), [*hand.w[k][j], own[j]]))
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f"<td>{'&emsp;'.join(f'{q.symbol}&nbsp;=&nbsp;{show(q.value)}' for q in row)}</td></tr>"
        for name, row in rows
    )
    yield Html(f'<table class="given">{body}</table>')
    yield rules(sheet, lang)


def _person(lang: str) -> str:
    """Give a line for the name of whoever calculates."""
    name, date = (escape(say(f"sheet.{key}", lang)) for key in ("name", "date"))
    return f'<p class="person"><span>{name}</span><i></i><span>{date}</span><i></i></p>\n'


def _written(field: Field, lang: str) -> Line:
    step = step_of(field.line)
    return line_of(step, Explanation("", (step,), {}, "", lang, DIGITS), latex=False)


def _blanks(fields: Sequence[Field], lang: str, formulas: bool) -> Html:
    """Lay out empty rows: the number, what it is in symbols, room to calculate, and a box."""
    names = ["number", *(["formula"] if formulas else []), "working", "answer"]
    head = "".join(f'<th scope="col">{escape(say(f"sheet.{n}", lang))}</th>' for n in names)
    rows = []
    for field in fields:
        symbols = (
            f'<td class="symbols">= {escape(_written(field, lang).formula)}</td>'
            if formulas
            else ""
        )
        rows.append(
            f'<tr><th scope="row">{escape(field.line.quantity.symbol)}</th>{symbols}'
            '<td class="room"></td><td class="box"></td></tr>'
        )
    return Html(
        f'<table class="work"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def _answers(fields: Sequence[Field], lang: str) -> Html:
    names = ("number", "with_numbers", "answer")
    head = "".join(f'<th scope="col">{escape(say(f"sheet.{n}", lang))}</th>' for n in names)
    rows = []
    for field in fields:
        line = _written(field, lang)
        sides = "<br>".join(
            f"= {escape(side)}" for side in (line.formula, line.numbers)
            if side and side != line.result
        )  # fmt: skip
        rows.append(
            f'<tr><th scope="row">{escape(line.symbol)}</th><td>{sides}</td>'
            f'<td class="number"><b>{line.relation} {escape(line.result)}</b></td></tr>'
        )
    return Html(
        f'<table class="work key"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


_STYLE = (
    "<style>"
    "nav ol{list-style:none;padding:0}"  # the headings are numbered already
    ".person{display:flex;gap:.6rem;align-items:end;max-width:none}"
    ".person i{flex:1;border-bottom:1px solid currentColor;height:1.4rem}"
    ".person i:first-of-type{flex:2}"
    "table.given{width:100%;margin:.5rem 0}"
    "table.given th{white-space:nowrap;font-weight:400;width:1%}"
    "table.work{width:100%;margin:.4rem 0}"
    "table.work th,table.work td{height:2.3rem;vertical-align:middle;padding:.1rem .5rem}"
    "table.work thead th{height:auto;font-weight:400;font-size:.85em}"
    "table.work{table-layout:fixed}"
    "table.work thead th:first-child{width:18%}"
    "table.work thead th:nth-last-child(3):not(:first-child){width:42%}"
    "table.work thead th:last-child{width:19%}"
    "table.work th{white-space:nowrap}"
    "table.work td.box{border:1.5px solid currentColor}"
    "table.key td.number,table.key th:last-child{text-align:right;white-space:nowrap}"
    "@page{size:A4;margin:14mm 15mm}"
    "@media print{"
    "body{font-size:10pt}"
    "h1{font-size:15pt}h2{font-size:12pt;margin:5mm 0 1mm}"
    "header p,main p{margin:1.5mm 0}"
    "table.work th,table.work td{height:8.6mm}"
    "table.key th,table.key td{height:auto;padding:.7mm 2mm}"
    "th,td{border-bottom-color:#777}"
    "figure{margin:1mm 0}"
    ".scroll svg{max-height:62mm;margin:0 auto}"
    "footer{margin-top:4mm}"
    "}"
    "</style>"
)
