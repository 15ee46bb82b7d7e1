"""Numbers of a book's network: are they what its weights give? By differences, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["numbers_are_wrong"]


def error(weights: list[np.ndarray], x: np.ndarray, t: np.ndarray) -> float:
    """½Σ(y − t)² of a network of sigmoids, from [kernel, bias, kernel, bias ...]."""
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        x = 1 / (1 + np.exp(-(x @ kernel + bias)))
    return 0.5 * float(np.sum((x - t) ** 2))


def places(weights: list[np.ndarray]) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Say where w1, w2 ... are: unit by unit, layer after layer."""
    order = [
        (2 * k, (i, j))
        for k, kernel in enumerate(weights[::2])
        for j in range(kernel.shape[1])
        for i in range(kernel.shape[0])
    ]
    return {f"w{n}": place for n, place in enumerate(order, start=1)}


def numbers_are_wrong(found: dict[str, float], model: Any, x: Any, y: Any, digits: int) -> bool:
    """Judge gradients by their names, as far as they were written down."""
    weights = [np.round(np.asarray(w, dtype=np.float64), 6) for w in model.get_weights()]
    for name, value in found.items():
        k, place = places(weights)[name]
        ends = []
        for step in (1e-6, -1e-6):
            moved = [w.copy() for w in weights]
            moved[k][place] += step
            ends.append(error(moved, x, y))
        if abs(value - (ends[0] - ends[1]) / 2e-6) > 0.51 * 10**-digits + 1e-9:
            return True
    return False
