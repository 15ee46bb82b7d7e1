"""What a derivation is asked for: inputs and targets as batches, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from clearprop.errors import NumericsError, ShapeError
from clearprop.explain.naming import Index

__all__ = ["checked_batch"]


def checked_batch(x: Any, y: Any, example: Index) -> tuple[np.ndarray, np.ndarray | None]:
    """
    Give inputs and targets as batches; one example may come without the batch axis.

    Raises
    ------
    ShapeError
        If they fit neither way, or their numbers differ.
    """
    x = np.asarray(x)
    if x.shape == example:
        x, y = x[None], None if y is None else np.asarray(y)[None]
    if x.shape[1:] != example:
        wanted = ", ".join(map(str, ("N", *example)))
        raise ShapeError(f"why: the network takes inputs of shape ({wanted}); got {x.shape}.")
    good = np.isfinite(x)
    if not good.all():
        place = tuple(map(int, np.argwhere(~good)[0]))
        raise NumericsError(
            f"why: x has {x[place]} at {list(place)}; a derivation needs finite numbers."
        )
    if y is None:
        return x, None
    y = np.asarray(y)
    if y.ndim == 0 or len(y) != len(x):
        raise ShapeError(f"why: {len(x)} inputs, but targets of shape {y.shape}.")
    return x, y
