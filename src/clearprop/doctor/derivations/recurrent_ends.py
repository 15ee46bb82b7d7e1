"""What may follow a recurrent cell: its last step, all of them, a layer at each, a scaled loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import Link

__all__ = ["LAST", "MEAN", "OVER_TIME", "SCALED", "TOTAL", "rows_of"]

LAST = Link(
    "last step",
    "last step",
    lambda e: e.x[-1],
    {"x": lambda e: np.concatenate([np.zeros_like(e.x[:-1]), e.g[None]])},
)
MEAN = Link(
    "last step",
    "mean of the steps",
    lambda e: e.x.mean(axis=0),
    {"x": lambda e: np.broadcast_to(e.g / len(e.x), e.x.shape)},
)
TOTAL = Link(
    "last step",
    "sum of the steps",
    lambda e: e.x.sum(axis=0),
    {"x": lambda e: np.broadcast_to(e.g, e.x.shape)},
)
OVER_TIME = Link(
    "affine",
    "affine at each step",
    lambda e: e.x @ e.W + getattr(e, "b", 0.0),
    {
        "W": lambda e: np.einsum("tni,tno->io", e.x, e.g),
        "b": lambda e: e.g.sum(axis=(0, 1)),
        "x": lambda e: e.g @ e.W.T,
    },
    {"over time": True},
)


def rows_of(by_sample: bool) -> Link:
    """Put all steps of all samples below one another."""

    def there(e: Any) -> Any:
        x = e.x.swapaxes(0, 1) if by_sample else e.x
        return x.reshape(-1, x.shape[2])

    def back(e: Any) -> Any:
        steps, rows, units = e.x.shape
        if by_sample:
            return e.g.reshape(rows, steps, units).swapaxes(0, 1)
        return e.g.reshape(e.x.shape)

    return Link("rows", "steps as rows", there, {"x": back})


def _times(scale: Any, name: str) -> Link:
    """Multiply a loss by a number of steps or samples."""
    return Link("scale", name, lambda e: e.x * scale(e), {"x": lambda e: e.g * scale(e)})


SCALED: tuple[Link, ...] = (
    _times(lambda e: e.envs[0].T, "as often as there are steps"),
    _times(lambda e: 1 / e.envs[0].T, "mean over the steps"),
    _times(lambda e: 1 / e.envs[0].N, "mean over the samples"),
)
