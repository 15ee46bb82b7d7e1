"""Two values that are multiplied: each takes the other's, not its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np

from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.matching import alike
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]


def _spread(scene: Scene, name: str) -> np.ndarray:
    """Give what comes in, laid out as a factor: one number for all, one for each row, or each."""
    g, shape = scene.g, scene.values[name].shape
    g = g.reshape(g.shape + (1,) * (len(shape) - g.ndim)) if g.shape == shape[: g.ndim] else g
    return np.asarray(np.broadcast_to(g, shape))


def _is_product(scene: Scene, a: str, b: str) -> bool:
    if scene.values[a].shape != scene.values[b].shape or not scene.values[a].size:
        return False
    try:
        made = {one: _spread(scene, one) * scene.values[o] for one, o in ((a, b), (b, a))}
    except ValueError:
        return False
    return all(alike(value, scene.right[one], 1e-5) for one, value in made.items())


def _not_swapped(stage: Stage) -> Iterator[Variant]:
    inputs = [n for n in stage.subject.inputs if n in stage.names]
    for a, b in combinations(inputs, 2):
        if not all(_is_product(scene, a, b) for scene in stage.scenes):
            continue
        groups: tuple[tuple[str, ...], ...] = ((a, b), (a,), (b,))
        for names in groups:
            yield Local(names, lambda scene, n: _spread(scene, n) * scene.values[n])


def _sides(scene: Scene, u: str, m: str, v: str) -> dict[str, np.ndarray] | None:
    """Give what uᵀMv sends to its two sides where M is taken for Mᵀ; None where it is no such."""
    left, right = np.atleast_2d(scene.values[u]), np.atleast_2d(scene.values[v])
    matrix = scene.values[m]
    if matrix.ndim != 2 or len(set(matrix.shape)) != 1 or matrix.shape[0] < 2:
        return None
    if left.shape != right.shape or left.shape[1] != len(matrix) or scene.g.size != len(left):
        return None
    g = scene.g.reshape(-1, 1)
    if not alike((left * g).T @ right, scene.right[m], 1e-5):
        return None
    if not alike((g * (right @ matrix.T)).reshape(scene.values[u].shape), scene.right[u], 1e-5):
        return None
    back = {u: g * (right @ matrix), v: g * (left @ matrix.T)}
    return {n: b.reshape(scene.values[n].shape) for n, b in back.items()}


def _of_transposed(stage: Stage) -> Iterator[Variant]:
    for u, m, v in permutations(stage.names, 3) if len(stage.names) == 3 else ():
        if any(_sides(scene, u, m, v) is None for scene in stage.scenes):
            continue

        def rule(scene: Scene, name: str, of: tuple[str, str, str] = (u, m, v)) -> np.ndarray:
            return (_sides(scene, *of) or {})[name]

        for names in ((u, v), (u,), (v,)):
            yield Local(names, rule)


FORMS = (
    Form("multiply-not-swapped", _not_swapped),
    Form("weight-not-transposed", _of_transposed),
)
