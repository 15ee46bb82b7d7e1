"""Dropout: some inputs are let through, times a constant; the mask shows in the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Chain, Env, Link, Part, Ref
from clearprop.doctor.derivations.dense import Observed

__all__ = ["ORDER", "chains"]

ORDER = 60  # behind all that is no matter of chance


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the masks of a dropout layer."""
    if len(subject.inputs) != 1 or subject.is_loss or subject.parameters:
        return
    name = subject.inputs[0]
    masks: dict[bytes, np.ndarray] = {}
    scales: set[float] = set()
    for values, output in observed:
        x = values[name]
        if x.shape != output.shape or np.any(x == 0):
            return
        ratio = output / x
        kept = ratio[np.abs(output) > 0]
        if kept.size:
            scales.add(round(float(kept[0]), 9))
            if not np.allclose(kept, kept[0], rtol=1e-9):
                return
        masks[x.tobytes()] = ratio
    through = [np.mean(m != 0) for m in masks.values()]
    if len(scales) != 1 or min(through) == 1 or max(through) == 0:
        return
    scale = scales.pop()

    def mask(e: Env) -> Any:
        return masks[e.x.tobytes()]

    link = Link(
        "dropout",
        "dropout",
        lambda e: e.x * mask(e),
        {"mask": mask, "x": lambda e: e.g * e.d["mask"]},
        {"scale": scale},
    )
    yield Chain((Part(link),), Ref(name))
