"""An explanation for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearprop.draw.why_lines import Line, line_of
from clearprop.draw.why_words import ending, headings, opening
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
    if explanation.facts.get("depth") == 0:
        return "\n".join(lines) + "\n"
    if not explanation.facts.get("sections"):
        lines.append("")
    for step, heading in zip(explanation.steps, headings(explanation), strict=True):
        lines += ["", heading] if heading else []
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
    out: list[str] = []
    for side, relation in zip([*sides, line.result], _relations(line, len(sides)), strict=True):
        first = not out
        for piece in _broken(side, WIDTH - cells(pad) - 3):
            lead = f"{indent}{line.symbol}" if first else pad
            out.append(f"{lead} {relation} {piece}")
            relation, first = " ", False
    if line.remark:
        out.append(f"{pad}   {line.remark}")
    return out


def _relations(line: Line, sides: int) -> list[str]:
    return ["="] * sides + [line.relation]


def _broken(side: str, room: int) -> list[str]:
    """Break a long sum before its plus signs and minus signs, where no bracket is open."""
    if cells(side) <= room:
        return [side]
    pieces, depth, start = [], 0, 0
    for at, letter in enumerate(side):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and side.startswith((" + ", " − "), at):
            pieces.append(side[start:at])
            start = at + 1
    pieces.append(side[start:])
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if cells(lines[-1]) + 1 + cells(piece) <= room:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines
