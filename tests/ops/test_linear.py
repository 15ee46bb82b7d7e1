"""Matrix products: a stack of rows that all meet one matrix is one product, both ways."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core import quick

RNG = np.random.default_rng(0)
X, W = RNG.standard_normal((5, 6, 4)), RNG.standard_normal((4, 3))


@pytest.fixture
def shapes(monkeypatch):
    """Tell what NumPy is asked to multiply."""
    seen = []

    def product(name):
        function = getattr(np, name)

        def noting(a, b):
            seen.append((a.shape, b.shape))
            return function(a, b)

        return noting

    class Noting:
        ndarray, dot, matmul = (
            np.ndarray,
            staticmethod(product("dot")),
            staticmethod(product("matmul")),
        )

    monkeypatch.setattr(quick, "np", Noting)
    return seen


def test_forward_and_back(shapes):
    x, w = cp.tensor(X), cp.tensor(W)
    y = x @ w
    (y * y).sum().backward()
    assert sorted(shapes) == [((4, 30), (30, 3)), ((30, 3), (3, 4)), ((30, 4), (4, 3))]
    g = 2 * (X @ W)
    np.testing.assert_allclose(w.grad.numpy(), np.einsum("ntk,nto->ko", X, g), rtol=1e-12)
    np.testing.assert_allclose(x.grad.numpy(), g @ W.T, rtol=1e-12)


@pytest.mark.parametrize("shape", [(5, 6, 4), (0, 6, 4), (5, 0, 4), (2, 5, 6, 4), (5, 6, 0)])
def test_any_stack(shape):
    x, w = RNG.standard_normal(shape), RNG.standard_normal((shape[-1], 3))
    y, pull = cp.vjp(lambda x, w: x @ w, x, w)
    g = RNG.standard_normal(y.shape)
    by_x, by_w = pull(g)
    np.testing.assert_allclose(y.numpy(), np.matmul(x, w), rtol=1e-12)
    np.testing.assert_allclose(by_x.numpy(), np.matmul(g, w.T), rtol=1e-12)
    axes = range(len(shape) - 1)
    expected = np.tensordot(x, g, (axes, axes))
    np.testing.assert_allclose(by_w.numpy(), expected, rtol=1e-12, atol=1e-12)


def test_stacks_of_matrices_and_turned_ones_stay_what_they_are():
    for x in (X[:, ::-1], X.transpose(1, 0, 2), np.asfortranarray(X)):
        np.testing.assert_allclose((cp.tensor(x) @ W).numpy(), x @ W, rtol=1e-12)
    w = RNG.standard_normal((5, 4, 3))
    np.testing.assert_allclose((cp.tensor(X) @ w).numpy(), X @ w, rtol=1e-12)


def test_second_derivatives_of_a_stack():
    def loss(w):
        y = cp.tensor(X[:2, :2]) @ w
        return (y * y * y).sum()

    assert cp.gradcheck(lambda w: cp.grad(loss)(w), W).ok
