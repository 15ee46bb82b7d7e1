"""Batch, layer, instance, group and RMS normalisation, over whatever axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.chain import FLAT, Chain, Env, Link, Part, Ref
from clearprop.doctor.derivations.dense import Observed, fitting

__all__ = ["ORDER", "chains", "norm_link"]

ORDER = 20
_EPS = (1e-5, 1e-7, 1e-8, 1e-3, 1e-6, 1e-10, 0.0, 1e-4, 1e-12, 1e-2)


def _link(name: str, axis: int, eps: float) -> Link:
    """Give a normalisation over an axis of the rows of samples, with γ and β if it has them."""
    return norm_link(name, (axis,), (1,), eps)


def norm_link(
    name: str, over: tuple[int, ...], units: tuple[int, ...], eps: float, *,
    less: int = 0, groups: tuple[int, int] | None = None, centred: bool = True,
) -> Link:  # fmt: skip
    """
    Give a normalisation as a link.

    Parameters
    ----------
    name : str
    over : tuple of int
        The axes over which mean and variance are taken.
    units : tuple of int
        The axes along which γ and β have a number each.
    eps : float
        What is added to the variance.
    less : int
        1 where the variance is divided by N − 1.
    groups : (axis, count), optional
        An axis of `over` that is parted into groups first, each with a mean of its own.
    centred : bool
        Whether the mean is subtracted.
    """

    def parted(a: Any) -> tuple[Any, tuple[int, ...]]:
        if groups is None:
            return a, over
        axis, count = groups
        shape = (*a.shape[:axis], count, a.shape[axis] // count, *a.shape[axis + 1 :])
        return a.reshape(shape), tuple(k if k < axis else k + 1 for k in over)

    def mean(a: Any) -> Any:
        split, axes = parted(np.asarray(a))
        m = np.broadcast_to(split.mean(axis=axes, keepdims=True), split.shape)
        return m.reshape(np.shape(a))

    def wide(e: Env, v: Any) -> Any:
        return np.reshape(v, [n if k in units else 1 for k, n in enumerate(e.x.shape)])

    def summed(e: Env, a: Any) -> Any:
        rest = tuple(k for k in range(e.x.ndim) if k not in units)
        return a.sum(axis=rest).reshape(-1)

    def forward(e: Env) -> Any:
        split, axes = parted(e.x)
        e.count = int(np.prod([split.shape[k] for k in axes]))
        e.c = e.x - mean(e.x) if centred else e.x
        e.std = np.sqrt(mean(e.c**2) * e.count / max(e.count - less, 1) + eps)
        e.n = e.c / e.std
        e.wide = lambda v: wide(e, v)
        e.summed = lambda a: summed(e, a)
        y = e.n * wide(e, e.gamma) if hasattr(e, "gamma") else e.n
        return y + wide(e, e.beta) if hasattr(e, "beta") else y

    return Link(
        "norm",
        name,
        forward,
        {
            "beta": lambda e: e.summed(e.g),
            "gamma": lambda e: e.summed(e.g * e.n),
            "dn": lambda e: e.g * e.wide(e.gamma) if hasattr(e, "gamma") else e.g,
            "mean": lambda e: mean(e.d["dn"]) if centred else np.zeros_like(e.g),
            "variance": lambda e: e.n * mean(e.d["dn"] * e.n) * e.count / max(e.count - less, 1),
            "x": lambda e: (e.d["dn"] - e.d["mean"] - e.d["variance"]) / e.std,
        },
        {"over": over, "units": units, "less": less, "centred": centred},
    )


def chains(subject: Any, observed: Sequence[Observed]) -> Iterator[Chain]:
    """Find the normalisation that a program computes."""
    values, output = observed[0]
    names = [*subject.inputs[1:], *subject.parameters]
    if not subject.inputs or subject.is_loss or len(names) > 2:
        return
    x = values[subject.inputs[0]]
    if x.shape != output.shape or not 1 <= x.ndim <= 5 or x.size < 2:
        return
    sizes = {values[n].size for n in names}
    if len(sizes) > 1:
        return
    units = sizes.pop() if sizes else None
    for name, over, along, groups in _forms(x.shape, units):
        for roles in _roles(names):
            refs = {role: Ref(n, FLAT) for role, n in roles.items()}
            for less, centred in ((0, True), (1, True), (0, False)):
                said = name if centred else "RMS norm"
                more: Any = {"less": less, "groups": groups, "centred": centred}
                eps = _eps(norm_link(said, over, along, 0.0, **more), x, output, values, roles)
                if eps is None:
                    continue
                link = norm_link(said, over, along, eps, **more)
                whole = Chain((Part(link, refs),), Ref(subject.inputs[0]))
                yield from fitting(whole, observed, 1e-9)


_Form = tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, int] | None]


def _forms(shape: tuple[int, ...], units: int | None) -> Iterator[_Form]:
    """List over which axes there may be means, and along which γ and β."""
    axes = tuple(range(len(shape)))
    every = [s for n in range(1, len(axes) + 1) for s in combinations(axes, n)]
    for over in every:
        rest = tuple(a for a in axes if a not in over)
        singles = [(a,) for a in axes]
        for along in dict.fromkeys((rest, over, *singles) if units is not None else (rest,)):
            if units is not None and int(np.prod([shape[a] for a in along])) != units:
                continue
            name = "batch norm" if along == rest and 0 in (*over, *rest[1:]) else "layer norm"
            yield name, over, along, None
        if units is None:
            continue
        for axis in over:
            for count in range(2, shape[axis]):
                if shape[axis] % count == 0 and shape[axis] == units:
                    yield "group norm", over, (axis,), (axis, count)


def _eps(
    link: Link, x: np.ndarray, y: np.ndarray, values: Any, roles: dict[str, str]
) -> float | None:  # fmt: skip
    """Solve for what is added to the variance, from the number farthest from its mean."""
    e = SimpleNamespace(x=x, N=len(x))
    for role, n in roles.items():
        setattr(e, role, values[n].reshape(-1))
    plain = link.forward(e)
    if not np.isfinite(plain).all():
        return None
    beta = e.wide(e.beta) if "beta" in roles else 0.0
    near, own = plain - beta, y - beta
    at = np.unravel_index(int(np.argmax(np.abs(own) * np.abs(e.c))), x.shape)
    ratio = near[at] / own[at] if own[at] else np.nan
    if not 0.5 < ratio < 100:
        return None
    found = float(e.std[at] ** 2 * (ratio**2 - 1))
    close = [k for k in _EPS if abs(k - found) <= 0.02 * k + 1e-9 * e.std[at] ** 2]
    if close:
        return max(close) if found > 1e-13 else 0.0
    return found if found > 0 else None


def _roles(names: Sequence[str]) -> list[dict[str, str]]:
    if len(names) == 2:
        a, b = names
        return [{"gamma": a, "beta": b}, {"gamma": b, "beta": a}]
    if len(names) == 1:
        return [{"gamma": names[0]}, {"beta": names[0]}]
    return [{}]
