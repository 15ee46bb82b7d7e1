"""What a change would do, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearprop.explain.digits import show
from clearprop.explain.equality import equate
from clearprop.explain.expression import Num
from clearprop.lang import say

__all__ = ["what_if"]

NOISE = 64 * 2.0**-52  # how far rounding may move a result, relative to it


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
    missed = show(data["remainder"])
    if abs(data["remainder"]) <= NOISE * max(abs(data["before"]), abs(data["after"])):
        missed = say("explain.nothing_missed", lang)
    lines.append(f"{say('explain.missed', lang)}: {missed}")
    return "\n".join(lines) + "\n"
