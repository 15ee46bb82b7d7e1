"""Kernels that add up over outer axes, some vectors of neighbouring columns at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import final

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import contiguous, turns, whole
from clearprop.engines.compiled.codegen.body import Counters, spread
from clearprop.engines.compiled.codegen.folds import neutral
from clearprop.engines.compiled.codegen.fuse import reduced
from clearprop.engines.compiled.codegen.nest import Nest
from clearprop.engines.compiled.machine.ir import Reg
from clearprop.engines.compiled.program import Value

__all__ = ["Columns"]

BLOCK = 8  # vectors of neighbouring columns that are added up at a time


@final
class Columns(Nest):
    """A kernel of sums, largest ones and their like over axes before the last."""

    def loops_of_kernel(self) -> None:
        """Write sums over outer axes: some vectors of columns at a time, over all that is added."""
        folds = self.kernel.stages[0].folds
        extents = self.kernel.cones[folds[0]].extents
        gone = reduced(folds[0])
        kept = tuple(a for a in range(len(extents)) if a not in gone)
        places = self.places(folds)
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
        with self.loops(outer, extents, shared=bool(outer)) as counters:
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
        f, n = self.f, turns(column, extents)
        lanes = self.narrowed(n)
        vectors = n // lanes
        count = min(BLOCK, vectors)
        if shared and self.threads:
            count = max(1, min(count, vectors // f.target.threads))
        blocks = vectors // count if count else 0
        if blocks > 1:
            first, last = (
                f.share(blocks) if shared and self.threads else (f.index(0), f.index(blocks))
            )
            pieces = [(k * lanes, lanes, lanes) for k in range(count)]
            with f.loop(last, first) as block:
                start = f.mul(block, count * lanes)
                self._block(folds, extents, column, inner, counters, start, pieces)
            done = blocks * count * lanes
        else:
            done = 0
        pieces = self.pieces(done, n, lanes)
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
        pieces: list[tuple[int, int, int]],
    ) -> None:
        """Write the sums of some vectors of columns."""
        f = self.f
        axis = column[-1] if column else -1
        sums = {(fold, at): self.begin(fold, width) for fold in folds for at, width, _ in pieces}
        outer = [(at, width, active, f.add(start, at)) for at, width, active in pieces]
        with self.loops(inner, extents) as rows:
            for at, width, active, place in outer:
                here = [*counters, (axis, place), *rows] if column else [*counters, *rows]
                body = self.body(extents, here, axis, width, active)
                for fold in folds:
                    self.take_in(fold, sums[fold, at], spread(f, body.compute(fold), width))
        gone = reduced(folds[0])
        for at, width, active, place in outer:
            for fold in folds:
                slot = sums[fold, at]
                type_ = neutral(fold, width).type
                made = f.give(type_, f"load {type_}, ptr {slot.text}")
                here = [*counters, (axis, place)] if column else counters
                body = self.body(extents, here, axis, width, active)
                own = iter(whole(fold.shape)[1:])
                apart = (0, *(0 if a in gone else next(own) for a in range(len(extents))))
                body.store(fold, made, apart)
