"""What a check found, as data; the words are put to it when it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Evidence", "Finding"]


@dataclass(frozen=True)
class Evidence:
    """
    Numbers that show a mistake.

    Attributes
    ----------
    where : str
        Which entry: ``dW[0, 1]``.
    yours, right : float
    ratio : float or None
        Yours divided by the right one, where that is a number.
    """

    where: str
    yours: float
    right: float

    @property
    def ratio(self) -> float | None:
        """Yours divided by the right one."""
        if self.right == 0 or abs(self.right) < 1e-12:
            return None
        return self.yours / self.right

    def to_json(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"where": self.where, "yours": self.yours, "right": self.right, "ratio": self.ratio}


@dataclass(frozen=True)
class Finding:
    """
    One mistake that was found, or the certain facts where none is named.

    Attributes
    ----------
    name : str
        Its stable id; "unexplained" where only facts are certain.
    alternatives : tuple of str
        Ids that give the very same numbers wherever the doctor could try.
    places : tuple of str
        Where: the stages of the forward pass, or the names of gradients.
    evidence : tuple of Evidence
    facts : tuple of (key, values)
        Sentences of the catalogue of words, with their values.
    """

    name: str
    alternatives: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    facts: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids that fit."""
        return (self.name, *self.alternatives)
