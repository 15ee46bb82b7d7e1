"""Factors: signs, halves, numbers of samples and outputs, the learning rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from clearprop.doctor.measuring.form import Form, Local, Made, Variant
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage
from clearprop.doctor.submitted.guard import Failed

__all__ = ["FORMS"]

Count = Callable[[Scene], float]


def _constant(c: float) -> Count:
    return lambda scene: c


def _all_times(factor: Count) -> Variant:
    def made(scene: Scene) -> Made:
        c = factor(scene)
        return {n: c * scene.right[n] for n in scene.names}

    return made


def _times(stage: Stage, factor: Count) -> Iterator[Variant]:
    """Multiply all; or all but what a penalty on the weights adds."""
    yield _all_times(factor)
    if not stage.penalty:
        return

    def made(scene: Scene) -> Made:
        own = {n: scene.punished(n) for n in scene.names}
        return {n: factor(scene) * (scene.right[n] - own[n]) + own[n] for n in scene.names}

    yield made


def _with_loss(factor: Count) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        if stage.has_loss or (stage.changes and getattr(stage.subject, "lr", None)):
            yield from _times(stage, factor)
            if len(stage.wrong) < len(stage.names):
                yield Local(tuple(stage.wrong), lambda scene, n: factor(scene) * scene.right[n])

    return variants


def _sign(stage: Stage) -> Iterator[Variant]:
    """All gradients that there are; a layer's only one is `sign-one`."""
    if not stage.changes and (stage.subject.is_loss or len(stage.names) > 1):
        yield from _times(stage, lambda scene: -1.0)


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
        yield Local((name,), lambda scene, n: -scene.right[n])


def _samples_missing(stage: Stage) -> Iterator[Variant]:
    # A loss that adds up its samples may still be divided by a count that is written into it.
    sizes = {s.samples for s in stage.scenes}
    written = len(sizes) == 1 and min(sizes) > 2 and not stage.subject.inputs
    means = written or all(s.mean is not False for s in stage.scenes)
    if stage.has_loss and stage.counts and means:
        for count in (lambda scene: float(scene.samples), *_counts(stage)):
            yield from _times(stage, count)
    if _one_row(stage) and meant_over_outputs(stage) is not False:
        yield from _times(stage, lambda scene: float(scene.outputs))


def _counts(stage: Stage) -> Iterator[Count]:
    """Give what else samples may be counted along: in a table of steps, each with its samples."""
    if all(scene.mean is None for scene in stage.scenes):
        tables = [stage.scenes[0].values[n] for n in getattr(stage.subject, "data", ())]
        sizes = {k for v in tables if v.ndim == 3 for k in (v.shape[0], v.shape[1])}
        yield from (_constant(float(k)) for k in sorted(sizes) if k > 1)


def _one_row(stage: Stage) -> bool:
    """Tell a row of numbers without weights: they may be outputs of a sample, or samples."""
    scene, subject = stage.scenes[0], stage.subject
    own = subject.target is None or not set(stage.names) & set(subject.parameters)
    rows = [np.ndim(scene.values[n]) for n in (*subject.parameters, *subject.inputs)]
    single = stage.has_loss and all(s.samples == 1 for s in stage.scenes)
    return own and single and scene.outputs > 1 and max(rows, default=0) == 1


def _samples_extra(stage: Stage) -> Iterator[Variant]:
    """All gradients, or those of parameters where the input's is right."""
    if stage.has_loss and stage.counts:
        yield from _times(stage, lambda scene: 1.0 / scene.samples)
    if _one_row(stage):
        yield from _times(stage, lambda scene: 1.0 / scene.outputs)
    own = [n for n in stage.names if n in stage.subject.parameters]
    if stage.scenes[0].trial.upstream is not None and len(own) > 1:
        yield lambda scene: {n: scene.right[n] / scene.samples for n in own}


def _outputs(power: int) -> Callable[[Stage], Iterator[Variant]]:
    def variants(stage: Stage) -> Iterator[Variant]:
        if not stage.has_loss or not stage.counts:
            return
        meant = None if power < 0 else meant_over_outputs(stage)
        for k in _possible(stage) if meant is not False else ():
            yield from _times(stage, _power(k, power))

    return variants


def _possible(stage: Stage) -> list[Count]:
    """List how many outputs there may be: as the target tells, or any table from outside."""
    scene = stage.scenes[0]
    if stage.subject.target is not None or scene.outputs > 1:
        return [lambda scene: float(scene.outputs)] if scene.outputs > 1 else []
    tables = [scene.values[n] for n in getattr(stage.subject, "data", ())]
    sizes = {float(v.shape[-1]) for v in tables if v.ndim == 2 and v.shape[-1] > 1}
    return [_constant(k) for k in sorted(sizes)]


def _power(count: Count, power: int) -> Count:
    return lambda scene: float(count(scene) ** power)


def meant_over_outputs(stage: Stage) -> bool | None:
    """
    Tell whether a loss is divided by the number of outputs; None where that does not show.

    A sum of squares (c/2)·Σ(y − t)² bends with c along each target, whatever y is.
    """
    scene, subject = stage.scenes[0], stage.subject
    t, count = subject.target, scene.outputs
    if t is None or not stage.has_loss or count < 2:
        return None
    value = np.asarray(scene.values[t])

    def at(step: float) -> float:
        moved = value.copy()
        moved.reshape(-1)[0] += step
        return float(subject.forward({**scene.values, t: moved}))

    try:
        second = np.diff([at(k) for k in (-1.0, -0.5, 0.0, 0.5, 1.0)], 2) * 4
    except Failed:
        return None
    c = float(np.mean(second))
    if c <= 0 or np.ptp(second) > 1e-5 * c:
        return None
    whole = c * scene.samples if scene.mean else c
    if any(abs(whole - k) < 1e-5 for k in (1.0, 2.0)):
        return False
    return True if any(abs(whole * count - k) < 1e-5 for k in (1.0, 2.0)) else None


def _rate(power: int) -> Callable[[Stage], Iterator[Variant]]:
    """Take the learning rate out, or in once more: in every step, or in those that are wrong."""

    def variants(stage: Stage) -> Iterator[Variant]:
        lr = getattr(stage.subject, "lr", None)
        if stage.changes and lr and abs(np.log(lr)) > 1e-3:
            factor = float(lr) ** power
            yield _all_times(lambda scene: factor)
            yield Local(tuple(stage.wrong), lambda scene, n: factor * scene.right[n])

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
