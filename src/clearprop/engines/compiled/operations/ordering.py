"""Sorting, line by line: runs of 1, 2, 4, ... elements are merged; equals keep their order."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clearprop.engines.compiled.machine.ir import F32, F64, I64, PTR, Function, Reg, Target
from clearprop.engines.compiled.operations.gathering import element_of
from clearprop.engines.compiled.operations.products import called
from clearprop.engines.compiled.program import Value

__all__ = ["order", "room_to_order"]


def room_to_order(value: Value, target: Target) -> int:
    """Tell how many bytes two copies of a line and of its places take, for each thread."""
    size: int = value.inputs[0].shape[value.params["axis"]]
    return 2 * size * 16 * target.threads + 64


def order(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Write lines in order, or (argsort) the places of what comes in order; NaN is last."""
    x = value.inputs[0]
    axis = value.params["axis"]
    pre, size, post = math.prod(x.shape[:axis]), x.shape[axis], math.prod(x.shape[axis + 1 :])
    element = element_of(x)
    if not value.size:
        return
    unsigned = x.dtype.kind in "bu"

    def write(g: Function, source: Reg, room: Reg, target: Reg) -> None:
        own = room if g.thread is None else g.at(room, g.mul(g.thread, 2 * size * 16), "i8")
        halves = [own, g.at(own, size * 16, "i8")]
        lines = _Lines(g, element, size, halves, unsigned)
        first, last = g.share(pre * post)
        with g.loop(last, first) as line:
            a = g.binary("sdiv", line, g.index(post)) if post > 1 else line
            c = g.binary("srem", line, g.index(post)) if post > 1 else g.index(0)
            begin = g.add(g.mul(a, size * post), c)
            with g.loop(size) as i:
                at = g.add(begin, g.mul(i, post))
                lines.put(halves[0], i, g.load(element, g.at(source, at, element)), i)
            sorted_ = lines.sort()
            with g.loop(size) as i:
                at = g.add(begin, g.mul(i, post))
                number, place = lines.get(sorted_, i)
                if value.op == "argsort":
                    g.store(place, g.at(target, at, I64))
                else:
                    g.store(number, g.at(target, at, element))

    x_place, room = inputs
    name = f"{value.op}_{axis}_{x.dtype.name}_" + "_".join(map(str, x.shape))
    called(f, name, [x_place, room, out], write)


class _Lines:
    """Two copies of a line, numbers and their places, 16 bytes an element."""

    def __init__(
        self, f: Function, element: str, size: int, halves: Sequence[Reg], unsigned: bool
    ) -> None:
        self.f, self.element, self.size = f, element, size
        self.halves, self.unsigned = halves, unsigned

    def put(self, half: Reg, i: Reg, number: Reg, place: Reg) -> None:
        """Write an element."""
        at = self.f.at(half, self.f.mul(i, 16), "i8")
        self.f.store(number, at)
        self.f.store(place, self.f.at(at, 8, "i8"))

    def get(self, half: Reg, i: Reg) -> tuple[Reg, Reg]:
        """Read an element."""
        at = self.f.at(half, self.f.mul(i, 16), "i8")
        return self.f.load(self.element, at), self.f.load(I64, self.f.at(at, 8, "i8"))

    def sort(self) -> Reg:
        """Merge longer and longer runs, from one copy to the other; give where all is in order."""
        f = self.f
        source, target = f.slot(PTR), f.slot(PTR)
        f.store(self.halves[0], source)
        f.store(self.halves[1], target)
        runs, length = 0, 1
        while length < self.size:
            runs, length = runs + 1, length * 2
        with f.loop(runs) as turn:
            width = f.binary("shl", f.index(1), turn)
            self._merge(f.load(PTR, source), f.load(PTR, target), width)
            a, b = f.load(PTR, source), f.load(PTR, target)
            f.store(b, source)
            f.store(a, target)
        return f.load(PTR, source)

    def _merge(self, source: Reg, target: Reg, width: Reg) -> None:
        f, end = self.f, self.f.index(self.size)
        left, right = f.slot(I64), f.slot(I64)
        both = f.binary("shl", width, f.index(1))
        count = f.binary("sdiv", f.binary("sub", f.add(both, self.size), f.index(1)), both)
        with f.loop(count) as pair:
            low = f.binary("mul", pair, both)
            middle = f.intrinsic("llvm.smin", I64, f.binary("add", low, width), end)
            high = f.intrinsic("llvm.smin", I64, f.binary("add", low, both), end)
            f.store(low, left)
            f.store(middle, right)
            with f.loop(high, low) as k:
                i, j = f.load(I64, left), f.load(I64, right)
                x, place = self.get(source, f.intrinsic("llvm.smin", I64, i, self._last()))
                y, other = self.get(source, f.intrinsic("llvm.smin", I64, j, self._last()))
                more = f.compare("icmp slt", j, high)
                none = f.compare("icmp sge", i, middle)
                second = f.binary("and", more, f.binary("or", none, self._less(y, x)))
                self.put(target, k, f.select(second, y, x), f.select(second, other, place))
                step = f.convert("zext", second, I64)
                f.store(f.binary("add", j, step), right)
                f.store(f.binary("add", i, f.binary("xor", step, f.index(1))), left)

    def _last(self) -> Reg:
        return self.f.index(self.size - 1)

    def _less(self, x: Reg, y: Reg) -> Reg:
        f = self.f
        if self.element not in (F32, F64):
            return f.compare("icmp ult" if self.unsigned else "icmp slt", x, y)
        missing = f.binary("and", f.compare("fcmp uno", y, y), f.compare("fcmp ord", x, x))
        return f.binary("or", f.compare("fcmp olt", x, y), missing)
