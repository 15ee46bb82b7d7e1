"""Products of two values."""

import numpy as np
import pytest

from clearprop.doctor import check


class Gate:
    """Multiplies; goes back by `back`."""

    def __init__(self, back):
        self.back = back

    def forward(self, p, q):
        self.p, self.q = p, q
        return p * q

    def backward(self, dout):
        return self.back(self.p, self.q, dout)


@pytest.mark.parametrize(
    ("back", "names"),
    [
        (lambda p, q, g: (g * q, g * p), ()),
        (lambda p, q, g: (g * p, g * q), ("multiply-not-swapped",)),
        (lambda p, q, g: (g * p, g * p), ("multiply-not-swapped",)),
        (lambda p, q, g: (g * q, -g * p), ("sign-one",)),
        (lambda p, q, g: (g * q * q, g * p), ()),
    ],
)
def test_products(blind, back, names):
    x = np.random.default_rng(13).normal(size=(2, 3, 2))
    assert check(Gate(back), x=(x[0], x[1])).ids == names
