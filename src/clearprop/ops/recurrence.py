"""Recurrent layers over whole sequences: each time step's gates and states in one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearprop.core.cases import case, real
from clearprop.core.op import Shape, op
from clearprop.core.tensor import Tensor
from clearprop.errors import ShapeError
from clearprop.ops.common import floating
from clearprop.ops.recurrence_numpy import (
    gru_back_numpy,
    gru_numpy,
    lstm_back_numpy,
    lstm_numpy,
    simple_rnn_back_numpy,
    simple_rnn_numpy,
)

__all__ = ["gru", "lstm", "simple_rnn"]

Array = Any
Gradients = Sequence[Any]


def _checked(
    name: str, gates: int, x: Shape, kernel: Shape, recurrent_kernel: Shape, bias: Shape,
    states: Sequence[Shape], bias_shape: Shape,
) -> tuple[int, int, int]:  # fmt: skip
    """Give T, U and N, if all shapes fit."""
    if len(x) != 3 or 0 in x[1:]:
        raise ShapeError(
            f"{name}: x is {x}; it must be (N, T, I): N sequences of at least one time step, each"
            " of at least one feature." + (" x[..., None] has one." if len(x) == 2 else "")
        )
    if len(recurrent_kernel) != 2 or recurrent_kernel[1] != gates * recurrent_kernel[0]:
        raise ShapeError(
            f"{name}: recurrent_kernel is {recurrent_kernel}; it must be (U, {gates} U)."
        )
    U = recurrent_kernel[0]
    N, T, features = x
    for what, got, expected in (
        ("kernel", kernel, (features, gates * U)),
        ("bias", bias, bias_shape),
        *(("a state", state, (N, U)) for state in states),
    ):
        if got != expected:
            raise ShapeError(f"{name}: {what} is {got}; for x of {x} it must be {expected}.")
    return T, U, N


def _lstm_shape(
    x: Shape, kernel: Shape, recurrent_kernel: Shape, bias: Shape, h: Shape, c: Shape, *,
    label: str = "",
) -> Shape:  # fmt: skip
    bias_shape = recurrent_kernel[1:]
    T, U, N = _checked("lstm", 4, x, kernel, recurrent_kernel, bias, [h, c], bias_shape)
    return (T, 6 * U, N)


def _parts(xp: Any, y: Array, t: int, U: int) -> list[Array]:
    """Take the parts of time step `t`, each of `U` units, with one example a row."""
    row = xp.permute_dims(y[t, :, :], (1, 0))
    return [row[:, k * U : (k + 1) * U] for k in range(y.shape[1] // U)]


def _called(x: Array, label: str, name: str, t: int) -> Array:
    """Name a tensor of a record after its layer and its time step, for explanations."""
    if label and isinstance(x, Tensor):
        x.node.name = f"{label}/{name}_{t}"
    return x


def _steps_of_lstm(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, c: Array, *,
    label: str = "",
) -> Array:  # fmt: skip
    U = recurrent_kernel.shape[0]
    steps = []
    for t in range(x.shape[1]):
        z = xp.matmul(x[:, t, :], kernel) + xp.matmul(h, recurrent_kernel) + bias  # (N, 4 U)
        i = _called(xp.sigmoid(z[:, :U]), label, "input", t)
        f = _called(xp.sigmoid(z[:, U : 2 * U]), label, "forget", t)
        new = _called(xp.tanh(z[:, 2 * U : 3 * U]), label, "candidate", t)
        o = _called(xp.sigmoid(z[:, 3 * U :]), label, "out", t)
        c = _called(f * c + i * new, label, "c", t)
        h = _called(o * xp.tanh(c), label, "h", t)
        steps.append(xp.permute_dims(xp.concat([i, f, o, new, c, h], axis=1), (1, 0)))
    return xp.stack(steps, axis=0)


@op(
    "lstm({x}, {kernel}, {recurrent_kernel}, {bias}, {h}, {c})",
    r"\operatorname{LSTM}({x}, {kernel}, {recurrent_kernel}, {bias}, {h}, {c})",
    shape=_lstm_shape,
    dtype=floating,
    strict=True,
    cases=[
        case(real(3, 2, 2), real(2, 4), real(1, 4), real(4), real(3, 1), real(3, 1)),
        case(real(2, 1, 1), real(1, 8), real(2, 8), real(8), real(2, 2), real(2, 2)),
    ],
    impl={"numpy": lstm_numpy},
)
def lstm(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, c: Array, *,
    label: str = "",
) -> Array:  # fmt: skip
    """Each step's input, forget and output gates, candidate, carry c and output h: (T, 6 U, N)."""
    return _steps_of_lstm(xp, x, kernel, recurrent_kernel, bias, h, c, label=label)


lstm.compose(_steps_of_lstm)


