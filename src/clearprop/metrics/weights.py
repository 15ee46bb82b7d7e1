"""Sample weights of metrics: how much each value counts, and what a mask leaves in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from clearprop.core.tensor import Tensor
from clearprop.errors import ShapeError

__all__ = ["array", "fitted", "masked_weight", "spread", "totals", "totals_in"]


def array(x: Any) -> np.ndarray:
    """Give a tensor, a list or an array as an array."""
    return np.asarray(x.data if isinstance(x, Tensor) else x)


def fitted(who: str, weight: Any, shape: tuple[int, ...]) -> np.ndarray:
    """
    Give weights as float64, for the first axes of values of a shape.

    Raises
    ------
    ShapeError
        If they are neither one a sample nor one a value.
    """
    weight = array(weight).astype(np.float64)
    if weight.shape != shape[: weight.ndim] and weight.shape[-1:] == (1,):
        weight = weight[..., 0]
    if weight.shape != shape[: weight.ndim]:
        raise ShapeError(
            f"{who}: sample_weight has shape {weight.shape}; give one weight a sample,"
            f" shape {shape[:1]}."
        )
    return weight


def spread(weight: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Repeat weights of the first axes along the others."""
    return np.broadcast_to(weight.reshape(weight.shape + (1,) * (len(shape) - weight.ndim)), shape)


def totals(who: str, values: np.ndarray, weight: Any = None) -> tuple[float, float]:
    """
    Give the weighted sum of values and of weights; a sample counts once, however long it is.

    Examples
    --------
    >>> totals("mae", np.array([[1.0, 3.0], [5.0, 5.0]]))
    (7.0, 2.0)
    >>> totals("mae", np.array([[1.0, 3.0], [5.0, 5.0]]), [2.0, 0.0])
    (4.0, 2.0)
    """
    if weight is None:
        each = float(max(values[:1].size, 1)) if values.ndim else 1.0
        return float(values.sum(dtype=np.float64)) / each, values.size / each
    weight = fitted(who, weight, values.shape)
    rest = tuple(range(weight.ndim, values.ndim))
    means = values.astype(np.float64).mean(axis=rest) if rest else values
    each = float(max(weight[:1].size, 1)) if weight.ndim else 1.0
    return float((means * weight).sum()) / each, float(weight.sum()) / each


def totals_in(xp: Any, who: str, values: Any, weight: Any = None) -> tuple[Any, Any]:
    """
    Give what `totals` gives, computed with another array library.

    Raises
    ------
    ShapeError
        If the weights are neither one a sample nor one a value.
    """
    shape = tuple(values.shape)
    rank = 1 if weight is None else len(weight.shape)
    each = float(max(math.prod(shape[1:rank]), 1))
    values = xp.astype(values, dtype=xp.float64)
    if weight is None:
        own = float(max(math.prod(shape[1:]), 1))
        return xp.sum(values) / own, xp.asarray(math.prod(shape) / own, dtype=xp.float64)
    if tuple(weight.shape) != shape[:rank]:
        raise ShapeError(
            f"{who}: sample_weight has shape {weight.shape}, the values {shape}; give one weight"
            " for each."
        )
    weight = xp.astype(weight, dtype=xp.float64)
    if len(shape) > rank:
        values = xp.mean(values, axis=tuple(range(rank, len(shape))))
    return xp.sum(values * weight) / each, xp.sum(weight) / each


def masked_weight(sample_weight: Any, mask: Any) -> Any:
    """
    Make one weight of a sample weight and a mask: what is masked counts nothing.

    Parameters
    ----------
    sample_weight : array, shape (N,) or (N, T), or None
    mask : array of bool, shape (N, T), or None

    Returns
    -------
    array or None
        What a metric takes as `sample_weight`.

    Examples
    --------
    >>> masked_weight([2.0, 3.0], [[True, False], [True, True]]).tolist()
    [[2.0, 0.0], [3.0, 3.0]]
    """
    if mask is None:
        return sample_weight
    kept = array(mask).astype(np.float64)
    if sample_weight is None:
        return kept
    weight = array(sample_weight).astype(np.float64)
    if weight.ndim > kept.ndim:
        return spread(fitted("mask", kept, weight.shape), weight.shape) * weight
    return spread(fitted("metric", weight, kept.shape), kept.shape) * kept
