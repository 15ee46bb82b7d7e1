"""Which function of one number a program applies: by the values that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import (
    ACTIVATIONS,
    Activation,
    _elu,
    _leaky,
    activation_link,
)
from clearprop.doctor.derivations.chain import Link
from clearprop.doctor.traced.arithmetic import ARITHMETIC
from clearprop.doctor.traced.tape import Tape

__all__ = ["compiled", "identified", "known_functions", "learnt_relu", "scaling"]

_RTOL = 1e-9


def _same(a: Any, b: Any) -> bool:
    return bool(np.all(np.abs(a - b) <= _RTOL * np.abs(b) + 1e-11))


def known_functions(z: np.ndarray, a: np.ndarray) -> Activation | None:
    """
    Find the activation that takes some numbers to others.

    Parameters
    ----------
    z, a : array, shape (n,)
    """
    with np.errstate(all="ignore"):
        for act in ACTIVATIONS.values():
            if _same(act.f(z), a):
                return act
        return _fitted(z, a)


def scaling(c: float) -> Link:
    """Give the link that multiplies by a number of the program's own."""
    return Link(
        "scale", f"times {c:.6g}", lambda e: c * e.x, {"x": lambda e: c * e.g}, {"factor": c}
    )  # fmt: skip


def _factor(z: np.ndarray, a: np.ndarray) -> float | None:
    """Give what some numbers are multiplied by to give others."""
    on = z != 0
    if not on.any():
        return None
    c = float(np.median(a[on] / z[on]))
    return float(f"{c:.12g}") if c and _same(c * z, a) else None


def _times(z: np.ndarray, a: np.ndarray) -> list[Link] | None:
    """Find a number, or a relu and a number behind it."""
    c = _factor(z, a)
    if c is not None:
        return [scaling(c)]
    c = _factor(np.maximum(z, 0), a)
    return None if c is None else [activation_link(ACTIVATIONS["relu"]), scaling(c)]


def _fitted(z: np.ndarray, a: np.ndarray) -> Activation | None:
    """Find an activation with a number of its own."""
    low, high = z < 0, z > 0
    if not low.any() or not high.any() or not _same(z[high], a[high]):
        return None
    slope = float(np.median(a[low] / z[low]))
    if _same(slope * z[low], a[low]):
        return _leaky(round(slope, 12))
    slope = float(np.median(a[low] / np.expm1(z[low])))
    if _same(slope * np.expm1(z[low]), a[low]):
        return _elu(round(slope, 12))
    return None


def identified(
    z: np.ndarray, a: np.ndarray, own: Callable[[], Any] | None = None
) -> list[Link] | None:
    """
    Give the links that take some numbers to others.

    Parameters
    ----------
    z, a : array, shape (n,)
    own : callable, optional
        Gives the program's own function with its slope, for functions that have no name.
    """
    act = known_functions(z, a)
    times = _times(z, a) if act is None else None
    if times is not None:
        return times
    pieces: tuple[Callable[[Any], Any], ...] = ()
    if act is None and own is not None:
        f = own()
        if f is not None:
            with np.errstate(all="ignore"):
                if _same(f(z)[0], a) and np.isfinite(f(z)[1]).all():
                    act = Activation(
                        "the program's own function", lambda v: f(v)[0], lambda v: f(v)[1]
                    )
                    pieces = _pieces(f, z)
    if act is None:
        return None
    link = activation_link(act)
    return [replace(link, about={**link.about, "pieces": pieces}) if pieces else link]


def _pieces(f: Any, z: np.ndarray) -> tuple[Callable[[Any], Any], ...]:
    """Give the factors of the slope of one activation behind another: what may be left out."""
    for inner, outer in f.cuts():
        with np.errstate(all="ignore"):
            first = known_functions(z, inner(z)[0])
            second = known_functions(inner(z)[0], f(z)[0]) if first is not None else None
        names = [act.name for act in (first, second) if act is not None]
        if len(names) == 2 and "linear" not in names:
            return _factors(inner, outer)
    return ()


