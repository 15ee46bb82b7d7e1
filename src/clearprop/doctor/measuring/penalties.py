"""Penalties on the weights: in the loss alone, in the gradient alone, or with another factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.measuring.form import Form, Made, Variant
from clearprop.doctor.measuring.scene import Scene, Stage
from clearprop.doctor.measuring.slopes import jacobian

__all__ = ["FORMS"]


def strength(stage: Stage) -> float | None:
    """
    Measure c, where the loss has a part whose slope is c·w.

    At inputs of zero nothing else is left of the slopes of the first weights.

    Returns
    -------
    float or None
        0 where there is no such part; None where that does not show.
    """
    found = stage.known.get("penalty", "unknown")
    if found == "unknown":
        found = stage.known["penalty"] = _measured(stage) if stage.has_loss else None
    return found


def _measured(stage: Stage) -> float | None:
    subject, scene = stage.subject, stage.scenes[0]
    data = {n for n in (*subject.inputs, *getattr(subject, "data", ())) if n != subject.target}
    data -= set(subject.indices)
    if not data or any(not np.ndim(scene.values[n]) for n in data):
        return None
    silent = {n: np.zeros_like(v) if n in data else v for n, v in scene.values.items()}
    seen: list[float] = []
    for name in _weights(stage):
        found = jacobian(subject.forward, silent, name, scene.clock)
        if found is None:
            return None
        slope, w = found.back(np.ones(1)), scene.values[name]
        c = float(np.sum(slope * w) / np.sum(w * w))
        scale = float(np.nanmax(np.abs(scene.right[name]), initial=1e-9))
        if np.all(np.abs(slope - c * w) <= 1e-6 * scale + 1e-6 * abs(c)):
            seen.append(0.0 if np.max(np.abs(slope)) < 1e-7 * scale else c)
    if not seen or max(seen) - min(seen) > 1e-5 * max(map(abs, seen)):
        return None
    return seen[0]


def _weights(stage: Stage) -> list[str]:
    return [n for n in stage.names if n in stage.subject.parameters and not stage.is_bias(n)]


def _groups(stage: Stage) -> Iterator[tuple[str, ...]]:
    weights, own = _weights(stage), [n for n in stage.names if n in stage.subject.parameters]
    yield tuple(weights)
    if len(own) > len(weights):
        yield tuple(own)
    if len(weights) > 1:
        yield from ((n,) for n in weights)


def _off_by(part: float) -> Callable[[Stage], Iterator[Variant]]:
    """Add a part of the penalty's slope, or take it away."""

    def variants(stage: Stage) -> Iterator[Variant]:
        c = strength(stage)
        if c:
            for names in _groups(stage):
                yield _with(names, part * c)

    return variants


def _with(names: tuple[str, ...], c: float) -> Variant:
    def made(scene: Scene) -> Made:
        return {n: scene.right[n] + c * scene.values[n] for n in names}

    return made


def _unaccounted(stage: Stage) -> Iterator[Variant]:
    """Find a part c·w of the gradients that the loss does not have."""
    if strength(stage) != 0.0:
        return
    for names in _groups(stage):
        c = _fitted(stage.scenes[0], names)
        if c is not None and c > 1e-7:
            yield _with(names, c)


def _fitted(scene: Scene, names: tuple[str, ...]) -> Any:
    up = down = 0.0
    for n in names:
        given, w = scene.given(n), scene.values[n]
        if given is None or np.shape(given) != w.shape:
            return None
        known = np.isfinite(scene.right[n])
        up += float(np.sum(((given - scene.right[n]) * w)[known]))
        down += float(np.sum((w * w)[known]))
    return up / down if down else None


FORMS = (
    Form("regularisation-in-loss-only", _off_by(-1.0)),
    Form("regularisation-factor", lambda stage: _factors(stage)),
    Form("regularisation-in-gradient-only", _unaccounted),
)


def _factors(stage: Stage) -> Iterator[Variant]:
    for part in (1.0, -0.5):
        yield from _off_by(part)(stage)
