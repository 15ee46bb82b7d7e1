"""Gradients under names that say nothing are found by slopes, and only by them."""

import numpy as np

from clearprop.doctor import check
from clearprop.doctor.submitted.pairing import apart
from clearprop.doctor.submitted.variables import places

X = np.random.default_rng(5).normal(size=(4, 3))


class Stage:
    """Its gradients are called u and v; `db` spoils one."""

    def __init__(self, db=lambda q: q.sum(0)):
        r = np.random.default_rng(6)
        self.mat, self.vec, self.db = r.normal(size=(3, 2)), r.normal(size=2), db

    def run(self, a):
        self.a = a
        return a @ self.mat + self.vec

    def back(self, q):
        self.u, self.v = self.a.T @ q, self.db(q)
        return q @ self.mat.T


class Fixed:
    """A fixed matrix; what it remembers has the matrix's shape, and is no gradient."""

    def __init__(self):
        self.mixing = np.random.default_rng(7).normal(size=(3, 3))

    def forward(self, x):
        return x[:3] @ self.mixing

    def backward(self, g):
        self.last = np.cos(g)
        out = np.zeros_like(X)
        out[:3] = g @ self.mixing.T
        return out


def test_they_are_found_by_slopes():
    report = check(Stage(), x=X)
    assert report.sound
    assert set(report.verdict.names) == {"a", "mat", "vec"} or "mat" in report.verdict.names


def test_a_wrong_one_is_found_beside_a_right_one():
    assert check(Stage(lambda q: q.mean(0)), x=X).ids == ("bias-averaged",)
    assert check(Stage(lambda q: -q.sum(0)), x=X).ids == ("sign-one",)


def test_an_array_of_the_same_shape_is_taken_for_none_and_that_is_said():
    report = check(Fixed(), x=X)
    assert report.sound
    assert ("unseen", {"names": "mixing"}) in report.verdict.notes
    assert "mixing" in report.to_text("en")
    assert "mixing" in report.to_text("ko")


class Nothing(Stage):
    """Neither gives its gradients nor keeps them, and its data go into a loss."""

    def loss(self, x, t):
        return float(np.sum((x @ self.mat + self.vec - t) ** 2))

    def gradient(self, x, t):
        self.u = x.T @ np.ones((len(x), 2))


def test_what_shows_no_gradient_is_not_called_sound():
    report = check(Nothing(), x=X, t=np.ones((4, 2)))
    assert report.sound is None
    assert report.failed.kind == "no_gradients"


def test_rows_of_all_weights_and_their_parts_count_once():
    class Flat:
        def __init__(self):
            self.theta = np.arange(6.0)
            self.W, self.b = self.theta[:4].reshape(2, 2), self.theta[4:]

    found = {p.name: p for p in places(Flat())}
    assert set(apart(found)) == {"W", "b"}
    del found["b"]
    assert set(apart(found)) == {"theta"}


class Square:
    """Square layers; `order` is that in which their gradients are listed."""

    def __init__(self, order, factor=1.0):
        r = np.random.default_rng(8)
        self.weights, self.order = [r.normal(size=(3, 3)) for _ in range(2)], order
        self.factor = factor

    def loss(self, x, t):
        self.h = np.tanh(x @ self.weights[0])
        self.e = self.h @ self.weights[1] - t
        return 0.5 * float(np.sum(self.e**2))

    def gradient(self, x, t):
        self.loss(x, t)
        back = self.e @ self.weights[1].T * (1 - self.h**2)
        found = [x.T @ back, self.h.T @ self.e]
        return [self.factor * found[k] for k in self.order]


def test_the_order_of_a_list_is_told_by_slopes_where_shapes_do_not():
    t = np.ones((4, 3))
    for order in ((0, 1), (1, 0)):
        assert check(Square(order), x=X, t=t).sound
        assert check(Square(order, -1.0), x=X, t=t).ids == ("sign-delta",)