def _plus(a: Array | None, b: Array) -> Array:
    return b if a is None else a + b


def _to_weights(
    xp: Any, delta: Array, x: Array, kernel: Array, before: Sequence[Array]
) -> tuple[Array, Array, Array, Array]:
    """Give the gradients of x, kernel, recurrent kernel and bias from the steps' deltas."""
    rows = xp.reshape(delta, (-1, delta.shape[-1]))  # (N T, gates)
    inputs = xp.reshape(x, (-1, x.shape[-1]))
    outputs = xp.reshape(xp.stack(before, axis=1), (-1, before[0].shape[-1]))
    return (
        xp.reshape(xp.matmul(rows, xp.matrix_transpose(kernel)), x.shape),
        xp.matmul(xp.matrix_transpose(inputs), rows),
        xp.matmul(xp.matrix_transpose(outputs), rows),
        xp.sum(rows, axis=0),
    )


@lstm.vjp_together(impl={"numpy": lstm_back_numpy})
def _lstm_rule(
    xp: Any, wanted: Sequence[bool], g: Array, y: Array, x: Array, kernel: Array,
    recurrent_kernel: Array, bias: Array, h: Array, c: Array, *, label: str = "",
) -> Gradients:  # fmt: skip
    T, U = y.shape[0], recurrent_kernel.shape[0]
    back = xp.matrix_transpose(recurrent_kernel)
    by_h = by_c = None
    deltas: list[Array] = []
    before: list[Array] = []
    for t in reversed(range(T)):
        i, f, o, new, carry, _ = _parts(xp, y, t, U)
        g_i, g_f, g_o, g_new, g_c, g_h = _parts(xp, g, t, U)
        *_, c_before, h_before = _parts(xp, y, t - 1, U) if t else (c, h)
        by_h = _plus(by_h, g_h)
        squashed = xp.tanh(carry)
        by_c = _plus(by_c, g_c) + by_h * o * (1 - squashed * squashed)
        delta = xp.concat(
            [
                (g_i + by_c * new) * i * (1 - i),
                (g_f + by_c * c_before) * f * (1 - f),
                (g_new + by_c * i) * (1 - new * new),
                (g_o + by_h * squashed) * o * (1 - o),
            ],
            axis=1,
        )
        by_c, by_h = by_c * f, xp.matmul(delta, back)
        deltas.insert(0, _called(delta, label, "delta", t))
        before.insert(0, h_before)
    delta = xp.stack(deltas, axis=1)
    return *_to_weights(xp, delta, x, kernel, before), by_h, by_c


def _gru_shape(
    x: Shape, kernel: Shape, recurrent_kernel: Shape, bias: Shape, h: Shape, *, label: str = ""
) -> Shape:
    bias_shape = (2, *recurrent_kernel[1:])
    T, U, N = _checked("gru", 3, x, kernel, recurrent_kernel, bias, [h], bias_shape)
    return (T, 5 * U, N)


def _steps_of_gru(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, *,
    label: str = "",
) -> Array:  # fmt: skip
    U = recurrent_kernel.shape[0]
    steps = []
    for t in range(x.shape[1]):
        a = xp.matmul(x[:, t, :], kernel) + bias[0, :]  # (N, 3 U)
        b = xp.matmul(h, recurrent_kernel) + bias[1, :]
        z = _called(xp.sigmoid(a[:, :U] + b[:, :U]), label, "update", t)
        r = _called(xp.sigmoid(a[:, U : 2 * U] + b[:, U : 2 * U]), label, "reset", t)
        own = b[:, 2 * U :]
        new = _called(xp.tanh(a[:, 2 * U :] + r * own), label, "candidate", t)
        h = _called(z * h + (1 - z) * new, label, "h", t)
        steps.append(xp.permute_dims(xp.concat([z, r, own, new, h], axis=1), (1, 0)))
    return xp.stack(steps, axis=0)


@op(
    "gru({x}, {kernel}, {recurrent_kernel}, {bias}, {h})",
    r"\operatorname{GRU}({x}, {kernel}, {recurrent_kernel}, {bias}, {h})",
    shape=_gru_shape,
    dtype=floating,
    strict=True,
    cases=[
        case(real(3, 2, 2), real(2, 3), real(1, 3), real(2, 3), real(3, 1)),
        case(real(2, 1, 1), real(1, 6), real(2, 6), real(2, 6), real(2, 2)),
    ],
    impl={"numpy": gru_numpy},
)
def gru(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, *,
    label: str = "",
) -> Array:  # fmt: skip
    """Each step's update and reset gates, recurrent sum, candidate and output h: (T, 5 U, N)."""
    return _steps_of_gru(xp, x, kernel, recurrent_kernel, bias, h, label=label)


gru.compose(_steps_of_gru)


