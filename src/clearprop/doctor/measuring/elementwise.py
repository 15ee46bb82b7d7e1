"""Layers that do the same to each number: their slope left out, taken twice, or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.measuring.form import Form, Variant
from clearprop.doctor.measuring.matching import alike
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]


def _slope(scene: Scene, values: Any = None) -> np.ndarray:
    """Give the slope of each number of the only input; LookupError where numbers are mixed."""
    (name,) = scene.names
    found = scene.slopes[name] if values is None else scene.measured(name, values)
    shape = scene.values[name].shape
    if found is None or shape != np.shape(scene.trial.output):
        raise LookupError
    off = found.slopes[~np.eye(len(found.slopes), dtype=bool)]
    if not np.all(np.abs(np.nan_to_num(off)) < 1e-7):
        raise LookupError
    return np.asarray(np.diag(found.slopes).reshape(shape))


def _is_curved(scene: Scene) -> bool:
    """Tell a smooth curve, the same for all numbers, from masks and straight lines."""
    (name,) = scene.names
    slope = np.ravel(_slope(scene))
    x, y = np.ravel(scene.values[name]), np.ravel(scene.trial.output)
    slope = slope[np.isfinite(slope)]
    if len(slope) < 2 or len(np.unique(np.round(slope, 6))) < max(2, 0.6 * len(slope)):
        return False
    same = {name: np.full(scene.values[name].shape, x[0])}
    there = np.ravel(scene.subject.forward({**scene.values, **same}))
    return bool(np.ptp(there) <= 1e-9 * max(1.0, abs(there[0])) and abs(there[0] - y[0]) < 1e-9)


def _of_slope(rule: Callable[[Scene, np.ndarray], Any]) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        scene = stage.scenes[0]
        if len(stage.names) != 1 or stage.subject.parameters or scene.trial.upstream is None:
            return
        (name,) = stage.names
        try:
            curved = all(_is_curved(s) for s in stage.scenes)
        except LookupError:
            return
        if curved:
            yield lambda scene: {name: scene.g * rule(scene, _slope(scene))}

    return variants


def _at_output(scene: Scene, slope: np.ndarray) -> np.ndarray:
    (name,) = scene.names
    there = _slope(scene, {**scene.values, name: np.asarray(scene.trial.output)})
    if alike(there, slope, 1e-3):
        raise LookupError
    return there


FORMS = (
    Form("activation-derivative-missing", _of_slope(lambda scene, f: np.ones_like(f))),
    Form("derivative-twice", _of_slope(lambda scene, f: f * f)),
    Form("derivative-at-activated", _of_slope(_at_output)),
)
