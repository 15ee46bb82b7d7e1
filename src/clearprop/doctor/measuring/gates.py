"""Two values that are multiplied: each takes the other's, not its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from clearprop.doctor.measuring.form import Form, Local, Variant
from clearprop.doctor.measuring.matching import alike
from clearprop.doctor.measuring.scene import Scene
from clearprop.doctor.measuring.stage import Stage

__all__ = ["FORMS"]


def _is_product(scene: Scene, a: str, b: str) -> bool:
    if scene.values[a].shape != scene.values[b].shape or scene.g.shape != scene.values[a].shape:
        return False
    return all(
        alike(scene.g * scene.values[other], scene.right[one], 1e-5)
        for one, other in ((a, b), (b, a))
    )


def _not_swapped(stage: Stage) -> Iterator[Variant]:
    inputs = [n for n in stage.subject.inputs if n in stage.names]
    for a, b in combinations(inputs, 2):
        if not all(_is_product(scene, a, b) for scene in stage.scenes):
            continue
        groups: tuple[tuple[str, ...], ...] = ((a, b), (a,), (b,))
        for names in groups:
            yield Local(names, lambda scene, n: scene.g * scene.values[n])


FORMS = (Form("multiply-not-swapped", _not_swapped),)
