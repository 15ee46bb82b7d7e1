"""
Convolutions: sums in registers over what lies under the window, image by image.

Nothing is copied into matrices: the numbers that a window sees lie at a fixed distance from its
place, so the sum reads them where they are. Margins, and the zeros between the results of a window
that moves by more than one, are laid around one image at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from clearprop.engines.compiled.machine.ir import I64, Function, Reg, literal, vector
from clearprop.engines.compiled.operations.grids import (
    ELEMENTS,
    Grid,
    frame,
    grids_of,
    place_of,
    room_of_conv,
    rounded,
    runs_of,
)
from clearprop.engines.compiled.operations.packed import turned
from clearprop.engines.compiled.operations.products import called, contract, tiling, zero
from clearprop.engines.compiled.program import Value

__all__ = ["conv", "conv_kernel", "conv_transpose"]


def _in_sight(
    f: Function, grid: Grid, apart: Sequence[int], axis: int, at: Reg
) -> int | tuple[Reg, Reg]:
    """Tell which rows of the window, at a place, see more than margin."""
    rows, low, step = grid.window[axis], grid.low[axis], grid.strides[axis]
    behind = low + (grid.size[axis] - 1) * apart[axis] + 1
    if rows == 1 or grid.dilation[axis] > 1 or (low <= 0 and behind >= grid.padded[axis]):
        return rows
    place = f.mul(at, step)
    first = f.binary("sub", f.index(low), place)
    last = f.binary("sub", f.index(behind), place)
    return (
        f.intrinsic("llvm.smax", I64, first, f.index(0)),
        f.intrinsic("llvm.smin", I64, last, f.index(rows)),
    )


def _sums(
    f: Function,
    element: str,
    grid: Grid,
    image: Reg,
    w: Reg,
    out: Reg,
    apart: Sequence[int] = (1, 1, 1),
) -> None:
    """
    Write the results of one image: `w` is (*window, C / groups, O).

    `apart` tells how far the points of what has margins lie from each other.
    """
    (_, _, OW), (_, SH, SW) = grid.out, grid.strides
    source = grid.padded
    each, per = grid.C // grid.groups, grid.O // grid.groups
    merged = grid.groups == 1 and grid.dilation[2] == 1
    sizes = [*grid.window[:2], grid.window[2] * each] if merged else [*grid.window, each]

    with f.loop(grid.out[0]) as d, f.loop(grid.out[1]) as h:
        line = f.at(
            image,
            place_of(f, (f.mul(d, grid.strides[0]), f.mul(h, SH), 0), source, grid.C),
            element,
        )
        made = f.at(out, place_of(f, (d, h, 0), grid.out, grid.O), element)
        if grid.alone:
            _alone(f, element, grid, line, w, made)
        turns = [_in_sight(f, grid, apart, axis, at) for axis, at in enumerate((d, h))] + sizes[2:]
        for g in range(0 if grid.alone else grid.groups):

            def seen(f: Function, i: Reg, k: Sequence[Reg], g: int = g) -> Reg:
                under = [f.mul(k[0], grid.dilation[0]), f.mul(k[1], grid.dilation[1])]
                point = place_of(f, (*under, 0), source, grid.C)
                rest = k[2] if merged else f.add(
                    f.mul(k[2], grid.dilation[2] * grid.C), f.add(k[3], g * each))  # fmt: skip
                at = f.add(f.add(point, f.mul(i, SW * grid.C)), rest)
                return f.at(line, at, element)

            def weighed(f: Function, k: Sequence[Reg], n: int, j: int, g: int = g) -> Reg:
                at = k[0]
                for i, count in zip(k[1:], sizes[1:], strict=True):
                    at = f.add(f.mul(at, count), i)
                return f.at(f.at(w, f.mul(at, grid.O), element), j + g * per, element)

            def put(f: Function, i: Reg, j: int, g: int = g) -> Reg:
                return f.at(f.at(made, f.mul(i, grid.O), element), j + g * per, element)

            plan = tiling(f.target, element, OW, per)
            for columns in plan.panels:
                contract(f, element, plan, columns, OW, turns, seen, weighed, put, share=False)


def _alone(f: Function, element: str, grid: Grid, line: Reg, w: Reg, out: Reg) -> None:
    """Write a line of results where each channel has a window of its own."""
    with f.loop(grid.out[2]) as i:
        place = f.at(line, f.mul(i, grid.strides[2] * grid.C), element)
        made = f.at(out, f.mul(i, grid.C), element)
        for start, width, count in runs_of(f.target.lanes(element), grid.C):
            type_ = vector(element, width)
            with f.loop(start + count * width, start, width) as c:
                total = f.slot(type_)
                f.store(literal(0, type_), total, 64)
                with f.loop(grid.window[0]) as a, f.loop(grid.window[1]) as b, \
                        f.loop(grid.window[2]) as k:  # fmt: skip
                    under = [f.mul(n, s) for n, s in zip((a, b, k), grid.dilation, strict=True)]
                    at = place_of(f, under, grid.padded, grid.C)
                    x = f.load(type_, f.at(f.at(place, at, element), c, element))
                    at = place_of(f, (a, b, k), grid.window, grid.C)
                    y = f.load(type_, f.at(f.at(w, at, element), c, element))
                    f.store(f.fma(x, y, f.load(type_, total, 64)), total, 64)
                f.store(f.load(type_, total, 64), f.at(made, c, element))


def _name(value: Value) -> str:
    """Name the function of an operation: sizes and whatever else it depends on."""
    grid, _ = grids_of(value)
    listed = [value.inputs[0].shape[0], *grid.size, *grid.window, *grid.strides, *grid.dilation,
              *grid.low, *grid.padded, grid.C, grid.O, grid.groups]  # fmt: skip
    return f"{value.op}_{value.dtype.name}_" + "_".join(map(str, listed))


def _own(f: Function, room: Reg, value: Value) -> Reg:
    """Give this thread's part of the room."""
    if f.thread is None:
        return room
    each = room_of_conv(value, f.target) // f.target.threads
    return f.at(room, f.mul(f.thread, each), "i8")