def _factors(inner: Any, outer: Any) -> tuple[Callable[[Any], Any], ...]:
    return lambda v: inner(v)[1], lambda v: outer(inner(v)[0])[1]


def learnt_relu(z: np.ndarray, a: np.ndarray, slope: np.ndarray) -> Link | None:
    """
    Give a relu whose slope below zero is learnt, if that leads from some numbers to others.

    Parameters
    ----------
    z, a : array, shape (samples, units)
    slope : array
        The parameter: one number, or one a unit.
    """
    flat = np.ravel(slope)
    if flat.size not in (1, z.shape[-1]) or not _same(np.where(z > 0, z, flat * z), a):
        return None

    def own(e: Any, g: Any) -> Any:
        each = g * np.where(e.x > 0, 0.0, e.x)
        return each.sum() if np.size(e.a) == 1 else each.sum(axis=0)

    def forward(e: Any) -> Any:
        e.learnt = lambda g: own(e, g)
        return np.where(e.x > 0, e.x, np.ravel(e.a) * e.x)

    act = Activation(
        "relu with a learnt slope", lambda v: np.where(v > 0, v, flat * v),
        lambda v: np.where(v > 0, 1.0, flat),
    )  # fmt: skip
    return Link(
        "activation",
        act.name,
        forward,
        {
            "a": lambda e: own(e, e.g),
            "slope": lambda e: np.where(e.x > 0, 1.0, np.ravel(e.a)),
            "x": lambda e: e.g * e.d["slope"],
        },
        {"activation": act},
    )


def compiled(tape: Tape, node: int, base: int) -> Any:
    """
    Make a function of what a tape says of one number and another that it is made of.

    Parameters
    ----------
    tape : Tape
    node, base : int
        What comes out, and the one number that it depends on.

    Returns
    -------
    callable or None
        Gives value and slope for arrays; its `cuts` are the functions one behind another.
    """
    order: list[int] = []
    seen = {base}
    waiting: list[tuple[int, bool]] = [(node, False)]
    while waiting:
        u, done = waiting.pop()
        if done:
            order.append(u)
        elif u not in seen:
            seen.add(u)
            if u in tape.leaf or (tape.op[u] not in ARITHMETIC and tape.op[u] != "constant"):
                return None
            waiting.append((u, True))
            waiting.extend((p, False) for p in tape.parents[u])
    if len(order) > 400:
        return None

    def f(z: Any) -> tuple[Any, Any]:
        z = np.asarray(z, dtype=np.float64)
        known: dict[int, tuple[Any, Any]] = {base: (z, np.ones_like(z))}
        with np.errstate(all="ignore"):
            for u in order:
                if tape.op[u] == "constant":
                    known[u] = (np.full_like(z, tape.value[u]), np.zeros_like(z))
                else:
                    parts = [known[p] for p in tape.parents[u]]
                    y, slopes = ARITHMETIC[tape.op[u]]([value for value, _ in parts])
                    known[u] = (
                        y,
                        sum(
                            np.where(
                                np.equal(d, 0), 0.0, d * t
                            )  # what does not count may be infinite
                            for d, (_, t) in zip(slopes, parts, strict=True)
                        ),
                    )
        return known[node]

    f.cuts = lambda: _cuts(tape, node, base, order)  # type: ignore[attr-defined]
    f.nodes = seen  # type: ignore[attr-defined]
    return f


def _cuts(tape: Tape, node: int, base: int, order: Sequence[int]) -> Iterator[tuple[Any, Any]]:
    """Give the two functions, one behind the other, that a function may be made of."""
    for u in order if len(order) < 40 else ():
        if u != node and tape.op[u] != "constant":
            inner, outer = compiled(tape, u, base), compiled(tape, node, u)
            if inner is not None and outer is not None and base not in outer.nodes:
                yield inner, outer


def values_of(tape: Tape, ids: Sequence[int] | np.ndarray) -> np.ndarray:
    """Give the values of nodes, in their shape."""
    array = np.asarray(ids)
    flat = [tape.value[int(u)] for u in array.ravel()]
    return np.array(flat, dtype=np.float64).reshape(array.shape)
