"""Find the equalities in printed text, and work them out again from the printed digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from clearprop.errors import FormatError
from clearprop.explain.expression import Expr
from clearprop.explain.parsing import parse
from clearprop.explain.truth import Relation, holds

__all__ = ["Claim", "claims", "verify"]

_CONTINUED = re.compile(r"\n\s*(?=[=≈]|[+−·×/] )|(?<=[=≈])\s*\n")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
_APART = re.compile(r"[→←\u2500-\u257f]")  # arrows and the lines of trees and tables
_RELATION = re.compile(r"(?<![=<>!:≤≥])([=≈])(?!=)")
_REMARK = re.compile(
    r"""(?<=[\w)%²³])(?:
      \.?\s*$                        # the end of a sentence
    | \s*[가-힣]                     # 0.59입니다
    | \s+(?:\(|[—–]|\s)\s*[^\W\d]    # 0.59 (the output); 0.59 — the output; aligned, 0.59    output
    | \s+[^\W\d_]{2}                 # 0.59 so that
    ).*""",
    re.VERBOSE | re.DOTALL,
)


class Claim(NamedTuple):
    """An equality between numbers as it stands in a text, and whether it is true."""

    text: str
    left: Expr
    relation: Relation
    right: Expr
    true: bool


def verify(text: str) -> list[Claim]:
    """
    Find the false equalities in a text.

    Parameters
    ----------
    text : str
        Lines such as ``∂E/∂w5 = δ_o1 · h1 = 0.138 × 0.593 ≈ 0.0822 (gradient)``. Sides with
        symbols are passed over, so are labels before a colon and remarks after a number.

    Returns
    -------
    list of Claim
        Those that are not true by the rule of `clearprop.explain.truth`.

    See Also
    --------
    claims : All equalities that were found, so that one can see that there were any.

    Examples
    --------
    >>> [claim.text for claim in verify("y = 2×3 + 1×1 = 7, E = ½(7 − 10)² = 4")]
    ['½(7 − 10)² = 4']
    """
    return [claim for claim in claims(text) if not claim.true]


def claims(text: str) -> Iterator[Claim]:
    """
    Find the equalities between numbers in a text, each with whether it is true.

    Examples
    --------
    >>> [(claim.text, claim.true) for claim in claims("h1 = σ(0.3775) = 0.593269992")]
    [('σ(0.3775) = 0.593269992', True)]
    """
    for line in _CONTINUED.sub(" ", text).splitlines():
        for passage in _APART.split(_BULLET.sub("", line)):
            yield from _claims_of(_RELATION.split(passage))


def _claims_of(pieces: list[str]) -> Iterator[Claim]:
    """Compare each side with the next; `pieces` are sides and the signs between them."""
    before = pieces[0]
    for relation, after in zip(pieces[1::2], pieces[2::2], strict=True):
        left, right = _clauses(before)[-1], _clauses(after)[0]
        if (a := _read(left)) and (b := _read(right) or _read(right := _REMARK.sub("", right))):
            shown = f"{left.strip()} {relation} {right.strip()}"
            yield Claim(shown, a, relation, b, holds(a, relation, b))  # type: ignore[arg-type]
        before = after


def _read(text: str) -> Expr | None:
    try:
        formula = parse(text)
    except FormatError:
        return None
    return formula


def _clauses(text: str) -> list[str]:
    """Split at commas, semicolons and colons that are not in brackets."""
    clauses, depth = [""], 0
    for i, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter in ",;:" and depth == 0 and text[i + 1 : i + 2].isspace():
            clauses.append("")
        else:
            clauses[-1] += letter
    return clauses
