"""An explanation's steps as MathML: the same symbols, digits and signs as in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from clearprop.draw.mathml import elements, math
from clearprop.draw.why_lines import line_of
from clearprop.errors import FormatError
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.formula import Applied, Formula, Quantity, Terms

__all__ = ["Side", "Written", "mathml", "written"]

_LONG = 40  # letters; a longer sum may be broken before its plus and minus signs


@dataclass(frozen=True)
class Side:
    """One side of a step's equalities, with the sign before it, as LaTeX and as text."""

    latex: str
    text: str
    relation_latex: str
    relation: str

    def math(self) -> Iterator[str]:
        """Write it as ``<math>`` elements: several for a long sum, so that lines can be broken."""
        latex, text = _pieces(self.latex), _pieces(self.text)
        if len(self.text) < _LONG or len(latex) != len(text):
            latex, text = [self.latex], [self.text]
        yield math(f"{{}}{self.relation_latex} {latex[0]}", f"{self.relation} {text[0]}")
        for more_latex, more_text in zip(latex[1:], text[1:], strict=True):
            yield math(f"{{}}{more_latex}", more_text)


@dataclass(frozen=True)
class Written:
    """
    One step.

    Attributes
    ----------
    latex, symbol : str
        What it is, in LaTeX and as text.
    sides : tuple of Side
        In symbols, with numbers, and the result: as many as there are.
    remark : str
        Why it is special, if it is.
    """

    latex: str
    symbol: str
    sides: tuple[Side, ...]
    remark: str

    @property
    def result(self) -> Side:
        """The value, with its sign."""
        return self.sides[-1]


def written(
    step: Step, explanation: Explanation, links: Mapping[str, str] | None = None
) -> Written:
    """Write a step; `links` has, by address, ids of the steps that explain what it mentions."""
    text = line_of(step, explanation, latex=False)
    goes = {address: key for address, key in (links or {}).items() if address != step.address}
    formula = None if step.formula is None else _linked(step.formula, goes)
    latex = line_of(replace(step, formula=formula), explanation, latex=True)
    pairs = [(latex.formula, text.formula), (latex.numbers, text.numbers)]
    sides = [Side(a, b, "=", "=") for a, b in pairs if a and b]
    sides.append(Side(latex.result, text.result, latex.relation, text.relation))
    return Written(latex.symbol, text.symbol, tuple(sides), text.remark)


def _linked(formula: Formula, links: Mapping[str, str]) -> Formula:
    """Make a link of each quantity that another step explains."""
    if isinstance(formula, Quantity):
        if not formula.symbol or formula.address not in links:
            return formula
        return replace(formula, latex=rf"\href{{#{links[formula.address]}}}{{{formula.latex}}}")
    if isinstance(formula, Terms):
        return replace(formula, parts=tuple(_linked(part, links) for part in formula.parts))
    assert isinstance(formula, Applied)
    args = {name: _linked(arg, links) for name, arg in formula.args.items()}
    return replace(formula, args=args)


def _pieces(side: str) -> list[str]:
    """Cut a sum before its plus and minus signs, where no bracket is open."""
    pieces, depth, start = [], 0, 0
    for match in re.finditer(r"\\left\W|\\right\W|\\begin|\\end|[{}()\[\]]| [+−-] ", side):
        token = match[0]
        if token[0] == " ":
            if depth == 0:
                pieces.append(side[start : match.start()])
                start = match.start() + 1
        else:
            opens = token.startswith(("\\left", "\\begin")) or token in "{(["
            depth += 1 if opens else -1
    return [*pieces, side[start:]]


def mathml(data: Mapping[str, Any]) -> str:
    """
    Write an explanation's steps as one ``<math>`` element, aligned, from its JSON alone.

    Parameters
    ----------
    data : mapping
        An explanation's JSON.

    Returns
    -------
    str
        For a page or a program that knows MathML; the text of the steps is its ``alttext``.
    """
    explanation = Explanation.from_json(data)
    rows, lines = [], []
    for step in explanation.steps:
        made = written(step, explanation)
        said = [made.symbol, *(f"{side.relation} {side.text}" for side in made.sides)]
        lines.append(" ".join(filter(None, [*said, made.remark])))
        for at, side in enumerate(made.sides):
            first = _cell(made.latex, made.symbol) if at == 0 else ""
            remark = f"<mtext>{escape(made.remark)}</mtext>" if made.remark and at == 0 else ""
            cells = (first, _cell(side.relation_latex, side.relation),
                     _cell(side.latex, side.text), remark)  # fmt: skip
            rows.append(_row(cells))
    body = "\n".join(rows)
    return (
        f'<math display="block" alttext="{escape("; ".join(lines))}">\n'
        f'<mtable displaystyle="true" columnalign="right center left left">\n{body}\n'
        "</mtable>\n</math>\n"
    )


_ALIGNED = ("right", "center", "left", "left")


def _row(cells: tuple[str, ...]) -> str:
    # The style says what `columnalign` says, for browsers that know MathML Core alone.
    aligned = zip(_ALIGNED, cells, strict=True)
    return (
        "<mtr>" + "".join(f'<mtd style="text-align:{a}">{c}</mtd>' for a, c in aligned) + "</mtr>"
    )


def _cell(latex: str, text: str) -> str:
    try:
        return elements(latex)
    except FormatError:
        return f"<mtext>{escape(text)}</mtext>"
