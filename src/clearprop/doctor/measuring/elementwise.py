"""Layers that do the same to each number: their slope left out, taken twice, or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.matching import alike
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]


def _slope(scene: Scene, values: Any = None) -> np.ndarray:
    """Give the slope of each number of the only input; LookupError where numbers are mixed."""
    name = scene.subject.inputs[0]
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
    name = scene.subject.inputs[0]
    slope = np.ravel(_slope(scene))
    x, y = np.ravel(scene.values[name]), np.ravel(scene.trial.output)
    slope = slope[np.isfinite(slope)]
    if len(slope) < 2 or len(np.unique(np.round(slope, 6))) < max(2, 0.6 * len(slope)):
        return False
    same = {name: np.full(scene.values[name].shape, x[0])}
    there = np.ravel(scene.subject.forward({**scene.values, **same}))
    return bool(np.ptp(there) <= 1e-9 * max(1.0, abs(there[0])) and abs(there[0] - y[0]) < 1e-9)


def _is_bent(scene: Scene) -> bool:
    """Tell straight pieces, the same for all numbers, that are neither relu nor one line."""
    name = scene.subject.inputs[0]
    x = scene.values[name]
    if x.size < 2:
        return False

    def at(value: float) -> np.ndarray:
        there = {**scene.values, name: np.full(x.shape, value)}
        return np.ravel(scene.subject.forward(there))

    ends = {v: at(v) for v in (-1000.0, -900.0, 900.0, 1000.0)}
    if any(np.ptp(y) > 1e-9 * max(1.0, abs(y[0])) for y in ends.values()):
        return False  # numbers are not treated alike
    low = float(ends[-900.0][0] - ends[-1000.0][0]) / 100
    high = float(ends[1000.0][0] - ends[900.0][0]) / 100
    is_relu = abs(low) < 1e-9 and abs(high - 1) < 1e-9
    is_line = abs(low - high) < 1e-9 < abs(high)
    return not is_relu and not is_line


def _of_slope(
    rule: Callable[[Scene, np.ndarray], Any], *, bent: bool = False
) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        scene = stage.scenes[0]
        if scene.trial.upstream is None or len(stage.subject.inputs) != 1:
            return
        (name,) = stage.subject.inputs
        if name not in stage.names:
            return
        try:
            curved = all(_is_curved(s) for s in stage.scenes)
        except LookupError:
            return
        if curved or (bent and all(_is_bent(s) for s in stage.scenes)):
            yield Local((name,), lambda scene, n: scene.g * rule(scene, _slope(scene)))

    return variants


def _at_output(scene: Scene, slope: np.ndarray) -> np.ndarray:
    name = scene.subject.inputs[0]
    there = _slope(scene, {**scene.values, name: np.asarray(scene.trial.output)})
    if alike(there, slope, 1e-3):
        raise LookupError
    return there


FORMS = (
    Form("activation-derivative-missing", _of_slope(lambda scene, f: np.ones_like(f), bent=True)),
    Form("derivative-twice", _of_slope(lambda scene, f: f * f, bent=True)),
    Form("derivative-at-activated", _of_slope(_at_output)),
)
