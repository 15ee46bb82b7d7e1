"""Kernels as nests of loops: rows, the loops over their columns, and sums over outer axes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

from clearprop.core.op import Shape
from clearprop.engines.compiled.affine import Affine, contiguous, turns, whole
from clearprop.engines.compiled.body import Body, Counters, spread
from clearprop.engines.compiled.folds import across, combine, neutral, widen
from clearprop.engines.compiled.fuse import reduced
from clearprop.engines.compiled.idle import idle_factor
from clearprop.engines.compiled.ir import I1, I64, Function, Reg
from clearprop.engines.compiled.kernels import SEARCHES, Kernel, Stage
from clearprop.engines.compiled.maps import as_truth, memory, register
from clearprop.engines.compiled.program import Value
from clearprop.engines.compiled.sparse import each_kept

__all__ = ["Nest"]

ALONE = 1 << 14  # additions up to which threads are not worth it
SPLITS = 4  # sums over which the elements of a row are dealt out, so that none waits for another
BLOCK = 8  # vectors of neighbouring columns that are added up at a time


class Nest:
    """
    A kernel that is being written.

    Parameters
    ----------
    f : Function
    kernel : Kernel
    pointer : callable ``value -> Reg``
        Where a value begins in memory.
    stored : set of Value
        What is in memory, or computed by a kernel.
    """

    def __init__(
        self,
        f: Function,
        kernel: Kernel,
        pointer: Callable[[Value], Reg],
        stored: set[Value],
    ) -> None:
        self.f, self.kernel, self.pointer, self.stored = f, kernel, pointer, stored
        self.numbers: dict[Value, Reg] = {}
        self.threads = f.thread is not None and f.target.threads > 1
        largest = max((v.dtype.itemsize for v in self._values() if v.dtype.kind != "b"), default=4)
        self.lanes = max(1, f.target.bytes // largest)

    def _values(self) -> Iterator[Value]:
        for root, cone in self.kernel.cones.items():
            yield root
            for value, _ in cone.reads:
                if value is not None and value.kind != "scalar":
                    yield value

    def write(self) -> None:
        """Write the kernel."""
        if self.threads and self.kernel.work < ALONE:
            self.threads = False
            assert self.f.thread is not None
            with self.f.when(self.f.compare("icmp eq", self.f.thread, self.f.index(0))):
                self._write()
        else:
            self._write()

    def _write(self) -> None:
        if self.kernel.form == "columns":
            self._columns()
        elif not self.kernel.rows and not any(stage.folds for stage in self.kernel.stages):
            for stage in self.kernel.stages:
                self._flat(stage)
        else:
            self._rows()

    # -- places -------------------------------------------------------------------------------

    def _places(self, roots: Sequence[Value]) -> list[Affine]:
        """Give all places that are read or written."""
        places = [place for root in roots for _, place in self.kernel.cones[root].reads]
        for root in roots:
            own = whole(root.shape)
            if len(own) == len(self.kernel.cones[root].extents) + 1:
                places.append(own)
        return places

    def _body(self, extents: Shape, counters: Counters, axis: int, width: int) -> Body:
        return Body(
            self.f, self.pointer, self.stored, self.numbers, extents, counters, (axis, width)
        )

    @contextlib.contextmanager
    def _loops(
        self, groups: Sequence[Sequence[int]], extents: Shape, *, shared: bool = False
    ) -> Iterator[Counters]:
        """Write loops over groups of axes; the outermost may be shared out between threads."""
        counters: Counters = []
        with contextlib.ExitStack() as stack:
            for k, group in enumerate(groups):
                count = turns(group, extents)
                if shared and k == 0 and self.threads:
                    first, last = self.f.share(count)
                    counter = stack.enter_context(self.f.loop(last, first))
                else:
                    counter = stack.enter_context(self.f.loop(count))
                counters.append((group[-1], counter))
            yield counters

    # -- maps alone ---------------------------------------------------------------------------

    def _flat(self, stage: Stage) -> None:
        """Write loops over all elements, which need no rows."""
        extents = stage.columns
        groups = contiguous(self._places(stage.maps), extents, 0, len(extents))
        if len(groups) > 1 or not groups:
            for counters in self._turned_to(stage, groups):
                self._along(groups, extents, counters, self._maps(stage))
            return
        (group,) = groups
        write = self._maps(stage)
        if not self.threads:
            self._along(groups, extents, [], write)
            return
        n, f = turns(group, extents), self.f
        lanes = self.lanes
        first, last = f.share(n, lanes * 4)
        full = n - n % lanes
        stop = f.intrinsic("llvm.smin", I64, last, f.index(full))
        with f.loop(stop, first, lanes) as counter:
            write(self._body(extents, [(group[-1], counter)], group[-1], lanes))
        if full < n:
            mine = f.binary(
                "and", f.compare("icmp slt", first, last), f.compare("icmp eq", last, f.index(n))
            )
            with f.when(mine):
                self._rest(group[-1], full, n, extents, [], write)

    def _turned_to(self, stage: Stage, groups: Sequence[Sequence[int]]) -> Iterator[Counters]:
        """Write loops over rows of elements, but for rows that would stay as they are."""
        extents = stage.columns
        factor = None
        if len(groups) > 1 and len(stage.maps) == 1 and turns(groups[-1], extents) >= self.lanes:
            cone = self.kernel.cones[stage.maps[0]]
            factor = idle_factor(cone, self.stored, groups[-1][0], self._in_place)
        if factor is None:
            with self._loops(groups[:-1], extents, shared=True) as counters:
                yield counters
            return
        value, place = factor
        axis = groups[0][-1]
        neighbours = len(groups) == 2 and place[axis + 1] == 1
        if neighbours and value.dtype.kind == "f" and not self.threads:
            element = register(value.dtype)  # zeros are found many at a time
            row = self.f.at(self.pointer(value), place[0], element)
            for counter in each_kept(self.f, element, row, turns(groups[0], extents)):
                yield [(axis, counter)]
            return
        with self._loops(groups[:-1], extents, shared=True) as counters:
            number = self._body(extents, counters, -1, 1).load(value, place)
            with self.f.when(as_truth(self.f, value.dtype.kind, number)):
                yield counters

    def _in_place(self, written: Value, read: Value) -> bool:
        return written in self.kernel.kept and self.pointer(written) == self.pointer(read)

    def _maps(self, stage: Stage) -> Callable[[Body], None]:
        def write(body: Body) -> None:
            # All is read before anything is written: what is written may lie where it was read.
            made = [(root, body.compute(root)) for root in stage.maps]
            for root, value in made:
                if root in self.kernel.kept:
                    body.store(root, value, whole(root.shape))

        return write

    def _along(
        self,
        groups: Sequence[Sequence[int]],
        extents: Shape,
        counters: Counters,
        write: Callable[[Body], None],
        *,
        lanes: int = 0,
    ) -> None:
        """Write the innermost loop: vectors, then what is left in shorter ones."""
        if not groups:
            write(self._body(extents, counters, -1, 1))
            return
        group = groups[-1]
        n, lanes = turns(group, extents), lanes or self.lanes
        full = n - n % lanes
        if full:
            with self.f.loop(full, 0, lanes) as counter:
                write(self._body(extents, [*counters, (group[-1], counter)], group[-1], lanes))
        self._rest(group[-1], full, n, extents, counters, write, lanes=lanes)

    def _rest(
        self,
        axis: int,
        start: int,
        n: int,
        extents: Shape,
        counters: Counters,
        write: Callable[[Body], None],
        *,
        lanes: int = 0,
    ) -> None:
        width = lanes or self.lanes
        while start < n:
            while start + width > n:
                width //= 2
            here = [*counters, (axis, self.f.index(start))]
            write(self._body(extents, here, axis, width))
            start += width

    # -- rows ---------------------------------------------------------------------------------

    def _rows(self) -> None:
        rows = self.kernel.rows
        assert rows is not None
        places = [*self._places(self.kernel.roots), whole(rows)]
        places = [place[: len(rows) + 1] for place in places]
        groups = contiguous(places, rows, 0, len(rows))
        if not groups and self.threads:
            self.threads = False
            assert self.f.thread is not None
            with self.f.when(self.f.compare("icmp eq", self.f.thread, self.f.index(0))):
                self._stages(rows, [])
            return
        with self._loops(groups, rows, shared=True) as counters:
            self._stages(rows, counters)

    def _stages(self, rows: Shape, counters: Counters) -> None:
        self.numbers.clear()
        for stage in self.kernel.stages:
            if not stage.columns and not stage.folds:
                self._numbers(stage, rows, counters)
            else:
                self._columns_of_row(stage, rows, counters)

    def _numbers(self, stage: Stage, rows: Shape, counters: Counters) -> None:
        """Write what is one number a row."""
        body = self._body(rows, counters, -1, 1)
        for root in stage.maps:
            self.numbers[root] = body.compute(root)
        for root in stage.maps:  # after all is read: it may lie where something was read
            if root in self.kernel.kept:
                body.store(root, self.numbers[root], whole(rows))

    def _columns_of_row(self, stage: Stage, rows: Shape, counters: Counters) -> None:
        extents = rows + stage.columns
        groups = contiguous(self._places(stage.roots), extents, len(rows), len(extents))
        searches = [fold for fold in stage.folds if fold.op in SEARCHES]
        if not searches:
            self._row(stage.maps, stage.folds, rows, extents, groups, counters)
        for fold in searches:
            made = self._place_of_best(fold, extents, groups, counters)
            self._fold_done(fold, made, rows, counters)

    def _fold_done(self, fold: Value, made: Reg, rows: Shape, counters: Counters) -> None:
        self.numbers[fold] = made
        if fold in self.kernel.kept:
            self._body(rows, counters, -1, 1).store(fold, made, whole(rows))

    def _row(
        self,
        maps: list[Value],
        folds: list[Value],
        rows: Shape,
        extents: Shape,
        groups: list[list[int]],
        counters: Counters,
    ) -> None:
        """Write a loop over columns, with what its elements come to."""
        f = self.f
        n = turns(groups[-1], extents) if groups else 1
        lanes = self.lanes
        while lanes > n > 0:
            lanes //= 2
        work = sum(self.kernel.cones[root].work for root in [*maps, *folds])
        splits = SPLITS if folds and not maps and work <= 8 and n >= 4 * lanes * SPLITS else 1
        sums = {fold: [self._begin(fold, lanes) for _ in range(splits)] for fold in folds}

        def write(body: Body, split: int = 0) -> None:
            made = [(root, body.compute(root)) for root in maps]
            for fold in folds:
                self._take_in(fold, sums[fold][split], body.compute(fold), body.width, lanes)
            for root, value in made:
                if root in self.kernel.kept:
                    body.store(root, value, whole(root.shape))

        with self._loops(groups[:-1], extents) as inner:
            here = [*counters, *inner]
            if splits == 1:
                self._along(groups, extents, here, write, lanes=lanes)
            else:
                axis, step = groups[-1][-1], lanes * splits
                full = n - n % step
                with f.loop(full, 0, step) as counter:
                    for split in range(splits):
                        place = (axis, f.add(counter, split * lanes))
                        write(self._body(extents, [*here, place], axis, lanes), split)
                self._rest(axis, full, n, extents, here, write, lanes=lanes)
        for fold in folds:
            self._fold_done(fold, self._end(fold, sums[fold], lanes), rows, counters)

    def _begin(self, fold: Value, lanes: int) -> Reg:
        none = neutral(fold, lanes)
        slot = self.f.slot(none.type)
        self.f.put(f"store {none.type} {none.text}, ptr {slot.text}")
        return slot

    def _take_in(self, fold: Value, slot: Reg, made: Reg, width: int, lanes: int) -> None:
        f = self.f
        made = widen(f, fold, spread(f, made, width), lanes)
        before = f.give(made.type, f"load {made.type}, ptr {slot.text}")
        after = combine(f, fold, before, made)
        f.put(f"store {after.type} {after.text}, ptr {slot.text}")

    def _end(self, fold: Value, slots: list[Reg], lanes: int) -> Reg:
        f, type_ = self.f, neutral(fold, lanes).type
        parts = [f.give(type_, f"load {type_}, ptr {slot.text}") for slot in slots]
        while len(parts) > 1:
            parts = [combine(f, fold, a, b) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        return across(f, fold, parts[0])

    def _place_of_best(
        self, fold: Value, extents: Shape, groups: list[list[int]], counters: Counters
    ) -> Reg:
        """Write the search for the place of the largest or smallest: the first, and NaN first."""
        f = self.f
        of = fold.inputs[0].dtype
        type_ = register(of)
        held = memory(of) if type_ == I1 else type_
        best, place = f.slot(held), f.slot(I64)
        f.store(f.index(0), place)
        more = "gt" if fold.op == "argmax" else "lt"
        with self._loops(groups, extents) as inner:
            body = self._body(extents, [*counters, *inner], -1, 1)
            made = body.compute(fold)
            if type_ == I1:
                made = f.convert("zext", made, held)
            at = inner[-1][1] if inner else f.index(0)
            before = f.load(held, best)
            if of.kind == "f":
                number = f.compare("fcmp ord", before, before)
                better = f.binary("and", f.compare(f"fcmp u{more}", made, before), number)
            else:
                better = f.compare(f"icmp {'s' if of.kind == 'i' else 'u'}{more}", made, before)
            better = f.binary("or", better, f.compare("icmp eq", at, f.index(0)))
            f.store(f.select(better, made, before), best)
            f.store(f.select(better, at, f.load(I64, place)), place)
        return f.load(I64, place)

    # -- columns ------------------------------------------------------------------------------

    def _columns(self) -> None:
        """Write sums over outer axes: some vectors of columns at a time, over all that is added."""
        folds = self.kernel.stages[0].folds
        extents = self.kernel.cones[folds[0]].extents
        gone = reduced(folds[0])
        kept = tuple(a for a in range(len(extents)) if a not in gone)
        places = self._places(folds)
        for fold in folds:  # where it is written, as a place of the axes that are kept
            own = dict(zip(kept, whole(fold.shape)[1:], strict=True))
            places.append((0, *(own.get(a, 0) for a in range(len(extents)))))
        groups: dict[bool, list[list[int]]] = {False: [], True: []}
        first = 0
        for a in range(1, len(extents) + 1):
            if a == len(extents) or (a in gone) != (first in gone):
                groups[first in gone] += contiguous(places, extents, first, a)
                first = a
        outer, inner = groups[False], groups[True]
        column = outer.pop() if outer else []
        with self._loops(outer, extents, shared=bool(outer)) as counters:
            self._blocks(folds, extents, column, inner, counters, shared=not outer)

    def _blocks(
        self,
        folds: list[Value],
        extents: Shape,
        column: list[int],
        inner: list[list[int]],
        counters: Counters,
        *,
        shared: bool,
    ) -> None:
        f, lanes = self.f, self.lanes
        n = turns(column, extents)
        while lanes > n > 0:
            lanes //= 2
        vectors = n // lanes
        count = min(BLOCK, vectors)
        if shared and self.threads:
            count = max(1, min(count, vectors // f.target.threads))
        blocks = vectors // count if count else 0
        if blocks > 1:
            first, last = (
                f.share(blocks) if shared and self.threads else (f.index(0), f.index(blocks))
            )
            with f.loop(last, first) as block:
                start = f.mul(block, count * lanes)
                pieces = [(k * lanes, lanes) for k in range(count)]
                self._block(folds, extents, column, inner, counters, start, pieces)
            done = blocks * count * lanes
        else:
            done = 0
        pieces, width = [], lanes
        for start in range(done, n - n % lanes, lanes):
            pieces.append((start, lanes))
            done = start + lanes
        while done < n:
            while done + width > n:
                width //= 2
            pieces.append((done, width))
            done += width
        if pieces:
            with self._by_one(shared):
                self._block(folds, extents, column, inner, counters, f.index(0), pieces)

    @contextlib.contextmanager
    def _by_one(self, wanted: bool) -> Iterator[None]:
        """Write what only the last thread does."""
        if not (wanted and self.threads):
            yield
            return
        assert self.f.thread is not None
        last = self.f.index(self.f.target.threads - 1)
        with self.f.when(self.f.compare("icmp eq", self.f.thread, last)):
            yield

    def _block(
        self,
        folds: list[Value],
        extents: Shape,
        column: list[int],
        inner: list[list[int]],
        counters: Counters,
        start: Reg,
        pieces: list[tuple[int, int]],
    ) -> None:
        """Write the sums of some vectors of columns."""
        f = self.f
        axis = column[-1] if column else -1
        sums = {(fold, at): self._begin(fold, width) for fold in folds for at, width in pieces}
        outer = [(at, width, f.add(start, at)) for at, width in pieces]
        with self._loops(inner, extents) as rows:
            for at, width, place in outer:
                here = [*counters, (axis, place), *rows] if column else [*counters, *rows]
                body = self._body(extents, here, axis, width)
                for fold in folds:
                    self._take_in(fold, sums[fold, at], body.compute(fold), width, width)
        gone = reduced(folds[0])
        for at, width, place in outer:
            for fold in folds:
                slot = sums[fold, at]
                type_ = neutral(fold, width).type
                made = f.give(type_, f"load {type_}, ptr {slot.text}")
                here = [*counters, (axis, place)] if column else counters
                body = self._body(extents, here, axis, width)
                own = iter(whole(fold.shape)[1:])
                spread = (0, *(0 if a in gone else next(own) for a in range(len(extents))))
                body.store(fold, made, spread)
