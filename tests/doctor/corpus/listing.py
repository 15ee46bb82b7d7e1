"""Programs of hand-written backpropagation, as text: each sound as it stands, with slips beside.

A file of programs is read as people would mark a proof: the program as it should be, and under a
line, after ``#!``, what someone wrote there in place of it and what that mistake is called::

    === affine | class | a layer that keeps dW and db
    $N = 4 | 1
    class Affine:
        ...
            self.db = np.sum(dout, axis=0)
            #! bias-not-summed: self.db = dout
            #! bias-averaged: self.db = np.mean(dout, axis=0)

Its last line, after a prompt as Python's own, is the call: ``check(Affine(W, b), x=x)``. A line
``>>? EXPRESSION`` before it proves the label where `truth` does not know the style (see `proofs`).
The heading gives family, style and title. ``$N = 4 | 1`` makes two programs of one, the i-th with
the i-th of each variable. Marks of one name belong together (a slip may need several lines);
``name/2`` is a second way to make the same mistake, ``name@1`` is for the case 1 alone; ``¶`` is a
new line. A mark before the first line of code is put before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SOUND", "Program", "programs", "read", "sample"]

SOUND = "sound"
HERE = Path(__file__).parent
MARK = re.compile(r"^(\s*)#! ([a-z0-9+-]+(?:/\w+)?)(?:@(\d+))?:(?: (.*))?$")
VARIABLE = re.compile(r"^\$(\w+) = (.*)$")


@dataclass(frozen=True)
class Program:
    """
    One program and what is known of it.

    Attributes
    ----------
    family, style, title : str
        What it computes, the manner it is written in, and a name for people.
    mistake : str
        The id of its mistake, ``"sound"``, or two ids joined by ``+``.
    source, call : str
        The program, and the expression that hands it to ``check``.
    where : str
        File, title, case and slip: names this program alone.
    proof : str
        An expression that is True where the program is wrong; empty: `truth` judges.
    """

    family: str
    style: str
    title: str
    mistake: str
    source: str
    call: str
    where: str
    proof: str = ""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.mistake == SOUND

    @property
    def mistakes(self) -> frozenset[str]:
        """The ids of what is wrong with it."""
        return frozenset() if self.sound else frozenset(self.mistake.split("+"))


def programs(folder: str = "programs") -> list[Program]:
    """Read every program of a folder beside this file."""
    return [p for path in sorted((HERE / folder).glob("*.txt")) for p in read(path)]


def sample(of: list[Program]) -> list[Program]:
    """One program for each mistake, one with two, one sound of each family, from all over."""
    groups: dict[str, list[Program]] = {}
    for program in of:
        kind = "two" if "+" in program.mistake else program.mistake
        groups.setdefault(program.family if program.sound else kind, []).append(program)
    return [group[i % len(group)] for i, (_, group) in enumerate(sorted(groups.items()))]


def read(path: Path) -> Iterator[Program]:
    """Read the programs of one file: each listing sound, then with each of its slips."""
    for part in re.split(r"(?m)^=== ", path.read_text(encoding="utf-8"))[1:]:
        heading, *lines = part.rstrip().split("\n")
        family, style, title = (word.strip() for word in heading.split("|"))
        variables, code, call = divided(lines, f"{path.name}: {title}")
        proofs = [line.removeprefix(">>? ") for line in code if line.startswith(">>? ")]
        code = [line for line in code if not line.startswith(">>? ")]
        for case, values in enumerate(variables):
            written = [filled(line, values) for line in code]
            for key in keys(written, case):
                mistake = key.split("/")[0]
                where = f"{path.stem}/{title}/{case}/{key}"
                source = with_slip(written, key)
                asked = filled(call, values)
                proof = filled(" ".join(proofs), values)
                yield Program(family, style, title, mistake, source, asked, where, proof)


def divided(lines: list[str], where: str) -> tuple[list[dict[str, str]], list[str], str]:
    """Take a listing apart: its cases, its code and the call."""
    rows: dict[str, list[str]] = {}
    while lines and (found := VARIABLE.match(lines[0])):
        rows[found[1]] = found[2].split(" | ")
        lines = lines[1:]
    if len({len(row) for row in rows.values()}) > 1 or not lines[-1].startswith(">>> "):
        raise ValueError(f"{where}: variables of different lengths, or no call in the last line.")
    cases = [dict(zip(rows, values, strict=True)) for values in zip(*rows.values(), strict=True)]
    return cases or [{}], lines[:-1], lines[-1].removeprefix(">>> ")


def filled(line: str, values: dict[str, str]) -> str:
    """Put the case's values into a line."""
    return re.sub(r"\$(\w+)", lambda found: values[found[1]].replace("¶", "\n"), line)


def keys(lines: list[str], case: int) -> list[str]:
    """List what a program of these lines can be: sound, or with one of the slips of the case."""
    marks = (found for line in lines if (found := MARK.match(line)))
    mine = [mark[2] for mark in marks if mark[3] is None or int(mark[3]) == case]
    return [SOUND, *dict.fromkeys(mine)]


def with_slip(lines: list[str], key: str) -> str:
    """Write the program with the slip `key` in place of what should be there."""
    kept: list[str] = []
    for line in lines:
        found = MARK.match(line)
        if not found:
            kept.append(line)
        elif found[2] == key:
            indent = found[1]
            new = (found[4] or "").split("¶")
            kept[-1:] = [indent + text for text in new] if found[4] else []
    return "\n".join(kept) + "\n"
