"""
Recurrent layers as loops: one product a turn, and gates whose units are rows.

A turn's product is that of all weights with what it starts from, the outputs before and its input,
one above the other. The way back adds the weights' gradients up turn by turn, so that no turn's
deltas need to be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from clearprop.core.op import REGISTRY
from clearprop.engines.compiled.program import Value
from clearprop.engines.compiled.trace.arranging import concat, matrix_transpose, stack
from clearprop.engines.compiled.trace.building import (
    as_kind,
    fitted,
    kind_of,
    number,
    permute,
    reshape,
    sliced,
    together,
)
from clearprop.engines.compiled.trace.functions import matmul, sum_
from clearprop.engines.compiled.trace.scan import Looping, part

__all__ = ["RECURRENT", "RECURRENT_BACK"]

Operand: TypeAlias = Any


# -- what all have in common -------------------------------------------------------------------


def _alike(*operands: Operand) -> list[Value]:
    """Give all operands in one kind of number."""
    dtype = together(tuple(map(kind_of, operands)))
    return [as_kind(x, dtype) for x in operands]


def _rows(x: Value, start: int, stop: int) -> Value:
    """Take rows of a matrix, or of each matrix of a sequence."""
    rank = len(x.shape)
    starts, shape = [0] * rank, list(x.shape)
    starts[rank - 2], shape[rank - 2] = start, stop - start
    return sliced(x, starts, [1] * rank, shape)


def _blocks(x: Value, U: int) -> list[Value]:
    return [_rows(x, k, k + U) for k in range(0, x.shape[-2], U)]


def _column(bias: Value) -> Value:
    return reshape(bias, (*bias.shape, 1))


def _zeros(shape: Sequence[int], dtype: Any) -> Value:
    return fitted(number(0, dtype), tuple(shape))


def _over_time(x: Value) -> Value:
    """Bring (N, T, I) to (T, I, N)."""
    return permute(x, (1, 2, 0))


def _told(y: Value, what: str) -> list[Value] | None:
    """List what the turns that made `y` told, if it was made here."""
    source = y.inputs[0] if y.op == "concat" else y
    if source.op != "part" or source.inputs[0].params["body"].what != what:
        return None
    (scan,) = source.inputs
    return [part(scan, k) for k in range(len(scan.params["body"].results))]


class Above(NamedTuple):
    """The gradient of one part of the results: of all time steps, of the last, or of neither."""

    each: Value | None = None
    last: Value | None = None

    def in_turn(self, loop: Looping) -> Value | None:
        """Give what stands for it in a turn."""
        return None if self.each is None else loop.each(self.each)


def _plus(a: Value | None, b: Value | None) -> Value | None:
    return b if a is None else a if b is None else a + b


def _above(g: Value, k: int, U: int, *, carried: bool) -> Above:
    """
    Take the k-th part of a gradient (T, parts U, N); of zeros that were put around it, nothing.

    Where the last step alone has one, what is `carried` back begins with it.
    """
    T, _, N = g.shape
    if g.op == "add" and any(each.op == "pad" for each in g.inputs):
        one, two = (_above(each, k, U, carried=carried) for each in g.inputs)
        return Above(_plus(one.each, two.each), _plus(one.last, two.last))
    if g.op == "pad" and not any(g.params["interior"]) and g.inputs[0].shape[2] == N:
        (inner,), (steps, rows, _) = g.inputs, g.params["low"]
        start = k * U - rows
        if start + U <= 0 or start >= inner.shape[1]:
            return Above()
        if start >= 0 and start + U <= inner.shape[1]:
            own = _rows(inner, start, start + U)
            if inner.shape[0] == T:
                return Above(each=own)
            if carried and inner.shape[0] == 1 and steps == T - 1:
                return Above(last=reshape(own, (U, N)))
    return Above(each=_rows(g, k * U, (k + 1) * U))


def _added(a: Value, b: Value | None) -> Value:
    return a if b is None else a + b


def _generic(name: str, *args: Any, **params: Any) -> Sequence[Any]:
    found: Sequence[Any] = REGISTRY[name].impl_together[""](*args, **params)
    return found


# -- LSTM --------------------------------------------------------------------------------------


def _lstm(
    xp: Any, x: Operand, kernel: Operand, recurrent_kernel: Operand, bias: Operand, h: Operand,
    c: Operand, *, label: str = "",
) -> Value:  # fmt: skip
    x, kernel, recurrent_kernel, bias, h, c = _alike(x, kernel, recurrent_kernel, bias, h, c)
    U = h.shape[1]
    loop = Looping(x.shape[1], what="lstm")
    weights = loop.fixed(concat([recurrent_kernel, kernel], axis=0))  # (U + I, 4 U)
    b = loop.fixed(bias)
    h, c_before = loop.carried(matrix_transpose(h)), loop.carried(matrix_transpose(c))
    now = concat([h, loop.each(_over_time(x))], axis=0)  # (U + I, N)
    z = matmul(matrix_transpose(weights), now) + _column(b)
    zi, zf, zn, zo = _blocks(z, U)
    i, f, o, new = xp.sigmoid(zi), xp.sigmoid(zf), xp.sigmoid(zo), xp.tanh(zn)
    c = f * c_before + i * new
    h = o * xp.tanh(c)
    told, _ = loop.run([h, c], [i, f, o, new, c, h, c_before, now])
    return concat(told[:6], axis=1)


def _lstm_back(
    xp: Any, wanted: Sequence[bool], g: Value, y: Value, x: Operand, kernel: Operand,
    recurrent_kernel: Operand, bias: Operand, h: Operand, c: Operand, *, label: str = "",
) -> Sequence[Any]:  # fmt: skip
    told = _told(y, "lstm")
    if told is None:
        given = (wanted, g, y, x, kernel, recurrent_kernel, bias, h, c)
        return _generic("lstm", xp, *given, label=label)
    kernel, recurrent_kernel = _alike(kernel, recurrent_kernel, y)[:2]
    T, U, N = y.shape[0], y.shape[1] // 6, y.shape[2]
    above = [_above(g, k, U, carried=k > 3) for k in range(6)]
    loop = Looping(T, what="lstm back", reverse=True)
    weights = concat([recurrent_kernel, kernel], axis=0) if wanted[0] else recurrent_kernel
    weights = loop.fixed(weights)
    by_c = loop.carried(_at_last(above[4], (U, N), y.dtype))
    by_h = loop.carried(_at_last(above[5], (U, N), y.dtype))
    rows = U + kernel.shape[0]
    sums = Sums(loop, (rows, 4 * U), (4 * U,), y.dtype)
    i, f, o, new, c_before, now = (loop.each(told[k]) for k in (0, 1, 2, 3, 6, 7))
    g_i, g_f, g_o, g_new, g_c, g_h = (each.in_turn(loop) for each in above)
    squashed = xp.tanh(f * c_before + i * new)
    through = _added(by_h, g_h)
    inner = _added(by_c, g_c) + through * o * (1 - squashed * squashed)
    delta = concat(
        [
            _added(inner * new, g_i) * i * (1 - i),
            _added(inner * c_before, g_f) * f * (1 - f),
            _added(inner * i, g_new) * (1 - new * new),
            _added(through * squashed, g_o) * o * (1 - o),
        ],
        axis=0,
    )
    back = matmul(weights, delta)
    more = [_rows(back, U, rows)] if wanted[0] else []
    by_input, last = loop.run([inner * f, _rows(back, 0, U), *sums.after(now, delta)], more)
    by_c, by_h, by_weights, by_bias = last
    return [
        permute(by_input[0], (2, 0, 1)) if wanted[0] else None,
        _rows(by_weights, U, rows), _rows(by_weights, 0, U), by_bias,
        matrix_transpose(by_h), matrix_transpose(by_c),
    ]  # fmt: skip


def _at_last(above: Above, shape: Sequence[int], dtype: Any) -> Value:
    """Give what the way back starts from: the gradient of the last step's own result."""
    return _zeros(shape, dtype) if above.last is None else above.last


