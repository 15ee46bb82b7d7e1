"""An explanation for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearprop.draw.why_lines import Line, line_of
from clearprop.draw.why_words import ending, opening
from clearprop.explain.explanation import Explanation
from clearprop.lang.width import cells

__all__ = ["text"]

WIDTH = 100


def text(data: Mapping[str, Any]) -> str:
    """
    Write an explanation as plain text, from its JSON alone.

    Parameters
    ----------
    data : mapping
        An explanation's JSON; its ``lang`` and ``digits`` say how to write.
    """
    explanation = Explanation.from_json(data)
    lines = list(opening(explanation))
    lines.append("")
    for step in explanation.steps:
        lines += _aligned(line_of(step, explanation, latex=False))
    lines += ["", *ending(explanation)]
    return "\n".join(lines).rstrip() + "\n"


def _aligned(line: Line) -> list[str]:
    """Write a step on one line where it fits, else on as many as it has sides."""
    indent = "  " if line.level == 1 else "    "
    sides = [side for side in (line.formula, line.numbers) if side]
    whole = f"{indent}{' = '.join([line.symbol, *sides])} {line.relation} {line.result}"
    remark = f"    {line.remark}" if line.remark else ""
    if cells(whole + remark) <= WIDTH:
        return [whole + remark]
    pad = indent + " " * cells(line.symbol)
    first, *more = sides or [line.result]
    out = [f"{indent}{line.symbol} = {first}", *(f"{pad} = {side}" for side in more)]
    if sides:
        out.append(f"{pad} {line.relation} {line.result}")
    if line.remark:
        out.append(f"{pad}   {line.remark}")
    return out
