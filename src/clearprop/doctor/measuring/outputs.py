"""The output that is differentiated in place of the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from clearprop.doctor.measuring.form import Form, Variant
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]

Target: TypeAlias = tuple[str, bool]  # a variable; whether only the last column of it


def _of_output(scene: Scene, t: Target) -> dict[str, np.ndarray]:
    """
    Give the gradients of the summed output, and under "" what the loss bends with.

    A loss (c/2)·Σ(y − t)² falls by c·Σ∂y/∂w when all targets rise by 1, so that its slopes at two
    targets give the output's, whatever lies between.
    """
    found = scene.cache.get(("output", t))
    if found is None:
        found = scene.cache["output", t] = _measured(scene, t)
    if not found:
        raise LookupError
    return dict(found)


def _measured(scene: Scene, t: Target) -> dict[str, np.ndarray]:
    subject, (name, last) = scene.subject, t

    def at(step: float) -> dict[str, Any]:
        value = np.array(scene.values[name], dtype=np.float64)
        part = value[..., -1] if last else value
        part += step
        return {**scene.values, name: value}

    losses = [float(subject.forward(at(k))) for k in (-2.0, -1.0, 0.0, 1.0, 2.0)]
    second = np.diff(losses, 2)
    if second[0] <= 0 or np.ptp(second) > 1e-7 * abs(second[0]):
        return {}  # no sum of squares
    shape = np.shape(scene.values[name])
    c = float(second[0]) / max(1, int(np.prod(shape[:-1] if last else shape)))
    out = {}
    for n in scene.names:
        there = scene.measured(n, at(1.0))
        if there is None:
            return {}
        out[n] = (scene.right[n] - there.back(np.ones(1))) / c
    return {"": np.asarray(c), **out}


def _targets(stage: Stage) -> list[Target]:
    """List what may be the target: what is called so, or any numbers from outside."""
    subject, scene = stage.subject, stage.scenes[0]
    if subject.target is not None:
        return [(subject.target, False)]
    data = list(getattr(subject, "data", ()))[:3]
    tables = [(n, True) for n in data if np.ndim(scene.values[n]) == 2]
    return [*((n, False) for n in data), *tables]


def _instead(stage: Stage) -> Iterator[Variant]:
    for t in _targets(stage) if stage.has_loss and stage.subject.is_loss else ():
        for start in _STARTS:
            yield _in_place(t, start)


_STARTS: tuple[Callable[[Scene, float], float], ...] = (
    lambda scene, c: 1.0,
    lambda scene, c: c,
    lambda scene, c: 1.0 / scene.samples,
)


def _in_place(t: Target, start: Callable[[Scene, float], float]) -> Variant:
    """Start the way back at the output, with the same number everywhere."""

    def made(scene: Scene) -> dict[str, np.ndarray]:
        found = _of_output(scene, t)
        c = start(scene, float(found.pop("")))
        return {n: c * found[n] for n in scene.names}

    return made


FORMS = (Form("output-instead-of-loss", _instead),)
