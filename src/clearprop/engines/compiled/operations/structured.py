"""What is no loop over elements: matrix products and what else has a way of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from clearprop.engines.compiled.machine.blas import blas
from clearprop.engines.compiled.machine.ir import (
    F32,
    F64,
    I32,
    I64,
    PTR,
    Function,
    Reg,
    Target,
    literal,
)
from clearprop.engines.compiled.operations import (
    blocked,
    convolve,
    gathering,
    grids,
    ordering,
    pools,
)
from clearprop.engines.compiled.operations.blocks import Sizes
from clearprop.engines.compiled.operations.blocks import room as room_of_panels
from clearprop.engines.compiled.operations.layouts import layout
from clearprop.engines.compiled.operations.products import called, zero
from clearprop.engines.compiled.operations.sparse import across_rows, within_rows
from clearprop.engines.compiled.operations.vectors import rows_times_vector
from clearprop.engines.compiled.program import Value

__all__ = ["STRUCTURED", "dot", "is_blocked", "scratch"]

Lower: TypeAlias = Callable[[Function, Value, Sequence[Reg], Reg], None]

ELEMENTS = {"float32": F32, "float64": F64, "int64": I64, "int32": I32, "bool": "i8"}
MOST = 1 << 27  # products of a matrix product up to which it is done here


def scratch(value: Value, target: Target) -> int:
    """
    Tell how many bytes an operation needs beside its inputs and its output.

    If it needs any, their address, 64-byte aligned, comes behind its inputs.
    """
    return ROOM[value.op](value, target) if value.op in ROOM else 0


def dot(
    f: Function,
    value: Value,
    inputs: Sequence[Reg],
    out: Reg | None,
    finish: blocked.Finish | None = None,
) -> None:
    """
    Multiply matrices, one pair after the other.

    What is to `finish` what is blocked writes what comes of the sums, which are not written.
    """
    element = ELEMENTS[value.dtype.name]
    form = layout(value)
    if not value.size:
        return
    if not form.sizes.K:
        assert out is not None
        zero(f, element, out, value.size)
        return
    skip, ahead = _skips(value), value.params.get("ahead", (0, 0))
    a, b, *room = inputs
    if finish is not None:
        blocked.product(f, element, form.sizes, a, b, a, *room, finish=finish)
        return
    assert out is not None

    def write(g: Function, *places: Reg) -> None:
        if form.count == 1:
            _product(g, element, form.sizes, skip, *places, ahead=ahead)
            return
        # Many products: threads take whole ones.
        outer = g.thread
        first, last = g.share(form.count)
        if room and outer is not None:
            size = g.mul(outer, scratch(value, g.target) // g.target.threads)
            places = (*places[:3], g.at(places[3], size, "i8"))
        g.thread = None
        with g.loop(last, first) as n:
            offsets = form.offsets(g, n)
            here = [g.at(p, at, element) for p, at in zip(places[:3], offsets, strict=True)]
            _product(g, element, form.sizes, skip, *here, *places[3:], ahead=ahead)
        g.thread = outer

    name = f"dot_{element}_{form.name}_{skip:d}_{ahead[0]}_{ahead[1]}"
    called(f, name, [a, b, out, *room], write)


def _skips(value: Value) -> bool:
    """Tell whether zeros of the left operand are passed over."""
    plain = value.ndim == 2 and value.dtype.kind == "f" and not value.params.get("tb")
    return plain and bool(value.params.get("skip"))


def is_blocked(value: Value) -> bool:
    """Tell whether a product is made tile by tile, whatever it is compiled for."""
    sizes = layout(value).sizes
    M, N, K, *_ = sizes
    plain = value.dtype.kind == "f" and not _skips(value)
    return plain and min(M, N) > 1 and K > 0 and not _is_large(sizes)


def _room(value: Value, target: Target) -> int:
    """Tell what the panels of a product need."""
    if not value.size or value.dtype.kind != "f" or _skips(value):
        return 0
    sizes = _as_row(layout(value).sizes)
    if not sizes.K or (_is_large(sizes) and blas() is not None) or (sizes.M == 1 and sizes.tb):
        return 0
    return room_of_panels(target, ELEMENTS[value.dtype.name], sizes) * target.threads


def _as_row(sizes: Sizes) -> Sizes:
    """Take a column for what it is the same as: a row, from the left."""
    M, N, K, ta, tb, (apart, beside, _) = sizes
    if N > 1 or M == 1:
        return sizes
    return Sizes(1, M, K, not tb, not ta, (beside, apart, M))


def _product(
    f: Function,
    element: str,
    sizes: Sizes,
    skip: bool,
    a: Reg,
    b: Reg,
    c: Reg,
    room: Reg | None = None,
    *,
    ahead: tuple[int, int] = (0, 0),
) -> None:
    M, N, K, ta, tb, _ = sizes
    if element not in (F32, F64):
        _whole_numbers(f, element, M, N, K, ta, tb, a, b, c)
    elif skip and not ta:
        within_rows(f, element, M, N, K, a, b, c)
    elif skip:
        across_rows(f, element, M, N, K, a, b, c)
    elif N == 1 and M > 1:
        _product(f, element, _as_row(sizes), False, b, a, c, room)
    elif M == 1 and tb:
        rows_times_vector(f, element, N, K, a, b, c)
    elif _is_large(sizes) and (library := blas()) is not None:
        _by_blas(f, element, library.integers, sizes, a, b, c)
    else:
        blocked.product(f, element, sizes, a, b, c, room, ahead=ahead)


def _is_large(sizes: Sizes) -> bool:
    """Tell whether a product is left to the library, which keeps more of it in the caches."""
    M, N, K, *_ = sizes
    return min(M, N, K) > 1 and M * N * K > MOST


def _by_blas(
    f: Function, element: str, integers: int, sizes: Sizes, a: Reg, b: Reg, c: Reg
) -> None:
    """Call the library's product; threads divide the longer side of the result."""
    M, N, K, ta, tb, apart = sizes
    name = "clearprop_sgemm" if element == F32 else "clearprop_dgemm"
    kind = I64 if integers == 64 else I32
    kinds = [I32, I32, I32, kind, kind, kind, element, PTR, kind, PTR, kind, element, PTR, kind]
    f.module.need(name, lambda: f"declare void @{name}({', '.join(kinds)})")
    rows, columns = f.index(M), f.index(N)
    if f.thread is not None and f.target.threads > 1:
        first, last = f.share(max(M, N), 16)
        if M >= N:
            rows = f.binary("sub", last, first)
            a = f.at(a, first if ta else f.mul(first, apart[0]), element)
            c = f.at(c, f.mul(first, apart[2]), element)
        else:
            columns = f.binary("sub", last, first)
            b = f.at(b, f.mul(first, apart[1]) if tb else first, element)
            c = f.at(c, first, element)
    counts = [_as(f, n, kind) for n in (rows, columns, f.index(K))]
    strides = [Reg(str(n), kind) for n in apart]
    one, nothing = literal(1, element), literal(0, element)
    orders = [Reg(text, I32) for text in ("101", "112" if ta else "111", "112" if tb else "111")]
    f.call(
        name, "void", *orders, *counts, one, a, strides[0], b, strides[1], nothing, c, strides[2]
    )


