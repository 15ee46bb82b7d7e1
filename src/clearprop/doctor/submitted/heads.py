"""Losses that stand in no program, only in its author's head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from clearprop.errors import unknown

__all__ = ["NAMED", "loss_of_head", "says_its_factor"]

_TINY = 1e-12


def _half_sse(y: Any, t: Any) -> float:
    return float(0.5 * np.sum((y - t) ** 2))


def _sse(y: Any, t: Any) -> float:
    return float(np.sum((y - t) ** 2))


def _mse(y: Any, t: Any) -> float:
    return float(np.mean((y - t) ** 2))


def _cross_entropy(y: Any, t: Any) -> float:
    return float(-np.sum(t * np.log(y + _TINY)))


def _mean_cross_entropy(y: Any, t: Any) -> float:
    return _cross_entropy(y, t) / (len(y) if np.ndim(y) > 1 else 1)


def _binary(y: Any, t: Any) -> float:
    return float(-np.sum(t * np.log(y + _TINY) + (1 - t) * np.log(1 - y + _TINY)))


NAMED: dict[str, Callable[[Any, Any], float]] = {
    "half_sse": _half_sse,
    "sse": _sse,
    "mse": _mse,
    "cross_entropy": _cross_entropy,
    "categorical_crossentropy": _mean_cross_entropy,
    "binary_cross_entropy": _binary,
}


def says_its_factor(loss: Any) -> bool:
    """Tell a loss that says whether it is a sum or a mean: a function, or a name that says it."""
    return loss is not None and (not isinstance(loss, str) or "entropy" not in loss)


def _shaped(loss: Callable[[Any, Any], float]) -> Callable[[Any, Any], float]:
    """Give a loss for targets that differ from the outputs in axes of length 1."""

    def shaped(y: Any, t: Any) -> float:
        y, t = np.asarray(y), np.asarray(t)
        return loss(y, t.reshape(y.shape) if t.size == y.size else t)

    return shaped


def loss_of_head(loss: Any, *, of_output: bool = False) -> Callable[[Any, Any], float]:
    """
    Give the loss that a program means: the one that was named, or half the sum of squares.

    Parameters
    ----------
    loss : str, callable or None
        A name, or a function of output and target.
    of_output : bool
        Whether it has no target; by default it is then the sum of the outputs.
    """
    if isinstance(loss, str):
        if loss not in NAMED:
            raise unknown("loss", loss, NAMED)
        return _shaped(NAMED[loss])
    if loss is None:
        return (lambda y, t: float(np.sum(y))) if of_output else _shaped(_half_sse)
    if of_output:
        return lambda y, t: float(loss(y)) if t is None else float(loss(y, t))
    return lambda y, t: float(loss(y, t))
