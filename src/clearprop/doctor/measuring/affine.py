"""Transposes, and inputs that are told nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.matching import alike
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]


def _matrices(stage: Stage) -> list[str]:
    """List the matrices that all samples share."""
    scene = stage.scenes[0]
    own = [n for n in stage.names if n in stage.subject.parameters]
    own += [n for n in stage.subject.inputs[1:] if n in stage.names and n not in scene.axes]
    shapes = {n: np.shape(scene.values[n]) for n in own}
    return [n for n, shape in shapes.items() if len(shape) == 2 and min(shape) > 1]


def _turned(stage: Stage) -> Iterator[Variant]:
    names = _matrices(stage)
    groups: list[tuple[str, ...]] = [(n,) for n in names]
    groups += [tuple(names)] if len(names) > 1 else []
    for some in groups:
        yield Local(some, lambda scene, n: scene.right[n].T)


_PRODUCTS: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = (
    (lambda g, W: g @ W.T, lambda g, W: g @ W),
    (lambda g, W: g @ W, lambda g, W: g @ W.T),
    (lambda g, W: W.T @ g, lambda g, W: W @ g),
    (lambda g, W: W @ g, lambda g, W: W.T @ g),
)


def _not_turned(stage: Stage) -> Iterator[Variant]:
    """Go back through a square matrix the other way about, where it goes back through it at all."""
    if stage.scenes[0].trial.upstream is None:
        return
    square = [
        n for n in stage.names
        if len(shape := stage.scenes[0].right[n].shape) == 2 and shape[0] == shape[1] > 1
    ]  # fmt: skip
    for x in stage.subject.inputs:
        for name in square if x in stage.names else ():
            for right, other in _PRODUCTS:
                if all(_is(s, x, right, name) for s in stage.scenes):
                    yield Local((x,), _by(other, name))
            if name != x:
                yield Local((x,), _where_turned(name))


def _by(product: Callable[..., Any], name: str) -> Callable[[Scene, str], Any]:
    return lambda scene, x: product(scene.g, scene.values[name])


def _where_turned(name: str) -> Callable[[Scene, str], Any]:
    """Give the slopes where a matrix stands transposed, for outputs that are linear in it."""

    def rule(scene: Scene, x: str) -> Any:
        W = scene.values[name]
        there = scene.measured(x, {**scene.values, name: W.T})
        y, twice = (scene.subject.forward({**scene.values, name: c * W}) for c in (1.0, 2.0))
        still = scene.subject.forward({**scene.values, name: 0.0 * W})
        if there is None or not alike(twice - still, 2.0 * (y - still), 1e-9):
            raise LookupError
        return there.back(scene.g)

    return rule


def _is(scene: Scene, x: str, product: Callable[..., Any], name: str) -> bool:
    try:
        return alike(product(scene.g, scene.values[name]), scene.right[x], 1e-5)
    except ValueError:
        return False


def _untold(stage: Stage) -> Iterator[Variant]:
    """Hand nothing on, or what came in, where there are weights between."""
    subject = stage.subject
    if not subject.parameters or stage.scenes[0].trial.upstream is None:
        return
    for x in (n for n in subject.inputs if n in stage.names):
        yield Local((x,), lambda scene, n: np.zeros_like(scene.right[n]))
        if not _goes_round(stage, x):
            yield Local((x,), lambda scene, n: scene.g)


def _goes_round(stage: Stage, x: str) -> bool:
    """Tell whether an input also goes round the weights: it is what comes out without them."""
    scene = stage.scenes[0]
    bare = {n: np.zeros_like(v) if n in stage.subject.parameters else v
            for n, v in scene.values.items()}  # fmt: skip
    step = 1.0 + 0.5 * np.sin(np.arange(bare[x].size)).reshape(bare[x].shape)
    y, there = (stage.subject.forward({**bare, x: bare[x] + k * step}) for k in (0.0, 1.0))
    return y.shape == step.shape and bool(np.allclose(there - y, step, rtol=1e-9, atol=1e-12))


def _round_forgotten(stage: Stage) -> Iterator[Variant]:
    """Leave out the way round the weights, or the way through them."""
    subject = stage.subject
    if not subject.parameters or stage.scenes[0].trial.upstream is None:
        return
    for x in (n for n in subject.inputs if n in stage.names):
        shapes = {scene.right[x].shape == scene.g.shape for scene in stage.scenes}
        if shapes == {True} and _goes_round(stage, x):
            yield Local((x,), lambda scene, n: scene.right[n] - scene.g)
            yield Local((x,), lambda scene, n: scene.g)


FORMS = (
    Form("weight-gradient-transposed", _turned),
    Form("weight-not-transposed", _not_turned),
    Form("input-gradient-missing", _untold, gives_way_to=("activation-derivative-missing",)),
    Form("paths-not-summed", _round_forgotten),
)
