"""Mistakes inside a loss or a step that has no name: one of its operations, followed back wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clearprop.doctor.catalogue.mistake import Edit, again, at
from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["MISTAKES"]

_MOST = 12  # of one name


def _own(link: Link, index: int, count: int) -> bool:
    return link.about.get("loss") == "own" or "region" in link.about


def _ways(name: str) -> tuple[Edit, ...]:
    """Mistake the first operation that can be mistaken so, the second and so on."""

    def way(k: int) -> Callable[[Env, Any], Any]:
        return lambda e, right: (name, k)

    return tuple(
        at(kind, "way", way(k), where=_own, paired=False)
        for kind in ("loss", "step")
        for k in range(_MOST)
    )


_PLAINER = (
    "sign-delta", "sign-update", "half-too-small", "twice-too-large", "output-instead-of-loss",
    "batch-mean-missing", "batch-mean-extra", "upstream-ignored",
)  # fmt: skip

MISTAKES = tuple(
    again(name, *_ways(name), gives_way_to=_PLAINER)
    for name in (
        "sign-one",
        "paths-not-summed",
        "relu-derivative-always-on",
        "activation-derivative-missing",
    )
)