def conv(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Convolve; threads divide the images."""
    grid, _ = grids_of(value)
    element = ELEMENTS[value.dtype.name]
    if not value.size:
        return
    x, w, *room = inputs

    def write(g: Function, x: Reg, w: Reg, out: Reg, *room: Reg) -> None:
        own = _own(g, room[0], value) if room else None
        if own is not None:
            zero(g, element, own, math.prod(grid.padded) * grid.C, share=False)
        first, last = g.share(value.shape[0])
        with g.loop(last, first) as n:
            image = g.at(x, g.mul(n, math.prod(grid.size) * grid.C), element)
            if own is not None:
                frame(g, element, image, own, grid)
            made = g.at(out, g.mul(n, math.prod(grid.out) * grid.O), element)
            _sums(g, element, grid, image if own is None else own, w, made)

    called(f, _name(value), [x, w, out, *room], write)


def conv_transpose(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Convolve what lies apart by the strides with the kernel turned around."""
    grid, back = grids_of(value)
    element = ELEMENTS[value.dtype.name]
    if not value.size:
        return

    def write(g: Function, x: Reg, w: Reg, out: Reg, room: Reg) -> None:
        own = _own(g, room, value)
        count = math.prod(back.padded) * back.C
        kernel = g.at(own, rounded(count * value.dtype.itemsize), "i8")
        zero(g, element, own, count, share=False)
        _turn(g, element, grid, w, kernel)
        first, last = g.share(value.shape[0])
        with g.loop(last, first) as n:
            image = g.at(x, g.mul(n, math.prod(back.size) * back.C), element)
            frame(g, element, image, own, back, grid.strides)
            made = g.at(out, g.mul(n, math.prod(back.out) * back.O), element)
            _sums(g, element, back, own, kernel, made, grid.strides)

    x, w, room = inputs
    called(f, _name(value), [x, w, out, room], write)


def _turn(f: Function, element: str, grid: Grid, w: Reg, kernel: Reg) -> None:
    """Write (*window, C / groups, O) as (*window from its end, O / groups, C)."""
    points, each, per = math.prod(grid.window), grid.C // grid.groups, grid.O // grid.groups
    with f.loop(points) as k:
        source = f.at(w, f.mul(k, each * grid.O), element)
        at = f.binary("sub", f.index(points - 1), k)
        target = f.at(kernel, f.mul(at, per * grid.C), element)
        for g in range(grid.groups):
            # Rows of `each` channels by `per` results become rows of results by channels.
            for start, width, count in runs_of(f.target.lanes(element), each):
                with f.loop(start + count * width, start, width) as c:
                    begin = f.at(source, f.add(f.mul(c, grid.O), g * per), element)
                    turned(f, element, width, per, begin, grid.O,
                           f.at(target, f.add(c, g * each), element), grid.C)  # fmt: skip


def conv_kernel(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Add up products of what was seen and what was made of it; threads divide the channels."""
    grid, _ = grids_of(value)
    element = ELEMENTS[value.dtype.name]
    if not value.size:
        return

    def write(g: Function, x: Reg, delta: Reg, out: Reg, *room: Reg) -> None:
        own = _own(g, room[0], value) if room else None
        if own is not None:
            zero(g, element, own, math.prod(grid.padded) * grid.C, share=False)
        thread = g.thread
        g.thread = None
        job = _Kernel(g, element, grid, thread)
        job.clear(out)
        with g.loop(value.inputs[0].shape[0]) as n:
            image = g.at(x, g.mul(n, math.prod(grid.size) * grid.C), element)
            if own is not None:
                frame(g, element, image, own, grid)
            made = g.at(delta, g.mul(n, math.prod(grid.out) * grid.O), element)
            job.add(image if own is None else own, made, out)
        g.thread = thread

    x, delta, *room = inputs
    called(f, _name(value), [x, delta, out, *room], write)


@dataclass
class _Kernel:
    """The sums for a kernel; a thread makes those of its points of the window."""

    f: Function
    element: str
    grid: Grid
    thread: Reg | None

    def _points(self) -> tuple[Reg, Reg]:
        """Give the first and the last of the points of the window that are this thread's."""
        f = self.f
        f.thread = self.thread
        first, last = f.share(math.prod(self.grid.window[:2]))
        f.thread = None
        return first, last

    def clear(self, out: Reg) -> None:
        """Set this thread's part to zero."""
        f, grid = self.f, self.grid
        row = grid.window[2] * (grid.C // grid.groups) * grid.O
        first, last = self._points()
        with f.loop(last, first) as point:
            zero(f, self.element, f.at(out, f.mul(point, row), self.element), row, share=False)

    def add(self, image: Reg, delta: Reg, out: Reg) -> None:
        """Add what one image gives."""
        f, grid, element = self.f, self.grid, self.element
        each = grid.C // grid.groups
        merged = grid.groups == 1 and grid.dilation[2] == 1
        first, last = self._points()
        with f.loop(last, first) as point:
            rows = grid.window[1]
            a = f.binary("sdiv", point, f.index(rows)) if rows > 1 else point
            b = f.binary("srem", point, f.index(rows)) if rows > 1 else f.index(0)
            under = (f.mul(a, grid.dilation[0]), f.mul(b, grid.dilation[1]))
            seen = f.at(image, place_of(f, (*under, 0), grid.padded, grid.C), element)
            made = f.at(out, f.mul(point, grid.window[2] * each * grid.O), element)
            if grid.alone:
                self._alone(seen, delta, made)
            elif merged:
                self._rows(seen, delta, made, grid.window[2] * each, 0)
            else:
                with f.loop(grid.window[2]) as k:
                    beside = f.at(seen, f.mul(k, grid.dilation[2] * grid.C), element)
                    place = f.at(made, f.mul(k, each * grid.O), element)
                    for g in range(grid.groups):
                        self._rows(f.at(beside, g * each, element), delta, place, each, g)

    def _rows(self, seen: Reg, delta: Reg, made: Reg, M: int, group: int) -> None:
        f, grid, element = self.f, self.grid, self.element
        per = grid.O // grid.groups
        steps = grid.strides

        def number(f: Function, i: Reg, k: Sequence[Reg]) -> Reg:
            at = [f.mul(n, s) for n, s in zip(k, steps, strict=True)]
            return f.at(seen, f.add(place_of(f, at, grid.padded, grid.C), i), element)

        def line(f: Function, k: Sequence[Reg], n: int, j: int) -> Reg:
            at = place_of(f, k, grid.out, grid.O)
            return f.at(f.at(delta, at, element), j + group * per, element)

        def put(f: Function, i: Reg, j: int) -> Reg:
            return f.at(f.at(made, f.mul(i, grid.O), element), j + group * per, element)

        plan = tiling(f.target, element, M, per)
        for columns in plan.panels:
            contract(
                f, element, plan, columns, M, grid.out, number, line, put, add=True, share=False
            )

    def _alone(self, seen: Reg, delta: Reg, made: Reg) -> None:
        f, grid, element = self.f, self.grid, self.element
        with f.loop(grid.window[2]) as k:
            beside = f.at(seen, f.mul(k, grid.dilation[2] * grid.C), element)
            place = f.at(made, f.mul(k, grid.C), element)
            for start, width, count in runs_of(f.target.lanes(element), grid.C):
                type_ = vector(element, width)
                with f.loop(start + count * width, start, width) as c:
                    total = f.slot(type_)
                    f.store(f.load(type_, f.at(place, c, element)), total, 64)
                    with f.loop(grid.out[0]) as d, f.loop(grid.out[1]) as h, \
                            f.loop(grid.out[2]) as w:  # fmt: skip
                        at = [f.mul(n, s) for n, s in zip((d, h, w), grid.strides, strict=True)]
                        x = f.at(beside, place_of(f, at, grid.padded, grid.C), element)
                        y = f.at(delta, place_of(f, (d, h, w), grid.out, grid.C), element)
                        x, y = (f.load(type_, f.at(p, c, element)) for p in (x, y))
                        f.store(f.fma(x, y, f.load(type_, total, 64)), total, 64)
                    f.store(f.load(type_, total, 64), f.at(place, c, element))