@gru.vjp_together(impl={"numpy": gru_back_numpy})
def _gru_rule(
    xp: Any, wanted: Sequence[bool], g: Array, y: Array, x: Array, kernel: Array,
    recurrent_kernel: Array, bias: Array, h: Array, *, label: str = "",
) -> Gradients:  # fmt: skip
    T, U = y.shape[0], recurrent_kernel.shape[0]
    back = xp.matrix_transpose(recurrent_kernel)
    by_h = None
    outer: list[Array] = []
    inner: list[Array] = []
    before: list[Array] = []
    for t in reversed(range(T)):
        z, r, own, new, _ = _parts(xp, y, t, U)
        g_z, g_r, g_own, g_new, g_h = _parts(xp, g, t, U)
        h_before = _parts(xp, y, t - 1, U)[4] if t else h
        by_h = _plus(by_h, g_h)
        by_new = (g_new + by_h * (1 - z)) * (1 - new * new)
        by_z = (g_z + by_h * (h_before - new)) * z * (1 - z)
        by_r = (g_r + by_new * own) * r * (1 - r)
        outer.insert(0, xp.concat([by_z, by_r, by_new], axis=1))
        within = xp.concat([by_z, by_r, g_own + by_new * r], axis=1)
        inner.insert(0, _called(within, label, "delta", t))
        before.insert(0, h_before)
        by_h = by_h * z + xp.matmul(inner[0], back)
    by_x, by_kernel, _, by_bias = _to_weights(xp, xp.stack(outer, axis=1), x, kernel, before)
    _, _, by_recurrent, by_own = _to_weights(xp, xp.stack(inner, axis=1), x, kernel, before)
    return by_x, by_kernel, by_recurrent, xp.stack([by_bias, by_own], axis=0), by_h


def _simple_shape(
    x: Shape, kernel: Shape, recurrent_kernel: Shape, bias: Shape, h: Shape, *,
    activation: str = "tanh", label: str = "",
) -> Shape:  # fmt: skip
    bias_shape = recurrent_kernel[1:]
    T, U, N = _checked("simple_rnn", 1, x, kernel, recurrent_kernel, bias, [h], bias_shape)
    return (T, U, N)


def _steps_of_simple_rnn(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, *,
    activation: str = "tanh", label: str = "",
) -> Array:  # fmt: skip
    steps = []
    for t in range(x.shape[1]):
        z = xp.matmul(x[:, t, :], kernel) + xp.matmul(h, recurrent_kernel) + bias  # (N, U)
        h = _called(xp.tanh(z) if activation == "tanh" else xp.relu(z), label, "h", t)
        steps.append(xp.permute_dims(h, (1, 0)))
    return xp.stack(steps, axis=0)


@op(
    "simple_rnn({x}, {kernel}, {recurrent_kernel}, {bias}, {h}, {activation})",
    r"\operatorname{RNN}({x}, {kernel}, {recurrent_kernel}, {bias}, {h})",
    shape=_simple_shape,
    dtype=floating,
    strict=True,
    cases=[
        case(real(3, 2, 2), real(2, 2), real(2, 2), real(2), real(3, 2)),
        case(real(2, 3, 1), real(1, 1), real(1, 1), real(1), real(2, 1), activation="relu"),
    ],
    impl={"numpy": simple_rnn_numpy},
)
def simple_rnn(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, *,
    activation: str = "tanh", label: str = "",
) -> Array:  # fmt: skip
    """Each step's output, tanh or relu of a sum of its input and the output before: (T, U, N)."""
    return _steps_of_simple_rnn(
        xp, x, kernel, recurrent_kernel, bias, h, activation=activation, label=label
    )


simple_rnn.compose(_steps_of_simple_rnn)


@simple_rnn.vjp_together(impl={"numpy": simple_rnn_back_numpy})
def _simple_rnn_rule(
    xp: Any, wanted: Sequence[bool], g: Array, y: Array, x: Array, kernel: Array,
    recurrent_kernel: Array, bias: Array, h: Array, *, activation: str = "tanh",
    label: str = "",
) -> Gradients:  # fmt: skip
    T, U = y.shape[0], recurrent_kernel.shape[0]
    back = xp.matrix_transpose(recurrent_kernel)
    by_h = None
    deltas: list[Array] = []
    before: list[Array] = []
    for t in reversed(range(T)):
        (out,), (g_h,) = _parts(xp, y, t, U), _parts(xp, g, t, U)
        by_h = _plus(by_h, g_h)
        delta = by_h * (1 - out * out) if activation == "tanh" else xp.keep(by_h, out > 0)
        by_h = xp.matmul(delta, back)
        deltas.insert(0, _called(delta, label, "delta", t))
        before.insert(0, _parts(xp, y, t - 1, U)[0] if t else h)
    return *_to_weights(xp, xp.stack(deltas, axis=1), x, kernel, before), by_h
