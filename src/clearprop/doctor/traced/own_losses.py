"""Losses that have no name: their own arithmetic, and what may be mistaken in it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Link, Part
from clearprop.doctor.derivations.losses import SCALES
from clearprop.doctor.traced.functions import values_of
from clearprop.doctor.traced.region import Elsewhere, Region
from clearprop.doctor.traced.slips import slips_of
from clearprop.doctor.traced.slopes import slopes_along
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
    data = [n for n in raiser.seen[0][0] if n not in raiser.own]
    tops = [top_of(r) for r in raiser.readings]
    name, scale = _scale(tops, [f.shape for f in front.ids])

    def nearest(e: Any) -> int:
        """Choose the run of the same data in which the same came in."""
        flat = np.ravel(e.x)
        alike = [
            k for k, f in enumerate(front.ids)
            if f.shape == np.shape(e.x)
            and all(np.array_equal(e.values[n], raiser.seen[k][0][n]) for n in data)
        ]  # fmt: skip
        if not alike:
            raise Elsewhere
        return min(alike, key=lambda k: float(np.max(np.abs(
            flat - values_of(raiser.readings[k].tape, front.ids[k]).ravel()))))  # fmt: skip

    def solved(e: Any) -> tuple[float, np.ndarray]:
        best = nearest(e)
        y, jacobian = regions[best].at(np.ravel(e.x))
        own = float(scales[best] @ y) + term.added[best]
        return own, (scales[best] @ jacobian).reshape(np.shape(e.x))

    memory: dict[bytes, tuple[float, np.ndarray]] = {}

    def once(e: Any) -> tuple[float, np.ndarray]:
        key = np.asarray(e.x).tobytes()
        if key not in memory:
            memory[key] = solved(e)
        return memory[key]

    slips: dict[int, Any] = {}

    def slipped(e: Any) -> Any:
        """Follow the formula back with one of its operations mistaken."""
        name, k = e.d["way"]
        r = nearest(e)
        tape, nodes, ids = raiser.readings[r].tape, term.nodes[r], front.ids[r]
        if r not in slips:
            slips[r] = slips_of(tape, nodes, ids)
        some = slips[r].get(name, ())
        return slopes_along(tape, nodes, ids, some[k] if k < len(some) else None)

    link = Link(
        "loss", f"the program's own loss, {name}", lambda e: np.asarray(once(e)[0]),
        {
            "way": lambda e: (),  # of which operation to make a slip
            "error": lambda e: (slipped(e) if e.d["way"] else once(e)[1]) / scale(e),
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
