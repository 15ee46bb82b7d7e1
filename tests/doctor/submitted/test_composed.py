"""Layers in a list, and a network with its criterion, are checked as one."""

import numpy as np

from clearprop.doctor import check
from clearprop.doctor.submitted.composed import as_row

X = np.random.default_rng(11).normal(size=(4, 3))
T = np.random.default_rng(12).normal(size=(4, 3))


class Linear:
    def __init__(self, seed, db=lambda g: g.sum(0)):
        r = np.random.default_rng(seed)
        self.W, self.b, self.slip = r.normal(size=(3, 3)), r.normal(size=3), db

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW, self.db = self.x.T @ g, self.slip(g)
        return g @ self.W.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)


class HalfSquares:
    def __init__(self, factor=1.0):
        self.factor = factor

    def forward(self, y, t):
        self.e = y - t
        return 0.5 * np.sum(self.e**2)

    def backward(self):
        return self.factor * self.e


def mean(g):
    return g.mean(0)


def test_a_list_of_layers():
    assert check([Linear(1), Tanh(), Linear(2)], x=X).sound
    assert check([Linear(1), Tanh(), Linear(2, mean)], x=X).ids == ("bias-averaged",)


def test_a_network_and_its_criterion():
    assert check((Linear(1), HalfSquares()), x=X, t=T).sound
    assert check((Linear(1), HalfSquares(-1.0)), x=X, t=T).ids == ("sign-delta",)
    assert check([Linear(1), Tanh(), Linear(2), HalfSquares(2.0)], x=X, t=T).ids == (
        "twice-too-large",
    )


def test_the_layers_are_left_as_they_were():
    layers = [Linear(1), Tanh()]
    before = layers[0].W.copy()
    check(layers, x=X)
    assert np.array_equal(layers[0].W, before)
    assert not hasattr(layers[0], "dW")


def test_what_has_no_two_ways_stays_what_it_is():
    for thing in ([1.0, 2.0], (max, min), [], "ab", Tanh()):
        assert as_row(thing) is thing
