"""The LSTM and the transformer in NumPy, with buffers that are used again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers.by_numpy import Rule, softmax_loss
from benchmarks.peers.workloads import HEADS, INNER, LAYERS, LENGTH, WIDTH, Workload

__all__ = ["lstm", "transformer"]

Array = np.ndarray
DEPTH = WIDTH // HEADS


def sigmoid(x: Array) -> None:
    x *= 0.5
    np.tanh(x, out=x)
    x += 1
    x *= 0.5


def lstm(work: Workload) -> Callable[[], float]:
    """Train with features before examples: the gates are whole blocks, and one product a turn."""
    (pictures, t), start = work.make(), work.start()
    batches = [
        np.ascontiguousarray(pictures[k : k + work.batch].transpose(1, 2, 0))
        for k in range(0, work.steps * work.batch, work.batch)
    ]
    n, u, turns, width = work.batch, 64, 28, 28

    def run() -> float:
        w = np.concatenate([start[1], start[0]]).T.copy()  # (4u, u + width)
        weights = [w, start[2][:, None].copy(), start[3].copy(), start[4].copy()]
        rule = Rule(work, weights)
        gradients = [np.empty_like(each) for each in weights]
        seen = np.zeros((turns + 1, u + width, n), np.float32)  # h over x, turn by turn
        gates = np.empty((turns, 4 * u, n), np.float32)
        cells = np.zeros((turns + 1, u, n), np.float32)
        bent = np.empty((turns, u, n), np.float32)  # tanh of the cells
        delta = np.empty((turns, 4 * u, n), np.float32)
        a, b, dh, dc = (np.empty((u, n), np.float32) for _ in range(4))
        part = np.empty_like(w)
        total = 0.0
        for step in range(work.steps):
            w, bias, last, tail = weights
            seen[:turns, u:] = batches[step]
            for k in range(turns):
                z = np.matmul(w, seen[k], out=gates[k])
                z += bias
                sigmoid(z[: 2 * u])
                np.tanh(z[2 * u : 3 * u], out=z[2 * u : 3 * u])
                sigmoid(z[3 * u :])
                np.multiply(z[u : 2 * u], cells[k], out=cells[k + 1])
                cells[k + 1] += np.multiply(z[:u], z[2 * u : 3 * u], out=a)
                np.tanh(cells[k + 1], out=bent[k])
                np.multiply(z[3 * u :], bent[k], out=seen[k + 1, :u])
            h = seen[turns, :u].T
            rows = slice(step * n, (step + 1) * n)
            loss, d = softmax_loss(h @ last + tail, t[rows])
            total += loss
            np.matmul(h.T, d, out=gradients[2])
            np.sum(d, axis=0, out=gradients[3])
            np.matmul(last, d.T, out=dh)
            dc[:] = 0
            gradients[0][:] = 0
            for k in reversed(range(turns)):
                i, f, g, o = gates[k].reshape(4, u, n)
                di, df, dg, do = delta[k].reshape(4, u, n)
                np.multiply(dh, o, out=a)
                dc += a
                np.multiply(bent[k], bent[k], out=b)
                dc -= np.multiply(a, b, out=a)
                np.multiply(dh, bent[k], out=do)
                for made, gate, by in ((di, i, g), (df, f, cells[k])):
                    np.multiply(dc, by, out=made)
                    made *= gate
                    made *= np.subtract(1, gate, out=a)
                do *= o
                do *= np.subtract(1, o, out=a)
                np.multiply(g, g, out=a)
                np.subtract(1, a, out=a)
                np.multiply(dc, i, out=dg)
                dg *= a
                dc *= f
                gradients[0] += np.matmul(delta[k], seen[k].T, out=part)
                if k:
                    np.matmul(w[:, :u].T, delta[k], out=dh)
            np.sum(delta, axis=(0, 2), out=gradients[1][:, 0])
            rule(weights, gradients)
        return total / work.steps

    return run


class Buffers:
    """Arrays by name: each is made when it is first asked for."""

    def __init__(self) -> None:
        self.held: dict[Any, Array] = {}

    def __call__(self, *name: Any, shape: tuple[int, ...]) -> Array:
        if name not in self.held:
            self.held[name] = np.empty(shape, np.float32)
        return self.held[name]


def _normal(x: Array, gamma: Array, beta: Array, to: Buffers, at: Any) -> Array:
    """Normalise rows; `x` becomes what they are before they are scaled."""
    count = x.shape[1]
    x -= x @ np.full((count, 1), 1 / count, np.float32)
    var = np.einsum("ij,ij->i", x, x)[:, None] / count
    scale = to(at, "scale", shape=var.shape)
    np.sqrt(var + np.float32(1e-5), out=scale)
    np.divide(1, scale, out=scale)
    x *= scale
    y = np.multiply(x, gamma, out=to(at, "y", shape=x.shape))
    y += beta
    return y


def _normal_back(
    g: Array, x: Array, gamma: Array, to: Buffers, at: Any, dgamma: Array, dbeta: Array
) -> Array:
    """Go back through `_normal`; `g` becomes the gradient of what it was given."""
    count = x.shape[1]
    np.einsum("ij,ij->j", g, x, out=dgamma)
    np.sum(g, axis=0, out=dbeta)
    g *= gamma
    mean = g @ np.full((count, 1), 1 / count, np.float32)
    along = np.einsum("ij,ij->i", g, x)[:, None] / count
    g -= mean
    g -= np.multiply(x, along, out=to("spare", shape=x.shape))
    g *= to(at, "scale", shape=along.shape)
    return g


def transformer(work: Workload) -> Callable[[], float]:
    """Train with the three projections of a layer as one product."""
    (x, t), start = work.make(), work.start()
    n, rows = work.batch, work.batch * LENGTH
    heads = (n, LENGTH, HEADS, DEPTH)

    def first() -> list[Array]:
        made = []
        for k in range(LAYERS):
            given = start[16 * k : 16 * k + 16]
            made += [np.concatenate([w.reshape(WIDTH, WIDTH) for w in given[0:6:2]], axis=1)]
            made += [np.concatenate([b.reshape(WIDTH) for b in given[1:6:2]])]
            made += [given[6].reshape(WIDTH, WIDTH).copy(), *(w.copy() for w in given[7:])]
        return [*made, start[-2].copy(), start[-1].copy()]

    def split(z: Array) -> list[Array]:
        return [
            z[:, k * WIDTH : (k + 1) * WIDTH].reshape(heads).transpose(0, 2, 1, 3) for k in range(3)
        ]

    def forward(p: list[Array], x: Array, to: Buffers, at: int) -> Array:
        wqkv, bqkv, wo, bo, g1, b1, w1, c1, w2, c2, g2, b2 = p
        z = np.matmul(x, wqkv, out=to(at, "z", shape=(rows, 3 * WIDTH)))
        z += bqkv
        q, k, v = split(z)
        s = to(at, "s", shape=(n, HEADS, LENGTH, LENGTH))
        np.matmul(q, k.swapaxes(2, 3), out=s)
        s *= np.float32(DEPTH**-0.5)
        s -= s.max(axis=3, keepdims=True)
        np.exp(s, out=s)
        s /= s.sum(axis=3, keepdims=True)
        seen = to(at, "seen", shape=heads)
        np.matmul(s, v, out=seen.transpose(0, 2, 1, 3))
        r = np.matmul(seen.reshape(rows, WIDTH), wo, out=to(at, "r", shape=(rows, WIDTH)))
        r += bo
        r += x
        y = _normal(r, g1, b1, to, (at, 1))
        h = np.matmul(y, w1, out=to(at, "h", shape=(rows, INNER)))
        h += c1
        np.maximum(h, 0, out=h)
        e = np.matmul(h, w2, out=to(at, "e", shape=(rows, WIDTH)))
        e += c2
        e += y
        return _normal(e, g2, b2, to, (at, 2))

    def backward(
        p: list[Array], made: list[Array], x: Array, g: Array, to: Buffers, at: int
    ) -> Array | None:
        wqkv, _, wo, _, g1, _, w1, _, w2, _, g2, _ = p
        dqkv, dbqkv, dwo, dbo, dg1, db1, dw1, dc1, dw2, dc2, dg2, db2 = made
        wide, full = (rows, WIDTH), (rows, INNER)
        e, h, r = to(at, "e", shape=wide), to(at, "h", shape=full), to(at, "r", shape=wide)
        y, s = to((at, 1), "y", shape=wide), to(at, "s", shape=(n, HEADS, LENGTH, LENGTH))
        _normal_back(g, e, g2, to, (at, 2), dg2, db2)
        np.matmul(h.T, g, out=dw2)
        np.sum(g, axis=0, out=dc2)
        dh = np.matmul(g, w2.T, out=to("dh", shape=full))
        dh *= np.greater(h, 0, out=to.held.setdefault("mask", np.empty(full, np.bool_)))
        np.matmul(y.T, dh, out=dw1)
        np.sum(dh, axis=0, out=dc1)
        g += np.matmul(dh, w1.T, out=to("spare", shape=wide))
        _normal_back(g, r, g1, to, (at, 1), dg1, db1)
        seen = to(at, "seen", shape=heads)
        np.matmul(seen.reshape(wide).T, g, out=dwo)
        np.sum(g, axis=0, out=dbo)
        ds = np.matmul(g, wo.T, out=to("dseen", shape=wide)).reshape(heads).transpose(0, 2, 1, 3)
        q, k, v = split(to(at, "z", shape=(rows, 3 * WIDTH)))
        dz = to("dz", shape=(rows, 3 * WIDTH))
        dq, dk, dv = split(dz)
        np.matmul(s.swapaxes(2, 3), ds, out=dv)
        da = np.matmul(ds, v.swapaxes(2, 3), out=to("da", shape=s.shape))
        along = np.einsum("abij,abij->abi", da, s)[..., None]
        da -= along
        da *= s
        da *= np.float32(DEPTH**-0.5)
        np.matmul(da, k, out=dq)
        np.matmul(da.swapaxes(2, 3), q, out=dk)
        np.matmul(x.T, dz, out=dqkv)
        np.sum(dz, axis=0, out=dbqkv)
        if at == 0:
            return None
        g += np.matmul(dz, wqkv.T, out=to("spare", shape=wide))
        return g

    def run() -> float:
        weights = first()
        rule = Rule(work, weights)
        gradients = [np.empty_like(w) for w in weights]
        to, total = Buffers(), 0.0
        parts = [slice(12 * k, 12 * k + 12) for k in range(LAYERS)]
        for step in range(work.steps):
            at = slice(step * n, (step + 1) * n)
            a = x[at].reshape(rows, WIDTH)
            seen = []
            for k, part in enumerate(parts):
                seen.append(a)
                a = forward(weights[part], a, to, k)
            mean = a.reshape(n, LENGTH, WIDTH).mean(axis=1)
            loss, d = softmax_loss(mean @ weights[-2] + weights[-1], t[at])
            total += loss
            np.matmul(mean.T, d, out=gradients[-2])
            np.sum(d, axis=0, out=gradients[-1])
            g: Any = to("g", shape=(rows, WIDTH))
            g.reshape(n, LENGTH, WIDTH)[:] = (d @ weights[-2].T)[:, None] / LENGTH
            for k, part in reversed(list(enumerate(parts))):
                g = backward(weights[part], gradients[part], seen[k], g, to, k)
            rule(weights, gradients)
        return total / work.steps

    return run
