"""A curve that stands in no book, and one that is no curve of each number by itself."""

import numpy as np
import pytest

from clearprop.doctor import check

X = np.random.default_rng(12).normal(size=(4, 3))


class Wavy:
    """x·arctan x + ½ sin 2x + x."""

    def __init__(self, back):
        self.back = back

    def forward(self, x):
        self.x, self.y = x, x * np.arctan(x) + 0.5 * np.sin(2 * x) + x
        return self.y

    def slope(self, x):
        return np.arctan(x) + x / (1 + x * x) + np.cos(2 * x) + 1

    def backward(self, dout):
        return self.back(self, dout)


@pytest.mark.parametrize(
    ("back", "names"),
    [
        (lambda s, g: g * s.slope(s.x), ()),
        (lambda s, g: g, ("activation-derivative-missing",)),
        (lambda s, g: g * s.slope(s.x) ** 2, ("derivative-twice",)),
        (lambda s, g: g * s.slope(s.y), ("derivative-at-activated",)),
        (lambda s, g: -g * s.slope(s.x), ("sign-one",)),
        (lambda s, g: s.slope(s.x), ("upstream-ignored",)),
        (lambda s, g: g * s.slope(s.x) ** 3, ()),
    ],
)
def test_the_slope_of_a_curve(blind, back, names):
    report = check(Wavy(back), x=X)
    assert report.ids == names


class Mask:
    """Lets some numbers through, and hands back what came in."""

    def forward(self, x):
        return x * np.resize([1.0, 0.0, 2.0], x.shape)

    def backward(self, dout):
        return dout


def test_a_mask_is_no_curve(blind):
    report = check(Mask(), x=X)
    assert report.sound is False
    assert report.ids == ()
