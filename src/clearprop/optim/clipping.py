"""Clipping: gradients that are too large are made smaller before a step."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clearprop.optim.optimizer import Array, Optimizer

__all__ = ["clipped", "cut", "scaled", "scaled_together"]


def clipped(optimizer: Optimizer, xp: Any, gradients: list[Array | None]) -> list[Array | None]:
    """Clip the gradients of all leaves in the way that an optimizer asks for, if it does."""
    if limit := optimizer.global_clipnorm:
        return scaled_together(xp, gradients, limit)
    if limit := optimizer.clipnorm:
        return [None if g is None else scaled(xp, g, limit) for g in gradients]
    if limit := optimizer.clipvalue:
        return [None if g is None else cut(xp, g, limit) for g in gradients]
    return gradients


def scaled(xp: Any, g: Array, limit: float) -> Array:
    """
    Scale a gradient so that its norm is `limit` at most.

    Examples
    --------
    >>> import numpy as np
    >>> from clearprop.core.namespaces import NUMPY
    >>> scaled(NUMPY, np.array([3.0, 4.0]), 1.0)
    array([0.6, 0.8])
    """
    norm = xp.sqrt(xp.sum(g * g))
    return g * (limit / xp.maximum(norm, limit))


def cut(xp: Any, g: Array, limit: float) -> Array:
    """Cut each element off at `limit` and −`limit`."""
    return xp.minimum(xp.maximum(g, -limit), limit)


def scaled_together(xp: Any, gradients: list[Array | None], limit: float) -> list[Array | None]:
    """
    Scale all gradients by one factor, so that their norm together is `limit` at most.

    Parameters
    ----------
    xp : namespace
    gradients : list of array or None
        Of all leaves.
    limit : float

    References
    ----------
    R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks",
    2013, algorithm 1.
    """
    squares = [xp.sum(g * g) for g in gradients if g is not None]
    if not squares:
        return gradients
    norm = xp.sqrt(reduce(add, squares))
    # The difference is 0, but for a norm that is not finite, which must not pass as a step of 0.
    scale = limit / xp.maximum(norm, limit) + (norm - norm)
    return [None if g is None else g * scale for g in gradients]
