"""What was done to data on the user's behalf, as data that can be said in any language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

from clearprop.lang import say

__all__ = ["Note", "listed"]

_MOST = 5


@final
@dataclass(frozen=True)
class Note:
    """
    One thing that was done, such as "two columns were left out".

    Parameters
    ----------
    key : str
        Which message of the family ``data`` says it.
    values : dict
        What the message's placeholders stand for; names of columns as a tuple.

    Examples
    --------
    >>> note = Note("left_out_empty", {"columns": ("b", "d")})
    >>> note.in_words("en")
    "Left out, no value in any row: 'b', 'd'."
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)

    def in_words(self, lang: str | None = None) -> str:
        """Say it in ``"ko"`` or ``"en"``, by default in the user's language."""
        values = {
            name: listed(value, lang) if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        return say(f"data.{self.key}", lang, **values)

    def __str__(self) -> str:
        return self.in_words()


def listed(names: tuple[str, ...], lang: str | None = None, *, most: int = _MOST) -> str:
    """
    List names, quoted, and say how many more there are.

    Examples
    --------
    >>> listed(("a", "b", "c"), "en", most=2)
    "'a', 'b' and 1 more"
    """
    text = ", ".join(map(repr, names[:most]))
    return text if len(names) <= most else say("data.more", lang, listed=text, n=len(names) - most)
