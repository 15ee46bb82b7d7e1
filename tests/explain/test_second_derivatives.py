"""Derivatives of derivatives are called what they are, and not by the name of the first."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.explain.naming import derivative, derivative_in_latex


def test_a_second_derivative_is_called_one():
    slope = cp.grad(lambda w: cp.tanh(w * 3))
    found = cp.why(cp.grad(slope)(cp.tensor(0.5, name="w")), lang="en")
    y = np.tanh(1.5)
    assert found.value == pytest.approx(-18 * y * (1 - y * y), rel=1e-12)
    assert found.to_text().startswith("Why is ∂²L/∂w² ")
    assert "∂L/∂w " not in found.to_text()
    assert r"\frac{\partial^{2} L}{\partial w\,\partial w}" in found.to_latex()


def test_an_entry_of_a_hessian_has_both_numbers_in_its_name():
    hessian = cp.hessian(lambda w: cp.sum(cp.square(w)) * w[0])
    found = hessian(cp.tensor([1.0, 2.0], name="w"))
    assert cp.why(found[0, 1]).steps[0].symbol == "∂²L/∂w[0]∂w[1]"
    assert cp.why(found[1, 1]).steps[0].symbol == "∂²L/∂w[1]∂w[1]"


def test_orders_are_counted():
    assert derivative(derivative(derivative("E", "w"), "w"), "w") == "∂³E/∂w³"
    assert derivative("E", "w5") == "∂E/∂w5"
    assert derivative_in_latex("E", "w_{5}") == r"\frac{\partial E}{\partial w_{5}}"
