"""Matrix products: in blocks that stay in the caches, of tiles that stay in registers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from clearprop.engines.compiled.machine.ir import F64, I32, I64, Function, Reg, vector
from clearprop.engines.compiled.operations.blocks import Blocks, Sizes, blocks, room, wide
from clearprop.engines.compiled.operations.packed import panels_laid_out, vectors
from clearprop.engines.compiled.operations.products import done, joined, sums

__all__ = ["Finish", "product"]


class Finish(Protocol):
    """Whoever computes something of the sums of neighbouring columns of a row."""

    def reads(self, f: Function, row: Reg, column: Reg, width: int) -> Iterable[Reg]:
        """Give where it will read."""

    def write(self, f: Function, row: Reg, column: Reg, sums: Reg) -> None:
        """Write what comes of the sums."""


def product(
    f: Function,
    element: str,
    sizes: Sizes,
    a: Reg,
    b: Reg,
    c: Reg,
    place: Reg | None = None,
    *,
    finish: Finish | None = None,
    ahead: tuple[int, int] = (0, 0),
) -> None:
    """
    Write ``c = a @ b``.

    Threads divide the rows if there are many, the panels of columns otherwise.

    Parameters
    ----------
    f : Function
    element : str
    sizes : Sizes
    a, b, c : Reg
    place : Reg, optional
        Room to lay panels out, for all threads.
    finish : Finish, optional
        Of sums that are in one piece: writes what comes of them, which is then all there is.
    ahead : (int, int)
        How many bytes behind each operand the one lies that comes next; 0 if nobody knows.
    """
    cut = blocks(f.target, element, sizes)
    if place is not None and f.thread is not None:
        place = f.at(place, f.mul(f.thread, room(f.target, element, sizes)), "i8")
    job = _Job(f, element, sizes, cut, a, b, c, place, finish, ahead)
    plan, whole = cut.plan, sizes.N // wide(cut.plan)
    threads = f.target.threads if f.thread is not None else 1
    by_panel = whole >= threads > 1 and sizes.M < 2 * sizes.N
    rows = (f.index(0), f.index(sizes.M)) if by_panel else f.share(sizes.M, plan.rows)
    if whole:
        begin, end = f.share(whole) if by_panel else (f.index(0), f.index(whole))
        job.panels(plan.panels[0], begin, end, rows)
    for number in range(whole, len(plan.panels)):
        with contextlib.ExitStack() as stack:
            if by_panel and f.thread is not None:
                # By whoever did the one before: they may share columns.
                owner = f.index((whole - 1) // -(-whole // threads))
                stack.enter_context(f.when(f.compare("icmp eq", f.thread, owner)))
            job.panels(plan.panels[number], f.index(0), f.index(1), rows)


@dataclass
class _Job:
    """A product, block by block."""

    f: Function
    element: str
    sizes: Sizes
    cut: Blocks
    a: Reg
    b: Reg
    c: Reg
    place: Reg | None
    finish: Finish | None
    ahead: tuple[int, int]

    def panels(self, columns: Sequence[int], begin: Reg, end: Reg, rows: tuple[Reg, Reg]) -> None:
        """Compute panels that lie a whole number of panels behind the one at `columns`."""
        f, cut = self.f, self.cut
        with _steps(f, end, begin, cut.panels) as (first, count):
            block = _Panels(self, columns, f.mul(first, len(columns) * cut.plan.width), count)
            if cut.whole:
                with self._pieces() as (k0, depth):
                    block.lay_out(k0, depth)
                with (
                    _steps(f, rows[1], rows[0], cut.rows) as (row, height),
                    self._pieces() as (k0, depth),
                ):
                    block.rows(row, height, k0, depth)
            else:
                with self._pieces() as (k0, depth):
                    block.lay_out(k0, depth)
                    with _steps(f, rows[1], rows[0], cut.rows) as (row, height):
                        block.rows(row, height, k0, depth)

    @contextlib.contextmanager
    def _pieces(self) -> Iterator[tuple[Reg, int | Reg]]:
        """Go through the turns of the sums, so many at a time."""
        each, K = self.cut.depth, self.sizes.K
        with self.f.loop(K, 0, each, unroll=1) as k0:
            yield k0, each if K % each == 0 else _at_most(self.f, K, k0, each)


@dataclass
class _Panels:
    """Some panels of a product that lie side by side."""

    job: _Job
    columns: Sequence[int]
    start: Reg
    count: Reg

    def __post_init__(self) -> None:
        job = self.job
        self.f, self.element, self.sizes, self.cut = job.f, job.element, job.sizes, job.cut
        self.width = self.cut.plan.width
        self.wide = len(self.columns) * self.width
        self.type = vector(self.element, self.width)
        depth = self.sizes.K if self.cut.whole else self.cut.depth
        self.size = depth * self.wide  # of a panel that is laid out

    def _at(self, base: Reg, apart: int, row: Reg, column: Reg) -> Reg:
        f = self.f
        return f.at(f.at(base, f.mul(row, apart), self.element), column, self.element)

    def lay_out(self, k0: Reg, depth: int | Reg) -> None:
        """Lay the panels out, from the k0-th turn on."""
        if not self.cut.laid_out:
            return
        tb, (_, apart, _) = self.sizes.tb, self.sizes.apart
        where = (self.start, k0) if tb else (k0, self.start)
        source = self._at(self.job.b, apart, *where)
        panels_laid_out(
            self.f, self.element, self.width, self.columns, self.count, depth, source, apart,
            self._laid_out(k0), self.size, turned_over=tb,
        )  # fmt: skip

    def _laid_out(self, k0: Reg) -> Reg:
        assert self.job.place is not None
        turn = self.f.mul(k0, self.wide if self.cut.whole else 0)
        return self.f.at(self.job.place, turn, self.element)

    def rows(self, first: Reg, height: Reg, k0: Reg, depth: int | Reg) -> None:
        """Add to some rows what some turns give."""
        f, cut, sizes = self.f, self.cut, self.sizes
        apart_a, apart_b, apart_c = sizes.apart
        most = sizes.M - cut.plan.rows
        begin = (k0, f.index(0)) if sizes.ta else (f.index(0), k0)
        source = self._at(self.job.a, apart_a, *begin)
        with f.loop(self.count) as panel:
            column = f.add(self.start, f.mul(panel, self.wide))
            if cut.laid_out:
                b = f.at(self._laid_out(k0), f.mul(panel, self.size), self.element)
            else:
                b = self._at(self.job.b, apart_b, k0, column)
            with f.loop(f.add(first, height), first, cut.plan.rows) as at:
                row = f.index(min(int(at.text), most)) if at.text[0] != "%" else at
                if sizes.M % cut.plan.rows and at.text[0] == "%":
                    row = f.intrinsic("llvm.smin", I64, at, f.index(most))
                done_before = f.add(f.mul(first, cut.panels), f.mul(panel, height))
                done_before = f.add(done_before, f.binary("sub", at, first))
                ahead = self._ahead(k0, row, done_before)
                tile = f.at(source, row if sizes.ta else f.mul(row, apart_a), self.element)
                c = self._at(self.job.c, apart_c, row, column)
                self._tile(tile, b, c, (at, row, column), k0, depth, ahead)

    def _tile(
        self,
        a: Reg,
        b: Reg,
        c: Reg,
        where: tuple[Reg, Reg, Reg],
        k0: Reg,
        depth: int | Reg,
        ahead: list[tuple[Reg, int]],
    ) -> None:
        """Write, or add to, a tile of the result."""
        f, element, plan, sizes = self.f, self.element, self.cut.plan, self.sizes
        apart_a, apart_b, apart_c = sizes.apart
        at, row, column = where

        def number(r: int, k: Sequence[Reg]) -> Reg:
            if sizes.ta:
                return f.at(f.at(a, f.mul(k[0], apart_a), element), r, element)
            return f.at(f.at(a, k[0], element), r * apart_a, element)

        def lines(k: Sequence[Reg]) -> list[Reg]:
            for begin, step in ahead:
                _fetch(f, f.at(begin, f.mul(k[0], step), "i8"))
            line = f.at(b, f.mul(k[0], self.wide if self.cut.laid_out else apart_b), element)
            starts = range(0, self.wide, self.width) if self.cut.laid_out else self.columns
            return [f.load(self.type, f.at(line, j, element)) for j in starts]

        if self.job.finish is not None:
            self._fetched(self.job.finish, row, column)
        made = sums(
            f, element, plan, len(self.columns), [self.cut.depth], number, lines,
            last=None if isinstance(depth, int) else depth,
        )  # fmt: skip
        if self.job.finish is not None:
            self._finished(self.job.finish, made, at, row, column)
            return
        places = [[f.at(c, r * apart_c + j, element) for j in self.columns]
                  for r in range(plan.rows)]  # fmt: skip
        self._stored(made, places, at, row, k0)

    def _stored(
        self, made: list[list[Reg]], places: list[list[Reg]], at: Reg, row: Reg, k0: Reg
    ) -> None:
        """Write a tile's sums, or add them to those of the turns before."""
        f, plan, sizes = self.f, self.cut.plan, self.sizes
        parts = self.cut.depth < sizes.K
        first = f.compare("icmp eq", k0, f.index(0))
        again = parts and bool(sizes.M % plan.rows) and at.text[0] == "%"
        for r, (line, addresses) in enumerate(zip(made, places, strict=True)):
            with contextlib.ExitStack() as stack:
                if again and r < plan.rows - 1:  # rows of the tile before have all their sums
                    stack.enter_context(f.when(f.compare("icmp sge", f.add(row, r), at)))
                for j, total, place in zip(self.columns, line, addresses, strict=True):
                    if parts:
                        before, count = f.load(self.type, place), done(plan, j)
                        sum_ = f.binary("fadd", total, before)
                        total = f.select(first, total, sum_)
                        total = joined(f, before, total, count) if count else total
                    f.store(total, place)

    def _fetched(self, finish: Finish, row: Reg, column: Reg) -> None:
        """Fetch what will be read for a tile, while it is computed."""
        f = self.f
        with f.loop(self.cut.plan.rows, unroll=1) as r, contextlib.ExitStack() as loops:
            for _, j in vectors(f, loops, self.columns, self.width):
                for place in finish.reads(f, f.add(row, r), f.add(column, j), self.width):
                    _fetch(f, place)

    def _finished(
        self, finish: Finish, made: list[list[Reg]], at: Reg, row: Reg, column: Reg
    ) -> None:
        """Go through a tile's sums once more, which the innermost cache holds meanwhile."""
        f = self.f
        count = len(self.columns)
        tile = f.slot(self.type, len(made) * count)
        size = self.width * (8 if self.element == F64 else 4)
        for n, total in enumerate(each for line in made for each in line):
            f.store(total, f.at(tile, n, self.type), min(64, size & -size))
        begin = f.binary("sub", at, row)
        with f.loop(len(made), begin, unroll=1) as r, contextlib.ExitStack() as loops:
            for number, j in vectors(f, loops, self.columns, self.width):
                place = f.at(tile, f.add(f.mul(r, count), number), self.type)
                finish.write(f, f.add(row, r), f.add(column, j), f.load(self.type, place))

    def _ahead(self, k0: Reg, row: Reg, before: Reg) -> list[tuple[Reg, int]]:
        """
        Choose what to fetch while a tile is computed: where to begin, and how far on in each turn.

        All tiles together are to fetch, in order, what the next turns of the sums will read; or
        each tile the rows of the next one.
        """
        f, sizes, cut = self.f, self.sizes, self.cut
        size = 8 if self.element == F64 else 4
        apart_a, apart_b, _ = sizes.apart
        if any(self.job.ahead):
            found = []
            for base, apart, turns, way in (
                (self.job.a, apart_a, sizes.K if sizes.ta else sizes.M, self.job.ahead[0]),
                (self.job.b, apart_b, sizes.N if sizes.tb else sizes.K, self.job.ahead[1]),
            ):
                if way:
                    each = -(-turns * apart * size // (cut.panels * sizes.M))
                    begin = f.at(f.at(base, way, "i8"), f.mul(before, each), "i8")
                    found.append((begin, -(-each * cut.plan.rows // cut.depth)))
            return found
        if 2 * cut.plan.rows > sizes.M:
            return []
        if cut.depth < sizes.K and not cut.whole:
            last = f.index(sizes.K - cut.depth)
            turn = f.intrinsic("llvm.smin", I64, f.add(k0, cut.depth), last)
            found = []
            for base, apart, wanted in (
                (self.job.a, apart_a, sizes.ta),
                (self.job.b, apart_b, not sizes.tb),
            ):
                if wanted:
                    each = -(-cut.depth * apart * size // (cut.panels * sizes.M))
                    begin = f.at(self._at(base, apart, turn, f.index(0)), f.mul(before, each), "i8")
                    found.append((begin, -(-each * cut.plan.rows // cut.depth)))
            return found
        if not sizes.ta and apart_a == sizes.K == cut.depth:
            most = f.index(sizes.M - cut.plan.rows)
            following = f.intrinsic("llvm.smin", I64, f.add(row, cut.plan.rows), most)
            return [(self._at(self.job.a, apart_a, following, f.index(0)), cut.plan.rows * size)]
        return []


def _fetch(f: Function, place: Reg) -> None:
    """Have the processor fetch what will soon be read."""
    name = "llvm.prefetch.p0"
    f.module.need(name, lambda: f"declare void @{name}(ptr, i32, i32, i32)")
    f.call(name, "void", place, Reg("0", I32), Reg("2", I32), Reg("1", I32))


@contextlib.contextmanager
def _steps(f: Function, stop: Reg, start: Reg, each: int) -> Iterator[tuple[Reg, Reg]]:
    """Go through a range, so many at a time: give the first, and how many there are."""
    if start.text[0] != "%" and stop.text[0] != "%" and int(stop.text) - int(start.text) <= each:
        yield start, f.index(int(stop.text) - int(start.text))
        return
    with f.loop(stop, start, each, unroll=1) as first:
        yield first, _at_most(f, stop, first, each)


def _at_most(f: Function, stop: Reg | int, first: Reg, each: int) -> Reg:
    """Tell how many are left, but no more than so many."""
    stop = f.index(stop) if isinstance(stop, int) else stop
    return f.intrinsic("llvm.smin", I64, f.binary("sub", stop, first), f.index(each))
