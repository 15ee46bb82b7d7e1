"""An explanation as HTML: steps that open and close, readable without styles."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from clearprop.draw.why_lines import Line, line_of
from clearprop.draw.why_words import ending, headings, opening
from clearprop.explain.explanation import Explanation

__all__ = ["html"]


def html(data: Mapping[str, Any]) -> str:
    """
    Write an explanation as a piece of HTML, from its JSON alone.

    Parameters
    ----------
    data : mapping
        An explanation's JSON.

    Returns
    -------
    str
        A ``<section>`` to be put into a page; it carries the few styles it needs.
    """
    explanation = Explanation.from_json(data)
    title, *sentences = opening(explanation)
    steps = "\n".join(
        (f"<h4>{escape(heading)}</h4>\n" if heading else "")
        + _step(line_of(step, explanation, latex=False), is_open=step.level <= 2)
        for step, heading in zip(explanation.steps, headings(explanation), strict=True)
    )
    said = "\n".join(f"<p>{escape(s)}</p>" for s in sentences)
    last = "\n".join(f'<p class="why-note">{escape(s)}</p>' for s in ending(explanation))
    return (
        f'<section class="why" lang="{explanation.lang}">\n<style>{_STYLE}</style>\n'
        f"<h3>{escape(title)}</h3>\n{said}\n{steps}\n{last}\n</section>\n"
    )


def _step(line: Line, *, is_open: bool) -> str:
    sides = [side for side in (line.formula, line.numbers) if side]
    head = f"{escape(line.symbol)} {line.relation} <strong>{escape(line.result)}</strong>"
    if line.remark:
        head += f' <span class="why-note">{escape(line.remark)}</span>'
    if not sides:
        return f'<p class="why-step">{head}</p>'
    rows = [
        *(f"<div>= {escape(side)}</div>" for side in sides),
        f"<div>{line.relation} {escape(line.result)}</div>",
    ]
    return (
        f'<details class="why-step"{" open" if is_open else ""}><summary>{head}</summary>'
        f'<div class="why-sides">{"".join(rows)}</div></details>'
    )


_STYLE = (
    ".why-step{margin:.35em 0;font-variant-numeric:tabular-nums}"
    ".why-step summary{cursor:pointer}"
    ".why-sides{margin:.2em 0 .4em 1.6em;overflow-x:auto;white-space:nowrap}"
    ".why-note{opacity:.8;font-size:.92em}"
    "@media print{details.why-step>*{display:block}}"
)
