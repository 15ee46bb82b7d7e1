"""Parts of matrices laid out anew, so that products read them in the order in which they lie."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from clearprop.engines.compiled.machine.ir import Function, Reg, vector

__all__ = ["panels_laid_out", "turned"]


def panels_laid_out(
    f: Function,
    element: str,
    width: int,
    columns: Sequence[int],
    count: Reg,
    depth: int | Reg,
    source: Reg,
    apart: int,
    target: Reg,
    size: int | Reg,
    *,
    turned_over: bool,
) -> None:
    """
    Lay out panels of a right operand: row after row of each panel, which are read as they lie.

    Parameters
    ----------
    f : Function
    element : str
    width : int
        Of a vector.
    columns : sequence of int
        Where the vectors of the first panel begin; those of the next lie that much further on.
    count : Reg
        How many panels.
    depth : int or Reg
        How many rows.
    source : Reg
        Where the first row begins; if turned over, the first column.
    apart : int
        How far apart they begin.
    target : Reg
    size : int or Reg
        The elements from one panel to the next.
    turned_over : bool
        Whether columns are what lies in a row.
    """
    wide = len(columns) * width
    if turned_over:
        with f.loop(count) as panel:
            moved = f.at(source, f.mul(panel, wide * apart), element)
            begin = f.at(target, f.mul(panel, size), element)
            with ExitStack() as loops:
                for into, column in _vectors(f, loops, columns, width):
                    rows = f.at(moved, f.mul(column, apart), element)
                    to = f.at(begin, into, element)
                    turned(f, element, width, depth, rows, apart, to, wide)
        return
    type_ = vector(element, width)
    with f.loop(depth) as k, f.loop(count) as panel:
        row = f.at(source, f.add(f.mul(k, apart), f.mul(panel, wide)), element)
        to = f.at(target, f.add(f.mul(k, wide), f.mul(panel, size)), element)
        for n, j in enumerate(columns):
            f.store(f.load(type_, f.at(row, j, element)), f.at(to, n * width, element))


def _vectors(
    f: Function, loops: ExitStack, columns: Sequence[int], width: int
) -> list[tuple[Reg, Reg]]:
    """Give where vectors go and come from: one after the other in a loop, if they lie evenly."""
    if len(columns) > 1 and all(j == columns[0] + n * width for n, j in enumerate(columns)):
        n = loops.enter_context(f.loop(len(columns)))
        return [(f.mul(n, width), f.add(f.mul(n, width), columns[0]))]
    return [(f.index(n * width), f.index(j)) for n, j in enumerate(columns)]


def turned(
    f: Function,
    element: str,
    width: int,
    K: int | Reg,
    source: Reg,
    apart: int,
    target: Reg,
    wide: int,
) -> None:
    """
    Transpose `width` rows of `K` numbers, which begin `apart`, into K rows that begin `wide` apart.

    Squares go through registers: at each stage, rows swap half of what they hold.
    """
    type_ = vector(element, width)
    whole = _whole(f, K, width) if width > 1 else f.index(0)
    with f.loop(whole, 0, width) as k:
        rows = [f.load(type_, f.at(source, f.add(k, r * apart), element)) for r in range(width)]
        step = 1
        while step < width:
            for r in range(width):
                if not r & step:
                    rows[r], rows[r + step] = _swapped(f, rows[r], rows[r + step], step)
            step *= 2
        for r, row in enumerate(rows):
            f.store(row, f.at(target, f.mul(f.add(k, r), wide), element))
    with f.loop(K, whole) as k:
        for r in range(width):
            number = f.load(element, f.at(source, f.add(k, r * apart), element))
            f.store(number, f.at(f.at(target, f.mul(k, wide), element), r, element))


def _whole(f: Function, count: int | Reg, width: int) -> Reg:
    """Give the largest multiple of a power of two that is not above a count."""
    if isinstance(count, int):
        return f.index(count // width * width)
    return f.binary("and", count, f.index(-width))


def _swapped(f: Function, x: Reg, y: Reg, step: int) -> tuple[Reg, Reg]:
    """Exchange the upper halves of the runs of x with the lower ones of y."""
    width = x.width
    low = [n if not n & step else width + n - step for n in range(width)]
    high = [n + step if not n & step else width + n for n in range(width)]
    made = []
    for lanes in (low, high):
        listed = ", ".join(f"i32 {n}" for n in lanes)
        made.append(
            f.give(
                x.type,
                f"shufflevector {x.type} {x.text}, {y.type} {y.text}, <{width} x i32> <{listed}>",
            )
        )
    return made[0], made[1]
