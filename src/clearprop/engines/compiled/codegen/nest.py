"""Kernels as nests of loops: what all of them are made of."""

from __future__ import annotations

import contextlib
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from clearprop.core.op import Shape
from clearprop.engines.compiled.codegen.affine import Affine, turns, whole
from clearprop.engines.compiled.codegen.body import Body, Counters
from clearprop.engines.compiled.codegen.folds import across, combine, neutral
from clearprop.engines.compiled.codegen.kernels import Kernel
from clearprop.engines.compiled.codegen.regions import alone
from clearprop.engines.compiled.machine.ir import Function, Reg
from clearprop.engines.compiled.program import Value

__all__ = ["ALONE", "Nest"]

ALONE = 1 << 14  # additions up to which threads are not worth it


class Nest(ABC):
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
        self.short: dict[tuple[Any, ...], list[Body]] = {}
        self.threads = f.thread is not None and f.target.threads > 1
        largest = max((v.dtype.itemsize for v in self.values() if v.dtype.kind != "b"), default=4)
        self.lanes = max(1, f.target.bytes // largest)
        # Of AVX-512, at no cost but that what is read soon after waits: not where all wait for it.
        many = kernel.form == "columns" or math.prod(kernel.rows or ()) > 1
        self.masks = f.target.bytes == 64 and many

    def values(self) -> Iterator[Value]:
        for root, cone in self.kernel.cones.items():
            yield root
            for value, _ in cone.reads:
                if value is not None and value.kind != "scalar":
                    yield value

    def write(self) -> None:
        """Write the kernel."""
        if self.kernel.work < ALONE:
            with self.alone():
                self.loops_of_kernel()
        else:
            self.loops_of_kernel()

    @abstractmethod
    def loops_of_kernel(self) -> None:
        """Write its loops."""

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Write what is not to be shared out."""
        before = self.threads
        with alone(self.f) if before else contextlib.nullcontext():
            self.threads = False
            yield
        self.threads = before

    # -- places -------------------------------------------------------------------------------

    def places(self, roots: Sequence[Value]) -> list[Affine]:
        """Give all places that are read or written."""
        places = [place for root in roots for _, place in self.kernel.cones[root].reads]
        for root in roots:
            own = whole(root.shape)
            if len(own) == len(self.kernel.cones[root].extents) + 1:
                places.append(own)
        return places

    def body(
        self, extents: Shape, counters: Counters, axis: int, width: int, active: int = 0
    ) -> Body:
        lanes = (axis, width, active or width)
        return Body(self.f, self.pointer, self.stored, self.numbers, extents, counters, lanes)

    def narrowed(self, n: int) -> int:
        """Give as many lanes as are of use for `n` elements."""
        lanes = self.lanes
        while lanes // 2 >= n > 0 or (lanes > n > 0 and not self.masks):
            lanes //= 2
        return lanes

    def pieces(self, start: int, n: int, width: int) -> list[tuple[int, int, int]]:
        """Divide what is left of a row into vectors: where, lanes, and lanes that count."""
        found = []
        while start < n:
            while width // 2 >= n - start or (width > n - start and not self.masks):
                width //= 2
            found.append((start, width, min(width, n - start)))
            start += width
        return found

    @contextlib.contextmanager
    def loops(
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

    # -- the innermost loop -------------------------------------------------------------------

    def along(
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
            write(self.body(extents, counters, -1, 1))
            return
        group = groups[-1]
        n, lanes = turns(group, extents), lanes or self.lanes
        full = n - n % lanes
        if full:
            with self.f.loop(full, 0, lanes) as counter:
                write(self.body(extents, [*counters, (group[-1], counter)], group[-1], lanes))
        self.rest(group[-1], full, n, extents, counters, write, lanes=lanes)

    def rest(
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
        for at, width, active in self.pieces(start, n, lanes or self.lanes):
            here = [*counters, (axis, self.f.index(at))]
            write(self.body(extents, here, axis, width, active))

    # -- what elements come to ----------------------------------------------------------------

    def begin(self, fold: Value, lanes: int) -> Reg:
        none = neutral(fold, lanes)
        slot = self.f.slot(none.type)
        self.f.put(f"store {none.type} {none.text}, ptr {slot.text}")
        return slot

    def take_in(self, fold: Value, slot: Reg, made: Reg) -> None:
        f = self.f
        before = f.give(made.type, f"load {made.type}, ptr {slot.text}")
        after = combine(f, fold, before, made)
        f.put(f"store {after.type} {after.text}, ptr {slot.text}")

    def end(self, fold: Value, slots: list[Reg], lanes: int) -> Reg:
        f, type_ = self.f, neutral(fold, lanes).type
        parts = [f.give(type_, f"load {type_}, ptr {slot.text}") for slot in slots]
        while len(parts) > 1:
            parts = [combine(f, fold, a, b) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        return across(f, fold, parts[0])
