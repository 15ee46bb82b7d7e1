"""An explanation as HTML: proper formulas, steps that open and close, links between them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any
from zlib import crc32

from clearprop.draw.mathml import flat, math
from clearprop.draw.why_mathml import Side, written
from clearprop.draw.why_style import STYLE
from clearprop.draw.why_words import ending, headings, opening
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.formula import leaves
from clearprop.lang import say
from clearprop.lang.catalogue import words

__all__ = ["html", "sentence", "steps"]

_FEW = 12  # steps; of more, those far from what was asked are closed at first
_NEAR = 2


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
    explanation, key = Explanation.from_json(data), _key(data)
    title, *sentences = opening(explanation)
    said = "".join(f"<p>{sentence(text, explanation)}</p>\n" for text in sentences)
    last = "".join(f'<p class="why-note">{escape(text)}</p>\n' for text in ending(explanation))
    return (
        f'<section class="why" lang="{explanation.lang}" aria-labelledby="{key}">\n'
        f'<h3 id="{key}">{sentence(title, explanation)}</h3>\n'
        f"{said}{'' if data['facts'].get('depth') == 0 else steps(data)}{last}</section>\n"
    )


def steps(data: Mapping[str, Any], *, headings_at: int = 4) -> str:
    """Write the steps alone, with the styles that they need."""
    explanation, key = Explanation.from_json(data), _key(data)
    few = len(explanation.steps) <= _FEW
    ids = [f"{key}-{k}" for k in range(1, len(explanation.steps) + 1)]
    goals: dict[str, str] = {}  # of two steps on one quantity, links lead to the first
    for step, own in zip(explanation.steps, ids, strict=True):
        goals.setdefault(step.address, own)
    parts, own_ids = [f"<style>{STYLE}</style>"], iter(ids)
    for heading, chapter in _chapters(explanation):
        parts += [f"<h{headings_at}>{escape(heading)}</h{headings_at}>"] if heading else []
        parts.append('<ol class="why-steps" role="list">')
        for step in chapter:
            is_open = few or bool(heading) or step.level <= _NEAR
            parts.append(_step(step, explanation, next(own_ids), goals, is_open=is_open))
        parts.append("</ol>")
    return "\n".join(parts) + "\n"


def sentence(text: str, explanation: Explanation) -> str:
    """Write a sentence in HTML, the names of quantities in it set as mathematics."""
    spoken_of = {
        explanation.steps[0].symbol,
        explanation.facts.get("subject"),
        explanation.facts.get("loss_symbol"),
    }
    names = {name: name for name in spoken_of if name and len(name) == 1 and name.isalpha()}
    names |= {q.symbol: q.latex for step in explanation.steps for q in _named(step)}
    known = sorted((n for n in spoken_of if n and n in names), key=len, reverse=True)
    if not known:
        return escape(text)
    either = "|".join(map(re.escape, known))
    # Not within a longer name; but a Korean particle may follow at once.
    cut = re.split(rf"(?<![\w/])({either})(?![A-Za-z0-9_/])", text)
    pairs = zip(cut[::2], [*cut[1::2], ""], strict=True)
    return "".join(escape(a) + (flat(names[b], b) if b else "") for a, b in pairs)


def _named(step: Step) -> Iterator[Any]:
    """Give everything with a name in a step: what it is, and what it mentions."""
    yield step
    if step.formula is not None:
        yield from leaves(step.formula)


def _key(data: Mapping[str, Any]) -> str:
    """Make an id that two explanations on one page do not share."""
    return f"why-{crc32(json.dumps(data, sort_keys=True, default=str).encode()):08x}"


def _chapters(explanation: Explanation) -> Iterator[tuple[str, list[Step]]]:
    """Part the steps at their headings; without any, they are one chapter."""
    count, numbered = 0, []
    titles = [""]
    for step, heading in zip(explanation.steps, headings(explanation), strict=True):
        if heading:
            count += 1
            titles.append(heading)
        numbered.append((count, step))
    for count, group in groupby(numbered, key=lambda pair: pair[0]):
        yield titles[count], [step for _, step in group]


def _step(
    step: Step, explanation: Explanation, key: str, goals: Mapping[str, str], *, is_open: bool
) -> str:
    made = written(step, explanation, goals)
    name, result = math(made.latex, made.symbol), "".join(made.result.math())
    note = f'<span class="why-note">{escape(made.remark)}</span>' if made.remark else ""
    level = f"why-step why-level-{min(step.level, 3)}"
    if len(made.sides) == 1:
        return f'<li class="{level}" id="{key}"><p>{name} {result} {note}</p></li>'
    rows = "\n".join(_side(side, last=side is made.result) for side in made.sides)
    return (
        f'<li class="{level}"><details{" open" if is_open else ""}>'
        f'<summary><span class="why-head"><span class="why-name">{name} '
        f'<span class="why-result">{result}</span></span>{_label(step, explanation)}{note}</span>'
        f"</summary>\n"
        # The id is inside: going there opens what is closed.
        f'<div class="why-sides" id="{key}">\n{rows}\n</div></details></li>'
    )


def _side(side: Side, *, last: bool) -> str:
    kind = "why-side why-answer" if last else "why-side"
    return f'<div class="{kind}">{" ".join(side.math())}</div>'


def _label(step: Step, explanation: Explanation) -> str:
    """Say what kind of number it is, and by what address one can ask for it."""
    if explanation.facts.get("sections"):
        return ""
    known = step.role in words("explain")  # what comes from elsewhere may have other roles
    known = known and (step.state is None or step.state.key != step.role)  # that says it already
    role = escape(say(f"explain.{step.role}", explanation.lang)) + " " if known else ""
    return f' <span class="why-role">{role}<code>{escape(step.address)}</code></span>'
