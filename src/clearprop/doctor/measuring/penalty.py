"""How strong the penalty of a loss is, measured where nothing else is left of its slopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from clearprop.doctor.measuring.scene import Scene

__all__ = ["NORMS", "Norm", "strength"]


class Norm(NamedTuple):
    """What a penalty is a multiple of, and its slope."""

    value: Callable[[np.ndarray], Any]
    slope: Callable[[np.ndarray], Any]


NORMS = (
    Norm(lambda w: 0.5 * np.sum(w * w), lambda w: w),
    Norm(lambda w: np.sum(np.abs(w)), np.sign),
)


def strength(scene: Scene, parameters: Sequence[str]) -> tuple[dict[str, float], Norm] | None:
    """
    Measure c, where the loss has a part whose slope is c·w, or c·sign(w).

    At inputs of zero nothing else is left of the slopes of the first weights.

    Parameters
    ----------
    scene : Scene
        A point.
    parameters : sequence of str

    Returns
    -------
    (dict of str to float, Norm) or None
        By parameter, so far as it shows; nothing in it where there is no such part; None where
        that does not show.
    """
    subject = scene.subject
    data = {n for n in (*subject.inputs, *getattr(subject, "data", ())) if n != subject.target}
    data = {n for n in data - set(subject.indices) if np.ndim(scene.values[n])}
    if not data:
        return None
    silent = {n: np.zeros_like(v) if n in data else v for n, v in scene.values.items()}
    slopes: dict[str, np.ndarray] = {}
    for name in parameters:
        if name not in scene.slopes or np.size(scene.values[name]) < 2:
            continue  # of a single number nothing tells that it is not its weight decay
        found = scene.measured(name, silent)
        if found is None:
            return None
        slopes[name] = found.back(scene.g)
    for norm in (*NORMS, *_mixed(scene, slopes)):
        seen = _seen(scene, slopes, norm)
        if seen is None or seen:
            return None if seen is None else ({n: c for n, c in seen.items() if c}, norm)
    return None


def _seen(scene: Scene, slopes: dict[str, np.ndarray], norm: Norm) -> dict[str, float] | None:
    """Give c by parameter; nothing where no slopes are of this form, None where they disagree."""
    seen: dict[str, float] = {}
    for name, slope in slopes.items():
        known = np.isfinite(slope)
        slope, form = slope[known], norm.slope(scene.values[name][known])
        if not np.any(form):
            continue
        c = float(np.sum(slope * form) / np.sum(form * form))
        scale = float(np.nanmax(np.abs(scene.right[name]), initial=1e-9))
        if np.all(np.abs(slope - c * form) <= 1e-6 * scale + 1e-6 * abs(c)):
            seen[name] = 0.0 if np.max(np.abs(slope)) < 1e-7 * scale else c
    found = seen.values()
    if found and max(found) - min(found) > 1e-5 * max(map(abs, found)):
        return None
    return seen


def _mixed(scene: Scene, slopes: dict[str, np.ndarray]) -> Iterator[Norm]:
    """Give the sum of both norms, with the strengths that the first weights show."""
    for name, slope in slopes.items():
        known = np.isfinite(slope)
        w = scene.values[name][known]
        both = np.stack([norm.slope(w) for norm in NORMS], axis=-1)
        if len(w) > 2:
            a, b = np.linalg.lstsq(both, slope[known], rcond=None)[0]
            yield Norm(
                lambda w, a=a, b=b: a * NORMS[0].value(w) + b * NORMS[1].value(w),
                lambda w, a=a, b=b: a * NORMS[0].slope(w) + b * NORMS[1].slope(w),
            )
            return