class Sums:
    """The gradients of a matrix of weights, and of a bias, added up turn by turn."""

    def __init__(self, loop: Looping, shape: Sequence[int], bias: Sequence[int], dtype: Any):
        self.weights, self.bias = (loop.carried(_zeros(each, dtype)) for each in (shape, bias))

    def after(self, now: Value, delta: Value) -> list[Value]:
        """Add a turn's share: what the turn started from (rows, N), times its deltas (gates, N)."""
        return [
            self.weights + matmul(now, matrix_transpose(delta)),
            self.bias + sum_(delta, axis=1),
        ]


# -- GRU ---------------------------------------------------------------------------------------


def _gru(
    xp: Any, x: Operand, kernel: Operand, recurrent_kernel: Operand, bias: Operand, h: Operand, *,
    label: str = "",
) -> Value:  # fmt: skip
    x, kernel, recurrent_kernel, bias, h = _alike(x, kernel, recurrent_kernel, bias, h)
    U = h.shape[1]
    loop = Looping(x.shape[1], what="gru")
    inner, outer, b = (loop.fixed(each) for each in (recurrent_kernel, kernel, bias))
    h_before, own_x = loop.carried(matrix_transpose(h)), loop.each(_over_time(x))
    a = matmul(matrix_transpose(outer), own_x) + _column(b[0])  # (3 U, N)
    b = matmul(matrix_transpose(inner), h_before) + _column(b[1])
    (za, ra, na), (zb, rb, own) = _blocks(a, U), _blocks(b, U)
    z, r = xp.sigmoid(za + zb), xp.sigmoid(ra + rb)
    new = xp.tanh(na + r * own)
    h = z * h_before + (1 - z) * new
    told, _ = loop.run([h], [z, r, own, new, h, h_before, own_x])
    return concat(told[:5], axis=1)


