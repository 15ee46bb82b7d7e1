"""Sample weights and masks: how much each of the samples' values counts, and which do at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from clearprop import ops
from clearprop.core.caller import warn
from clearprop.core.tensor import Node, Tensor
from clearprop.errors import OptionError, ShapeError

__all__ = ["fitted", "warn_of_nothing", "weight_of_masks"]


def fitted(what: str, weight: Any, values: Tensor) -> Any:
    """
    Give weights or a mask in the shape and the kind of number of the samples' values.

    Raises
    ------
    ShapeError
        If they are neither one a sample nor one a value.
    OptionError
        If they are no numbers.
    """
    if not hasattr(weight, "shape"):
        weight = np.asarray(weight)
    if weight.dtype.kind not in "biuf":
        raise OptionError(f"{what} must be numbers; got {weight.dtype}.")
    if weight.dtype != values.dtype:
        weight = weight.astype(values.dtype)
    want, got = values.shape, tuple(weight.shape)
    if got == want:
        return weight
    trimmed = got[:-1] if len(got) == len(want) + 1 and got[-1] == 1 else got
    if not want and got:
        raise ShapeError(
            f"{what} has shape {got}, and this loss gives one number for the whole batch: there is"
            " nothing to weight. Give its axis=, so that each sample has a value."
        )
    if trimmed != want[: len(trimmed)] and trimmed != ():
        raise ShapeError(
            f"{what} has shape {got}; the samples' values have shape {want}: give one weight"
            f" a sample, shape {want[:1]}."
        )
    return weight.reshape(trimmed + (1,) * (len(want) - len(trimmed))) if trimmed else weight


def weight_of_masks(masks: Iterable[Any], values: Tensor, *, mean: bool) -> Tensor:
    """
    Give weights that leave out what a mask leaves out.

    Parameters
    ----------
    masks : iterable of (array, Tensor or None)
        True where a value counts; it must in all of them.
    values : Tensor, shape (N, ...)
        The samples' values.
    mean : bool
        Whether a mean over all values is taken: those that count then weigh more, so that it is
        a mean over them.

    Returns
    -------
    Tensor
        0 for what is left out.
    """
    kept: Any = None
    for mask in masks:
        if mask is not None:
            if not isinstance(mask, Tensor):
                mask = Tensor(Node(np.asarray(mask) if not hasattr(mask, "dtype") else mask))
                mask.name = "mask"
            mask = fitted("mask", mask, values)
            kept = mask if kept is None else kept * mask
    return kept * (kept.size / ops.maximum(ops.sum(kept), 1.0)) if mean else kept


def warn_of_nothing(who: str, mask: Any) -> None:
    """Say of a batch in which nothing counts that it teaches nothing."""
    values = mask.data if isinstance(mask, Tensor) else mask
    values = np.asarray(values) if isinstance(values, list | tuple) else values
    if isinstance(values, np.ndarray) and values.size and not values.any():
        warn(f"{who}: the mask leaves nothing in; the loss is 0, and nothing is learnt from it.")
