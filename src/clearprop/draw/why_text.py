"""An explanation for the terminal."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping
from typing import Any

from clearprop.draw.why_lines import Line, line_of
from clearprop.draw.why_words import ending, headings, opening
from clearprop.explain.explanation import Explanation
from clearprop.lang.width import cells, wrapped

__all__ = ["broken", "room_for_lines", "text"]

WIDTH = 100
NARROWEST = 40
# Where a line may be broken, best first: before what is added, then before factors; where nothing
# else helps, before a factor that is written close, and within a long name.
_BREAKS = ((" + ", " − "), (" · ", " × ", " / "))
_CLOSE = re.compile(r"(?=×)|(?<=[^∂]/)(?=[a-z_])")


def text(data: Mapping[str, Any]) -> str:
    """
    Write an explanation as plain text, from its JSON alone.

    Parameters
    ----------
    data : mapping
        An explanation's JSON; its ``lang`` and ``digits`` say how to write, and a ``width`` beside
        them how many cells a line may take.
    """
    explanation = Explanation.from_json(data)
    width = max(NARROWEST, data.get("width") or room_for_lines())
    lines = [line for words in opening(explanation) for line in wrapped(words, width)]
    if explanation.facts.get("depth") == 0:
        return "\n".join(lines) + "\n"
    if not explanation.facts.get("sections"):
        lines.append("")
    for step, heading in zip(explanation.steps, headings(explanation), strict=True):
        lines += ["", heading] if heading else []
        lines += _aligned(line_of(step, explanation, latex=False), width)
    lines += ["", *(line for note in ending(explanation) for line in wrapped(note, width))]
    return "\n".join(lines).rstrip() + "\n"


def room_for_lines() -> int:
    """Tell how wide lines may be: as a narrow terminal is, where they go to one."""
    if sys.stdout is None or not sys.stdout.isatty():
        return WIDTH
    return min(shutil.get_terminal_size().columns, WIDTH)


def _aligned(line: Line, width: int) -> list[str]:
    """Write a step on one line where it fits, else on as many as it has sides."""
    indent = "  " if line.level == 1 else "    "
    sides = [side for side in (line.formula, line.numbers) if side]
    whole = f"{indent}{' = '.join([line.symbol, *sides])} {line.relation} {line.result}"
    remark = f"    {line.remark}" if line.remark else ""
    if cells(whole + remark) <= width:
        return [whole + remark]
    head = f"{indent}{line.symbol}"
    if cells(whole) <= width:  # only the remark does not fit
        pad = " " * (cells(head) + 3)
        return [whole, *(pad + each for each in wrapped(line.remark, width - len(pad)))]
    out = _sides(line, sides, head, " " * cells(head), width)
    if max(map(cells, out)) > width:  # a long name has a line to itself, where the rest needs room
        name = broken(line.symbol, width - len(indent), "  ")
        return [
            *(indent + piece for piece in name),
            *_sides(line, sides, f"{indent}   ", f"{indent}   ", width),
        ]
    return out


def _sides(line: Line, sides: list[str], head: str, pad: str, width: int) -> list[str]:
    """Write the sides beneath each other, the first behind `head`."""
    room = width - cells(pad) - 3
    out: list[str] = []
    for side, relation in zip([*sides, line.result], _relations(line, len(sides)), strict=True):
        for piece in broken(side, room):
            out.append(f"{head} {relation} {piece}")
            head, relation = pad, " "
    if line.remark and cells(f"{out[-1]}    {line.remark}") <= width:
        return [*out[:-1], f"{out[-1]}    {line.remark}"]
    for piece in wrapped(line.remark, room) if width < WIDTH else [line.remark]:
        out += [f"{pad}   {piece}"] if piece else []
    return out


def _relations(line: Line, sides: int) -> list[str]:
    return ["="] * sides + [line.relation]


def broken(side: str, room: int, indent: str = "") -> list[str]:
    """
    Break a long formula before its signs; within brackets only what does not fit otherwise.

    Examples
    --------
    >>> broken("a · b + exp(c · d + e)", 12)
    ['a · b', '+ exp(c · d', '  + e)']
    """
    pieces, glue = (_cut(side), " ") if cells(side) > room else ([side], "")
    if len(pieces) == 1 and cells(side) > room:
        close = [piece for piece in _CLOSE.split(side) if piece]
        pieces, glue = [re.sub("^×(?! )", "× ", piece) for piece in close], ""
    if len(pieces) == 1:
        return [side]
    lines: list[str] = []
    whole = False  # whether the last line is a piece or more, and not the end of a broken one
    for piece in pieces:
        if whole and cells(lines[-1]) + len(glue) + cells(piece) <= room:
            lines[-1] += f" {piece}" if glue else piece.replace("× ", "×", 1)
            continue
        shift = indent if lines else ""
        inner = broken(piece, room - len(shift), "  ")
        whole = len(inner) == 1
        lines += [shift + each for each in inner]
    return lines


def _cut(side: str) -> list[str]:
    """Cut before the signs that stand in the fewest brackets; of those, before what is added."""
    places: dict[tuple[int, int], list[int]] = {}
    opened = 0
    for at, letter in enumerate(side):
        opened += (letter in "([") - (letter in ")]")
        for kind, signs in enumerate(_BREAKS):
            if at and side.startswith(signs, at):
                places.setdefault((opened, kind), []).append(at)
    ends = [*places[min(places)], len(side)] if places else [len(side)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [side[start:end] for start, end in zip(starts, ends, strict=True)]
