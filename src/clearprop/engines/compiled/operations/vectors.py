"""A matrix times one vector: rows, each read once."""

from __future__ import annotations

from clearprop.engines.compiled.machine.ir import F32, F64, Function, Reg, literal, vector
from clearprop.engines.compiled.operations.products import cut

__all__ = ["rows_times_vector"]


def rows_times_vector(
    f: Function, element: str, N: int, K: int, v: Reg, b: Reg, c: Reg, *, stride: int | None = None
) -> None:
    """
    Write ``c[j] = sum of v[k] * b[j, k]``: each row of a matrix times one vector.

    Parameters
    ----------
    stride : int, optional
        How far apart rows of `b` begin; `K` by default.
    """
    lanes = f.target.lanes(element)
    pieces = cut(lanes, K)
    few = [p for p in pieces if p[1] == lanes]
    rest = pieces[len(few) :]
    first, last = f.share(N)
    held = {p: f.load(vector(element, p[1]), f.at(v, p[0], element)) for p in rest}
    with f.loop(last, first) as j:
        row = f.at(b, f.mul(j, K if stride is None else stride), element)
        total: Reg | None = None
        if len(few) > 4:
            total = _long(f, element, len(few), v, row)
        else:
            for p in few:
                total = _more(f, element, p, v, row, total)
        number = None if total is None else _across(f, total)
        for p in rest:
            line = f.load(vector(element, p[1]), f.at(row, p[0], element))
            part = _across(f, f.binary("fmul", held[p], line))
            number = part if number is None else f.binary("fadd", number, part)
        f.store(literal(0, element) if number is None else number, f.at(c, j, element))


def _more(
    f: Function, element: str, p: tuple[int, int], v: Reg, row: Reg, total: Reg | None
) -> Reg:
    x = f.load(vector(element, p[1]), f.at(v, p[0], element))
    line = f.load(vector(element, p[1]), f.at(row, p[0], element))
    return f.binary("fmul", x, line) if total is None else f.fma(x, line, total)


def _long(f: Function, element: str, count: int, v: Reg, row: Reg) -> Reg:
    """Add up many vectors, in four sums that do not wait for each other."""
    lanes = f.target.lanes(element)
    type_ = vector(element, lanes)
    sums = [f.slot(type_) for _ in range(4)]
    for each in sums:
        f.store(literal(0, type_), each, 64)

    def piece(k: Reg, part: int) -> None:
        x, line = (f.load(type_, f.at(base, k, element)) for base in (v, row))
        f.store(f.fma(x, line, f.load(type_, sums[part], 64)), sums[part], 64)

    whole = count // 4 * 4
    with f.loop(whole * lanes, 0, 4 * lanes) as k:
        for part in range(4):
            piece(f.add(k, part * lanes), part)
    for part in range(count - whole):
        piece(f.index((whole + part) * lanes), part)
    a, b, c, d = (f.load(type_, each, 64) for each in sums)
    return f.binary("fadd", f.binary("fadd", a, b), f.binary("fadd", c, d))


def _across(f: Function, x: Reg) -> Reg:
    """Add up the lanes."""
    if x.width == 1:
        return x
    name = f"llvm.vector.reduce.fadd.v{x.width}{ {F32: 'f32', F64: 'f64'}[x.element] }"
    f.module.need(name, lambda: f"declare {x.element} @{name}({x.element}, {x.type})")
    start = literal(0, x.element)
    return f.give(
        x.element,
        f"call reassoc {x.element} @{name}({x.element} {start.text}, {x.type} {x.text})",
    )
