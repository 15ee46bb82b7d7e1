"""Networks of operations thrown together at random: JAX says what their derivatives are."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import clearprop as cp

SHAPES = [(), (3,), (2, 1), (2, 3)]

# What may be done to one and to two values, and the same in JAX. All stay small and smooth.
ONE = {
    "tanh": (cp.tanh, jnp.tanh),
    "sin": (cp.sin, jnp.sin),
    "exp of less": (lambda x: cp.exp(-x * x), lambda x: jnp.exp(-x * x)),
    "softplus": (cp.softplus, jax.nn.softplus),
    "sigmoid": (cp.sigmoid, jax.nn.sigmoid),
    "minus": (lambda x: -x, lambda x: -x),
    "root": (lambda x: cp.sqrt(x * x + 1), lambda x: jnp.sqrt(x * x + 1)),
    "power": (lambda x: (x * x + 0.5) ** 1.5, lambda x: (x * x + 0.5) ** 1.5),
    "sum": (cp.sum, jnp.sum),
    "mean of rows": (
        lambda x: cp.mean(x, axis=-1, keepdims=True) if x.ndim else x,
        lambda x: jnp.mean(x, axis=-1, keepdims=True) if x.ndim else x,
    ),
    "logsumexp": (
        lambda x: cp.logsumexp(x, axis=0) if x.ndim else x,
        lambda x: jax.nn.logsumexp(x, axis=0) if x.ndim else x,
    ),
    "turned": (
        lambda x: cp.flip(cp.reshape(x, shape=(-1,))),
        lambda x: jnp.flip(jnp.reshape(x, -1)),
    ),
    "first": (lambda x: x[0] if x.ndim else x, lambda x: x[0] if x.ndim else x),
}
TWO = {
    "+": (lambda x, y: x + y, lambda x, y: x + y),
    "-": (lambda x, y: x - y, lambda x, y: x - y),
    "*": (lambda x, y: cp.tanh(x) * y, lambda x, y: jnp.tanh(x) * y),
    "/": (lambda x, y: x / (1 + y * y), lambda x, y: x / (1 + y * y)),
    "scores": (
        lambda x, y: cp.sum(x * y, axis=-1) if (x * y).ndim else x * y,
        lambda x, y: jnp.sum(x * y, axis=-1) if (x * y).ndim else x * y,
    ),
    "outer": (
        lambda x, y: cp.reshape(x, shape=(-1, 1)) @ cp.reshape(y, shape=(1, -1)) * 0.1,
        lambda x, y: jnp.reshape(x, (-1, 1)) @ jnp.reshape(y, (1, -1)) * 0.1,
    ),
}


@st.composite
def programs(draw):
    """Draw inputs, and steps each of which takes results of earlier ones."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps = []
    for n in range(len(shapes), len(shapes) + draw(st.integers(1, 12))):
        recent = st.integers(max(0, n - 4), n - 1)
        if draw(st.booleans()):
            steps.append((draw(st.sampled_from(sorted(ONE))), draw(recent)))
        else:
            steps.append((draw(st.sampled_from(sorted(TWO))), draw(recent), draw(recent)))
    return [rng.standard_normal(s) for s in shapes], steps


def result(steps, values, which, total):
    """Run a program, and add up what its last results come to."""
    values = list(values)
    for name, *places in steps:
        f = (ONE if len(places) == 1 else TWO)[name][which]
        values.append(attempt(f, values[-1], *(values[i] for i in places)))
    return sum((total(v) for v in values[-3:]), start=0.0)


def attempt(f, otherwise, *values):
    """Combine values if their shapes fit; both sides then take the same way."""
    shapes = [np.shape(v) for v in values]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return otherwise
    return f(*values) if np.prod(shapes[0], dtype=int) <= 200 else otherwise


@settings(max_examples=20)
@given(programs())
def test_gradients_are_those_of_jax(program):
    inputs, steps = program
    value, ours = cp.value_and_grad(lambda x: result(steps, x, 0, cp.mean))(inputs)
    expected, theirs = jax.value_and_grad(lambda x: result(steps, x, 1, jnp.mean))(inputs)
    np.testing.assert_allclose(value.numpy(), expected, rtol=1e-10)
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a.numpy(), b, rtol=1e-8, atol=1e-10)


@settings(max_examples=8)
@given(programs(), st.integers(0, 2**32 - 1))
def test_second_derivatives_along_a_direction_are_those_of_jax(program, seed):
    inputs, steps = program
    v = [np.random.default_rng(seed).standard_normal(x.shape) for x in inputs]

    def ours(x):
        g = cp.grad(lambda x: result(steps, x, 0, cp.mean))(x)
        return sum((cp.sum(a * b) for a, b in zip(g, v, strict=True)), start=0.0)

    def theirs(x):
        g = jax.grad(lambda x: result(steps, x, 1, jnp.mean))(x)
        return sum((jnp.sum(a * b) for a, b in zip(g, v, strict=True)), start=0.0)

    for a, b in zip(cp.grad(ours)(inputs), jax.grad(theirs)(inputs), strict=True):
        np.testing.assert_allclose(a.numpy(), b, rtol=1e-7, atol=1e-9)


@settings(max_examples=100)
@given(programs(), st.integers(0, 2**32 - 1))
def test_forward_and_backward_agree(program, seed):
    """``<v, J u> = <Jᵀ v, u>``: the way forward is the transpose of the way back."""
    inputs, steps = program
    rng = np.random.default_rng(seed)

    def f(x):
        return result(steps, x, 0, lambda t: cp.reshape(cp.sin(t), shape=(-1,))[:1])

    u = [rng.standard_normal(x.shape) for x in inputs]
    y, change = cp.jvp(f, inputs, u)
    v = rng.standard_normal(y.shape)
    (back,) = cp.vjp(f, inputs)[1](v)
    forth = np.sum(v * change.numpy())
    np.testing.assert_allclose(
        sum(np.sum(a.numpy() * b) for a, b in zip(back, u, strict=True)), forth, 1e-9, 1e-11
    )
