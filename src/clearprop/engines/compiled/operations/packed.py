"""Parts of matrices laid out anew, so that products read them in the order in which they lie."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from clearprop.engines.compiled.machine.ir import I64, PTR, Function, Reg, vector

__all__ = ["panels_laid_out", "turned", "vectors"]


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
                for number, column in vectors(f, loops, columns, width):
                    rows = f.at(moved, f.mul(column, apart), element)
                    to = f.at(begin, f.mul(number, width), element)
                    turned(f, element, width, depth, rows, apart, to, wide)
        return
    type_ = vector(element, width)
    with f.loop(depth) as k, f.loop(count) as panel:
        row = f.at(source, f.add(f.mul(k, apart), f.mul(panel, wide)), element)
        to = f.at(target, f.add(f.mul(k, wide), f.mul(panel, size)), element)
        for n, j in enumerate(columns):
            f.store(f.load(type_, f.at(row, j, element)), f.at(to, n * width, element))


def vectors(
    f: Function, loops: ExitStack, columns: Sequence[int], width: int
) -> list[tuple[Reg, Reg]]:
    """Go through vectors, in a loop if they lie evenly: give their numbers and where they begin."""
    if len(columns) > 1 and all(j == columns[0] + n * width for n, j in enumerate(columns)):
        n = loops.enter_context(f.loop(len(columns), unroll=1))
        return [(n, f.add(f.mul(n, width), columns[0]))]
    return [(f.index(n), f.index(j)) for n, j in enumerate(columns)]


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
    name = f"turned_{element}_{width}"
    if name not in f.module:
        given = [Reg("%source", PTR), Reg("%target", PTR)]
        given += [Reg(each, I64) for each in ("%turns", "%apart", "%wide")]
        made = Function(f.module, name, given, linkage="internal", attributes="noinline #0")
        f.module.define(name, "")
        _write_turned(made, element, width, *given)
        made.done()
    counts = (f.index(n) if isinstance(n, int) else n for n in (K, apart, wide))
    f.call(name, "void", source, target, *counts)


def _write_turned(
    f: Function, element: str, width: int, source: Reg, target: Reg, K: Reg, apart: Reg, wide: Reg
) -> None:
    """Write the function, which all products of the module share."""
    type_ = vector(element, width)
    whole = f.binary("and", K, f.index(-width)) if width > 1 else f.index(0)
    begins = [f.at(source, f.mul(apart, n), element) for n in range(width)]
    with f.loop(whole, 0, width, unroll=1) as k:
        rows = [f.load(type_, f.at(begin, k, element)) for begin in begins]
        step = 1
        while step < width:
            for n in range(width):
                if not n & step:
                    rows[n], rows[n + step] = _swapped(f, rows[n], rows[n + step], step)
            step *= 2
        for n, row in enumerate(rows):
            f.store(row, f.at(target, f.mul(f.add(k, n), wide), element))
    with f.loop(K, whole, unroll=1) as k:
        line = f.at(target, f.mul(k, wide), element)
        with f.loop(width, unroll=1) as r:
            begin = f.at(source, f.mul(apart, r), element)
            f.store(f.load(element, f.at(begin, k, element)), f.at(line, r, element))


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
