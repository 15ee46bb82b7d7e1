"""The trainings in JAX: a step compiled and called, or a whole epoch in one `scan`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.peers.workloads import HEADS, LAYERS, LINEAR, WIDTH, Workload

__all__ = ["training"]


def _forward(work: Workload) -> Callable[[Any, Any], Any]:  # noqa: C901
    def small(p: Any, x: Any) -> Any:
        if work.name == "W1":
            return jnp.tanh(jnp.tanh(x @ p[0] + p[1]) @ p[2])
        for k in range(0, len(p), 2):
            x = x @ p[k] + p[k + 1]
        return x

    def dense(p: Any, x: Any) -> Any:
        for k in range(0, len(p), 2):
            x = x @ p[k] + p[k + 1]
            x = jax.nn.relu(x) if k < len(p) - 2 else x
        return x

    def pool(x: Any) -> Any:
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

    def convolutions(p: Any, x: Any) -> Any:
        for k in (0, 2):
            x = jax.lax.conv_general_dilated(
                x, p[k], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
            )
            x = pool(jax.nn.relu(x + p[k + 1]))
        return x.reshape(len(x), -1) @ p[4] + p[5]

    def lstm(p: Any, x: Any) -> Any:
        seen = jnp.swapaxes(x @ p[0] + p[2], 0, 1)

        def turn(state: Any, z: Any) -> Any:
            h, c = state
            i, f, g, o = jnp.split(z + h @ p[1], 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        zero = jnp.zeros((x.shape[0], 64), x.dtype)
        (h, _), _ = jax.lax.scan(turn, (zero, zero), seen)
        return h @ p[3] + p[4]

    def normal(x: Any, gamma: Any, beta: Any) -> Any:
        mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) * jax.lax.rsqrt(var + 1e-5) * gamma + beta

    def transformer(p: Any, x: Any) -> Any:
        for layer in range(LAYERS):
            wq, bq, wk, bk, wv, bv, wo, bo, g1, b1, w1, c1, w2, c2, g2, b2 = p[
                16 * layer : 16 * layer + 16
            ]
            q, k, v = (
                jnp.einsum("bld,dhk->blhk", x, w) + b for w, b in ((wq, bq), (wk, bk), (wv, bv))
            )
            seen = jax.nn.dot_product_attention(q, k, v)
            x = normal(x + jnp.einsum("blhk,hkd->bld", seen, wo) + bo, g1, b1)
            x = normal(x + jax.nn.relu(x @ w1 + c1) @ w2 + c2, g2, b2)
        return x.mean(1) @ p[-2] + p[-1]

    assert WIDTH % HEADS == 0
    special = dict.fromkeys(("W1", *LINEAR), small) | {
        "W5": convolutions,
        "W6": lstm,
        "W7": transformer,
    }
    return special.get(work.name, dense)


def _step(work: Workload) -> Callable[..., Any]:
    forward = _forward(work)

    def loss(p: Any, x: Any, t: Any) -> Any:
        y = forward(p, x)
        if work.name in ("W1", *LINEAR):
            return jnp.mean((y - t) ** 2)
        return -jnp.sum(t * jax.nn.log_softmax(y)) / len(x)

    def step(state: Any, batch: Any) -> Any:
        p, m, v, n = state
        value, g = jax.value_and_grad(loss)(p, *batch)
        n = n + 1
        if work.rule == "adam":
            m = [0.9 * a + 0.1 * b for a, b in zip(m, g, strict=True)]
            v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g, strict=True)]
            rate = work.rate * jnp.sqrt(1 - 0.999**n) / (1 - 0.9**n)
            p = [w - rate * a / (jnp.sqrt(b) + 1e-7) for w, a, b in zip(p, m, v, strict=True)]
        elif work.momentum:
            m = [work.momentum * a - work.rate * b for a, b in zip(m, g, strict=True)]
            p = [w + a for w, a in zip(p, m, strict=True)]
        else:
            p = [w - work.rate * b for w, b in zip(p, g, strict=True)]
        return (p, m, v, n), value

    return step


def training(work: Workload, *, scan: bool) -> Callable[[], float]:
    """Give the training: `scan` runs all steps of an epoch in one call."""
    jax.config.update("jax_enable_x64", work.dtype == "float64")
    (x, t), start = work.make(), [jnp.asarray(w) for w in work.start()]
    batches = len(x) // work.batch
    xs, ts = (
        jnp.asarray(a[: batches * work.batch]).reshape(batches, work.batch, *a.shape[1:])
        for a in (x, t)
    )
    step = _step(work)
    plain = work.rule != "adam"

    def first() -> Any:
        m = [jnp.zeros_like(w) for w in start] if work.momentum or not plain else []
        v = [] if plain else [jnp.zeros_like(w) for w in start]
        return start, m, v, jnp.zeros((), np.dtype(work.dtype))

    @jax.jit
    def whole(state: Any, xs: Any, ts: Any) -> Any:
        if work.epochs == 1:
            state, values = jax.lax.scan(step, state, (xs, ts))
            return state, values.mean()

        def epoch(state: Any, _: Any) -> Any:
            state, values = jax.lax.scan(step, state, (xs, ts))
            return state, values.mean()

        state, values = jax.lax.scan(epoch, state, None, length=work.epochs)
        return state, values[-1]

    one = jax.jit(step, donate_argnums=0)

    def stepwise() -> float:
        state: Any = jax.tree.map(jnp.copy, first())
        values: list[Any] = []
        pairs = list(zip(xs, ts, strict=True))
        for n in range(work.steps):
            if n % batches == 0:
                values = []
            state, value = one(state, pairs[n % batches])
            values.append(value)
        return float(np.mean([float(v) for v in values]))

    if not scan:
        return stepwise
    return lambda: float(whole(first(), xs, ts)[1].block_until_ready())
