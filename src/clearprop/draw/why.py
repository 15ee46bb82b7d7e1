"""Lets explanations find their displays, each loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from clearprop.explain.explanation import Explanation

__all__ = ["display"]


def display(kind: str, data: Mapping[str, Any]) -> str:
    """Write an explanation's JSON as ``text``, ``latex`` or ``html``."""
    written: str = getattr(import_module(f"clearprop.draw.why_{kind}"), kind)(data)
    return written


Explanation.display = staticmethod(display)
