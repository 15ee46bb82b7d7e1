"""An explanation as a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearprop.draw.html import Html
from clearprop.draw.page import Section, page
from clearprop.draw.why_html import html
from clearprop.draw.why_words import opening
from clearprop.explain.explanation import Explanation
from clearprop.lang import say

__all__ = ["page_of"]


def page_of(data: Mapping[str, Any]) -> str:
    """Write an explanation's JSON as one HTML file that holds all it needs."""
    explanation = Explanation.from_json(data)
    title = next(opening(explanation))
    heading = say("explain.chain_rule", explanation.lang)
    return str(page(title, [Section(heading, [Html(html(data))])], explanation.lang))
