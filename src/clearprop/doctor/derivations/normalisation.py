"""Batch and layer normalisation: through the mean and the variance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import (
    FLAT,
    SAME,
    TURNED,
    Chain,
    Env,
    Layout,
    Link,
    Part,
    Ref,
)
from clearprop.doctor.derivations.dense import Observed, fitting

__all__ = ["ORDER", "chains"]

ORDER = 20
_EPS = (1e-5, 1e-7, 1e-8, 1e-3, 1e-6, 1e-10, 0.0, 1e-4, 1e-12, 1e-2)


def _link(name: str, axis: int, eps: float) -> Link:
    """Give a normalisation over an axis of the rows of samples, with γ and β if it has them."""

    def forward(e: Env) -> Any:
        e.c = e.x - e.x.mean(axis=axis, keepdims=True)
        e.std = np.sqrt((e.c**2).mean(axis=axis, keepdims=True) + eps)
        e.n = e.c / e.std
        return getattr(e, "gamma", 1.0) * e.n + getattr(e, "beta", 0.0)

    def mean(a: Any) -> Any:
        return a.mean(axis=axis, keepdims=True)

    return Link(
        "norm",
        name,
        forward,
        {
            "beta": lambda e: e.g.sum(axis=0),
            "gamma": lambda e: (e.g * e.n).sum(axis=0),
            "dn": lambda e: e.g * getattr(e, "gamma", 1.0),
            "mean": lambda e: mean(e.d["dn"]),
            "variance": lambda e: e.n * mean(e.d["dn"] * e.n),
            "x": lambda e: (e.d["dn"] - e.d["mean"] - e.d["variance"]) / e.std,
        },
        {"axis": axis},
    )


def _images(shape: tuple[int, ...]) -> Layout:
    """Lay (N, C, H, W) out as rows of C, and back."""
    _, c, h, w = shape

    def back(a: np.ndarray) -> np.ndarray:
        if a.ndim != 2 or a.shape[1] != c or len(a) % (h * w):
            return a
        return a.reshape(-1, h, w, c).transpose(0, 3, 1, 2)

    return Layout(lambda a: a.transpose(0, 2, 3, 1).reshape(-1, c), back)


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the normalisation that a program computes."""
    values, output = observed[0]
    names = [*subject.inputs[1:], *subject.parameters]
    if not subject.inputs or subject.is_loss or len(names) > 2:
        return
    x = values[subject.inputs[0]]
    if x.shape != output.shape or x.ndim not in (2, 4):
        return
    layouts = (SAME, TURNED) if x.ndim == 2 else (_images(x.shape),)
    for layout in layouts:
        units = layout.there(x).shape[1]
        thin = [n for n in names if values[n].size == units]
        if len(thin) < len(names):
            continue
        for roles in _roles(thin):
            for axis, name in ((0, "batch norm"), (1, "layer norm")):
                for eps in _EPS:
                    refs = {role: Ref(n, FLAT) for role, n in roles.items()}
                    part = Part(_link(name, axis, eps), refs)
                    yield from fitting(
                        Chain((part,), Ref(subject.inputs[0], layout), layout), observed, 1e-9
                    )


def _roles(names: Sequence[str]) -> list[dict[str, str]]:
    if len(names) == 2:
        a, b = names
        return [{"gamma": a, "beta": b}, {"gamma": b, "beta": a}]
    if len(names) == 1:
        return [{"gamma": names[0]}, {"beta": names[0]}]
    return [{}]
