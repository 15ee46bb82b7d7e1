"""How a matrix product is cut into blocks that stay in the caches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from clearprop.engines.compiled.machine.ir import F64, Target
from clearprop.engines.compiled.operations.products import Tiling, tiling

__all__ = ["Blocks", "Sizes", "blocks", "in_one_piece", "room", "wide"]

# Turns of a sum at a time. Of a left operand held transposed, each turn is read elsewhere: what a
# panel and its rows take then is to stay in the innermost cache.
DEPTH, ACROSS = 512, 128
LEFT = 1 << 17  # elements of a left operand that are gone through for one panel after the other
MADE = 1 << 15  # elements of the result that are made at a time, all panels of some rows
RIGHT = 1 << 17  # elements of a right operand that are laid out at a time
REUSED = 48  # rows that read a panel, from which on laying it out anew pays


class Sizes(NamedTuple):
    """
    A product: `M` rows, `N` columns, sums over `K`.

    Parameters
    ----------
    M, N, K : int
    ta, tb : bool
        Whether an operand is held transposed.
    apart : (int, int, int)
        How far apart rows of the operands, as they are held, and of the result begin.
    """

    M: int
    N: int
    K: int
    ta: bool
    tb: bool
    apart: tuple[int, int, int]


@dataclass(frozen=True)
class Blocks:
    """
    How a product is cut into blocks.

    Attributes
    ----------
    plan : Tiling
    depth : int
        Turns of a sum at a time.
    rows : int
        Rows of the left operand at a time: a multiple of those of a tile.
    panels : int
        Panels of the right operand at a time.
    laid_out : bool
        Whether the right operand is laid out anew.
    whole : bool
        Whether it is for all turns of a sum, before the first row.
    """

    plan: Tiling
    depth: int
    rows: int
    panels: int
    laid_out: bool
    whole: bool


def blocks(target: Target, element: str, sizes: Sizes) -> Blocks:
    """Choose blocks."""
    M, N, K, ta, tb, (_, apart, _) = sizes
    plan = tiling(target, element, M, N)
    columns = wide(plan)
    laid_out = tb or (M >= REUSED and apart != columns and K * apart >= 1 << 12)
    depth = _even(K, ACROSS if ta else DEPTH) if M > 1 else K
    most = max(1, LEFT // (depth * plan.rows))
    whole = laid_out and K * N <= RIGHT and not ta
    if whole:
        most = max(1, min(most, MADE // (N * plan.rows)))
    rows = _even(-(-M // plan.rows), most) * plan.rows
    panels = max(1, N // columns)
    if laid_out and not whole:
        panels = _even(panels, max(1, RIGHT // (depth * columns)))
    return Blocks(plan, depth, rows, panels, laid_out, whole)


def in_one_piece(sizes: Sizes) -> bool:
    """Tell whether all turns of each sum come one after the other, whatever it is compiled for."""
    return (ACROSS if sizes.ta else DEPTH) >= sizes.K


def wide(plan: Tiling) -> int:
    """Tell how many columns a panel has."""
    return len(plan.panels[0]) * plan.width


def _even(count: int, most: int) -> int:
    """Divide into parts of much the same size, none above `most`."""
    return -(-count // -(-count // most)) if count else 1


def room(target: Target, element: str, sizes: Sizes) -> int:
    """Tell how many bytes a thread needs to lay panels out anew."""
    cut = blocks(target, element, sizes)
    if not cut.laid_out:
        return 0
    depth = sizes.K if cut.whole else cut.depth
    # A vector's width of turns more: transposing writes whole squares.
    count = (cut.panels * depth + 16) * wide(cut.plan)
    return -(-count * (8 if element == F64 else 4) // 64) * 64
