"""Long sums cut honestly: the largest parts, and what the rest comes to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from clearprop.errors import OptionError

__all__ = ["Cut", "cut"]


class Cut(NamedTuple):
    """
    Which parts of a sum are shown, and what is left.

    Attributes
    ----------
    kept : tuple of int
        The places of the parts shown, largest magnitude first.
    others : int
        How many are not shown.
    rest : float
        What those come to.
    """

    kept: tuple[int, ...]
    others: int
    rest: float


def cut(parts: Sequence[float], top: int | None = 5) -> Cut:
    """
    Choose the largest parts of a sum.

    One part too many is shown rather than called "1 more"; NaN counts as largest of all.

    Parameters
    ----------
    parts : sequence of float
    top : int or None
        How many to show; None for all.

    Returns
    -------
    Cut

    Raises
    ------
    OptionError
        If `top` is less than 1.

    Examples
    --------
    >>> cut([0.25, -4.0, 0.5, 0.25], top=2)
    Cut(kept=(1, 2), others=2, rest=0.5)
    """
    if top is not None and top < 1:
        raise OptionError(f"top must be 1 or more, or None for all; got {top}.")

    def size(place: int) -> float:
        part = abs(parts[place])
        return math.inf if math.isnan(part) else part

    order = sorted(range(len(parts)), key=size, reverse=True)
    shown = len(order) if top is None or len(order) <= top + 1 else top
    left_out = [float(parts[place]) for place in order[shown:]]
    return Cut(tuple(order[:shown]), len(left_out), math.fsum(left_out))
