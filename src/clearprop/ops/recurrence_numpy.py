"""
Recurrent layers in NumPy, laid out so that every step works on whole rows of memory.

A unit's numbers for all examples stand side by side (feature-major), so a gate is one block, and
what is computed is written where it stays. The projection of all inputs is one product, and so is
the gradient of each kernel; a step has one product with the recurrent kernel and a few passes over
arrays that fit in the cache. A sigmoid is half a tanh of half its argument and a half.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = [
    "gru_back_numpy",
    "gru_numpy",
    "lstm_back_numpy",
    "lstm_numpy",
    "simple_rnn_back_numpy",
    "simple_rnn_numpy",
]

Array = Any


def _in_order(w: Array, U: int) -> Array:
    """Put the output gate before the candidate, so that the three gates are one block."""
    return np.concatenate([w[..., : 2 * U], w[..., 3 * U :], w[..., 2 * U : 3 * U]], axis=-1)


def _projected(x: Array, kernel: Array, bias: Array, kind: Any) -> Array:
    """Give ``kernelᵀ xᵀ + bias`` of each time step, (T, gates, N)."""
    return np.matmul(_with_bias(kernel, bias, kind), _with_ones(x, kind))


def _with_bias(kernel: Array, bias: Array, kind: Any) -> Array:
    """Put the bias beside the kernel: (gates, I + 1)."""
    return np.concatenate([kernel, bias[None]], axis=0, dtype=kind).T.copy()


def _with_ones(x: Array, kind: Any) -> Array:
    """Give each time step, one feature a row, with a row of ones for the bias: (T, I + 1, N)."""
    N, T, features = x.shape
    steps = np.empty((T, features + 1, N), kind)
    steps[:, :features] = x.transpose(1, 2, 0)
    steps[:, features] = 1
    return steps


def lstm_numpy(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, c: Array, *,
    label: str = "",
) -> Array:  # fmt: skip
    """Run forward; see the operation."""
    N, T, _ = x.shape
    U = h.shape[1]
    kind = np.result_type(x, kernel, recurrent_kernel, bias, h, c)
    y = np.empty((T, 6 * U, N), kind)
    weights = np.concatenate([recurrent_kernel, kernel, bias[None]], axis=0, dtype=kind)
    weights = _in_order(weights, U)
    weights[:, : 3 * U] *= 0.5
    weights = weights.T.copy()  # (4 U, U + I + 1)
    now = np.empty((weights.shape[1], N), kind)  # what a step starts from: output, input, 1
    now[:U] = h.T
    inputs = _with_ones(x, kind)
    carry, product = np.ascontiguousarray(c.T, kind), np.empty((U, N), kind)
    for step, own in zip(y, inputs, strict=True):
        now[U:] = own
        z, gates = step[: 4 * U], step[: 3 * U]
        i, f, o, new, c, h = (step[k * U : (k + 1) * U] for k in range(6))
        np.matmul(weights, now, out=z)
        np.tanh(z, out=z)
        gates *= 0.5
        gates += 0.5
        np.multiply(f, carry, out=c)
        c += np.multiply(i, new, out=product)
        np.multiply(o, np.tanh(c, out=product), out=h)
        now[:U] = h
        carry = c
    return y


def _by_input(delta: Array, kernel: Array, x: Array) -> Array:
    N, T, features = x.shape
    by_x = (kernel @ delta.reshape(len(delta), -1)).reshape(features, T, N)
    return by_x.transpose(2, 1, 0)


def _started_from(y: Array, x: Array, h: Array) -> Array:
    """Give what each step started from, outputs, inputs and 1, one number a row: (.., T, N)."""
    U, (N, T, features) = h.shape[1], x.shape
    before = np.empty((U + features + 1, T, N), y.dtype)
    before[:U, 0] = h.T
    before[:U, 1:] = y[:-1, y.shape[1] - U :].transpose(1, 0, 2)
    before[U:-1] = x.transpose(2, 1, 0)
    before[-1] = 1
    return before


def _rows_by(before: Array, delta: Array) -> Array:
    """Give the gradients of weights, a row for each number that steps started from."""
    return before.reshape(len(before), -1) @ delta.reshape(len(delta), -1).T


def lstm_back_numpy(
    xp: Any, wanted: Sequence[bool], g: Array, y: Array, x: Array, kernel: Array,
    recurrent_kernel: Array, bias: Array, h: Array, c: Array, *, label: str = "",
) -> list[Any]:  # fmt: skip
    """Run backward; see the rule of the operation."""
    T, _, N = y.shape
    U = h.shape[1]
    kind = y.dtype
    g = np.asarray(g, kind)
    deltas = np.empty((4 * U, T, N), kind)  # i, f, o, candidate
    delta, slope = np.empty((4 * U, N), kind), np.empty((4 * U, N), kind)
    d_i, d_f, d_o, d_new = (delta[k * U : (k + 1) * U] for k in range(4))
    work = np.empty((U, N), kind)
    ordered = np.ascontiguousarray(_in_order(recurrent_kernel, U), kind)
    by_h, by_c = np.zeros((U, N), kind), np.zeros((U, N), kind)
    for t in reversed(range(T)):
        step, above = y[t], g[t]
        i, f, o, new, carry = (step[k * U : (k + 1) * U] for k in range(5))
        before = y[t - 1, 4 * U : 5 * U] if t else c.T
        by_h += above[5 * U :]
        np.tanh(carry, out=work)
        np.multiply(by_h, work, out=d_o)
        np.multiply(work, work, out=work)
        np.subtract(1, work, out=work)
        work *= o
        work *= by_h
        by_c += work
        by_c += above[4 * U : 5 * U]
        np.multiply(by_c, new, out=d_i)
        np.multiply(by_c, before, out=d_f)
        np.multiply(by_c, i, out=d_new)
        delta += above[: 4 * U]
        np.multiply(step[: 4 * U], step[: 4 * U], out=slope)
        np.subtract(step[: 3 * U], slope[: 3 * U], out=slope[: 3 * U])
        np.subtract(1, slope[3 * U :], out=slope[3 * U :])
        delta *= slope
        deltas[:, t] = delta
        by_c *= f
        np.matmul(ordered, delta, out=by_h)
    found = _gradients(wanted, deltas, y, x, _in_order(kernel, U), h, by_h, by_c)
    return [*found[:1], *(w if w is None else _in_order(w, U) for w in found[1:4]), *found[4:]]


def _gradients(
    wanted: Sequence[bool], deltas: Array, y: Array, x: Array, kernel: Array, h: Array,
    *by_states: Array,
) -> list[Any]:  # fmt: skip
    """Give the gradients of x, kernel, recurrent kernel, bias and states that are wanted."""
    U = h.shape[1]
    given: list[Any] = [None] * 4
    if wanted[0]:
        given[0] = _by_input(deltas, kernel, x)
    if any(wanted[1:4]):
        rows = _rows_by(_started_from(y, x, h), deltas)
        given[1:] = rows[U:-1], rows[:U], rows[-1]
    return [*given, *(state.T for state in by_states)]


def gru_numpy(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, *,
    label: str = "",
) -> Array:  # fmt: skip
    """Run forward; see the operation."""
    N, T, _ = x.shape
    U = h.shape[1]
    kind = np.result_type(x, kernel, recurrent_kernel, bias, h)
    y = np.empty((T, 5 * U, N), kind)
    halves = np.ones(3 * U, kind)
    halves[: 2 * U] = 0.5
    projected = _projected(x, kernel * halves, bias[0] * halves, kind)
    back = np.ascontiguousarray((recurrent_kernel * halves).T.astype(kind))
    own_bias = np.ascontiguousarray((bias[1] * halves)[:, None], kind)
    h = np.ascontiguousarray(h.T, kind)
    for step, into in zip(y, projected, strict=True):
        z, r, own, new, out = (step[k * U : (k + 1) * U] for k in range(5))
        gates = step[: 2 * U]
        np.matmul(back, h, out=step[: 3 * U])
        step[: 3 * U] += own_bias
        gates += into[: 2 * U]
        np.tanh(gates, out=gates)
        gates *= 0.5
        gates += 0.5
        np.multiply(r, own, out=new)
        new += into[2 * U :]
        np.tanh(new, out=new)
        np.subtract(h, new, out=out)
        out *= z
        out += new
        h = out
    return y


def gru_back_numpy(
    xp: Any, wanted: Sequence[bool], g: Array, y: Array, x: Array, kernel: Array,
    recurrent_kernel: Array, bias: Array, h: Array, *, label: str = "",
) -> list[Any]:  # fmt: skip
    """Run backward; see the rule of the operation."""
    T, _, N = y.shape
    U = h.shape[1]
    kind = y.dtype
    g = np.asarray(g, kind)
    deltas = np.empty((4 * U, T, N), kind)  # z, r, candidate; and of the recurrent sum
    delta, slope = np.empty((4 * U, N), kind), np.empty((2 * U, N), kind)
    d_z, d_r, d_own, d_new = (delta[k * U : (k + 1) * U] for k in range(4))
    work = np.empty((U, N), kind)
    recurrent_kernel = np.ascontiguousarray(recurrent_kernel, kind)
    by_h, through = np.zeros((U, N), kind), np.empty((U, N), kind)
    for t in reversed(range(T)):
        step, above = y[t], g[t]
        z, r, own, new = (step[k * U : (k + 1) * U] for k in range(4))
        before = y[t - 1, 4 * U :] if t else h.T
        by_h += above[4 * U :]
        np.multiply(by_h, z, out=through)
        np.subtract(by_h, through, out=d_new)
        d_new += above[3 * U : 4 * U]
        np.multiply(new, new, out=work)
        np.subtract(1, work, out=work)
        d_new *= work
        np.subtract(before, new, out=d_z)
        d_z *= by_h
        np.multiply(d_new, own, out=d_r)
        np.multiply(d_new, r, out=d_own)
        delta[: 3 * U] += above[: 3 * U]
        np.multiply(step[: 2 * U], step[: 2 * U], out=slope)
        np.subtract(step[: 2 * U], slope, out=slope)
        delta[: 2 * U] *= slope
        deltas[:, t] = delta
        np.matmul(recurrent_kernel, delta[: 3 * U], out=by_h)
        by_h += through
    outer = np.concatenate([deltas[: 2 * U], deltas[3 * U :]], axis=0)
    of_inputs = _rows_by(_started_from(y, x, h[:, :0]), outer)
    of_outputs = _rows_by(_started_from(y, x[..., :0], h), deltas[: 3 * U])
    return [
        _by_input(outer, kernel, x) if wanted[0] else None,
        of_inputs[:-1],
        of_outputs[:-1],
        np.stack([of_inputs[-1], of_outputs[-1]]),
        by_h.T,
    ]


def simple_rnn_numpy(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, *,
    activation: str = "tanh", label: str = "",
) -> Array:  # fmt: skip
    """Run forward; see the operation."""
    N, U = h.shape
    kind = np.result_type(x, kernel, recurrent_kernel, bias, h)
    y = _projected(x, kernel, bias, kind)
    back = np.ascontiguousarray(recurrent_kernel.T, kind)
    h = np.ascontiguousarray(h.T, kind)
    sums = np.empty((U, N), kind)
    for step in y:
        step += np.matmul(back, h, out=sums)
        if activation == "tanh":
            np.tanh(step, out=step)
        else:
            np.maximum(step, 0, out=step)
        h = step
    return y


def simple_rnn_back_numpy(
    xp: Any, wanted: Sequence[bool], g: Array, y: Array, x: Array, kernel: Array,
    recurrent_kernel: Array, bias: Array, h: Array, *, activation: str = "tanh",
    label: str = "",
) -> list[Any]:  # fmt: skip
    """Run backward; see the rule of the operation."""
    T, U, N = y.shape
    kind = y.dtype
    g = np.asarray(g, kind)
    deltas = np.empty((U, T, N), kind)
    slope = np.empty((U, N), kind)
    recurrent_kernel = np.ascontiguousarray(recurrent_kernel, kind)
    by_h = np.zeros((U, N), kind)
    for t in reversed(range(T)):
        step = y[t]
        by_h += g[t]
        if activation == "tanh":
            np.multiply(step, step, out=slope)
            np.subtract(1, slope, out=slope)
            by_h *= slope
        else:
            by_h *= step > 0
        deltas[:, t] = by_h
        by_h = np.matmul(recurrent_kernel, by_h)
    return _gradients(wanted, deltas, y, x, kernel, h, by_h)
