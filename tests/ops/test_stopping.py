"""Gradients stop where they are told to, whoever computes them; numbers go on."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import ArrayNamespace, computing_with
from clearprop.core.tensor import Node, Tensor

X = np.array([2.0, -3.0])


def half_stopped(x):
    return (x * cp.stop_gradient(x)).sum()


def check_stopped(f):
    """One of two equal factors is a constant: the slope is the other, not twice that."""
    assert cp.grad(f)(X).tolist() == X.tolist()


def test_the_numbers_are_the_same_and_the_gradient_is_not():
    assert half_stopped(X).item() == (X * X).sum()
    check_stopped(half_stopped)
    with pytest.raises(AssertionError):
        check_stopped(lambda x: (x * x).sum())


def test_nothing_flows_where_all_is_stopped():
    x = cp.tensor(X, name="x")
    y = cp.stop_gradient(x * 2.0)
    assert not y.requires_grad
    assert cp.grad(lambda x: cp.stop_gradient(x).sum())(X).tolist() == [0.0, 0.0]
    with pytest.raises(cp.errors.GradientError, match="requires_grad"):
        y.sum().backward()


def test_second_derivatives_stop_too():
    assert cp.grad(lambda x: cp.grad(half_stopped)(x).sum())(X).tolist() == [0.0, 0.0]
    assert cp.hessian(half_stopped)(X).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_straight_through_step_has_the_slope_of_what_it_replaces():
    f = lambda x: (x + cp.stop_gradient(cp.round(x) - x)).sum()
    at = np.array([0.4, 1.7])
    assert f(at).item() == 2.0
    assert cp.grad(f)(at).tolist() == [1.0, 1.0]


def test_why_shows_where_it_stopped():
    x = cp.tensor([2.0], name="x")
    y = (x * cp.stop_gradient(x)).sum()
    y.name = "y"
    y.backward()
    assert "x[0] · stop_gradient(x[0])" in cp.why(y).to_text()
    text = cp.why(x.grad[0]).to_text()
    assert "stop_gradient(x[0])" in text
    assert x.grad.tolist() == [2.0]


def test_jax_stops_as_well():
    def f(x):
        with computing_with(ArrayNamespace(jnp, "jax")):
            return half_stopped(Tensor(Node(x))).data

    assert jax.grad(f)(jnp.asarray(X)).tolist() == X.tolist()
