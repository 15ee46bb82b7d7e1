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


def _column(b: Array) -> Array:
    return b.reshape(-1, 1)


def _projected(x: Array, kernel: Array, bias: Array, out: Array) -> None:
    """Write ``kernelᵀ xᵀ + bias`` of each time step into (T, gates, N)."""
    steps = np.ascontiguousarray(x.transpose(1, 2, 0))  # (T, I, N)
    np.matmul(np.ascontiguousarray(kernel.T), steps, out=out)
    out += _column(bias)


def lstm_numpy(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, c: Array
) -> Array:
    """Run forward; see the operation."""
    N, T, _ = x.shape
    U = h.shape[1]
    kind = np.result_type(x, kernel, recurrent_kernel, bias, h, c)
    y = np.empty((T, 6 * U, N), kind)
    halves = np.ones(4 * U, kind)
    halves[: 3 * U] = 0.5
    back = np.ascontiguousarray((_in_order(recurrent_kernel, U) * halves).T.astype(kind))
    _projected(x, _in_order(kernel, U) * halves, _in_order(bias, U) * halves, y[:, : 4 * U])
    h, c = np.ascontiguousarray(h.T, kind), np.ascontiguousarray(c.T, kind)
    sums, product = np.empty((4 * U, N), kind), np.empty((U, N), kind)
    for step in y:
        z, gates = step[: 4 * U], step[: 3 * U]
        i, f, o, new, carry, out = (step[k * U : (k + 1) * U] for k in range(6))
        z += np.matmul(back, h, out=sums)
        np.tanh(z, out=z)
        gates *= 0.5
        gates += 0.5
        np.multiply(f, c, out=carry)
        carry += np.multiply(i, new, out=product)
        np.multiply(o, np.tanh(carry, out=product), out=out)
        h, c = out, carry
    return y


def _before(y: Array, h: Array, U: int) -> Array:
    """Give the outputs that each step started from, one row a unit: (U, T, N)."""
    before = np.empty((U, y.shape[0], y.shape[2]), y.dtype)
    before[:, 0] = h.T
    before[:, 1:] = y[:-1, -U:].transpose(1, 0, 2)
    return before


def _by_input(delta: Array, kernel: Array, x: Array) -> Array:
    N, T, features = x.shape
    by_x = (kernel @ delta.reshape(len(delta), -1)).reshape(features, T, N)
    return by_x.transpose(2, 1, 0)


def _by_kernel(delta: Array, x: Array) -> Array:
    rows = x.transpose(2, 1, 0).reshape(x.shape[2], -1)  # (I, T N)
    return rows @ delta.reshape(len(delta), -1).T


def _by_recurrent(delta: Array, before: Array) -> Array:
    return before.reshape(len(before), -1) @ delta.reshape(len(delta), -1).T


def lstm_back_numpy(
    xp: Any, wanted: Sequence[bool], g: Array, y: Array, x: Array, kernel: Array,
    recurrent_kernel: Array, bias: Array, h: Array, c: Array,
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
    return _gradients(wanted, deltas, y, x, kernel, h, by_h, by_c)


def _gradients(
    wanted: Sequence[bool], deltas: Array, y: Array, x: Array, kernel: Array, h: Array,
    by_h: Array, by_c: Array,
) -> list[Any]:  # fmt: skip
    U = h.shape[1]
    ways = [
        lambda: _by_input(deltas, _in_order(kernel, U), x),
        lambda: _in_order(_by_kernel(deltas, x), U),
        lambda: _in_order(_by_recurrent(deltas, _before(y, h, U)), U),
        lambda: _in_order(deltas.sum(axis=(1, 2)), U),
        lambda: by_h.T,
        lambda: by_c.T,
    ]
    return [way() if want else None for way, want in zip(ways, wanted, strict=True)]


def gru_numpy(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array
) -> Array:
    """Run forward; see the operation."""
    N, T, _ = x.shape
    U = h.shape[1]
    kind = np.result_type(x, kernel, recurrent_kernel, bias, h)
    y = np.empty((T, 5 * U, N), kind)
    halves = np.ones(3 * U, kind)
    halves[: 2 * U] = 0.5
    projected = np.empty((T, 3 * U, N), kind)
    _projected(x, kernel * halves, bias[0] * halves, projected)
    back = np.ascontiguousarray((recurrent_kernel * halves).T.astype(kind))
    own_bias = np.ascontiguousarray(_column(bias[1] * halves), kind)
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
    recurrent_kernel: Array, bias: Array, h: Array,
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
    rows = deltas.reshape(4, U, T, N)
    outer = rows[[0, 1, 3]].reshape(3 * U, T, N)
    inner = deltas[: 3 * U]
    ways = [
        lambda: _by_input(outer, kernel, x),
        lambda: _by_kernel(outer, x),
        lambda: _by_recurrent(inner, _before(y, h, U)),
        lambda: np.stack([outer.sum(axis=(1, 2)), inner.sum(axis=(1, 2))]),
        lambda: by_h.T,
    ]
    return [way() if want else None for way, want in zip(ways, wanted, strict=True)]


def simple_rnn_numpy(
    xp: Any, x: Array, kernel: Array, recurrent_kernel: Array, bias: Array, h: Array, *,
    activation: str = "tanh",
) -> Array:  # fmt: skip
    """Run forward; see the operation."""
    N, T, _ = x.shape
    U = h.shape[1]
    kind = np.result_type(x, kernel, recurrent_kernel, bias, h)
    y = np.empty((T, U, N), kind)
    _projected(x, np.asarray(kernel, kind), bias, y)
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
    ways = [
        lambda: _by_input(deltas, kernel, x),
        lambda: _by_kernel(deltas, x),
        lambda: _by_recurrent(deltas, _before(y, h, U)),
        lambda: deltas.sum(axis=(1, 2)),
        lambda: by_h.T,
    ]
    return [way() if want else None for way, want in zip(ways, wanted, strict=True)]
