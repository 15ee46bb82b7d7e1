"""Networks with steps that nobody has a name for: the other links are known all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from clearprop.doctor.derivations.chain import Chain
from clearprop.doctor.derivations.traced import is_late

__all__ = ["LATE", "ORDER", "chains"]

ORDER = 90  # after all that has a name
LATE = True  # needs no time: it was found before


def chains(subject: Any, observed: Sequence[Any]) -> Iterator[Chain]:
    """Give the chains that were raised with steps of the program's own."""
    yield from (chain for chain in getattr(subject, "raised", ()) if is_late(subject, chain))
