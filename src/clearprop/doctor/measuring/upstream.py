"""What comes in from behind: taken for ones, or multiplied in twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]


def _lines(rule: Callable[[Scene, str], Any]) -> Callable[[Stage], Iterator[Variant]]:
    """Put a rule into all gradients, or some."""

    def variants(stage: Stage) -> Iterator[Variant]:
        if stage.scenes[0].trial.upstream is None:
            return
        for names in stage.subsets():
            yield Local(names, rule)

    return variants


def _of_ones(scene: Scene, name: str) -> Any:
    return scene.slopes[name].back(np.ones_like(scene.g))


def _of_squares(scene: Scene, name: str) -> Any:
    return scene.slopes[name].back(scene.g * scene.g)


def _once_more(stage: Stage) -> Iterator[Variant]:
    """Multiply what goes on by what came in, entry by entry."""
    scene = stage.scenes[0]
    if scene.trial.upstream is None:
        return
    for name in stage.subject.inputs:
        if name in stage.names and scene.right[name].shape == scene.g.shape:
            yield Local((name,), lambda scene, n: scene.right[n] * scene.g)


def _twice(stage: Stage) -> Iterator[Variant]:
    yield from _lines(_of_squares)(stage)
    yield from _once_more(stage)


FORMS = (
    Form("upstream-ignored", _lines(_of_ones), gives_way_to=("sign-delta", "sign-one")),
    Form("upstream-twice", _twice),
)
