"""The heart computes with JAX's arrays as well, and inside ``jax.jit``."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import ArrayNamespace, computing_with
from clearprop.core.tensor import leaf

JAX = ArrayNamespace(jnp, "jax")
RNG = np.random.default_rng(0)
X, T = RNG.standard_normal((5, 3)), RNG.standard_normal((5, 2))
PARAMETERS = {"w": RNG.standard_normal((3, 2)), "b": RNG.standard_normal(2)}


def loss(p, x=X, t=T):
    y = cp.tanh(x @ p["w"] + p["b"])
    return cp.mean((y - t) ** 2) + 0.1 * cp.sum(cp.relu(p["w"]))


def jax_loss(p, x=X, t=T):
    y = jnp.tanh(x @ p["w"] + p["b"])
    return jnp.mean((y - t) ** 2) + 0.1 * jnp.sum(jax.nn.relu(p["w"]))


def assert_same(got, expected):
    for key, value in expected.items():
        np.testing.assert_allclose(np.asarray(got[key]), value, rtol=1e-12, err_msg=key)


def test_grad_inside_jit():
    @jax.jit
    def step(p):
        with computing_with(JAX):
            value, g = cp.value_and_grad(loss)(p)
        return value.data, {k: v.data for k, v in g.items()}

    value, g = step(PARAMETERS)
    assert value == pytest.approx(float(jax_loss(PARAMETERS)), 1e-12)
    assert_same(g, jax.grad(jax_loss)(PARAMETERS))
    assert_same(g, {k: v.numpy() for k, v in cp.grad(loss)(PARAMETERS).items()})


def test_backward_inside_jit():
    @jax.jit
    def step(p):
        with computing_with(JAX):
            held = {k: leaf(v, name=k, requires_grad=True) for k, v in p.items()}
            loss(held).backward()
            return {k: v.grad.data for k, v in held.items()}

    assert_same(step(PARAMETERS), jax.grad(jax_loss)(PARAMETERS))


def test_second_order_inside_jit():
    @jax.jit
    def step(w):
        with computing_with(JAX):
            h = cp.hessian(lambda w: loss({"w": w, "b": PARAMETERS["b"]}))(w)
            return h.data

    expected = jax.hessian(lambda w: jax_loss({"w": w, "b": PARAMETERS["b"]}))(PARAMETERS["w"])
    np.testing.assert_allclose(step(PARAMETERS["w"]), expected, rtol=1e-10, atol=1e-14)


def test_jax_inside_and_outside_of_ours():
    """JAX differentiates a function that is computed by our operations."""

    def f(w):
        with computing_with(JAX):
            return loss({"w": leaf(w, requires_grad=False), "b": PARAMETERS["b"]}).data

    expected = jax.grad(lambda w: jax_loss({"w": w, "b": PARAMETERS["b"]}))(PARAMETERS["w"])
    np.testing.assert_allclose(jax.grad(f)(jnp.asarray(PARAMETERS["w"])), expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_is_kept(dtype):
    p = {k: jnp.asarray(v, dtype) for k, v in PARAMETERS.items()}
    with computing_with(JAX):
        g = cp.grad(lambda p: loss(p, X.astype(dtype), T.astype(dtype)))(p)
    assert {str(v.dtype) for v in g.values()} == {dtype}
    assert all(isinstance(v.data, jax.Array) for v in g.values())


def test_gradients_that_are_looked_at_later_are_still_jax_arrays():
    with computing_with(JAX):
        x = leaf(jnp.asarray(2.0), requires_grad=True)
        (x * x * x).backward()
    g = x.grad
    x.grad = None
    g.backward()  # recorded now, outside, as it was computed
    assert isinstance(x.grad.data, jax.Array)
    assert x.grad.item() == 12.0


def test_a_tensor_of_jax_shows_itself():
    with computing_with(JAX):
        y = cp.sum(leaf(jnp.arange(3.0), requires_grad=True))
    assert repr(y) == "tensor(3.)"
    assert float(y) == 3.0
    assert np.asarray(y) == 3.0
