"""
Products whose left operand is mostly zeros, such as pictures: what is zero is passed over.

Numbers are compared with zero 64 at a time, and the bits that come of it are gone through. Where
all numbers are finite the result is the same, but for the order of the sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clearprop.engines.compiled.machine.ir import I1, I64, Function, Reg, literal, vector
from clearprop.engines.compiled.operations.products import Pieces, by_last, cut, tiling, zero

__all__ = ["across_rows", "each_kept", "within_rows"]

BITS = 64
HOT = 24 * 1024  # bytes of a result that stay in the first cache while they are added to


def within_rows(f: Function, element: str, M: int, N: int, K: int, a: Reg, b: Reg, c: Reg) -> None:
    """
    Write ``c = a @ b``, for `a` of shape (M, K).

    Threads divide the rows.
    """
    plan = tiling(f.target, element, 1, N)
    type_ = vector(element, plan.width)
    first, last = f.share(M)
    with f.loop(last, first) as i:
        row, out = f.at(a, f.mul(i, K), element), f.at(c, f.mul(i, N), element)
        for columns in plan.panels:
            sums = [f.slot(type_) for _ in columns]
            for each in sums:
                f.store(literal(0, type_), each, 64)
            for k in each_kept(f, element, row, K):
                x = f.splat(f.load(element, f.at(row, k, element)), plan.width)
                line = f.at(b, f.mul(k, N), element)
                for each, j in zip(sums, columns, strict=True):
                    y = f.load(type_, f.at(line, j, element))
                    f.store(f.fma(x, y, f.load(type_, each, 64)), each, 64)
            for each, j in zip(sums, columns, strict=True):
                f.store(f.load(type_, each, 64), f.at(out, j, element))


def across_rows(f: Function, element: str, M: int, N: int, K: int, a: Reg, b: Reg, c: Reg) -> None:
    """
    Write ``c = a.T @ b``, for `a` of shape (K, M) and `b` of shape (K, N).

    So many rows of the result are made at a time as stay in the cache. Threads divide them.
    """
    size = 8 if element == "double" else 4
    rows = max(16, min(BITS, HOT // (N * size) // 16 * 16))
    pieces = cut(f.target.lanes(element), N)
    whole = M // rows * rows
    first, last = f.share(whole, rows)
    with f.loop(last, first, rows) as i:
        _rows(
            f, element, pieces, rows, M, N, K, f.at(a, i, element), b, f.at(c, f.mul(i, N), element)
        )
    if whole < M:
        with by_last(f):
            rest = f.at(c, whole * N, element)
            _rows(f, element, pieces, M - whole, M, N, K, f.at(a, whole, element), b, rest)


def _rows(
    f: Function, element: str, pieces: Pieces, count: int, M: int, N: int, K: int,
    a: Reg, b: Reg, c: Reg,
) -> None:  # fmt: skip
    most = 16 if f.target.bytes == 64 else 8
    zero(f, element, c, count * N, share=False)
    with f.loop(K) as k:
        row, line = f.at(a, f.mul(k, M), element), f.at(b, f.mul(k, N), element)
        for start in range(0, len(pieces), most):
            panel = pieces[start : start + most]
            lines = [f.load(vector(element, w), f.at(line, j, element)) for j, w in panel]
            for i in each_kept(f, element, row, count):
                x = f.load(element, f.at(row, i, element))
                out = f.at(c, f.mul(i, N), element)
                for y, (j, w) in zip(lines, panel, strict=True):
                    place = f.at(out, j, element)
                    f.store(f.fma(f.splat(x, w), y, f.load(y.type, place)), place)


def each_kept(f: Function, element: str, row: Reg, count: int) -> Iterator[Reg]:
    """
    Go through the places in a row where it is not zero.

    The body is written once for all whole runs of 64 places, and once for what is left.
    """
    whole = count // BITS * BITS
    if whole:
        with f.loop(whole, 0, BITS, unroll=1) as at:
            yield from _each_bit(f, _bits(f, element, f.at(row, at, element), BITS), at)
    if whole < count:
        rest = f.at(row, whole, element)
        yield from _each_bit(f, _bits(f, element, rest, count - whole), f.index(whole))


def _bits(f: Function, element: str, row: Reg, count: int) -> Reg:
    """Compare up to 64 numbers with zero: a bit each, the first the lowest."""
    parts: list[Reg] = []
    lanes = f.target.lanes(element)
    at = 0
    while at < count:
        width = lanes
        while width > count - at:
            width //= 2
        x = f.load(vector(element, width), f.at(row, at, element))
        kept = f.compare("fcmp une", x, literal(0, x.type))
        bits = kept if width == 1 else f.convert("bitcast", kept, f"i{width}")
        if bits.type != I64:
            bits = f.convert("zext", bits, I64)
        parts.append(f.binary("shl", bits, f.index(at)) if at else bits)
        at += width
    return _joined(f, parts)


def _joined(f: Function, parts: Sequence[Reg]) -> Reg:
    while len(parts) > 1:
        pairs = [parts[n : n + 2] for n in range(0, len(parts), 2)]
        parts = [p[0] if len(p) == 1 else f.binary("or", p[0], p[1]) for p in pairs]
    return parts[0]


def _each_bit(f: Function, bits: Reg, start: Reg) -> Iterator[Reg]:
    left = f.slot(I64, align=8)
    f.store(bits, left)
    label = f.fresh()[1:]
    f.block(f"bits{label}")
    now = f.load(I64, left)
    more = f.compare("icmp ne", now, f.index(0))
    f.put(f"br i1 {more.text}, label %bit{label}, label %none{label}")
    f.put(f"bit{label}:")
    name = "llvm.cttz.i64"
    f.module.need(name, lambda: f"declare i64 @{name}(i64, i1)")
    place = f.call(name, I64, now, Reg("true", I1))
    yield f.add(start, place)
    f.store(f.binary("and", now, f.binary("add", now, f.index(-1))), left)
    f.put(f"br label %bits{label}")
    f.put(f"none{label}:")
