"""A function beside its derivative: nothing comes in from behind, and nothing is remembered."""

import math

import numpy as np
import pytest

from clearprop.doctor import check

X = np.random.default_rng(6).normal(size=(3, 4))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def jacobian(x):
    s = softmax(x)
    return np.diag(s) - np.outer(s, s)


RIGHT = {
    "of the input": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "steps": (lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0),
    "linear, of a square": (lambda x: x**2, lambda x: 2 * x),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name):
    f, slope = RIGHT[name]
    slope.__name__ = "f_prime"
    report = check((f, slope), x=X)
    assert report.sound
    assert "f′(x)" in report.to_text("en")


def test_of_the_output():
    report = check((sigmoid, lambda y: y * (1 - y)), x=X)
    assert report.sound
    assert "not x" in report.to_text("en")


def test_single_numbers():
    def wave(x):
        return math.sin(x) * x

    assert check((wave, lambda x: math.cos(x) * x + math.sin(x)), x=0.7).sound
    assert check((wave, lambda x: math.cos(x) * x), x=0.7).sound is False


def test_a_jacobian():
    assert check((softmax, jacobian), x=X[0]).sound
    report = check((softmax, lambda x: np.diag(softmax(x) * (1 - softmax(x)))), x=X[0])
    assert "softmax-diagonal-only" in report.ids  # of one row, the other axis gives the same


@pytest.mark.parametrize(
    ("f", "slope", "name"),
    [
        (lambda x: np.maximum(x, 0), lambda x: (x > -9e9) * 1.0, "relu-derivative-always-on"),
        (sigmoid, lambda x: 1 - np.tanh(x) ** 2, "other-activation-derivative"),
        (np.tanh, lambda z: 1 - z**2 * 0 - np.tanh(np.tanh(z)) ** 2, "derivative-at-activated"),
    ],
)
def test_wrong(f, slope, name):
    assert check((f, slope), x=X).ids == (name,)


def test_methods():
    class Sigmoid:
        def __call__(self, x):
            return sigmoid(x)

        def derivative(self, x):
            return sigmoid(x) * (1 - sigmoid(x))

    class Forgotten(Sigmoid):
        def derivative(self, x):
            return np.ones_like(x)

    assert check(Sigmoid(), x=X).sound
    assert check(Forgotten(), x=X).ids == ("activation-derivative-missing",)


def test_a_way_back_is_none():
    """It remembers, or what it gives is proportional to what comes in."""
    kept = {}

    def ahead(x):
        kept["x"] = x
        return x**2

    assert check((ahead, lambda v: 2 * kept["x"] * v), x=X).sound
    assert check((lambda x: 3 * x, lambda v: 3 * v), x=X).sound
    assert check((lambda x: 3 * x, lambda v: 2 * v), x=X).sound is False
