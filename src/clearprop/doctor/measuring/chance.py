"""Layers that multiply by numbers drawn at random: drawn anew on the way back, or left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.matching import alike
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage
from clearprop.doctor.submitted.subject import as_output

__all__ = ["FORMS"]


def _multiplies(stage: Stage) -> bool:
    """Tell a layer that multiplies its only input by other numbers at each call."""
    subject, scene = stage.subject, stage.scenes[0]
    if len(stage.names) != 1 or scene.trial.upstream is None:
        return False
    (name,) = stage.names
    x, y = scene.values[name], np.asarray(scene.trial.output)
    slopes = scene.slopes[name].slopes
    if x.shape != y.shape or np.any(np.abs(slopes[~np.eye(len(slopes), dtype=bool)]) > 1e-7):
        return False
    first, second = (as_output(subject._forward(scene.values)) for _ in range(2))
    subject.snapshot.restore()
    return alike(np.diag(slopes) * np.ravel(x), np.ravel(y), 1e-5) and not np.array_equal(
        first, second
    )


def _draws(stage: Stage) -> bool:
    """Tell a way back that is another each time."""
    subject, scene = stage.subject, stage.scenes[0]
    (name,) = stage.names
    subject.gradients(scene.values, scene.trial.upstream)
    first, second = (subject._backward(scene.trial.upstream)[name] for _ in range(2))
    subject.snapshot.restore()
    return not np.array_equal(first, second)


def _of_chance(
    rule: Callable[[Scene, str], Any], *, drawn: bool
) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        if _multiplies(stage) and _draws(stage) == drawn:
            yield Local(tuple(stage.names), rule)

    return variants


FORMS = (
    Form("dropout-mask-redrawn", _of_chance(lambda scene, n: scene.given(n), drawn=True)),
    Form("dropout-mask-ignored", _of_chance(lambda scene, n: scene.g, drawn=False)),
)
