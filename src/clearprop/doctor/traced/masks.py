"""Dropout inside a network: numbers that are let through, times a constant, or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import ACTIVATIONS, activation_link
from clearprop.doctor.derivations.chain import Env, Link
from clearprop.doctor.traced.region import Elsewhere

__all__ = ["dropout_link", "masked"]

_BEFORE = ("relu", "linear", "tanh", "sigmoid", "leaky relu 0.01", "leaky relu 0.1", "elu", "gelu")


def dropout_link(mask: Callable[[Env], Any], scale: float) -> Link:
    """
    Give dropout with a mask that is known.

    Parameters
    ----------
    mask : callable ``(e) -> array``
    scale : float
        What is let through is multiplied by this.
    """
    return Link(
        "dropout",
        "dropout",
        lambda e: e.x * mask(e),
        {"mask": mask, "x": lambda e: e.g * e.d["mask"]},
        {"scale": scale},
    )


def masked(z: Sequence[np.ndarray], a: Sequence[np.ndarray]) -> list[Link] | None:
    """
    Find an activation and a mask that lead from some numbers to others.

    Parameters
    ----------
    z, a : sequence of array
        Before and behind, run by run.
    """
    with np.errstate(all="ignore"):
        for name in _BEFORE:
            act = ACTIVATIONS[name]
            h = [act.f(v) for v in z]
            if any(np.any((y == 0) & (b != 0)) for y, b in zip(h, a, strict=True)):
                continue
            ratios = [np.where(y != 0, b / np.where(y != 0, y, 1.0), 0.0)
                      for y, b in zip(h, a, strict=True)]  # fmt: skip
            kept = np.concatenate([r[r != 0] for r in ratios])
            if not kept.size or not np.allclose(kept, kept[0], rtol=1e-9):
                continue
            if all(np.all((r != 0) == (y != 0)) for r, y in zip(ratios, h, strict=True)):
                continue  # nothing is left out
            if name == "linear" and all(np.all(b[v < 0] == 0) for v, b in zip(z, a, strict=True)):
                continue
            scale = float(kept[0])
            masks = {np.ascontiguousarray(y).tobytes(): r
                     for y, r in zip(h, ratios, strict=True)}  # fmt: skip

            def mask(e: Env, masks: dict[bytes, np.ndarray] = masks) -> Any:
                found = masks.get(np.ascontiguousarray(e.x).tobytes())
                alike = (m for m in masks.values() if m.shape == np.shape(e.x))
                found = next(alike, None) if found is None else found
                if found is None:
                    raise Elsewhere
                return found

            link = dropout_link(mask, scale)
            return [link] if name == "linear" else [activation_link(act), link]
    return None
