"""
Four hard proofs that rules written once serve every array library.

An embedding with scatter-add, a two-dimensional convolution, fused softmax cross-entropy and a
recurrent loop of 28 steps: value and gradient by our own backward walk, on NumPy and inside
`jax.jit`, against JAX's gradient of the same thing written in plain JAX.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

import clearprop as cp
from clearprop.core.namespaces import ArrayNamespace, computing_with
from clearprop.core.op import REGISTRY

JAX = ArrayNamespace(jnp, "jax")
RNG = np.random.default_rng(28)


@dataclass(frozen=True)
class Proof:
    """The same loss in our operations and in plain JAX, and where to differentiate it."""

    ours: Any
    plain: Any
    parameters: dict[str, np.ndarray]
    constants: tuple[np.ndarray, ...] = ()


def real(*shape):
    return RNG.standard_normal(shape)


# An embedding: rows are looked up (some often, some never) and added up by bag.
WORDS = np.array([[3, 0, 3, 3], [7, 7, 1, 0]])
BAGS = np.array([[0, 2, 2, 0], [2, 0, 4, 2]])


def embed(p, words, bags):
    rows = cp.take(p["table"], words, axis=0)
    sums = cp.scatter_add(p["start"], bags, rows, axis=0)
    return cp.sum(cp.tanh(sums @ p["w"]) ** 2)


def embed_plain(p, words, bags):
    rows = p["table"][words]
    sums = p["start"].at[bags].add(rows)
    return jnp.sum(jnp.tanh(sums @ p["w"]) ** 2)


EMBEDDING = Proof(
    embed, embed_plain, {"table": real(9, 5), "start": real(6, 5), "w": real(5, 3)}, (WORDS, BAGS)
)


# A convolution with everything: stride, padding, dilation and groups, unlike along the two axes.
def convolution(strides, padding, dilation, groups):
    def ours(p):
        y = cp.conv(
            p["x"], p["w"], strides=strides, padding=padding, dilation=dilation, groups=groups
        )
        return cp.mean(cp.tanh(y + p["b"]) ** 2)

    def plain(p):
        y = lax.conv_general_dilated(
            p["x"], p["w"], strides, padding.upper() if isinstance(padding, str) else padding,
            rhs_dilation=dilation, feature_group_count=groups,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )  # fmt: skip
        return jnp.mean(jnp.tanh(y + p["b"]) ** 2)

    return Proof(
        ours, plain, {"x": real(3, 9, 8, 4), "w": real(3, 2, 4 // groups, 8), "b": real(8)}
    )


# A fused loss, of rows that a naive exponential would not survive.
TARGETS = np.array([[0.0, 1.0, 0.0], [0.5, 0.25, 0.25], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
FEATURES = real(4, 5) * np.array([[1.0], [1.0], [500.0], [500.0]])


def fused(p, x, t):
    return cp.mean(cp.softmax_cross_entropy(x @ p["w"] + p["b"], t))


def fused_plain(p, x, t):
    return -jnp.mean(jnp.sum(t * jax.nn.log_softmax(x @ p["w"] + p["b"]), axis=-1))


FUSED = Proof(fused, fused_plain, {"w": real(5, 3), "b": real(3)}, (FEATURES, TARGETS))


# A recurrent net over 28 steps, differentiated by its inputs too.
STEPS = 28


def recur(p, labels):
    h = p["h"]
    for t in range(STEPS):
        h = cp.tanh(p["x"][:, t] @ p["wx"] + h @ p["wh"] + p["b"])
    return cp.mean(cp.sparse_softmax_cross_entropy(h @ p["out"], labels))


def recur_plain(p, labels):
    def step(h, x):
        return jnp.tanh(x @ p["wx"] + h @ p["wh"] + p["b"]), None

    h, _ = lax.scan(step, p["h"], jnp.swapaxes(p["x"], 0, 1))
    scores = jax.nn.log_softmax(h @ p["out"])
    return -jnp.mean(jnp.take_along_axis(scores, labels[:, None], axis=1))


RECURRENT = Proof(
    recur,
    recur_plain,
    {"x": real(3, STEPS, 4), "h": real(3, 6), "wx": real(4, 6), "wh": real(6, 6) / 2, "b": real(6),
     "out": real(6, 5)},
    (np.array([4, 0, 4]),),
)  # fmt: skip

PROOFS = {
    "embedding": EMBEDDING,
    "convolution": convolution((2, 1), ((1, 0), (0, 2)), (2, 3), 2),
    "convolution, same": convolution((2, 3), "same", (1, 1), 1),
    "convolution, valid": convolution((1, 2), "valid", (3, 2), 4),
    "fused": FUSED,
    "recurrent": RECURRENT,
}


def on_numpy(proof):
    value, gradient = cp.value_and_grad(proof.ours)(proof.parameters, *proof.constants)
    return value.item(), {k: g.numpy() for k, g in gradient.items()}


def under_jit(proof):
    @jax.jit
    def run(parameters, *constants):
        with computing_with(JAX):
            value, gradient = cp.value_and_grad(proof.ours)(parameters, *constants)
        return value.data, {k: g.data for k, g in gradient.items()}

    return run(proof.parameters, *proof.constants)


@cache
def truth(name):
    proof = PROOFS[name]
    return jax.jit(jax.value_and_grad(proof.plain))(proof.parameters, *proof.constants)


def check(name, way):
    value, gradient = way(PROOFS[name])
    expected, slopes = truth(name)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    assert gradient.keys() == slopes.keys()
    for key, slope in slopes.items():
        size = np.abs(slope).max()
        assert size > 0, key
        np.testing.assert_allclose(gradient[key], slope, rtol=1e-9, atol=1e-12 * size, err_msg=key)


each_way = pytest.mark.parametrize("way", [on_numpy, under_jit])


@each_way
@pytest.mark.parametrize("name", PROOFS)
def test_proof(name, way):
    check(name, way)


def bend(gradient_of, p, constants):
    """Make a number of a gradient that the curvature shows in."""
    gradient = gradient_of(p, *constants)
    return sum((g * g).sum() * (i + 1.0) for i, g in enumerate(map(gradient.get, sorted(gradient))))


@pytest.mark.parametrize("name", ["embedding", "convolution", "fused"])
def test_second_order(name):
    proof = PROOFS[name]

    @jax.jit
    def ours(p, *constants):
        with computing_with(JAX):
            gradient = cp.grad(lambda p: bend(cp.grad(proof.ours), p, constants))(p)
        return {k: g.data for k, g in gradient.items()}

    eager = cp.grad(lambda p: bend(cp.grad(proof.ours), p, proof.constants))(proof.parameters)
    plain = jax.jit(jax.grad(lambda p: bend(jax.grad(proof.plain), p, proof.constants)))(
        proof.parameters
    )
    jitted = ours(proof.parameters, *proof.constants)
    for key, expected in plain.items():
        size = np.abs(expected).max()
        assert size > 0, key
        for found in (eager[key].numpy(), jitted[key]):
            np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-11 * size, err_msg=key)


def overwrite(xp, g, y, x, indices, axis=None):
    """Put gradients into their rows where the last of several wins, and nothing adds up."""
    rows = xp.reshape(g, (-1, x.shape[1]))
    hit = xp.one_hot(xp.reshape(indices, (-1,)), num_classes=x.shape[0])
    from_the_end = xp.flip(xp.cumulative_sum(xp.flip(hit, axis=0), axis=0), axis=0)
    return xp.matmul(xp.matrix_transpose(xp.keep(hit, from_the_end == 1)), rows)


def target_too_large(xp, g, y, logits, targets, axis=-1):
    return xp.expand_dims(g, axis=axis) * (xp.softmax(logits) - 1.01 * targets)


def always_first(xp, g, y, x, key):
    """Hand the gradient of every step to the first."""
    return xp.scatter(g, key=(slice(None), 0), shape=x.shape)


BROKEN = {
    "embedding": ("take", "x", overwrite),
    "convolution": ("conv", "w", lambda xp, g, y, x, w, **how: (
        xp.conv_kernel(x, xp.flip(g, axis=1), window=(3, 2), **how))),
    "fused": ("softmax_cross_entropy", "logits", target_too_large),
    "recurrent": ("index", "x", always_first),
}  # fmt: skip


@each_way
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_rejected(name, way, monkeypatch):
    op, of, rule = BROKEN[name]
    monkeypatch.setitem(REGISTRY[op].rules, of, rule)
    with pytest.raises(AssertionError):
        check(name, way)
