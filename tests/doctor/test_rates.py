"""A learning rate is told from a factor of the same number by a step at another rate."""

import numpy as np
import pytest

from clearprop.doctor import check

X = np.random.default_rng(1).normal(size=(5, 4))
T = np.eye(3)[[0, 2, 1, 1, 0]]


class Trained:
    """Softmax regression at a rate of one half; `step` makes its step of rate and gradient."""

    def __init__(self, step):
        self.W, self.lr, self.step = np.random.default_rng(5).normal(size=(4, 3)), 0.5, step

    def predict(self, x):
        e = np.exp(x @ self.W)
        return e / e.sum(axis=1, keepdims=True)

    def train(self, x, t):
        self.W -= self.step(self.lr, x.T @ (self.predict(x) - t) / len(x))


@pytest.mark.parametrize(
    ("step", "ids"),
    [
        (lambda lr, g: lr * g, ()),
        (lambda lr, g: g, ("learning-rate-missing",)),
        (lambda lr, g: lr * lr * g, ("learning-rate-twice",)),
        (lambda lr, g: 2 * lr * g, ("twice-too-large",)),
        (lambda lr, g: lr * g / 2, ("half-too-small",)),
    ],
)
def test_it_is_named_alone(step, ids):
    loss = lambda y, t: -np.mean(np.sum(t * np.log(y), axis=1))
    thing = Trained(step)
    assert check(thing, x=X, t=T, lr=0.5, loss=loss).ids == ids
    assert thing.lr == 0.5


def test_where_no_rate_is_held_both_are_listed():
    w = np.array([0.4, -1.2])
    report = check(lambda p: p - p, params=w, loss=lambda p: 0.5 * np.sum(p**2), lr=0.5)
    assert set(report.ids) == {"learning-rate-missing", "twice-too-large"}


@pytest.mark.parametrize(
    ("rates", "ids"),
    [
        ((0.1, 0.1), ()),
        ((1.0, 0.1), ("learning-rate-missing",)),
        ((0.1, 0.01), ("learning-rate-twice",)),
        ((0.1, -0.1), ("sign-one",)),
    ],
)
def test_a_rate_may_be_wrong_for_one_parameter_alone(rates, ids):
    y = X @ np.array([1.0, -1.0, 0.5, 2.0]) + 0.3
    loss = lambda p: 0.5 * np.mean((X @ p["w"] + p["b"] - y) ** 2)

    def step(p):
        e = (X @ p["w"] + p["b"] - y) / len(y)
        return {"w": p["w"] - rates[0] * X.T @ e, "b": p["b"] - rates[1] * e.sum()}

    params = {"w": np.array([0.2, 0.1, -0.3, 0.4]), "b": np.array(0.1)}
    assert check(step, params=params, loss=loss, lr=0.1).ids == ids