def _as(f: Function, n: Reg, kind: str) -> Reg:
    if n.text[0] != "%" or kind == n.type:
        return Reg(n.text, kind)
    return f.convert("trunc", n, kind)


def _whole_numbers(
    f: Function, element: str, M: int, N: int, K: int, ta: bool, tb: bool, a: Reg, b: Reg, c: Reg
) -> None:
    """Multiply matrices of whole numbers, one sum after the other."""
    first, last = f.share(M)
    with f.loop(last, first) as i, f.loop(N) as j:
        total = f.slot(element)
        f.store(literal(0, element), total)
        with f.loop(K) as k:
            x = f.load(
                element, f.at(a, f.add(f.mul(k, M), i) if ta else f.add(f.mul(i, K), k), element)
            )
            y = f.load(
                element, f.at(b, f.add(f.mul(j, K), k) if tb else f.add(f.mul(k, N), j), element)
            )
            f.store(f.binary("add", f.load(element, total), f.binary("mul", x, y)), total)
        f.store(f.load(element, total), f.at(c, f.add(f.mul(i, N), j), element))


STRUCTURED: dict[str, Lower] = {
    "dot": dot,
    "dot_apart": dot,
    "conv": convolve.conv,
    "conv_kernel": convolve.conv_kernel,
    "conv_transpose": convolve.conv_transpose,
    "max_unpool": pools.max_unpool,
    "max_unpool_above": pools.max_unpool,
    "sum_unpool": pools.sum_unpool,
    "take": gathering.take,
    "take_along": gathering.take_along,
    "scatter_add": gathering.scatter_add,
    "scatter_along": gathering.scatter_along,
    "concat": gathering.concat,
    "cumsum": gathering.scan_along,
    "cumprod": gathering.scan_along,
    "sort": ordering.order,
    "argsort": ordering.order,
}
ROOM: dict[str, Callable[[Value, Target], int]] = {
    "dot": _room,
    "dot_apart": _room,
    "conv": grids.room_of_conv,
    "conv_kernel": grids.room_of_conv,
    "conv_transpose": grids.room_of_conv,
    "sort": ordering.room_to_order,
    "argsort": ordering.room_to_order,
}
