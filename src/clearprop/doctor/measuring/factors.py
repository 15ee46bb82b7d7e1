"""Factors: signs, halves, numbers of samples and outputs, the learning rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from clearprop.doctor.measuring.form import Form, Made, Variant
from clearprop.doctor.measuring.scene import Scene, Stage

__all__ = ["FORMS"]

Count = Callable[[Scene], float]


def _all_times(factor: Count) -> Variant:
    def made(scene: Scene) -> Made:
        c = factor(scene)
        return {n: c * scene.right[n] for n in scene.names}

    return made


def _with_loss(factor: Count) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        if stage.has_loss or (stage.changes and getattr(stage.subject, "lr", None)):
            yield _all_times(factor)

    return variants


def _sign(stage: Stage) -> Iterator[Variant]:
    """All gradients that there are; a layer's only one is `sign-one`."""
    if not stage.changes and (stage.subject.is_loss or len(stage.names) > 1):
        yield _all_times(lambda scene: -1.0)


def _step(factor: Count) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        if stage.changes:
            yield _all_times(factor)

    return variants


def _one_sign(stage: Stage) -> Iterator[Variant]:
    alone = len(stage.names) == 1
    if alone and stage.subject.is_loss:
        return
    for name in stage.names:
        yield lambda scene, name=name: {name: -scene.right[name]}


def _samples_missing(stage: Stage) -> Iterator[Variant]:
    if stage.has_loss and all(s.mean is not False for s in stage.scenes):
        yield _all_times(lambda scene: float(scene.samples))


def _samples_extra(stage: Stage) -> Iterator[Variant]:
    """All gradients, or those of parameters where the input's is right."""
    if stage.has_loss:
        yield _all_times(lambda scene: 1.0 / scene.samples)
    own = [n for n in stage.names if n in stage.subject.parameters]
    if stage.scenes[0].trial.upstream is not None and len(own) > 1:
        yield lambda scene: {n: scene.right[n] / scene.samples for n in own}


def _outputs(power: int) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        target = stage.subject.target
        if not stage.has_loss or target is None:
            return
        t = stage.scenes[0].values[target]
        if t.ndim and stage.scenes[0].outputs > 1:
            yield _all_times(lambda scene: float(scene.outputs) ** power)

    return variants


def _rate(power: int) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        lr = getattr(stage.subject, "lr", None)
        if stage.changes and lr and abs(np.log(lr)) > 1e-3:
            yield _all_times(lambda scene: float(lr) ** power)

    return variants


FORMS = (
    Form("sign-delta", _sign, whole=True),
    Form("sign-update", _step(lambda scene: -1.0), whole=True),
    Form("sign-one", _one_sign),
    Form("twice-too-large", _with_loss(lambda scene: 2.0), whole=True),
    Form("half-too-small", _with_loss(lambda scene: 0.5), whole=True),
    Form("batch-mean-missing", _samples_missing, whole=True),
    Form("batch-mean-extra", _samples_extra, whole=True),
    Form("output-mean-missing", _outputs(1), whole=True),
    Form("output-mean-extra", _outputs(-1), whole=True),
    Form("learning-rate-missing", _rate(-1), whole=True),
    Form("learning-rate-twice", _rate(1), whole=True),
)
