"""The output differentiated in place of the loss."""

import numpy as np
import pytest

from clearprop.doctor import check


class Squared:
    """Sine units with half the squared error; `error` is where the way back starts."""

    def __init__(self, error):
        rng = np.random.default_rng(14)
        self.params = {"A": rng.normal(size=(3, 4)), "B": rng.normal(size=(4, 2))}
        self.error = error

    def loss(self, x, t):
        self.z = x @ self.params["A"]
        self.h = np.sin(self.z) + 0.3 * self.z
        self.e = self.h @ self.params["B"] - t
        return 0.5 * np.sum(self.e**2)

    def gradient(self, x, t):
        self.loss(x, t)
        d = self.error(self.e)
        dz = (d @ self.params["B"].T) * (np.cos(self.z) + 0.3)
        return {"A": x.T @ dz, "B": self.h.T @ d}


@pytest.mark.parametrize(
    ("error", "names"),
    [
        (lambda e: e, ()),
        (np.ones_like, ("output-instead-of-loss",)),
        (lambda e: -e, ("sign-delta",)),
        (lambda e: e**2, ()),
    ],
)
def test_where_the_way_back_starts(blind, error, names):
    rng = np.random.default_rng(15)
    report = check(Squared(error), x=rng.normal(size=(5, 3)), t=rng.normal(size=(5, 2)))
    assert report.ids == names


def test_targets_that_choose_are_not_moved(blind):
    class Chosen(Squared):
        def loss(self, x, t):
            super().loss(x, np.eye(2)[t])
            return 0.5 * np.sum(self.e**2)

    rng = np.random.default_rng(16)
    report = check(
        Chosen(lambda e: 1.3 * e), x=rng.normal(size=(5, 3)), t=np.array([0, 1, 1, 0, 1])
    )
    assert report.sound is False
    assert report.ids == ()


def test_a_straight_line_whose_data_stand_outside(blind):
    xs, ts = [0.3, -1.2, 0.8, 1.9], [0.1, 0.7, -0.4, 1.1]

    def loss(p):
        return sum((p[0] * x + p[1] - t) ** 2 for x, t in zip(xs, ts, strict=True)) / len(xs)

    def of_the_output(p):
        return [sum(xs) / len(xs), 1.0]

    assert check((loss, of_the_output), params=[0.4, -0.2]).ids == ("output-instead-of-loss",)
