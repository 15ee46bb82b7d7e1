"""What is meant for some numbers is judged by those; corners leave a choice; slips still show."""

import numpy as np
import pytest

from clearprop.doctor import check


class Layer:
    """An activation by its two functions."""

    def __init__(self, ahead, slope):
        self.ahead, self.slope = ahead, slope

    def forward(self, x):
        self.x = x
        return self.ahead(x)

    def backward(self, dout):
        return dout * self.slope(self.x)


class Entropy:
    """Binary cross-entropy of probabilities, clipped."""

    def __init__(self, sign=1.0):
        self.sign = sign

    def forward(self, p, t):
        self.p, self.t = np.clip(p, 1e-7, 1 - 1e-7), t
        return -np.mean(t * np.log(self.p) + (1 - t) * np.log(1 - self.p))

    def backward(self):
        slopes = (1 - self.t) / (1 - self.p) - self.t / self.p
        return self.sign * slopes / self.t.size


CORNERS = np.array([[0.0, 1.0, -2.0], [6.0, -0.5, 0.0]])


@pytest.mark.parametrize(
    ("ahead", "slope"),
    [
        (lambda x: np.maximum(0, x), lambda x: x >= 0),
        (lambda x: np.where(x > 0, x, 0.01 * x), lambda x: np.where(x >= 0, 1, 0.01)),
        (lambda x: np.clip(x, 0, 6), lambda x: (x > 0) & (x < 6)),
    ],
)
def test_a_corner_that_the_data_meet_leaves_a_choice(ahead, slope):
    assert check(Layer(ahead, slope), x=CORNERS).sound


@pytest.mark.parametrize(
    "slope",
    [lambda x: np.where(x >= 0, 1.0, 0.1), lambda x: np.where(x == 0, 1.2, x > 0)],
)
def test_what_lies_beside_a_corner_or_beyond_its_slopes_is_wrong(slope):
    assert check(Layer(lambda x: np.maximum(0, x), slope), x=CORNERS).sound is False


def test_probabilities_are_not_moved_out_of_their_range():
    p, t = np.array([[0.2], [0.7], [0.6]]), np.array([[0], [1], [1]])
    assert check(Entropy(), x=p, t=t).sound
    assert check(Entropy(-1.0), x=p, t=t).sound is False


@pytest.mark.parametrize(
    ("ahead", "slope"),
    [
        (lambda x: np.log(np.maximum(x, 1e-12)), lambda x: 1 / x),
        (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    ],
)
def test_what_is_for_positive_numbers_is_tried_at_positive_numbers(ahead, slope):
    x = np.array([[0.5, 2.0], [1.5, 0.3]])
    assert check(Layer(ahead, slope), x=x).sound
    assert check(Layer(ahead, lambda x: slope(x) + 0.1), x=x).sound is False


def test_a_penalty_left_out_of_the_gradient_is_not_said_to_be_in_it_alone():
    rng, y = np.random.default_rng(1), np.array([1, -1, 1, 1, -1, -1, 1])
    A = rng.normal(size=(7, 3))

    def loss(w):
        return np.log1p(np.exp(-y * (A @ w))).mean() + 0.05 * w @ w

    def grad(w):
        return -(A.T @ (y / (1 + np.exp(y * (A @ w))))) / len(y)

    report = check((loss, grad), params=np.array([0.2, -0.5, 0.1]))
    assert report.sound is False
    assert "regularisation-in-gradient-only" not in [f.name for f in report.findings]
