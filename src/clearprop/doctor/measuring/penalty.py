"""How strong the penalty of a loss is, measured where nothing else is left of its slopes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clearprop.doctor.measuring.scene import Scene

__all__ = ["strength"]


def strength(scene: Scene, parameters: Sequence[str]) -> float | None:
    """
    Measure c, where the loss has a part whose slope is c·w.

    At inputs of zero nothing else is left of the slopes of the first weights.

    Parameters
    ----------
    scene : Scene
        A point.
    parameters : sequence of str

    Returns
    -------
    float or None
        0 where there is no such part; None where that does not show.
    """
    subject = scene.subject
    data = {n for n in (*subject.inputs, *getattr(subject, "data", ())) if n != subject.target}
    data = {n for n in data - set(subject.indices) if np.ndim(scene.values[n])}
    if not data:
        return None
    silent = {n: np.zeros_like(v) if n in data else v for n, v in scene.values.items()}
    seen: list[float] = []
    for name in parameters:
        if name not in scene.slopes or np.size(scene.values[name]) < 2:
            continue  # of a single number nothing tells that it is not its weight decay
        found = scene.measured(name, silent)
        if found is None:
            return None
        slope, w = found.back(np.ones(1)), scene.values[name]
        c = float(np.sum(slope * w) / np.sum(w * w))
        scale = float(np.nanmax(np.abs(scene.right[name]), initial=1e-9))
        if np.all(np.abs(slope - c * w) <= 1e-6 * scale + 1e-6 * abs(c)):
            seen.append(0.0 if np.max(np.abs(slope)) < 1e-7 * scale else c)
    if not seen or max(seen) - min(seen) > 1e-5 * max(map(abs, seen)):
        return None
    return seen[0]
