"""Examples that come in batches, put together so that they can be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from clearprop.core.tree import map_tree
from clearprop.engines.engine import rows_in
from clearprop.errors import DataError, OptionError
from clearprop.train.streams import as_batch, iter_once

__all__ = ["MOST", "gathered", "joined"]

MOST = 64  # batches


def gathered(source: Any) -> tuple[Any, Any, int]:
    """
    Take the first batches of what gives batches, and can be asked for them again.

    Returns
    -------
    x, y : array or tree of arrays
    size : int, examples
        Of the largest batch.

    Raises
    ------
    OptionError
        If it gives each batch only once: then looking would take them from training.
    DataError
        If it gives none, or what is no batch.
    """
    if iter_once(source):
        raise OptionError(
            "x gives each batch once, and looking at them would use them up; give arrays, or"
            " something that can be gone through again."
        )
    by_number = not hasattr(source, "__iter__")
    fresh = (source[k] for k in range(len(source))) if by_number else iter(source)
    taken = [as_batch(batch, "x") for batch in islice(fresh, MOST)]
    if not taken:
        raise DataError("x gives no batches.")
    return joined(taken)


def joined(batches: Iterable[tuple[Any, Any, Any]]) -> tuple[Any, Any, int]:
    """Put batches together; see `gathered` for what comes of it."""
    taken = list(batches)
    x, y = (map_tree(lambda *each: np.concatenate(each), *(b[k] for b in taken)) for k in (0, 1))
    return x, y, max(rows_in(b[0]) for b in taken)
