"""Penalties on the weights: in the loss alone, in the gradient alone, or with another factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clearprop.doctor.measuring.biases import is_bias
from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.penalty import NORMS, Norm, common
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]


def _weights(stage: Stage) -> list[str]:
    return [n for n in stage.names if n in stage.subject.parameters and not is_bias(stage, n)]


def _groups(stage: Stage) -> Iterator[tuple[str, ...]]:
    weights, own = _weights(stage), [n for n in stage.names if n in stage.subject.parameters]
    yield tuple(weights)
    if len(own) > len(weights):
        yield tuple(own)
    if len(weights) > 1:
        yield from ((n,) for n in weights)


def _off_by(part: float) -> Callable[[Stage], Iterator[Variant]]:
    """Add a part of the penalty's slope, or take it away."""

    def variants(stage: Stage) -> Iterator[Variant]:
        for names in _groups(stage) if stage.penalty else ():
            yield Local(names, lambda scene, n: scene.right[n] + part * scene.punishment(n))

    return variants


def _more(c: float, norm: Norm) -> Callable[[Scene, str], Any]:
    return lambda scene, name: scene.right[name] + c * norm.slope(scene.values[name])


def _unaccounted(stage: Stage) -> Iterator[Variant]:
    """Find a part c·w of the gradients that the loss does not have."""
    if stage.penalty != 0.0:
        return
    for names in _groups(stage):
        for norm in NORMS:
            c = _fitted(stage.scenes[0], names, norm)
            if c is not None and c > 1e-7:
                yield Local(names, _more(c, norm))
            if len(names) == 1:
                yield from _of_some(stage, names[0], norm)


def _of_some(stage: Stage, name: str, norm: Norm) -> Iterator[Variant]:
    """Find it in some entries of a variable, at each point the same ones."""
    scene = stage.scenes[0]
    given, form = scene.given(name), np.asarray(norm.slope(scene.values[name]))
    if np.shape(given) != form.shape:
        return
    over = np.asarray(given - scene.right[name])
    noise = 1e-6 * float(np.nanmax(np.abs(scene.right[name]), initial=1e-9)) + 2 * stage.band
    c = common(np.where(np.abs(over) > noise, over, 0.0), form)
    if c is not None and c > 1e-7:
        where = np.abs(over - c * form) <= noise + 1e-5 * abs(c)
        yield Local((name,), lambda s, n: s.right[n] + c * where * norm.slope(s.values[n]))


def _fitted(scene: Scene, names: tuple[str, ...], norm: Norm) -> Any:
    up = down = 0.0
    for n in names:
        given, w = scene.given(n), norm.slope(scene.values[n])
        if given is None or np.shape(given) != w.shape:
            return None
        known = np.isfinite(scene.right[n])
        up += float(np.sum(((given - scene.right[n]) * w)[known]))
        down += float(np.sum((w * w)[known]))
    return up / down if down else None


FORMS = (
    Form("regularisation-in-loss-only", _off_by(-1.0)),
    Form("regularisation-factor", lambda stage: _factors(stage)),
    Form("regularisation-in-gradient-only", _unaccounted),
)


def _factors(stage: Stage) -> Iterator[Variant]:
    for part in (1.0, -0.5):
        yield from _off_by(part)(stage)