def _gru_back(
    xp: Any, wanted: Sequence[bool], g: Value, y: Value, x: Operand, kernel: Operand,
    recurrent_kernel: Operand, bias: Operand, h: Operand, *, label: str = "",
) -> Sequence[Any]:  # fmt: skip
    told = _told(y, "gru")
    if told is None:
        given = (wanted, g, y, x, kernel, recurrent_kernel, bias, h)
        return _generic("gru", xp, *given, label=label)
    kernel, recurrent_kernel = _alike(kernel, recurrent_kernel, y)[:2]
    T, U, N = y.shape[0], y.shape[1] // 5, y.shape[2]
    above = [_above(g, k, U, carried=k == 4) for k in range(5)]
    loop = Looping(T, what="gru back", reverse=True)
    weights = loop.fixed(recurrent_kernel)
    by_h = loop.carried(_at_last(above[4], (U, N), y.dtype))
    inner = Sums(loop, recurrent_kernel.shape, (3 * U,), y.dtype)
    outer = Sums(loop, kernel.shape, (3 * U,), y.dtype)
    z, r, own, new, h_before, own_x = (loop.each(told[k]) for k in (0, 1, 2, 3, 5, 6))
    g_z, g_r, g_own, g_new, g_h = (each.in_turn(loop) for each in above)
    through = _added(by_h, g_h)
    by_new = _added(through * (1 - z), g_new) * (1 - new * new)
    by_z = _added(through * (h_before - new), g_z) * z * (1 - z)
    by_r = _added(by_new * own, g_r) * r * (1 - r)
    delta = concat([by_z, by_r, by_new], axis=0)
    within = concat([by_z, by_r, _added(by_new * r, g_own)], axis=0)
    more = [matmul(loop.fixed(kernel), delta)] if wanted[0] else []
    by_h = through * z + matmul(weights, within)
    after = [by_h, *inner.after(h_before, within), *outer.after(own_x, delta)]
    by_input, (by_h, by_recurrent, by_own, by_kernel, by_bias) = loop.run(after, more)
    return [
        permute(by_input[0], (2, 0, 1)) if wanted[0] else None,
        by_kernel, by_recurrent, stack([by_bias, by_own], axis=0), matrix_transpose(by_h),
    ]  # fmt: skip


# -- the simple one ----------------------------------------------------------------------------


def _simple_rnn(
    xp: Any, x: Operand, kernel: Operand, recurrent_kernel: Operand, bias: Operand, h: Operand, *,
    activation: str = "tanh", label: str = "",
) -> Value:  # fmt: skip
    x, kernel, recurrent_kernel, bias, h = _alike(x, kernel, recurrent_kernel, bias, h)
    loop = Looping(x.shape[1], what="simple_rnn")
    weights = loop.fixed(concat([recurrent_kernel, kernel], axis=0))
    b = loop.fixed(bias)
    now = concat([loop.carried(matrix_transpose(h)), loop.each(_over_time(x))], axis=0)
    z = matmul(matrix_transpose(weights), now) + _column(b)
    h = xp.tanh(z) if activation == "tanh" else xp.relu(z)
    told, _ = loop.run([h], [h, now])
    return told[0]


def _simple_rnn_back(
    xp: Any, wanted: Sequence[bool], g: Value, y: Value, x: Operand, kernel: Operand,
    recurrent_kernel: Operand, bias: Operand, h: Operand, *, activation: str = "tanh",
    label: str = "",
) -> Sequence[Any]:  # fmt: skip
    told = _told(y, "simple_rnn")
    if told is None:
        given = (wanted, g, y, x, kernel, recurrent_kernel, bias, h)
        return _generic("simple_rnn", xp, *given, activation=activation, label=label)
    kernel, recurrent_kernel = _alike(kernel, recurrent_kernel, y)[:2]
    T, U, N = y.shape
    above = _above(g, 0, U, carried=True)
    loop = Looping(T, what="simple_rnn back", reverse=True)
    weights = concat([recurrent_kernel, kernel], axis=0) if wanted[0] else recurrent_kernel
    weights = loop.fixed(weights)
    by_h = loop.carried(_at_last(above, (U, N), y.dtype))
    rows = U + kernel.shape[0]
    sums = Sums(loop, (rows, U), (U,), y.dtype)
    out, now = loop.each(told[0]), loop.each(told[1])
    through = _added(by_h, above.in_turn(loop))
    delta = through * (1 - out * out) if activation == "tanh" else xp.keep(through, out > 0)
    back = matmul(weights, delta)
    more = [_rows(back, U, rows)] if wanted[0] else []
    by_input, last = loop.run([_rows(back, 0, U), *sums.after(now, delta)], more)
    by_h, by_weights, by_bias = last
    return [
        permute(by_input[0], (2, 0, 1)) if wanted[0] else None,
        _rows(by_weights, U, rows), _rows(by_weights, 0, U), by_bias, matrix_transpose(by_h),
    ]  # fmt: skip


RECURRENT: dict[str, Callable[..., Value]] = {
    "lstm": _lstm, "gru": _gru, "simple_rnn": _simple_rnn,
}  # fmt: skip
"""By the operation's name."""

RECURRENT_BACK: dict[str, Callable[..., Sequence[Any]]] = {
    "lstm": _lstm_back, "gru": _gru_back, "simple_rnn": _simple_rnn_back,
}  # fmt: skip
"""The rules for all inputs at once, by the operation's name."""
