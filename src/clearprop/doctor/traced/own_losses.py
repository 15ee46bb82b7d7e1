"""Losses that have no name, and those whose targets stand in no variable."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Link, Part
from clearprop.doctor.derivations.losses import SCALES
from clearprop.doctor.traced.functions import values_of
from clearprop.doctor.traced.region import Elsewhere, Region
from clearprop.doctor.traced.terms import Term, top_of

__all__ = ["own_loss"]


def own_loss(raiser: Any, term: Term) -> tuple[int, list[Part]]:
    """Give a loss that has no name as a link, with its own derivative."""
    front = term.fronts[-1]
    regions, scales = [], []
    for r, reading in enumerate(raiser.readings):
        nodes = np.array([u for _, u in term.nodes[r]])
        regions.append(Region(reading.tape, front.ids[r], nodes))
        if any(u in reading.parameter for u in regions[-1].free):
            raise ValueError("a loss that has weights in it")
        scales.append(np.array([c for c, _ in term.nodes[r]]))
    tops = [top_of(r) for r in raiser.readings]
    name, scale = _scale(tops, [f.shape for f in front.ids])

    def solved(e: Any) -> tuple[float, np.ndarray]:
        flat = np.ravel(e.x)
        alike = [k for k, f in enumerate(front.ids) if f.shape == np.shape(e.x)]
        if not alike:
            raise Elsewhere
        best = min(alike, key=lambda k: float(np.max(np.abs(
            flat - values_of(raiser.readings[k].tape, front.ids[k]).ravel()))))  # fmt: skip
        y, jacobian = regions[best].at(flat)
        own = float(scales[best] @ y), (scales[best] @ jacobian).reshape(np.shape(e.x))
        return own

    memory: dict[bytes, tuple[float, np.ndarray]] = {}

    def once(e: Any) -> tuple[float, np.ndarray]:
        key = np.asarray(e.x).tobytes()
        if key not in memory:
            memory[key] = solved(e)
        return memory[key]

    link = Link(
        "loss", f"the program's own loss, {name}", lambda e: np.asarray(once(e)[0]),
        {
            "error": lambda e: once(e)[1] / scale(e),
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "own", "scale": name},
    )  # fmt: skip
    return front.index, [Part(link)]


def _scale(scales: Sequence[float], shapes: Sequence[tuple[int, ...]]) -> tuple[str, Any]:
    """Say what the terms of a loss are multiplied by: 1, or one over the samples."""
    for name in ("mean", "mean over samples", "½ · mean", "½ · mean over samples", "½ · sum"):
        f = SCALES[name]
        if all(np.allclose(c, f(SimpleNamespace(x=np.zeros(s), N=s[0])), rtol=1e-12)
               for c, s in zip(scales, shapes, strict=True)):  # fmt: skip
            return name, f
    return "sum", SCALES["sum"]
