"""What a condition is: a way to measure it, and what is said of it in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CONDITIONS", "Condition", "Evidence", "both", "condition"]

Words = Mapping[str, str]


@dataclass(frozen=True)
class Evidence:
    """
    What was measured, where it speaks for a condition.

    Attributes
    ----------
    sure : float
        From 0 to 1; what follows from the numbers by itself is 1.
    numbers : mapping of str to float, int or str
        What the sentence is made of.
    """

    sure: float
    numbers: Mapping[str, Any]


Measure = Callable[[Any], Evidence | None]


@dataclass(frozen=True)
class Condition:
    """
    One thing that keeps training from working.

    Attributes
    ----------
    id : str
    measure : callable ``(Case) -> Evidence or None``
    grave : int
        3 where nothing can be learnt, 2 where what is learnt is worse than it need be, 1 where it
        is only untidy.
    title, seen, says, mend, alike : mapping of language to str
        What it is called; the evidence as a sentence, with its numbers; what it means; what to try;
        what else would look the same.
    explains : tuple of str
        The conditions that follow from it.
    at_once : bool
        Whether it can be told after the first epochs; else only once training is over.
    """

    id: str
    measure: Measure
    grave: int
    title: Words
    seen: Words
    says: Words
    mend: Words
    alike: Words
    explains: tuple[str, ...] = field(default=())
    at_once: bool = True


CONDITIONS: dict[str, Condition] = {}


def both(*, en: str, ko: str) -> Words:
    """Give a template in both languages."""
    return {"en": en, "ko": ko}


def condition(
    id: str,
    *,
    grave: int,
    title: Words,
    seen: Words,
    says: Words,
    mend: Words,
    alike: Words,
    explains: str = "",
    at_once: bool = True,
) -> Callable[[Measure], Condition]:
    """
    Define a condition by how it is measured.

    Parameters
    ----------
    id, grave, title, seen, says, mend, alike, at_once
        As `Condition` has them.
    explains : str
        The ids of what follows from it, with spaces between.
    """

    def define(measure: Measure) -> Condition:
        words = (title, seen, says, mend, alike)
        follows = tuple(each for each in explains.split() if each != id)
        made = Condition(id, measure, grave, *words, follows, at_once)
        CONDITIONS[id] = made
        return made

    return define
