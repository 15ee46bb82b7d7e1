"""Kernels that go row by row, and those that need no rows because all elements are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import final

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import contiguous, turns, whole
from clearprop.engines.compiled.codegen.body import Body, Counters, spread
from clearprop.engines.compiled.codegen.folds import widen
from clearprop.engines.compiled.codegen.idle import idle_factor
from clearprop.engines.compiled.codegen.kernels import SEARCHES, Stage
from clearprop.engines.compiled.codegen.maps import as_truth, memory, register
from clearprop.engines.compiled.codegen.nest import Nest
from clearprop.engines.compiled.machine.ir import I1, I64, Reg
from clearprop.engines.compiled.operations.sparse import each_kept
from clearprop.engines.compiled.program import Value

__all__ = ["Rows"]

SHORT = 3  # vectors up to which a whole row stays in registers from one stage to the next
SPLITS = 4  # sums over which the elements of a row are dealt out, so that none waits for another


@final
class Rows(Nest):
    """A kernel of maps, and of what the elements of each row come to."""

    def loops_of_kernel(self) -> None:
        stages = self.kernel.stages
        if not self.kernel.rows and len(stages) == 1 and not stages[0].folds:
            self._flat(stages[0])
        else:
            self._rows()

    # -- maps alone ---------------------------------------------------------------------------

    def _flat(self, stage: Stage) -> None:
        """Write loops over all elements, which need no rows."""
        extents = stage.columns
        groups = contiguous(self.places(stage.maps), extents, 0, len(extents))
        if not groups:
            with self.alone():
                self.along(groups, extents, [], self._maps(stage))
            return
        if len(groups) > 1:
            for counters in self._turned_to(stage, groups):
                self.along(groups, extents, counters, self._maps(stage))
            return
        (group,) = groups
        write = self._maps(stage)
        if not self.threads:
            self.along(groups, extents, [], write)
            return
        n, f = turns(group, extents), self.f
        lanes = self.lanes
        first, last = f.share(n, lanes * 4)
        full = n - n % lanes
        stop = f.intrinsic("llvm.smin", I64, last, f.index(full))
        with f.loop(stop, first, lanes) as counter:
            write(self.body(extents, [(group[-1], counter)], group[-1], lanes))
        if full < n:
            mine = f.binary(
                "and", f.compare("icmp slt", first, last), f.compare("icmp eq", last, f.index(n))
            )
            with f.when(mine):
                self.rest(group[-1], full, n, extents, [], write)

    def _turned_to(self, stage: Stage, groups: Sequence[Sequence[int]]) -> Iterator[Counters]:
        """Write loops over rows of elements, but for rows that would stay as they are."""
        extents = stage.columns
        factor = None
        if len(groups) > 1 and len(stage.maps) == 1 and turns(groups[-1], extents) >= self.lanes:
            cone = self.kernel.cones[stage.maps[0]]
            factor = idle_factor(cone, self.stored, groups[-1][0], self._in_place)
        if factor is None:
            with self.loops(groups[:-1], extents, shared=True) as counters:
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
        with self.loops(groups[:-1], extents, shared=True) as counters:
            number = self.body(extents, counters, -1, 1).load(value, place)
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

    # -- rows ---------------------------------------------------------------------------------

    def _rows(self) -> None:
        rows = self.kernel.rows
        assert rows is not None
        places = [*self.places(self.kernel.roots), whole(rows)]
        places = [place[: len(rows) + 1] for place in places]
        groups = contiguous(places, rows, 0, len(rows))
        if not groups:
            with self.alone():
                self._stages(rows, [])
            return
        with self.loops(groups, rows, shared=True) as counters:
            self._stages(rows, counters)

    def _stages(self, rows: Shape, counters: Counters) -> None:
        self.numbers.clear()
        self.short.clear()
        for stage in self.kernel.stages:
            if not stage.columns and not stage.folds:
                self._numbers(stage, rows, counters)
            else:
                self._columns_of_row(stage, rows, counters)

    def _numbers(self, stage: Stage, rows: Shape, counters: Counters) -> None:
        """Write what is one number a row."""
        body = self.body(rows, counters, -1, 1)
        for root in stage.maps:
            self.numbers[root] = body.compute(root)
        for root in stage.maps:  # after all is read: it may lie where something was read
            if root in self.kernel.kept:
                body.store(root, self.numbers[root], whole(rows))

    def _columns_of_row(self, stage: Stage, rows: Shape, counters: Counters) -> None:
        extents = rows + stage.columns
        groups = contiguous(self.places(stage.roots), extents, len(rows), len(extents))
        searches = [fold for fold in stage.folds if fold.op in SEARCHES]
        if not searches:
            self._row(stage.maps, stage.folds, rows, extents, groups, counters)
        for fold in searches:
            made = self._place_of_best(fold, extents, groups, counters)
            self._fold_done(fold, made, rows, counters)

    def _fold_done(self, fold: Value, made: Reg, rows: Shape, counters: Counters) -> None:
        self.numbers[fold] = made
        if fold in self.kernel.kept:
            self.body(rows, counters, -1, 1).store(fold, made, whole(rows))

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
        lanes = self.narrowed(n)
        work = sum(self.kernel.cones[root].work for root in [*maps, *folds])
        splits = SPLITS if folds and not maps and work <= 8 and n >= 4 * lanes * SPLITS else 1
        sums = {fold: [self.begin(fold, lanes) for _ in range(splits)] for fold in folds}

        def write(body: Body, split: int = 0) -> None:
            made = [(root, body.compute(root)) for root in maps]
            for fold in folds:
                part = spread(f, body.compute(fold), body.width)
                self.take_in(fold, sums[fold][split], widen(f, fold, part, body.active, lanes))
            for root, value in made:
                if root in self.kernel.kept:
                    body.store(root, value, whole(root.shape))

        pieces = self.pieces(0, n, lanes)
        if len(groups) == 1 and len(pieces) <= SHORT:
            for body in self._bodies(extents, groups[0][-1], pieces, counters):
                write(body)
        else:
            with self.loops(groups[:-1], extents) as inner:
                self._split(groups, extents, [*counters, *inner], write, lanes, splits)
        for fold in folds:
            self._fold_done(fold, self.end(fold, sums[fold], lanes), rows, counters)

    def _split(
        self,
        groups: list[list[int]],
        extents: Shape,
        counters: Counters,
        write: Callable[..., None],
        lanes: int,
        splits: int,
    ) -> None:
        """Write the innermost loop, whose vectors are dealt out over so many sums."""
        if splits == 1:
            self.along(groups, extents, counters, write, lanes=lanes)
            return
        axis, step = groups[-1][-1], lanes * splits
        n = turns(groups[-1], extents)
        full = n - n % step
        with self.f.loop(full, 0, step) as counter:
            for split in range(splits):
                place = (axis, self.f.add(counter, split * lanes))
                write(self.body(extents, [*counters, place], axis, lanes), split)
        self.rest(axis, full, n, extents, counters, write, lanes=lanes)

    def _bodies(
        self, extents: Shape, axis: int, pieces: list[tuple[int, int, int]], counters: Counters
    ) -> list[Body]:
        """Give the vectors of a short row, the same for all its stages: they stay in registers."""
        key = (extents, axis, *pieces)
        if key not in self.short:
            self.short[key] = [
                self.body(extents, [*counters, (axis, self.f.index(at))], axis, width, active)
                for at, width, active in pieces
            ]
        return self.short[key]

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
        with self.loops(groups, extents) as inner:
            body = self.body(extents, [*counters, *inner], -1, 1)
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
