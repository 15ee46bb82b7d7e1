"""Where a field of numbers on a grid is zero: the line between two classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["deepest", "zero_lines"]

Floats = NDArray[np.float64]
Segment = tuple[float, float, float, float]

# Marching squares. Corners of a square are numbered 0 top left, 1 top right, 2 bottom right,
# 3 bottom left, and edge k runs from corner k to corner k + 1. For each set of positive corners
# (bit k for corner k), the pairs of edges that the line joins.
_JOINED: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)),
    6: ((0, 2),), 7: ((3, 2),), 8: ((2, 3),), 9: ((0, 2),), 10: ((0, 1), (2, 3)),
    11: ((1, 2),), 12: ((1, 3),), 13: ((0, 1),), 14: ((3, 0),),
}  # fmt: skip
_CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))  # row and column of each corner


def zero_lines(field: Floats) -> list[Segment]:
    """
    Find where a field crosses zero, by straight pieces, each within one square of the grid.

    Parameters
    ----------
    field : array, shape (H, W)
        Values at the points of a grid.

    Returns
    -------
    list of (x1, y1, x2, y2)
        Ends of the pieces, in columns and rows of the grid.

    References
    ----------
    Lorensen and Cline, "Marching cubes", 1987, in two dimensions.

    Examples
    --------
    >>> zero_lines(np.array([[-1.0, 1.0], [-1.0, 1.0]]))
    [(0.5, 0.0, 0.5, 1.0)]
    """
    positive = field > 0
    H, W = positive.shape
    codes = np.zeros((H - 1, W - 1), dtype=int)
    for k, (r, c) in enumerate(_CORNERS):
        codes |= positive[r : H - 1 + r, c : W - 1 + c].astype(int) << k
    pieces = []
    for row, column in np.argwhere((codes > 0) & (codes < 15)).tolist():
        for edges in _JOINED[int(codes[row, column])]:
            (x1, y1), (x2, y2) = sorted(_crossing(field, row, column, edge) for edge in edges)
            pieces.append((x1, y1, x2, y2))
    return pieces


def _crossing(field: Floats, row: int, column: int, edge: int) -> tuple[float, float]:
    """Where the field is zero on an edge of a square, if it changes evenly along it."""
    (r1, c1), (r2, c2) = _CORNERS[edge], _CORNERS[(edge + 1) % 4]
    a, b = float(field[row + r1, column + c1]), float(field[row + r2, column + c2])
    share = a / (a - b) if a != b else 0.5
    return column + c1 + share * (c2 - c1), row + r1 + share * (r2 - r1)


def deepest(region: NDArray[np.bool_]) -> tuple[int, int, int]:
    """
    Find the cell of a region that is farthest from the region's border: a place for its name.

    Parameters
    ----------
    region : array of bool, shape (H, W)
        Where the region is.

    Returns
    -------
    row, column, depth : int
        The cell, and how many cells away the border is; depth 0 if the region is empty.

    Examples
    --------
    >>> deepest(np.ones((5, 5), dtype=bool))
    (2, 2, 3)
    """
    depth, inner = 0, region
    last = inner
    while inner.any():
        last, depth = inner, depth + 1
        padded = np.pad(inner, 1)
        inner = inner & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    if not depth:
        return 0, 0, 0
    places = np.argwhere(last)
    middle = places[np.abs(places - places.mean(axis=0)).sum(axis=1).argmin()]
    return int(middle[0]), int(middle[1]), depth
