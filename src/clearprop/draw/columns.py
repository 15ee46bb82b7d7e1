"""Where the neurons of a network stand: layers as columns, wide ones folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

from clearprop.draw.axes import Box

__all__ = ["Column", "columns", "free_spots"]

# Where along a line its number may stand; the first that is free is taken.
_SPOTS = (0.3, 0.24, 0.36, 0.7, 0.76, 0.64, 0.18, 0.82, 0.42, 0.58)


@final
@dataclass(frozen=True)
class Column:
    """
    One layer of neurons.

    Parameters
    ----------
    size : int
        How many units the layer has.
    x : float
        Middle of the column.
    y : dict of int to float
        Middle of each unit that is drawn.
    fold : float or None
        Height at which it is said how many are not drawn; None if all are.
    """

    size: int
    x: float
    y: dict[int, float]
    fold: float | None

    @property
    def folded(self) -> int:
        """How many units are not drawn."""
        return self.size - len(self.y)


def columns(
    sizes: Sequence[int], *, most: int, left: float, top: float, apart: float, between: float
) -> list[Column]:
    """
    Place the units of every layer, all columns centred on one line.

    Parameters
    ----------
    sizes : sequence of int
        Units in each layer.
    most : int
        Rows at most, at least 3; a wider layer shows `most` - 2 units, a fold and its last unit.
    left, top : float
        Middle of the first column; middle of the highest unit.
    apart, between : float
        Pixels from unit to unit, and from column to column.

    Returns
    -------
    list of Column
        One for each layer.

    Examples
    --------
    >>> columns([2, 32], most=4, left=0.0, top=0.0, apart=10.0, between=100.0)[1]
    Column(size=32, x=100.0, y={0: 0.0, 1: 10.0, 31: 30.0}, fold=20.0)
    """
    rows = min(max(sizes), most)
    middle = top + (rows - 1) * apart / 2
    placed = []
    for k, size in enumerate(sizes):
        first = middle - (min(size, most) - 1) * apart / 2
        if size <= most:
            y = {unit: first + unit * apart for unit in range(size)}
            placed.append(Column(size, left + k * between, y, None))
            continue
        y = {unit: first + unit * apart for unit in range(most - 2)}
        y[size - 1] = first + (most - 1) * apart
        placed.append(Column(size, left + k * between, y, first + (most - 2) * apart))
    return placed


def free_spots(
    lines: Sequence[tuple[float, float, float, float]],
    sizes: Sequence[tuple[float, float]],
    taken: Iterable[Box],
) -> list[tuple[float, float]] | None:
    """
    Find for the number of each line a spot on it where nothing else stands.

    Parameters
    ----------
    lines : sequence of (x1, y1, x2, y2)
        The lines.
    sizes : sequence of (width, height)
        Of what is to be written on them.
    taken : iterable of Box
        What already stands there.

    Returns
    -------
    list of (x, y) or None
        Middles of the texts; None if not all have a spot.

    Examples
    --------
    >>> free_spots([(0.0, 0.0, 100.0, 0.0)], [(20.0, 10.0)], [])
    [(30.0, 0.0)]
    """
    occupied = list(taken)
    spots = []
    for (x1, y1, x2, y2), (width, height) in zip(lines, sizes, strict=True):
        for share in _SPOTS:
            x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
            box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if not any(box.overlaps(other, 1.0) for other in occupied):
                occupied.append(box)
                spots.append((x, y))
                break
        else:
            return None
    return spots
