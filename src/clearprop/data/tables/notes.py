"""What was done to data on the user's behalf, as data that can be said in any language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

from clearprop.errors import Told
from clearprop.lang import in_language, told

__all__ = ["Note", "both", "listed"]

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

    @property
    def told(self) -> Told:
        """The message, which can stand in others and be said in any language."""
        values = {
            name: listed(value) if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        return told(f"data.{self.key}", **values)

    def in_words(self, lang: str | None = None) -> str:
        """Say it in ``"ko"`` or ``"en"``, by default in the user's language."""
        return in_language(self.told, lang)

    def __str__(self) -> str:
        return self.in_words()


def listed(names: tuple[str, ...], *, most: int = _MOST) -> str:
    """
    List names, quoted, and say how many more there are.

    Examples
    --------
    >>> print(listed(("a", "b", "c"), most=2))
    'a', 'b' and 1 more
    """
    text = ", ".join(map(repr, names[:most]))
    return text if len(names) <= most else told("data.more", listed=text, n=len(names) - most)


def both(first: str | None, second: str, how: str = "also") -> str:
    """Put two messages together; `how` is the name of what puts them together."""
    return second if first is None else told(f"errors.{how}", first=first, second=second)
