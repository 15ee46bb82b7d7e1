"""How strong the penalty of a loss is, measured where nothing else is left of its slopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from clearprop.doctor.measuring.scene import Scene

__all__ = ["NORMS", "Norm", "common", "strength"]


_MOST = 12  # entries, two and two of which are looked at


class Norm(NamedTuple):
    """What a penalty is a multiple of, number by number, and its slope."""

    value: Callable[[np.ndarray], Any]
    slope: Callable[[np.ndarray], Any]


NORMS = (
    Norm(lambda w: 0.5 * w * w, lambda w: w),
    Norm(np.abs, np.sign),
)


def strength(
    scene: Scene, parameters: Sequence[str]
) -> tuple[float, dict[str, np.ndarray], Norm] | None:
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
    (float, dict of str to array of bool, Norm) or None
        c, and by parameter in which entries it shows; 0 and nothing where there is no such part;
        None where that does not show.
    """
    subject = scene.subject
    data = {n for n in (*subject.inputs, *getattr(subject, "data", ())) if n != subject.target}
    data = {n for n in data - set(subject.indices) if np.ndim(scene.values[n])}
    if not data:
        return None
    compared = {np.shape(scene.values[n]) for n in {*data, subject.target} - {None}}
    silent = {n: np.zeros_like(v) if n in data else v for n, v in scene.values.items()}
    slopes: dict[str, np.ndarray] = {}
    for name in parameters:
        if name not in scene.slopes or np.size(scene.values[name]) < 2:
            continue  # of a single number nothing tells that it is not its weight decay
        if np.shape(scene.values[name]) in compared:
            continue  # |y − t| at t = 0 is no penalty
        found = scene.measured(name, silent)
        if found is None:
            return None
        slopes[name] = found.back(scene.g)
    for norm in (*NORMS, *_mixed(scene, slopes)):
        found_here = {n: _seen(scene, n, slope, norm) for n, slope in slopes.items()}
        seen = {n: f for n, f in found_here.items() if f is not None}
        sizes = [c for c, _ in seen.values()]
        if not seen:
            continue
        if max(sizes) - min(sizes) > 1e-5 * max(map(abs, sizes)):
            return None
        return max(sizes), {n: where for n, (c, where) in seen.items() if c}, norm
    return None


def _seen(
    scene: Scene, name: str, slope: np.ndarray, norm: Norm
) -> tuple[float, np.ndarray] | None:
    """Give c, and the entries whose slopes are c times those of the norm: all, or some."""
    form = np.asarray(norm.slope(scene.values[name]))
    scale = float(np.nanmax(np.abs(scene.right[name]), initial=1e-9))
    known = np.isfinite(slope)
    still = known & (np.abs(slope) < 1e-7 * scale)
    c = None if np.array_equal(still, known) else common(slope, form)
    if c is None:
        return (0.0, still) if still.sum() > max(1, slope.size / 3) else None
    fits = known & (np.abs(slope - c * form) <= 1e-6 * scale + 1e-6 * abs(c))
    return c, np.ones_like(known) if fits[known].all() else fits


def common(slope: np.ndarray, form: np.ndarray) -> float | None:
    """Give the factor that several entries, a third of them or more, have in common; not 0."""
    on = np.isfinite(slope) & (np.abs(form) > 1e-9)
    ratios = np.sort(slope[on] / form[on])
    near = [int(np.sum(np.abs(ratios - r) <= 1e-6 * abs(r))) for r in ratios if abs(r) > 1e-9]
    if not near or max(near) < max(2, slope.size / 3):
        return None
    return float([r for r in ratios if abs(r) > 1e-9][int(np.argmax(near))])


def _mixed(scene: Scene, slopes: dict[str, np.ndarray]) -> Iterator[Norm]:
    """Give the sum of both norms, with the strengths that the first weights show."""
    for name, slope in slopes.items():
        known = np.isfinite(slope)
        w = scene.values[name][known]
        both = np.stack([norm.slope(w) for norm in NORMS], axis=-1).reshape(-1, 2)
        due = slope[known].reshape(-1)
        for pair in combinations(range(min(len(due), _MOST)), 2):
            some = list(pair)
            if abs(np.linalg.det(both[some])) < 1e-6:
                continue
            a, b = np.linalg.solve(both[some], due[some])
            fits = np.abs(both @ (a, b) - due) < 1e-6 * np.max(np.abs(due))
            if a > 0 and b > 0 and fits.sum() > max(2, len(due) / 2):
                yield _sum(float(a), float(b))
                return


def _sum(a: float, b: float) -> Norm:
    squares, sizes = NORMS
    return Norm(
        lambda w: a * squares.value(w) + b * sizes.value(w),
        lambda w: a * squares.slope(w) + b * sizes.slope(w),
    )
