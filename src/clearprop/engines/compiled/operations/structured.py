"""What is no loop over elements: matrix products and what else has a way of its own."""

from __future__ import annotations

import math
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
from clearprop.engines.compiled.operations.products import called, zero
from clearprop.engines.compiled.operations.sparse import across_rows, within_rows
from clearprop.engines.compiled.operations.vectors import rows_times_vector
from clearprop.engines.compiled.program import Value

__all__ = ["STRUCTURED", "dot", "scratch"]

Lower: TypeAlias = Callable[[Function, Value, Sequence[Reg], Reg], None]

ELEMENTS = {"float32": F32, "float64": F64, "int64": I64, "int32": I32, "bool": "i8"}
MOST = 1 << 27  # products of a matrix product up to which it is done here


def scratch(value: Value, target: Target) -> int:
    """
    Tell how many bytes an operation needs beside its inputs and its output.

    If it needs any, their address, 64-byte aligned, comes behind its inputs.
    """
    return ROOM[value.op](value, target) if value.op in ROOM else 0


def dot(f: Function, value: Value, inputs: Sequence[Reg], out: Reg) -> None:
    """Multiply matrices, one pair after the other."""
    element = ELEMENTS[value.dtype.name]
    ta, tb = bool(value.params.get("ta")), bool(value.params.get("tb"))
    *stack, M, N = value.shape
    K = value.inputs[0].shape[-2 if ta else -1]
    count = math.prod(stack)
    if not value.size:
        return
    if not K:
        zero(f, element, out, value.size)
        return
    skip = _skips(value)
    name = f"dot_{element}_{count}_{M}_{N}_{K}_{ta:d}{tb:d}{skip:d}"

    a, b, *room = inputs

    def write(g: Function, *places: Reg) -> None:
        if count == 1:
            _product(g, element, M, N, K, ta, tb, skip, *places)
            return
        # Many products: threads take whole ones.
        outer = g.thread
        first, last = g.share(count)
        if room and outer is not None:
            size = g.mul(outer, scratch(value, g.target) // g.target.threads)
            places = (*places[:3], g.at(places[3], size, "i8"))
        g.thread = None
        with g.loop(last, first) as n:
            here = [
                g.at(p, g.mul(n, size), element)
                for p, size in zip(places[:3], (M * K, K * N, M * N), strict=True)
            ]
            _product(g, element, M, N, K, ta, tb, skip, *here, *places[3:])
        g.thread = outer

    called(f, name, [a, b, out, *room], write)


def _skips(value: Value) -> bool:
    """Tell whether zeros of the left operand are passed over."""
    plain = value.ndim == 2 and value.dtype.kind == "f" and not value.params.get("tb")
    return plain and bool(value.params.get("skip"))


def _room(value: Value, target: Target) -> int:
    """Tell what the panels of a product need."""
    if not value.size or value.dtype.kind != "f" or _skips(value):
        return 0
    ta, tb = bool(value.params.get("ta")), bool(value.params.get("tb"))
    M, N = value.shape[-2:]
    K = value.inputs[0].shape[-2 if ta else -1]
    if not K:
        return 0
    if _is_large(M, N, K) and blas() is not None:
        return 0
    if N == 1 and M > 1:
        M, N, ta, tb = 1, M, False, not ta
    if M == 1 and tb:
        return 0
    each = blocked.room(target, ELEMENTS[value.dtype.name], _sizes(M, N, K, ta=ta, tb=tb))
    return each * target.threads


def _product(
    f: Function,
    element: str,
    M: int,
    N: int,
    K: int,
    ta: bool,
    tb: bool,
    skip: bool,
    a: Reg,
    b: Reg,
    c: Reg,
    room: Reg | None = None,
) -> None:
    if element not in (F32, F64):
        _whole_numbers(f, element, M, N, K, ta, tb, a, b, c)
    elif skip and not ta:
        within_rows(f, element, M, N, K, a, b, c)
    elif skip:
        across_rows(f, element, M, N, K, a, b, c)
    elif N == 1 and M > 1:  # a column: the same as a row from the left
        _product(f, element, 1, M, K, False, not ta, False, b, a, c)
    elif M == 1 and tb:
        rows_times_vector(f, element, N, K, a, b, c)
    elif _is_large(M, N, K) and (library := blas()) is not None:
        _by_blas(f, element, library.integers, M, N, K, ta, tb, a, b, c)
    else:
        blocked.product(f, element, _sizes(M, N, K, ta=ta, tb=tb), a, b, c, room)


def _sizes(M: int, N: int, K: int, *, ta: bool, tb: bool) -> blocked.Sizes:
    return blocked.Sizes(M, N, K, ta, tb, (M if ta else K, K if tb else N, N))


def _is_large(M: int, N: int, K: int) -> bool:
    """Tell whether a product is left to the library, which keeps more of it in the caches."""
    return min(M, N, K) > 1 and M * N * K > MOST


def _by_blas(
    f: Function, element: str, integers: int, M: int, N: int, K: int, ta: bool, tb: bool,
    a: Reg, b: Reg, c: Reg,
) -> None:  # fmt: skip
    """Call the library's product; threads divide the longer side of the result."""
    name = "clearprop_sgemm" if element == F32 else "clearprop_dgemm"
    kind = I64 if integers == 64 else I32
    kinds = [I32, I32, I32, kind, kind, kind, element, PTR, kind, PTR, kind, element, PTR, kind]
    f.module.need(name, lambda: f"declare void @{name}({', '.join(kinds)})")
    rows, columns = f.index(M), f.index(N)
    if f.thread is not None and f.target.threads > 1:
        first, last = f.share(max(M, N), 16)
        if M >= N:
            rows = f.binary("sub", last, first)
            a = f.at(a, first if ta else f.mul(first, K), element)
            c = f.at(c, f.mul(first, N), element)
        else:
            columns = f.binary("sub", last, first)
            b = f.at(b, f.mul(first, K) if tb else first, element)
            c = f.at(c, first, element)
    sizes = [_as(f, n, kind) for n in (rows, columns, f.index(K))]
    strides = [Reg(str(n), kind) for n in (M if ta else K, K if tb else N, N)]
    one, nothing = literal(1, element), literal(0, element)
    orders = [Reg(text, I32) for text in ("101", "112" if ta else "111", "112" if tb else "111")]
    f.call(name, "void", *orders, *sizes, one, a, strides[0], b, strides[1], nothing, c, strides[2])


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
    "conv": convolve.conv,
    "conv_kernel": convolve.conv_kernel,
    "conv_transpose": convolve.conv_transpose,
    "max_unpool": pools.max_unpool,
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
    "conv": grids.room_of_conv,
    "conv_kernel": grids.room_of_conv,
    "conv_transpose": grids.room_of_conv,
    "sort": ordering.room_to_order,
    "argsort": ordering.room_to_order,
}
