"""The ways back of pooling: a value goes to whoever won its window, or to all that it saw."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from clearprop.engines.compiled.machine.ir import F32, F64, I1, I64, Function, Reg, literal, vector
from clearprop.engines.compiled.operations.products import called, cut, zero
from clearprop.engines.compiled.program import Value
from clearprop.ops.windows import Windows, pool_windows

__all__ = ["max_unpool", "sum_unpool"]

WRITTEN_OUT = 16  # elements of a window up to which each is an instruction, not a turn of a loop
Visit = Callable[[Reg], None]


def max_unpool(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """
    Give each value to the largest that its window saw, of equals the first.

    With `above`, only if that is larger than a number.
    """
    _unpool(f, value, inputs, out)


def sum_unpool(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Give each value to all that its window saw."""
    _unpool(f, value, inputs, out)


def _unpool(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    if not value.size:
        return
    how = {k: v for k, v in value.params.items() if k in ("window", "strides", "padding")}
    grid = pool_windows(
        value.shape[1:-1], how["window"], how.get("strides"), how.get("padding", "valid")
    )
    element = {"float32": F32, "float64": F64}[value.dtype.name]
    listed = [*value.shape, *grid.window, *grid.strides, *itertools.chain(*grid.margins)]
    above = value.params.get("above")
    name = f"{value.op}_{element}_" + "_".join(map(str, listed))
    if above is not None:
        name += "_" + literal(above, element).text

    def write(g: Function, *places: Reg) -> None:
        *given, made = places
        first, last = g.share(value.shape[0])
        area, seen = math.prod(grid.size) * value.shape[-1], math.prod(grid.out) * value.shape[-1]
        with g.loop(last, first) as n:
            image = g.at(made, g.mul(n, area), element)
            zero(g, element, image, area, share=False)
            x = g.at(given[1], g.mul(n, area), element) if len(given) > 1 else None
            values = g.at(given[0], g.mul(n, seen), element)
            _Image(g, element, grid, value.shape[-1], values, x, image, above).write()

    called(f, name, [*inputs, out], write)


@dataclass
class _Image:
    """One image: `values` go to where `x` was largest, or everywhere, in `out`."""

    f: Function
    element: str
    grid: Windows
    C: int
    values: Reg
    x: Reg | None
    out: Reg
    above: float | None

    def write(self) -> None:
        f, grid = self.f, self.grid
        lanes = f.target.lanes(self.element)
        runs: dict[int, tuple[int, int]] = {}  # by width: the first channel, and one behind
        for start, width in cut(lanes, self.C):
            runs[width] = (runs.get(width, (start, 0))[0], start + width)
        with ExitStack() as loops:
            place = [loops.enter_context(f.loop(n)) for n in grid.out]
            at = f.index(0)
            for i, n in zip(place, grid.out, strict=True):
                at = f.add(f.mul(at, n), i)
            begin = f.mul(at, self.C)
            for width, (start, stop) in runs.items():
                with f.loop(stop, start, width) as c:
                    v = f.load(vector(self.element, width), f.at(self.values, f.add(begin, c),
                                                                 self.element))  # fmt: skip
                    self._window(place, c, v)

    def _window(self, place: Sequence[Reg], c: Reg, v: Reg) -> None:
        f = self.f
        if self.x is None:
            self._each(place, c, lambda at: self._add(at, v))
            return
        x = self.x
        largest, free = f.slot(v.type), f.slot(vector("i8", v.width))
        f.store(literal(-math.inf, v.type), largest, 64)
        f.store(literal(1, vector("i8", v.width)), free, 64)

        def compare(at: Reg) -> None:
            z, best = f.load(v.type, f.at(x, at, self.element)), f.load(v.type, largest, 64)
            f.store(f.intrinsic("llvm.maximum", v.type, z, best), largest, 64)

        def give(at: Reg) -> None:
            z, best = f.load(v.type, f.at(x, at, self.element)), f.load(v.type, largest, 64)
            kind = vector("i8", v.width)
            still = f.convert("trunc", f.load(kind, free, 64), vector(I1, v.width))
            won = f.binary("and", f.compare("fcmp oeq", z, best), still)
            f.store(f.convert("zext", f.binary("xor", won, still), kind), free, 64)
            self._add(at, f.select(won, v, literal(0, v.type)))

        self._each(place, c, compare)
        if self.above is not None:
            best = f.load(v.type, largest, 64)
            kept = f.compare("fcmp ogt", best, literal(self.above, v.type))
            v = f.select(kept, v, literal(0, v.type))
        self._each(place, c, give)

    def _add(self, at: Reg, v: Reg) -> None:
        f = self.f
        target = f.at(self.out, at, self.element)
        overlap = any(s < k for s, k in zip(self.grid.strides, self.grid.window, strict=True))
        f.store(f.binary("fadd", f.load(v.type, target), v) if overlap else v, target)

    def _each(self, place: Sequence[Reg], c: Reg, visit: Visit) -> None:
        """Visit the elements of the window that are on the grid, in order."""
        f, grid = self.f, self.grid
        start = [
            f.add(f.mul(i, s), -low)
            for i, s, (low, _) in zip(place, grid.strides, grid.margins, strict=True)
        ]
        if not grid.is_padded and math.prod(grid.window) <= WRITTEN_OUT:
            for offset in grid.offsets():
                visit(self._at([f.add(a, k) for a, k in zip(start, offset, strict=True)], c))
            return
        with ExitStack() as loops:
            point = []
            for a, k, n in zip(start, grid.window, grid.size, strict=True):
                first = f.intrinsic("llvm.smax", I64, a, f.index(0))
                last = f.intrinsic("llvm.smin", I64, f.add(a, k), f.index(n))
                point.append(loops.enter_context(f.loop(last, first)))
            visit(self._at(point, c))

    def _at(self, point: Sequence[Reg], c: Reg) -> Reg:
        at = self.f.index(0)
        for i, n in zip(point, self.grid.size, strict=True):
            at = self.f.add(self.f.mul(at, n), i)
        return self.f.add(self.f.mul(at, self.C), c)
