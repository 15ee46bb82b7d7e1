"""Filling the word templates of operations: where parentheses go, in plain text and in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from clearprop.core.op import ATOM, POWER, SUM

__all__ = ["Worded", "fill"]


class Worded(NamedTuple):
    """A piece of a formula as text, and how tightly it binds."""

    text: str
    level: int = ATOM


class _Slot(NamedTuple):
    name: str
    bare: bool  # enclosed already, so never in need of parentheses


def fill(
    template: str, names: tuple[str, ...], word: Callable[[str], Worded], level: int, *, latex: bool
) -> str:
    """
    Put words into a template.

    Parameters
    ----------
    template : str
        Such as ``"{x1} − {x2}"``.
    names : tuple of str
        What in braces is a place for words; other braces are LaTeX's own.
    word : callable ``(name) -> Worded``
        The words for a place.
    level : int
        How tightly the template itself binds; looser words get parentheses, and so do words
        after the first place that bind just as tightly, a − (b − c), and any power's: (a²)².
        Two signs in a row are kept apart: a − (−b).
    latex : bool
        Whether the template is LaTeX.

    Examples
    --------
    >>> from clearprop.core.op import PRODUCT, SUM
    >>> words = {"x1": Worded("a + b", SUM), "x2": Worded("c")}
    >>> fill("{x1} · {x2}", ("x1", "x2"), words.__getitem__, PRODUCT, latex=False)
    '(a + b) · c'
    """
    text, first = "", True
    parts = _parts(template, names, latex)
    for part, after in zip(parts, (*parts[1:], ""), strict=True):
        if isinstance(part, str):
            text += part
            continue
        written, binding = word(part.name)
        needed = level if (first and level != POWER) or level == ATOM else level + 1
        after_a_sign = written[:1] in ("−", "-") and text.strip() and SUM <= level < ATOM
        parted = (binding < needed or after_a_sign) and not part.bare
        if parted:
            written = rf"\left({written}\right)" if latex else f"({written})"
        # w_1 with an index or power of its own is one whole beneath another: {w_1}_2.
        whole = isinstance(after, str) and after[:1] in ("_", "^") and after[:1] in written
        text += f"{{{written}}}" if latex and (part.bare or (whole and not parted)) else written
        first = False
    return text


@cache
def _parts(template: str, names: tuple[str, ...], latex: bool) -> tuple[str | _Slot, ...]:
    """Cut a template into literal text and the places for words."""
    pieces = re.split(rf"\{{({'|'.join(names)})\}}", template)  # text, name, text, ..., text
    out: list[str | _Slot] = [pieces[0]]
    enclosed = False
    for name, before, after in zip(pieces[1::2], pieces[:-1:2], pieces[2::2], strict=True):
        enclosed = (enclosed and latex and not before) or _opens(before, latex)
        closed = latex or after[:1] in tuple(")],;|")
        out += [_Slot(name, enclosed and closed), after]
    return tuple(out)


def _opens(before: str, latex: bool) -> bool:
    """Tell whether text ends with an opening bracket, a comma, or a LaTeX command's argument."""
    if latex and re.search(r"(\\[a-zA-Z]+|_|\^)$", before):
        return True
    if latex and re.search(r"\\[,;:!] *$", before):  # a space, not a comma
        return False
    return before.rstrip(" ").endswith(("(", "[", ",", ";", "|"))
