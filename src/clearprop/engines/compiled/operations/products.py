"""Sums of products in registers: what small matrix products and convolutions are made of."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TypeAlias

from clearprop.engines.compiled.machine.ir import (
    F32,
    F64,
    I64,
    PTR,
    Function,
    Reg,
    Target,
    literal,
    vector,
)

__all__ = [
    "Pieces",
    "Tiling",
    "by_last",
    "called",
    "contract",
    "cut",
    "done",
    "joined",
    "sums",
    "tiling",
    "zero",
]

Place: TypeAlias = Callable[[Function, Reg, Sequence[Reg]], Reg]
Pieces: TypeAlias = list[tuple[int, int]]
Column: TypeAlias = Callable[[Function, Sequence[Reg], int, int], Reg]


@dataclass(frozen=True)
class Tiling:
    """
    How a product is cut so that what is added up stays in registers.

    Parameters
    ----------
    rows : int
        So many rows at a time.
    width : int
        Elements of a vector.
    panels : tuple of tuple of int
        The columns at which the vectors of each panel begin. The last may begin within the one
        before: what both compute is the same.
    splits : int
        Over how many sums the turns are dealt out, so that one need not wait for the other.
    """

    rows: int
    width: int
    panels: tuple[tuple[int, ...], ...]
    splits: int


def tiling(target: Target, element: str, M: int, N: int) -> Tiling:
    """Choose the tiles of an M by N result."""
    lanes = target.lanes(element)
    width = 1
    while width * 2 <= min(N, lanes):
        width *= 2
    starts = [min(j, N - width) for j in range(0, N, width)]
    registers = 32 if target.bytes == 64 or target.triple.startswith("aarch64") else 16
    most = 4 if M >= 6 else 8 if M > 1 else 16
    most = min(most, registers // 4 if M > 1 else registers // 2)
    count = -(-len(starts) // most)
    each = -(-len(starts) // count)
    panels = tuple(tuple(starts[i : i + each]) for i in range(0, len(starts), each))
    most = max(1, min(M, 14, (registers - each - 2) // each))
    # So many that few of the last tile were computed before.
    rows = min(range(most, most // 2, -1), key=lambda r: -(-M // r) * r) if M < 64 else most
    splits = max(1, min(4, 8 // (rows * each)))
    return Tiling(rows, width, panels, splits)


def contract(
    f: Function,
    element: str,
    plan: Tiling,
    columns: Sequence[int],
    M: int,
    turns: Sequence[int | tuple[Reg, Reg]],
    a: Place,
    b: Column,
    c: Callable[[Function, Reg, int], Reg],
    *,
    add: bool = False,
    share: bool = True,
) -> None:
    """
    Write ``c[i, j] = sum of a[i, k] * b[k, j]`` for a panel: numbers times rows of vectors.

    Parameters
    ----------
    f : Function
    element : str
        The type of the numbers.
    plan : Tiling
    columns : sequence of int
        Where the panel's vectors begin.
    M : int
        How many rows there are.
    turns : sequence of (int or pair)
        The sizes of the axes that are added up over; of any but the last also a first place and
        the one behind the last.
    a : callable ``(f, i, k) -> address``
        Where a number is; `k` has one index for each of the `turns`.
    b : callable ``(f, k, n, j) -> address``
        Where the panel's n-th vector begins, which is at column `j`.
    c : callable ``(f, i, j) -> address``
    add : bool
        Whether the sums are added to what is there.
    share : bool
        Whether threads divide the rows among themselves.
    """
    if not add:
        first, last = f.share(M, plan.rows) if share else (f.index(0), f.index(M))
        with f.loop(last, first, plan.rows) as at:
            row = _at_most(f, at, M - plan.rows)
            _tile(f, element, plan, columns, row, turns, a, b, c, add)
        return
    whole = M // plan.rows * plan.rows  # what is added must not be added twice
    first, last = f.share(whole, plan.rows) if share else (f.index(0), f.index(whole))
    with f.loop(last, first, plan.rows) as row:
        _tile(f, element, plan, columns, row, turns, a, b, c, add)
    if whole < M:
        with by_last(f) if share else contextlib.nullcontext():
            rest = replace(plan, rows=M - whole)
            _tile(f, element, rest, columns, f.index(whole), turns, a, b, c, add)


@contextlib.contextmanager
def by_last(f: Function) -> Iterator[None]:
    """Let the last of the threads alone do something."""
    if f.thread is None or f.target.threads == 1:
        yield
        return
    with f.when(f.compare("icmp eq", f.thread, f.index(f.target.threads - 1))):
        yield


def _at_most(f: Function, i: Reg, most: int) -> Reg:
    """Step back from the end, so that a whole tile fits."""
    if i.text[0] != "%":
        return f.index(min(int(i.text), most))
    return f.intrinsic("llvm.smin", I64, i, f.index(most))


def _tile(
    f: Function,
    element: str,
    plan: Tiling,
    columns: Sequence[int],
    row: Reg,
    turns: Sequence[int | tuple[Reg, Reg]],
    a: Place,
    b: Column,
    c: Callable[[Function, Reg, int], Reg],
    add: bool,
) -> None:
    counts = [done(plan, j) for j in columns]
    type_ = vector(element, plan.width)

    def lines(k: Sequence[Reg]) -> list[Reg]:
        found = [f.load(type_, b(f, k, n, j)) for n, j in enumerate(columns)]
        return [_without(f, x, n) for x, n in zip(found, counts, strict=True)] if add else found

    rows = [f.add(row, r) for r in range(plan.rows)]
    made = sums(f, element, plan, len(columns), turns, lambda r, k: a(f, rows[r], k), lines)
    for i, line in zip(rows, made, strict=True):
        for j, total in zip(columns, line, strict=True):
            address = c(f, i, j)
            if add:
                total = f.binary("fadd", total, f.load(type_, address))
            f.store(total, address)


def sums(
    f: Function,
    element: str,
    plan: Tiling,
    vectors: int,
    turns: Sequence[int | tuple[Reg, Reg]],
    number: Callable[[int, Sequence[Reg]], Reg],
    lines: Callable[[Sequence[Reg]], list[Reg]],
    *,
    last: Reg | None = None,
) -> list[list[Reg]]:
    """
    Add up, in registers, numbers times vectors: for each of the plan's rows.

    Parameters
    ----------
    f : Function
    element : str
    plan : Tiling
    vectors : int
        How many there are in a row.
    turns : sequence of (int or pair)
        The sizes of the axes that are added up over; of any but the last also a first place and
        the one behind the last.
    number : callable ``(row, k) -> address``
    lines : callable ``k -> list of Reg``
        The vectors.
    last : Reg, optional
        The size of the last axis where it is not known beforehand.

    Returns
    -------
    list of list of Reg
        By row and vector.
    """
    type_ = vector(element, plan.width)
    inner = turns[-1]
    assert isinstance(inner, int)
    splits = plan.splits if inner >= plan.splits and last is None else 1
    kept = [[[f.slot(type_) for _ in range(vectors)] for _ in range(plan.rows)]
            for _ in range(splits)]  # fmt: skip
    for each in (slot for part in kept for line in part for slot in line):
        f.store(literal(0, type_), each, 64)

    def turn(k: Sequence[Reg], part: int) -> None:
        row = lines(k)
        for r, slots in enumerate(kept[part]):
            x = f.splat(f.load(element, number(r, k)), plan.width)
            for each, line in zip(slots, row, strict=True):
                f.store(f.fma(x, line, f.load(type_, each, 64)), each, 64)

    with ExitStack() as loops:
        outer = [
            loops.enter_context(f.loop(n) if isinstance(n, int) else f.loop(n[1], n[0]))
            for n in turns[:-1]
        ]
        whole = inner // splits * splits
        if whole:
            with f.loop(whole if last is None else last, 0, splits, unroll=1) as k:
                for n in range(splits):
                    turn([*outer, f.add(k, n)], n)
        for k_last in range(whole, inner):
            turn([*outer, f.index(k_last)], 0)
    return [
        [_added(f, type_, [part[r][n] for part in kept]) for n in range(vectors)]
        for r in range(plan.rows)
    ]


def _added(f: Function, type_: str, slots: Sequence[Reg]) -> Reg:
    total, *rest = (f.load(type_, slot, 64) for slot in slots)
    for part in rest:
        total = f.binary("fadd", total, part)
    return total


def done(plan: Tiling, j: int) -> int:
    """Tell how many columns of the vector at `j` the one before it has too."""
    starts = [start for panel in plan.panels for start in panel]
    at = starts.index(j)
    return 0 if at == 0 else starts[at - 1] + plan.width - j


def _without(f: Function, x: Reg, count: int) -> Reg:
    """Set the first `count` lanes to zero."""
    if not count:
        return x
    listed = ", ".join(f"i32 {n if n >= count else x.width}" for n in range(x.width))
    return f.give(
        x.type,
        f"shufflevector {x.type} {x.text}, {x.type} zeroinitializer, <{x.width} x i32> <{listed}>",
    )


def joined(f: Function, x: Reg, y: Reg, count: int) -> Reg:
    """Give the first `count` lanes of one vector and the others of another."""
    listed = ", ".join(f"i32 {n if n < count else x.width + n}" for n in range(x.width))
    return f.give(
        x.type,
        f"shufflevector {x.type} {x.text}, {x.type} {y.text}, <{x.width} x i32> <{listed}>",
    )


def cut(lanes: int, count: int) -> Pieces:
    """
    Cut a row into vectors, each as wide as fits: the first column and the width of each.

    Examples
    --------
    >>> cut(8, 11)
    [(0, 8), (8, 2), (10, 1)]
    """
    pieces, at, width = [], 0, lanes
    while at < count:
        while width > count - at:
            width //= 2
        pieces.append((at, width))
        at += width
    return pieces


def called(f: Function, name: str, pointers: Sequence[Reg], write: Callable[..., None]) -> None:
    """
    Call a function of the module; the first time, `write` it.

    Products of the same sizes are one function, however often a network has them.

    Parameters
    ----------
    write : callable ``(function, *pointers)``
    """
    if name not in f.module:
        given = [Reg(f"%p{i}", f"{PTR} noalias") for i in range(len(pointers))]
        thread = Reg("%thread", I64)
        made = Function(f.module, name, [*given, thread], linkage="internal")
        made.thread = None if f.thread is None else thread
        f.module.define(name, "")
        write(made, *(Reg(each.text, PTR) for each in given))
        made.done()
    f.call(name, "void", *pointers, f.thread or f.index(0))


def zero(f: Function, element: str, pointer: Reg, count: int, *, share: bool = True) -> None:
    """Write zeros over `count` elements."""
    lanes = f.target.lanes(element)
    first, last = f.share(count, lanes) if share else (f.index(0), f.index(count))
    size = {F32: 4, F64: 8}.get(element) or int(element[1:]) // 8
    name = "llvm.memset.p0.i64"
    f.module.need(name, lambda: f"declare void @{name}(ptr, i8, i64, i1)")
    length = f.mul(f.binary("sub", last, first), size)
    start = f.at(pointer, first, element)
    f.put(f"call void @{name}(ptr {start.text}, i8 0, i64 {length.text}, i1 false)")
