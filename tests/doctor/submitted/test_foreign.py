"""Functions with a derivative of their own; those of PyTorch are tried in `torch_tests`."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import clearprop as cp
from clearprop.core.cases import real
from clearprop.core.op import REGISTRY
from clearprop.core.shapes import same
from clearprop.doctor import check

X, W = np.random.default_rng(13).normal(size=(4, 3)), np.random.default_rng(14).normal(size=(3, 2))


@pytest.fixture
def op_of():
    made = []

    def make(rule):
        def doctored_cube(xp, x):
            return x * x * x

        made.append(doctored_cube.__name__)
        op = cp.op("{x} cubed", r"{x}^3", shape=same, cases=[real(3)])(doctored_cube)
        op.vjp(x=rule)
        return op

    yield make
    for name in made:
        REGISTRY.pop(name, None)


def test_an_operation_of_ours(op_of):
    report = check(op_of(lambda xp, g, y, x: 3 * g * x * x), x=X)
    assert report.sound
    assert report.verdict.names == ("x",)


def test_a_wrong_rule_of_ours(op_of):
    assert check(op_of(lambda xp, g, y, x: 3 * x * x), x=X).ids == ("upstream-ignored",)


def test_a_layer_of_ours_and_its_weights_stay():
    layer = cp.layers.Dense(2)
    layer(X)
    before = layer.get_weights()
    report = check(layer, x=X)
    assert report.sound
    assert report.verdict.names == ("x", "kernel", "bias")
    assert all(np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True))


def with_vjp(bwd):
    @jax.custom_vjp
    def layer(x, w):
        return jnp.tanh(x @ w)

    layer.defvjp(lambda x, w: (layer(x, w), (x, w, jnp.tanh(x @ w))), bwd)
    return layer


def right(rest, g):
    x, w, y = rest
    d = g * (1 - y**2)
    return d @ w.T, x.T @ d


def without_derivative(rest, g):
    x, w, _ = rest
    return g @ w.T, x.T @ g


def test_custom_vjp():
    assert check(with_vjp(right), x=(X, W)).sound
    report = check(with_vjp(without_derivative), x=(jnp.asarray(X), jnp.asarray(W)))
    assert report.ids == ("activation-derivative-missing",)
    assert report.forward == "affine → tanh"


def test_custom_vjp_of_the_wrong_shape():
    def turned(rest, g):
        dx, dw = right(rest, g)
        return dx, dw.T

    assert check(with_vjp(turned), x=(X, W)).ids == ("weight-gradient-transposed",)


def test_what_is_not_differentiated_is_handed_on():
    power = jax.custom_vjp(lambda n, x: x**n, nondiff_argnums=(0,))
    power.defvjp(lambda n, x: (x**n, x), lambda n, x, g: (g * n * x ** (n - 1),))
    assert check(power, x=(3, X)).sound
    power.defvjp(lambda n, x: (x**n, x), lambda n, x, g: (-g * n * x ** (n - 1),))
    assert check(power, x=(3, X)).ids == ("sign-one",)


def test_custom_jvp():
    @jax.custom_jvp
    def wave(x):
        return jnp.sin(x)

    wave.defjvp(lambda at, way: (jnp.sin(at[0]), jnp.cos(at[0]) * way[0]))
    assert check(wave, x=X).sound
    wave.defjvp(lambda at, way: (jnp.sin(at[0]), -jnp.cos(at[0]) * way[0]))
    assert check(wave, x=X).ids == ("sign-one",)


def test_without_an_input_it_is_told():
    report = check(with_vjp(right))
    assert report.sound is None
    assert "x=" in report.to_text("en")


def test_several_outputs():
    @jax.custom_vjp
    def wave(x):
        return jnp.sin(x), jnp.cos(x)

    ahead = lambda x: (wave(x), x)
    wave.defvjp(ahead, lambda x, g: (g[0] * jnp.cos(x) - g[1] * jnp.sin(x),))
    assert check(wave, x=X).sound
    wave.defvjp(ahead, lambda x, g: (g[0] * jnp.cos(x),))
    assert check(wave, x=X).sound is False
