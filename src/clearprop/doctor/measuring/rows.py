"""Sums over the samples that are left out, averaged, or taken along another axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from clearprop.doctor.measuring.biases import is_bias
from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]


def _biases(stage: Stage) -> list[str]:
    """List what may be a bias: what surely is, and what neither name nor shape tells."""
    return [n for n in stage.names if is_bias(stage, n) is not False]


def _groups(stage: Stage) -> Iterator[tuple[str, ...]]:
    """Give each alone, and all together that surely are biases."""
    names = _biases(stage)
    yield from ((n,) for n in names)
    sure = tuple(n for n in names if is_bias(stage, n))
    if len(sure) > 1:
        yield sure


def _each(rule: Callable[[Scene, str], Any]) -> Callable[[Stage], Iterator[Variant]]:
    """Put a rule into the gradient of one bias, or of all."""

    def variants(stage: Stage) -> Iterator[Variant]:
        for names in _groups(stage):
            yield Local(names, rule)

    return variants


def _share(scene: Scene, name: str) -> np.ndarray:
    shares = scene.shares
    if shares is None or name not in shares:
        raise LookupError(name)
    return shares[name]


def _places(scene: Scene, name: str) -> np.ndarray:
    """Give what comes in at each output, where each belongs to one entry of a bias alone."""
    slopes = scene.slopes[name].slopes
    if scene.trial.upstream is None or not np.isfinite(slopes).all():
        raise LookupError(name)
    if not np.allclose(np.count_nonzero(np.abs(slopes) > 1e-7, axis=1), 1):
        raise LookupError(name)
    return np.asarray((np.ravel(scene.g) * slopes.sum(axis=1)).reshape(scene.g.shape))


def _kept(axis: int) -> Callable[[Scene, str], Any]:
    """Keep the samples apart, along the first axis or the last."""
    return lambda scene, name: np.moveaxis(_share(scene, name), 0, axis)


def _summed(axes: tuple[int, ...]) -> Callable[[Scene, str], Any]:
    return lambda scene, name: _places(scene, name).sum(axis=axes)


def _row(k: int) -> Callable[[Scene, str], Any]:
    return lambda scene, name: _share(scene, name)[k]


def _not_summed(stage: Stage) -> Iterator[Variant]:
    for axis in (0, -1):
        yield from _each(_kept(axis))(stage)
    for k in (0, -1):
        yield from _each(_row(k))(stage)
    yield from _along(stage, keep=True)


def _along(stage: Stage, *, keep: bool) -> Iterator[Variant]:
    """Sum what comes in along too few axes, or along others."""
    shape = stage.scenes[0].g.shape
    own = {n: _own_axis(stage.scenes[0], n) for n in _biases(stage)}
    for name, axis in own.items():
        if axis is None:
            continue
        right = tuple(i for i in range(len(shape)) if i != axis)
        for count in range(len(shape)):
            for axes in combinations(range(len(shape)), count):
                if axes != right and (axis not in axes) == keep:
                    yield from _one(name, _summed(axes))


def _one(name: str, rule: Callable[[Scene, str], Any]) -> Iterator[Variant]:
    yield Local((name,), rule)


def _own_axis(scene: Scene, name: str) -> int | None:
    """Find the axis of the output along which a bias has its entries."""
    try:
        _places(scene, name)
    except LookupError:
        return None
    which = np.argmax(np.abs(scene.slopes[name].slopes), axis=1).reshape(scene.g.shape)
    for axis in range(which.ndim):
        along = np.moveaxis(which, axis, -1).reshape(-1, which.shape[axis])
        if np.all(along == along[0]) and len(np.unique(along[0])) == along.shape[1] > 1:
            return axis
    return None


def _mean(count: Callable[[Scene, str], float]) -> Callable[[Scene, str], Any]:
    return lambda scene, name: scene.right[name] / count(scene, name)


def _averaged(stage: Stage) -> Iterator[Variant]:
    yield from _each(_mean(lambda scene, name: scene.samples))(stage)
    if stage.scenes[0].trial.upstream is not None:
        yield from _each(_mean(lambda scene, name: scene.g.size / max(1, scene.right[name].size)))(
            stage
        )


def _wrong_axis(stage: Stage) -> Iterator[Variant]:
    def rule(scene: Scene, name: str) -> Any:
        share = _share(scene, name)
        return share.reshape(len(share), -1).sum(axis=1)

    yield from _each(rule)(stage)
    yield from _along(stage, keep=False)


def _over_all(stage: Stage) -> Iterator[Variant]:
    names = [n for n in _biases(stage) if stage.scenes[0].right[n].size > 1]
    for name in names:
        yield Local((name,), lambda scene, n: np.sum(scene.right[n]))
        yield Local((name,), lambda scene, n: np.full_like(scene.right[n], np.sum(scene.right[n])))


def _missing(stage: Stage) -> Iterator[Variant]:
    sure = tuple(n for n in stage.names if is_bias(stage, n))
    groups: list[tuple[str, ...]] = [(n,) for n in sure]
    if sure:  # beside one that surely is a bias, others of which nothing tells that they are none
        groups += [sure, tuple(n for n in stage.wrong if is_bias(stage, n) is not False)]
    for names in groups:
        yield Local(names, lambda scene, n: np.zeros_like(scene.right[n]))


def _punished_too(rule: Callable[[Scene, str], Any]) -> Callable[[Scene, str], Any]:
    return lambda scene, name: rule(scene, name) + scene.punished(name)


def _serves_all(stage: Stage, name: str) -> bool:
    """Tell numbers that all samples share from those that a sample has for itself."""
    subject = stage.subject
    if name in subject.parameters:
        return True
    scene = stage.scenes[0]
    first = name == subject.inputs[0] or name in scene.axes
    return not first and scene.samples not in np.shape(scene.values[name])[:1]


def _one_sample(stage: Stage) -> Iterator[Variant]:
    """Let the weights have the first sample's part, or the last one's."""
    wrong = [n for n in stage.wrong if _serves_all(stage, n)]
    if len(wrong) < len(stage.wrong) or all(is_bias(stage, n) for n in wrong):
        return
    for k in (0, -1):
        yield Local(tuple(wrong), _punished_too(_row(k)))


FORMS = (
    Form("bias-not-summed", _not_summed),
    Form("bias-averaged", _averaged),
    Form("bias-wrong-axis", _wrong_axis, gives_way_to=("bias-sum-over-all",)),
    Form("bias-sum-over-all", _over_all),
    Form("bias-gradient-missing", _missing),
    Form("one-sample-only", _one_sample),
)
