"""What a change would do, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearprop.explain.digits import show
from clearprop.explain.equality import equate
from clearprop.explain.expression import Num
from clearprop.lang import say

__all__ = ["what_if"]


def what_if(data: Mapping[str, Any]) -> str:
    """Write an answer's JSON as plain text."""
    lang = data["lang"]
    lines = []
    for change in data["changes"]:
        by = change["after"] - change["before"]
        product = equate(Num(change["gradient"]) * by, change["gradient"] * by)
        before, after = show(change["before"]), show(change["after"])
        lines.append(f"{change['name']}: {before} → {after}    {say('explain.gradient', lang)} × "
                     f"{say('explain.step', lang)}: {product}")  # fmt: skip
    lines.append(f"{say('explain.predicted_change', lang)}: {show(data['predicted'])}")
    exact = equate(Num(data["after"]) - Num(data["before"]), data["exact"])
    lines.append(f"{say('explain.exact_change', lang)}: {exact}")
    lines.append(f"{say('explain.missed', lang)}: {show(data['remainder'])}")
    return "\n".join(lines) + "\n"
