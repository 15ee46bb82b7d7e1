"""Explanations with their displays, each of which is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from clearprop.explain.compare import compare
from clearprop.explain.displayed import Displayed
from clearprop.explain.formulas import formulas
from clearprop.explain.pushes import pushes
from clearprop.explain.watch import Watch
from clearprop.explain.what_if import what_if
from clearprop.explain.why import why

__all__ = ["compare", "display", "formulas", "pushes", "Watch", "what_if", "why"]


_WRITERS = {
    "text": "why_text:text",
    "latex": "why_latex:latex",
    "aligned": "why_latex:aligned",
    "mathml": "why_mathml:mathml",
    "html": "why_html:html",
    "page": "why_page:page_of",
    "what_if": "why_what_if:what_if",
    "compare": "why_compare:comparison",
}


def display(kind: str, data: Mapping[str, Any]) -> str:
    """Write an explanation's JSON as ``text``, ``latex``, ``mathml``, ``html`` or a ``page``."""
    module, _, writer = _WRITERS[kind].partition(":")
    written: str = getattr(import_module(f"clearprop.draw.{module}"), writer)(data)
    return written


Displayed.display = staticmethod(display)
