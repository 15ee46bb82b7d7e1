"""Networks in any style: the program's own forward pass, traced and raised to links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from clearprop.doctor.derivations.chain import Chain
from clearprop.doctor.traced.net import has_own_steps
from clearprop.doctor.traced.raising import raised

__all__ = ["ORDER", "chains", "has_own_steps", "is_late"]

ORDER = 4  # first of all: it is quick, and finds only what is there


def chains(subject: Any, observed: Sequence[Any]) -> Iterator[Chain]:
    """Give the chain that the traced forward pass is, if all its links are known."""
    subject.raised = raised(subject, observed)
    yield from (chain for chain in subject.raised if not is_late(subject, chain))


def is_late(subject: Any, chain: Chain) -> bool:
    """Tell chains that others should come before: with own steps, or windows as a whole program."""
    windows = any(part.link.kind in ("conv", "pool") for part in chain.parts)
    return has_own_steps(chain) or (windows and not subject.is_loss)
