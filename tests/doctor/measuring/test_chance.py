"""Numbers drawn at random that an input is multiplied by."""

import numpy as np
import pytest

from clearprop.doctor import check


class Noise:
    """Multiplies by 1 + noise; `back` makes the gradient of what was drawn."""

    def __init__(self, back):
        self.back = back

    def forward(self, x):
        self.k = 1 + 0.3 * np.random.randn(*x.shape)  # noqa: NPY002 - as learners write it
        return x * self.k

    def backward(self, g):
        return self.back(g, self.k)


@pytest.mark.parametrize(
    ("back", "ids"),
    [
        (lambda g, k: g * k, ()),
        (lambda g, k: g, ("dropout-mask-ignored",)),
        (lambda g, k: g * (1 + 0.3 * np.random.randn(*g.shape)), ("dropout-mask-redrawn",)),  # noqa: NPY002
    ],
)
def test_it_is_named(back, ids):
    assert check(Noise(back), x=np.random.default_rng(0).normal(size=(3, 4))).ids == ids


class Scaled(Noise):
    def forward(self, x):
        self.k = np.full(x.shape, 1.5)
        return x * self.k


def test_what_is_not_drawn_is_no_dropout():
    ids = check(Scaled(lambda g, k: g), x=np.random.default_rng(0).normal(size=(3, 4))).ids
    assert not any(i.startswith("dropout") for i in ids)
