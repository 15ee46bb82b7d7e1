"""Some entries of a loss's gradient negated or left out: one term of several, by its target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.matching import alike
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]

_FEWEST = 4  # entries of either kind, at all points together


def _of_outputs(stage: Stage) -> str | None:
    """Give the only gradient of a loss that compares outputs with targets, number by number."""
    target = stage.subject.target
    if not stage.has_loss or target is None or len(stage.names) != 1 or stage.subject.parameters:
        return None
    (name,) = stage.names
    fits = all(s.values[target].shape == s.values[name].shape for s in stage.scenes)
    return name if fits else None


def _kinds(stage: Stage, name: str, rule: Any) -> tuple[int, int]:
    """Count the entries that are right, and those that are as a rule makes them."""
    right = wrong = 0
    for scene in stage.scenes:
        given, due = np.asarray(scene.given(name)), scene.right[name]
        room = 1e-4 * np.abs(due) + 2 * stage.band
        off = np.isfinite(due) & (np.abs(given - due) > room)
        right += int(np.sum(~off & (np.abs(due) > room)))
        wrong += int(np.sum(off & (np.abs(given - rule(due)) <= room + 1e-9)))
    return right, wrong


def _negated(stage: Stage) -> Iterator[Variant]:
    name = _of_outputs(stage)
    if name is None or min(_kinds(stage, name, lambda due: -due)) < _FEWEST:
        return
    sizes = np.abs(np.asarray(stage.scenes[0].given(name)))
    if alike(sizes, np.full(sizes.shape, sizes.flat[0]), 1e-6):
        return  # of the slope of |y − t| nothing but the sign is left
    yield Local((name,), lambda s, n: np.abs(s.right[n]) * np.sign(s.given(n)))


def _left_out(stage: Stage) -> Iterator[Variant]:
    """Leave the gradient out where the target is 0, or where it is 1."""
    name = _of_outputs(stage)
    if name is None or min(_kinds(stage, name, np.zeros_like)) < _FEWEST:
        return
    yield Local((name,), _where(1.0))
    yield Local((name,), _where(0.0))


def _where(kept: float) -> Callable[[Scene, str], np.ndarray]:
    def rule(scene: Scene, name: str) -> np.ndarray:
        target = scene.values[scene.subject.target or ""]
        return np.asarray(np.where(target == kept, scene.right[name], 0.0))

    return rule


FORMS = (Form("sign-one", _negated), Form("paths-not-summed", _left_out))
