"""Matrix products: in blocks that stay in the caches, of tiles that stay in registers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from clearprop.engines.compiled.machine.ir import F64, I32, I64, Function, Reg, Target, vector
from clearprop.engines.compiled.operations.packed import panels_laid_out
from clearprop.engines.compiled.operations.products import Tiling, done, joined, sums, tiling

__all__ = ["Finish", "Sizes", "in_one_piece", "product", "room"]


# Turns of a sum at a time. Of a left operand held transposed, each turn is read elsewhere: what a
# panel and its rows take then is to stay in the innermost cache.
DEPTH, ACROSS = 512, 128
LEFT = 1 << 17  # elements of a left operand that are gone through for one panel after the other
MADE = 1 << 15  # elements of the result that are made at a time, all panels of some rows
RIGHT = 1 << 17  # elements of a right operand that are laid out at a time
REUSED = 48  # rows that read a panel, from which on laying it out anew pays


class Finish(Protocol):
    """Whoever computes something of the sums of neighbouring columns of a row."""

    def reads(self, f: Function, row: Reg, column: Reg, width: int) -> Iterable[Reg]:
        """Give where it will read."""

    def write(self, f: Function, row: Reg, column: Reg, sums: Reg) -> None:
        """Write what comes of the sums."""


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
    wide = _wide(plan)
    laid_out = tb or (M >= REUSED and apart != wide and K * apart >= 1 << 12)
    depth = _even(K, ACROSS if ta and M > 1 else DEPTH) if laid_out or ta else K
    most = max(1, LEFT // (depth * plan.rows))
    whole = laid_out and K * N <= RIGHT and not ta
    if whole:
        most = max(1, min(most, MADE // (N * plan.rows)))
    rows = _even(-(-M // plan.rows), most) * plan.rows
    panels = max(1, N // wide)
    if laid_out and not whole:
        panels = _even(panels, max(1, RIGHT // (depth * wide)))
    return Blocks(plan, depth, rows, panels, laid_out, whole)


def in_one_piece(sizes: Sizes) -> bool:
    """Tell whether all turns of each sum come one after the other, whatever it is compiled for."""
    return (ACROSS if sizes.ta else DEPTH) >= sizes.K


def _wide(plan: Tiling) -> int:
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
    count = (cut.panels * depth + 16) * _wide(cut.plan)
    return -(-count * (8 if element == F64 else 4) // 64) * 64


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
    """
    cut = blocks(f.target, element, sizes)
    if place is not None and f.thread is not None:
        place = f.at(place, f.mul(f.thread, room(f.target, element, sizes)), "i8")
    job = _Job(f, element, sizes, cut, a, b, c, place, finish)
    plan, whole = cut.plan, sizes.N // _wide(cut.plan)
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
        with f.loop(self.cut.plan.rows, unroll=1) as r:
            for j in self.columns:
                for place in finish.reads(f, f.add(row, r), f.add(column, j), self.width):
                    _fetch(f, place)

    def _finished(
        self, finish: Finish, made: list[list[Reg]], at: Reg, row: Reg, column: Reg
    ) -> None:
        """Go through a tile's sums once more, which the innermost cache holds meanwhile."""
        f = self.f
        count = len(self.columns)
        tile = f.slot(self.type, len(made) * count)
        for n, total in enumerate(each for line in made for each in line):
            f.store(total, f.at(tile, n, self.type), 64)
        with f.loop(len(made), f.binary("sub", at, row), unroll=1) as r:
            for n, j in enumerate(self.columns):
                place = f.at(tile, f.add(f.mul(r, count), n), self.type)
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
