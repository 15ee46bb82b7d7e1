"""Transposes, and inputs that are told nothing."""

import numpy as np
import pytest

from clearprop.doctor import check


@pytest.mark.parametrize(
    ("slip", "name"),
    [
        (lambda g, s: g | {"W": g["W"].T}, "weight-gradient-transposed"),
        (lambda g, s: g | {"x": np.zeros_like(g["x"])}, "input-gradient-missing"),
        (lambda g, s: g | {"x": s.g}, "input-gradient-missing"),
    ],
)
def test_it_is_named(named, slip, name):
    assert named.layer(slip) == [name]


def test_a_net_s_weights_turned(named):
    assert named.net(lambda g, s: g | {"B": g["B"].T}) == ["weight-gradient-transposed"]


def test_back_through_a_square_matrix_the_other_way_about(blind):
    rng = np.random.default_rng(9)

    def forward(x, m):
        return x @ m, (x, m)

    def backward(dout, cache):
        x, m = cache
        return dout @ m, x.T @ dout

    report = check((forward, backward), x=(rng.normal(size=(2, 3)), rng.normal(size=(3, 3))))
    assert report.ids == ("weight-not-transposed",)


class Round:
    """x plus what weights make of it."""

    def __init__(self, back):
        self.W, self.back = np.random.default_rng(10).normal(size=(3, 3)), back

    def forward(self, x):
        self.x = x
        return x + np.sin(x @ self.W)

    def backward(self, dout):
        inner = dout * np.cos(self.x @ self.W)
        self.dW = self.x.T @ inner
        return self.back(dout, inner @ self.W.T)


@pytest.mark.parametrize("back", [lambda g, inner: g, lambda g, inner: inner])
def test_a_way_round_the_weights(blind, back):
    x = np.random.default_rng(11).normal(size=(4, 3))
    assert check(Round(back), x=x).ids == ("paths-not-summed",)
    assert check(Round(lambda g, inner: g + inner), x=x).sound
