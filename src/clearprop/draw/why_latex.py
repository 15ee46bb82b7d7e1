"""An explanation in LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearprop.draw.why_lines import line_of
from clearprop.explain.explanation import Explanation
from clearprop.explain.naming import words_in_latex

__all__ = ["aligned", "latex"]


def latex(data: Mapping[str, Any]) -> str:
    """
    Write an explanation's steps as aligned equations, from its JSON alone.

    Parameters
    ----------
    data : mapping
        An explanation's JSON.

    Returns
    -------
    str
        For a document that loads ``amsmath``; Korean remarks need a font that has Hangul.
    """
    return f"\\begin{{align*}}\n{_rows(data)}\n\\end{{align*}}\n"


def aligned(data: Mapping[str, Any]) -> str:
    """
    Write the same for a notebook: one formula within ``$$``.

    MathJax, KaTeX and LaTeX itself, which notebooks are converted to, all take it so; ``align*``
    stands outside of ``$$`` in LaTeX and inside in KaTeX.
    """
    return f"$$\\begin{{aligned}}\n{_rows(data)}\n\\end{{aligned}}$$\n"


def _rows(data: Mapping[str, Any]) -> str:
    explanation = Explanation.from_json(data)
    rows = []
    for step in explanation.steps:
        line = line_of(step, explanation, latex=True)
        sides = [side for side in (line.formula, line.numbers) if side]
        remark = f" && {words_in_latex(line.remark.replace('−', '-'))}" if line.remark else ""
        first, *more = [*(f"= {side}" for side in sides), f"{line.relation} {line.result}"]
        rows += [f"{line.symbol} &{first}{remark}", *(f"&{side}" for side in more)]
    return " \\\\\n".join(rows)
