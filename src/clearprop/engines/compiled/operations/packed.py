"""Matrix products of middle size: the right operand is laid out anew, panel by panel."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from clearprop.engines.compiled.machine.ir import Function, Reg, Target, vector
from clearprop.engines.compiled.operations.products import Tiling, contract, tiling

__all__ = ["bytes_of_panel", "product", "turned"]

# How many elements of a sum are added up at a time, so that what is read again stays in the cache:
# of a left operand held transposed, whose rows lie far apart; of panels laid out anew; otherwise.
ACROSS, LAID_OUT, IN_PLACE = 128, 256, 768
TALL = 256  # rows of such an operand from which on they lie far apart
REUSED = 48  # rows that read a panel, from which on laying it out anew pays


def bytes_of_panel(target: Target, element: str, M: int, N: int, K: int, *, tb: bool) -> int:
    """Tell how much room a thread needs for a panel; 0 if the operand is read where it is."""
    plan = tiling(target, element, M, N)
    if not tb and not _is_far(M, N, K):
        return 0
    size = 8 if element == "double" else 4
    # One vector more: transposing writes whole squares.
    return -(-min(K, IN_PLACE) // 16) * 16 * len(plan.panels[0]) * plan.width * size + 64


def _piece(M: int, N: int, K: int, *, ta: bool, tb: bool) -> int:
    """Tell how many elements of a sum are added up at a time."""
    if ta and M >= TALL:
        most = ACROSS
    elif (tb or _is_far(M, N, K)) and K > 2 * LAID_OUT:
        most = LAID_OUT
    else:
        most = IN_PLACE
    return -(-K // -(-K // most))


def _is_far(M: int, N: int, K: int) -> bool:
    """Tell whether rows of the right operand lie so far apart that copying them is cheaper."""
    return M >= REUSED and K * N >= 1 << 16 and N >= 256


def product(
    f: Function, element: str, M: int, N: int, K: int, ta: bool, tb: bool,
    a: Reg, b: Reg, c: Reg, room: Reg | None,
) -> None:  # fmt: skip
    """
    Write ``c = a @ b``; `ta` and `tb` tell that an operand is held transposed.

    Threads divide the panels if there are enough, the rows otherwise.
    """
    plan = tiling(f.target, element, M, N)
    size = bytes_of_panel(f.target, element, M, N, K, tb=tb)
    if size and room is not None and f.thread is not None:
        room = f.at(room, f.mul(f.thread, size), "i8")
    first, *_ = plan.panels
    wide = len(first) * plan.width
    whole = N // wide  # panels that follow each other without overlap, written as one loop
    count = len(plan.panels)
    threads = f.target.threads
    by_panel = whole >= threads > 1 and f.thread is not None
    job = _Job(f, element, plan, M, N, K, ta, tb, a, b, c, room if size else None, not by_panel)
    if whole > 1:
        begin, end = f.share(whole) if by_panel else (f.index(0), f.index(whole))
        with f.loop(end, begin) as at:
            job.panel(first, f.mul(at, wide))
    for number in range(whole if whole > 1 else 0, count):
        if by_panel and f.thread is not None:
            # By whoever did the one before: they may share columns.
            owner = (whole - 1) // -(-whole // threads)
            with f.when(f.compare("icmp eq", f.thread, f.index(owner))):
                job.panel(plan.panels[number], f.index(0))
        else:
            job.panel(plan.panels[number], f.index(0))


@dataclass
class _Job:
    """A product, panel by panel."""

    f: Function
    element: str
    plan: Tiling
    M: int
    N: int
    K: int
    ta: bool
    tb: bool
    a: Reg
    b: Reg
    c: Reg
    room: Reg | None
    share: bool

    def panel(self, columns: Sequence[int], moved: Reg) -> None:
        """Compute the panel with vectors at `columns`, all moved by so many columns."""
        f, K = self.f, self.K
        b = f.at(self.b, f.mul(moved, K) if self.tb else moved, self.element)
        c = f.at(self.c, moved, self.element)
        each = _piece(self.M, self.N, K, ta=self.ta, tb=self.tb)
        whole = K // each
        self._part(columns, b, c, f.index(0), each, first=True)
        if whole > 1:
            with f.loop(whole, 1, unroll=1) as piece:
                self._part(columns, b, c, f.mul(piece, each), each, first=False)
        if whole * each < K:
            self._part(columns, b, c, f.index(whole * each), K - whole * each, first=False)

    def _part(
        self, columns: Sequence[int], b: Reg, c: Reg, k0: Reg, depth: int, *, first: bool
    ) -> None:
        """Write, or add, the sums over `depth` elements from the k0-th on."""
        f, element, N, K = self.f, self.element, self.N, self.K
        width, wide = self.plan.width, len(columns) * self.plan.width
        a = f.at(self.a, f.mul(k0, self.M) if self.ta else k0, element)
        b = f.at(b, k0 if self.tb else f.mul(k0, N), element)
        room = self.room
        if room is not None:
            self._lay_out(columns, b, depth, room)

        def left(g: Function, i: Reg, k: Sequence[Reg]) -> Reg:
            at = g.add(g.mul(k[0], self.M), i) if self.ta else g.add(g.mul(i, K), k[0])
            return g.at(a, at, element)

        def right(g: Function, k: Sequence[Reg], n: int, j: int) -> Reg:
            if room is None:
                return g.at(g.at(b, g.mul(k[0], N), element), j, element)
            return g.at(g.at(room, g.mul(k[0], wide), element), n * width, element)

        def out(g: Function, i: Reg, j: int) -> Reg:
            return g.at(g.at(c, g.mul(i, N), element), j, element)

        contract(
            f, element, self.plan, columns, self.M, [depth], left, right, out,
            add=not first, exact=depth < K, share=self.share,
        )  # fmt: skip

    def _lay_out(self, columns: Sequence[int], b: Reg, depth: int, room: Reg) -> None:
        f, element, K, width = self.f, self.element, self.K, self.plan.width
        wide = len(columns) * width
        even = all(j == columns[0] + n * width for n, j in enumerate(columns))
        with ExitStack() as loops:
            places: list[tuple[Reg, Reg]]
            if even and len(columns) > 1:
                n = loops.enter_context(f.loop(len(columns)))
                places = [(f.add(f.mul(n, width), columns[0]), f.mul(n, width))]
            else:
                places = [(f.index(j), f.index(n * width)) for n, j in enumerate(columns)]
            for j, at in places:
                target = f.at(room, at, element)
                if self.tb:
                    source = f.at(b, f.mul(j, K), element)
                    turned(f, element, width, depth, source, K, target, wide)
                else:
                    _copied(f, element, width, depth, f.at(b, j, element), self.N, target, wide)


def _copied(
    f: Function, element: str, width: int, K: int, source: Reg, apart: int, target: Reg, wide: int
) -> None:
    """Copy a column of vectors."""
    type_ = vector(element, width)
    with f.loop(K) as k:
        f.store(f.load(type_, f.at(source, f.mul(k, apart), element)),
                f.at(target, f.mul(k, wide), element))  # fmt: skip


def turned(
    f: Function, element: str, width: int, K: int, source: Reg, apart: int, target: Reg, wide: int
) -> None:
    """
    Transpose `width` rows of `K` numbers, which begin `apart`, into K rows that begin `wide` apart.

    Squares go through registers: at each stage, rows swap half of what they hold.
    """
    type_ = vector(element, width)
    whole = K // width * width if width > 1 else 0
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
