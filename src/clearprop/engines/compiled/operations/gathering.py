"""Elements at places that are data, joined arrays, and running totals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clearprop.engines.compiled.machine.ir import (
    F32,
    F64,
    I8,
    I32,
    I64,
    Function,
    Reg,
    literal,
    vector,
)
from clearprop.engines.compiled.operations.products import called, cut, zero
from clearprop.engines.compiled.program import Value

__all__ = ["concat", "element_of", "scan_along", "scatter_add", "scatter_along", "take",
           "take_along"]  # fmt: skip

NAMES = {"float32": F32, "float64": F64, "int64": I64, "int32": I32, "uint8": I8, "int8": I8,
         "bool": I8, "int16": "i16", "uint16": "i16", "uint32": I32, "uint64": I64}  # fmt: skip


def element_of(value: Value) -> str:
    """Name the type that an element of a value has in memory."""
    return NAMES[value.dtype.name]


def _around(shape: Sequence[int], axis: int) -> tuple[int, int, int]:
    """Count what comes before an axis, along it and behind it."""
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def _within(f: Function, place: Reg, size: int) -> Reg:
    """Count a place from the front; what is out of range is the first or the last."""
    below = f.compare("icmp slt", place, f.index(0))
    place = f.select(below, f.binary("add", place, f.index(size)), place)
    place = f.intrinsic("llvm.smax", I64, place, f.index(0))
    return f.intrinsic("llvm.smin", I64, place, f.index(max(size - 1, 0)))


def _place(f: Function, places: Reg, value: Value, at: Reg, size: int) -> Reg:
    """Read a place, of whatever kind of whole number."""
    element = element_of(value)
    raw = f.load(element, f.at(places, at, element))
    if element != I64:
        raw = f.convert("zext" if value.dtype.kind in "bu" else "sext", raw, I64)
    return _within(f, raw, size)


def _row(f: Function, element: str, count: int, source: Reg, target: Reg, *, add: bool) -> None:
    """Copy a row of numbers, or add it to what is there."""
    lanes = f.target.lanes(element)
    kind = "fadd" if element in (F32, F64) else "add"
    runs: dict[int, list[int]] = {}
    for start, width in cut(lanes, count):
        runs.setdefault(width, []).append(start)
    for width, starts in runs.items():
        type_ = vector(element, width)
        with f.loop(starts[-1] + width, starts[0], width) as c:
            x, place = f.load(type_, f.at(source, c, element)), f.at(target, c, element)
            f.store(f.binary(kind, f.load(type_, place), x) if add else x, place)


def _name(value: Value) -> str:
    listed = [n for x in (*value.inputs, value) for n in (x.dtype.name, *x.shape)]
    return f"{value.op}_{value.params['axis']}_" + "_".join(map(str, listed))


def take(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Copy rows from places; threads divide them."""
    x, places = value.inputs
    pre, size, post = _around(x.shape, value.params["axis"])
    element = element_of(value)
    if not value.size:
        return

    def write(g: Function, source: Reg, where: Reg, target: Reg) -> None:
        first, last = g.share(places.size)
        with g.loop(pre) as a, g.loop(last, first) as p:
            place = _place(g, where, places, p, size)
            row = g.mul(g.add(g.mul(a, size), place), post)
            made = g.mul(g.add(g.mul(a, places.size), p), post)
            _row(g, element, post, g.at(source, row, element), g.at(target, made, element),
                 add=False)  # fmt: skip

    called(f, _name(value), [*inputs, out], write)


