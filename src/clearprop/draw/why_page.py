"""An explanation as a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from clearprop.draw.html import Html
from clearprop.draw.page import Section, page
from clearprop.draw.why_html import sentence, steps
from clearprop.draw.why_words import ending, opening
from clearprop.explain.explanation import Explanation
from clearprop.lang import say

__all__ = ["page_of"]


def page_of(data: Mapping[str, Any]) -> str:
    """Write an explanation's JSON as one HTML file that holds all it needs."""
    explanation = Explanation.from_json(data)
    title, *sentences = opening(explanation)
    said = " ".join(sentence(text, explanation) for text in sentences)
    last = "".join(f'<p class="why-note">{escape(text)}</p>\n' for text in ending(explanation))
    derivation = Html(f'<div class="why">\n{steps(data, headings_at=3)}{last}</div>')
    return str(
        page(
            title,
            [Section(say("draw.derivation", explanation.lang), [derivation])],
            explanation.lang,
            heading=Html(f'<span class="why">{sentence(title, explanation)}</span>'),
            lead=Html(f'<span class="why">{said}</span>') if said else "",
        )
    )
