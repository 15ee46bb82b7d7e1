"""Losses, alone and joined with the softmax or the sigmoid before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.doctor.derivations.activations import ACTIVATIONS, softmax
from clearprop.doctor.derivations.chain import Env, Link

__all__ = ["LOSSES", "one_hot", "shares_over"]

_SIGMOID = ACTIVATIONS["sigmoid"].f
_EPS = 1e-12

# What a sum over samples and outputs is multiplied by.
SCALES: dict[str, Callable[[Env], float]] = {
    "½ · sum": lambda e: 0.5,
    "sum": lambda e: 1.0,
    "mean over samples": lambda e: 1 / e.N,
    "½ · mean over samples": lambda e: 0.5 / e.N,
    "mean": lambda e: 1 / e.x.size,
    "½ · mean": lambda e: 0.5 / e.x.size,
    "2 · sum": lambda e: 2.0,
    "2 · mean over samples": lambda e: 2 / e.N,
    "mean over outputs": lambda e: e.N / e.x.size,
    "½ · mean over outputs": lambda e: 0.5 * e.N / e.x.size,
}


def one_hot(e: Env) -> Any:
    """Give the target in the form of the output: rows of ones and zeros, if it was indices."""
    t = np.asarray(e.t)
    if t.size == e.x.size:
        return t.reshape(e.x.shape)
    if t.size == e.x.size // e.x.shape[-1]:
        rows = np.zeros(e.x.shape)
        indices = t.reshape(-1).astype(int)
        rows.reshape(-1, e.x.shape[-1])[np.arange(t.size), indices] = 1
        return rows
    raise ValueError("the target fits neither the outputs nor the samples")


def _squared(name: str, scale: Callable[[Env], float]) -> Link:
    return Link(
        "loss",
        f"squared error, {name}",
        lambda e: np.asarray(scale(e) * np.sum((e.x - one_hot(e)) ** 2)),
        {
            "error": lambda e: e.x - one_hot(e),
            "factor": lambda e: 2 * scale(e),
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "squared", "scale": name},
    )


def _softmax_ce(name: str, scale: Callable[[Env], float]) -> Link:
    return Link(
        "loss",
        f"softmax with cross-entropy, {name}",
        lambda e: np.asarray(-scale(e) * np.sum(one_hot(e) * np.log(softmax(e.x) + _EPS))),
        {
            "shares": lambda e: softmax(e.x),
            "error": lambda e: e.d["shares"] - one_hot(e),
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "softmax-ce", "scale": name},
    )


def shares_over(z: Any, axis: int | None, by_rows: bool) -> Any:
    """Give shares over the batch (axis 0), or over everything; each row shifted, or not."""
    e = np.exp(z - np.max(z, axis=-1 if by_rows else axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def _softmax_ce_over(
    axis: int | None, name: str, scale: Callable[[Env], float], *, by_rows: bool
) -> Link:
    """
    Give the loss whose softmax, in the forward pass, runs over another axis.

    Where each row is shifted by its maximum, that shift does not cancel then.
    """
    where = "the batch" if axis == 0 else "everything"

    def error(e: Env) -> Any:
        t = one_hot(e)
        d = e.d["shares"] * np.sum(t, axis=axis, keepdims=True) - t
        if not by_rows:
            return d
        top = e.x == np.max(e.x, axis=-1, keepdims=True)
        return d - top * np.sum(d, axis=-1, keepdims=True)

    return Link(
        "loss",
        f"softmax over {where} with cross-entropy, {name}",
        lambda e: np.asarray(
            -scale(e) * np.sum(one_hot(e) * np.log(shares_over(e.x, axis, by_rows) + _EPS))
        ),
        {
            "shares": lambda e: shares_over(e.x, axis, by_rows),
            "error": error,
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": f"softmax-ce over {where}", "scale": name},
    )


def _sigmoid_ce(name: str, scale: Callable[[Env], float]) -> Link:
    def forward(e: Env) -> Any:
        t, z = one_hot(e), e.x
        return np.asarray(scale(e) * np.sum(np.logaddexp(0, z) - t * z))

    return Link(
        "loss",
        f"sigmoid with cross-entropy, {name}",
        forward,
        {
            "shares": lambda e: _SIGMOID(e.x),
            "error": lambda e: e.d["shares"] - one_hot(e),
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "sigmoid-ce", "scale": name},
    )


def _of_shares(name: str, scale: Callable[[Env], float]) -> Link:
    return Link(
        "loss",
        f"cross-entropy, {name}",
        lambda e: np.asarray(-scale(e) * np.sum(one_hot(e) * np.log(e.x + _EPS))),
        {
            "error": lambda e: -one_hot(e) / (e.x + _EPS),
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "ce", "scale": name},
    )


def _binary(name: str, scale: Callable[[Env], float]) -> Link:
    def forward(e: Env) -> Any:
        t = one_hot(e)
        return np.asarray(
            -scale(e) * np.sum(t * np.log(e.x + _EPS) + (1 - t) * np.log(1 - e.x + _EPS))
        )

    return Link(
        "loss",
        f"binary cross-entropy, {name}",
        forward,
        {
            "error": lambda e: (e.x - one_hot(e)) / (e.x * (1 - e.x) + _EPS),
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "bce", "scale": name},
    )


def _absolute(name: str, scale: Callable[[Env], float]) -> Link:
    return Link(
        "loss",
        f"absolute error, {name}",
        lambda e: np.asarray(scale(e) * np.sum(np.abs(e.x - one_hot(e)))),
        {
            "error": lambda e: np.sign(e.x - one_hot(e)),
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "absolute", "scale": name},
    )


def _margins(name: str, scale: Callable[[Env], float], margin: float = 1.0) -> Link:
    """Give the hinge loss of several classes: each wrong one against the right one."""

    def over(e: Env) -> Any:
        t = one_hot(e)
        if np.ndim(e.x) != 2 or e.x.shape[1] < 2 or not np.all(t.sum(axis=-1) == 1):
            raise ValueError("targets that are no classes")
        own = np.sum(t * e.x, axis=-1, keepdims=True)
        return (1 - t) * np.maximum(0.0, e.x - own + margin)

    def error(e: Env) -> Any:
        on = (over(e) > 0) * 1.0
        return on - one_hot(e) * np.sum(on, axis=-1, keepdims=True)

    return Link(
        "loss",
        f"hinge of several classes, {name}",
        lambda e: np.asarray(scale(e) * np.sum(over(e))),
        {
            "error": error,
            "factor": scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "margins", "scale": name},
    )


def _summed(name: str, scale: Callable[[Env], float]) -> Link:
    """Give the sum of the outputs: what is differentiated where there is no target."""
    return Link(
        "loss",
        f"outputs, {name}",
        lambda e: np.asarray(scale(e) * np.sum(e.x)),
        {"factor": scale, "x": lambda e: e.g * e.d["factor"] * np.ones_like(e.x)},
        {"loss": "none", "scale": name},
    )


def _halved(name: str) -> bool:
    return name.startswith("½")


def _squares(name: str, scale: float) -> Link:
    """Give a sum of squares of the outputs: a loss with no target."""
    return Link(
        "loss",
        name,
        lambda e: np.asarray(scale * np.sum(e.x**2)),
        {
            "error": lambda e: e.x,
            "factor": lambda e: 2 * scale,
            "x": lambda e: e.g * e.d["factor"] * e.d["error"],
        },
        {"loss": "squares", "scale": "½ · sum" if scale == 0.5 else "sum"},
    )


LOSSES: list[Link] = [
    *(_squared(n, s) for n, s in SCALES.items()),
    *(_softmax_ce(n, s) for n, s in SCALES.items() if not _halved(n)),
    *(_sigmoid_ce(n, s) for n, s in SCALES.items() if not _halved(n)),
    *(
        _softmax_ce_over(a, n, SCALES[n], by_rows=rows)
        for n in ("sum", "mean over samples", "mean")
        for a in (0, None)
        for rows in (False, True)
    ),
    *(_absolute(n, s) for n, s in SCALES.items() if not _halved(n)),
    *(_margins(n, SCALES[n]) for n in ("sum", "mean over samples")),
]
LOSSES_OF_SHARES: list[Link] = [
    *(_of_shares(n, s) for n, s in SCALES.items() if not _halved(n)),
    *(_binary(n, s) for n, s in SCALES.items() if not _halved(n)),
]
SUMMED: list[Link] = [_summed(n, SCALES[n]) for n in ("sum", "mean", "½ · sum")]
SUMMED += [_squares("half the squared outputs", 0.5), _squares("the squared outputs", 1.0)]