def scatter_add(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Add rows up at places; each thread adds those at its own."""
    places = value.inputs[1]
    pre, size, post = _around(value.shape, value.params["axis"])
    element = element_of(value)
    if not value.size:
        return

    def write(g: Function, source: Reg, where: Reg, target: Reg) -> None:
        first, last = g.share(size)
        alone = g.thread is None
        with g.loop(pre) as a, g.loop(last, first) as i:
            zero(g, element, g.at(target, g.mul(g.add(g.mul(a, size), i), post), element), post,
                 share=False)  # fmt: skip
        with g.loop(pre) as a, g.loop(places.size) as p:
            place = _place(g, where, places, p, size)
            row = g.at(source, g.mul(g.add(g.mul(a, places.size), p), post), element)
            made = g.at(target, g.mul(g.add(g.mul(a, size), place), post), element)
            if alone:
                _row(g, element, post, row, made, add=True)
            else:
                low, high = g.compare("icmp sge", place, first), g.compare("icmp slt", place, last)
                with g.when(g.binary("and", low, high)):
                    _row(g, element, post, row, made, add=True)

    called(f, _name(value) + f"_{size}", [*inputs, out], write)


def take_along(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Copy, line by line, elements from places; threads divide the lines."""
    x, places = value.inputs
    axis = value.params["axis"]
    size = x.shape[axis]
    pre, count, post = _around(places.shape, axis)
    element = element_of(value)
    if not value.size:
        return

    def write(g: Function, source: Reg, where: Reg, target: Reg) -> None:
        first, last = g.share(pre)
        with g.loop(last, first) as a, g.loop(count) as p, g.loop(post) as c:
            at = g.add(g.mul(g.add(g.mul(a, count), p), post), c)
            place = _place(g, where, places, at, size)
            seen = g.add(g.mul(g.add(g.mul(a, size), place), post), c)
            g.store(g.load(element, g.at(source, seen, element)), g.at(target, at, element))

    called(f, _name(value), [*inputs, out], write)


def scatter_along(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Add up, line by line, elements at places; threads divide the lines."""
    places = value.inputs[1]
    axis = value.params["axis"]
    pre, count, post = _around(places.shape, axis)
    size = value.shape[axis]
    element = element_of(value)
    kind = "fadd" if element in (F32, F64) else "add"
    if not value.size:
        return

    def write(g: Function, source: Reg, where: Reg, target: Reg) -> None:
        first, last = g.share(pre)
        with g.loop(last, first) as a:
            block = g.at(target, g.mul(a, size * post), element)
            zero(g, element, block, size * post, share=False)
            with g.loop(count) as p, g.loop(post) as c:
                at = g.add(g.mul(g.add(g.mul(a, count), p), post), c)
                place = _place(g, where, places, at, size)
                made = g.at(block, g.add(g.mul(place, post), c), element)
                x = g.load(element, g.at(source, at, element))
                g.store(g.binary(kind, g.load(element, made), x), made)

    called(f, _name(value) + f"_{size}", [*inputs, out], write)


def concat(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Copy arrays side by side; threads divide the rows."""
    pre, total, post = _around(value.shape, value.params["axis"])
    element = element_of(value)
    if not value.size:
        return

    def write(g: Function, *places: Reg) -> None:
        *sources, target = places
        first, last = g.share(pre)
        with g.loop(last, first) as a:
            begin = 0
            for x, source in zip(value.inputs, sources, strict=True):
                size = x.shape[value.params["axis"]] * post
                made = g.at(target, g.add(g.mul(a, total * post), begin), element)
                _row(g, element, size, g.at(source, g.mul(a, size), element), made, add=False)
                begin += size

    called(f, _name(value), [*inputs, out], write)


def scan_along(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Write running sums or products along an axis; threads divide what comes before it."""
    pre, size, post = _around(value.shape, value.params["axis"])
    element = element_of(value)
    if not value.size:
        return
    kind = {"cumsum": "add", "cumprod": "mul"}[value.op]
    kind = f"f{kind}" if element in (F32, F64) else kind
    start = literal(0 if value.op == "cumsum" else 1, element)

    def write(g: Function, source: Reg, target: Reg) -> None:
        first, last = g.share(pre)
        total = g.slot(element)
        with g.loop(last, first) as a, g.loop(post) as c:
            g.store(start, total)
            with g.loop(size) as i:
                at = g.add(g.mul(g.add(g.mul(a, size), i), post), c)
                x = g.load(element, g.at(source, at, element))
                more = g.binary(kind, g.load(element, total), x)
                g.store(more, total)
                g.store(more, g.at(target, at, element))

    called(f, _name(value), [*inputs, out], write)
