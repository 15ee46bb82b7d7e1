"""How far the reading of a large table has come, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

__all__ = ["Progress", "watched"]

#: Is told, now and then, which part of the work is done: from 0 to 1.
Progress: TypeAlias = Callable[[float], None]
Item = TypeVar("Item")


def watched(items: Sequence[Item], progress: Progress | None) -> Iterator[Item]:
    """
    Go through `items`, and tell how many are done.

    Examples
    --------
    >>> list(watched("ab", print))
    0.5
    1.0
    ['a', 'b']
    """
    for done, item in enumerate(items, start=1):
        yield item
        if progress is not None:
            progress(done / len(items))
