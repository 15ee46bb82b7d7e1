"""How layers get their names, and which names they may have."""

from __future__ import annotations

from collections.abc import Container
from itertools import count

from clearprop.core.described import snake_case
from clearprop.errors import OptionError

__all__ = ["auto_name", "checked_name", "free_name"]


def auto_name(cls: type) -> str:
    """Name a layer after its class."""
    return snake_case(cls.__name__).strip("_") or "layer"


def checked_name(name: object) -> str:
    """
    Give `name` back if it can stand in an address.

    Raises
    ------
    OptionError
        If it is no text, is empty, or has a character that addresses use.
    """
    if not isinstance(name, str):
        raise OptionError(f"a name is text; got {name!r}.")
    wrong = set(name) & set("/[]\\\"'")
    if not name or wrong or name.isdecimal() or name != name.strip() or not name.isprintable():
        raise OptionError(
            f"{name!r} cannot be a name: it stands in addresses such as 'hidden/kernel[0,2]', so it"
            " needs at least one letter and none of / [ ] \\ or quotes, no blank at its ends and"
            " no control character."
        )
    return name


def free_name(name: str, taken: Container[str]) -> str:
    """
    Number `name` if it is taken.

    Examples
    --------
    >>> free_name("dense", {"dense", "dense_1"})
    'dense_2'
    """
    if name not in taken:
        return name
    return next(f"{name}_{n}" for n in count(1) if f"{name}_{n}" not in taken)
