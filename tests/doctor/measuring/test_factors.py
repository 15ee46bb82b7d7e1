"""Signs and factors of all gradients, told from their look-alikes by several batch sizes."""

import numpy as np
import pytest

from clearprop.doctor import check


def times(factor):
    return lambda g, s: {n: factor(s) * v for n, v in g.items()}


@pytest.mark.parametrize(
    ("factor", "name"),
    [
        (lambda s: -1, "sign-delta"),
        (lambda s: 2, "twice-too-large"),
        (lambda s: 0.5, "half-too-small"),
        (lambda s: s.n, "batch-mean-missing"),
        (lambda s: 1 / s.n, "batch-mean-extra"),
        (lambda s: 3, "output-mean-missing"),
        (lambda s: 1 / 3, "output-mean-extra"),
    ],
)
def test_a_factor_is_named(named, factor, name):
    assert named.net(times(factor)) == [name]


def test_a_factor_that_is_none_of_these_has_no_name(named):
    assert named.net(times(lambda s: 1.7)) == []


def test_right_gradients_are_sound(named):
    assert named.net(lambda g, s: g) == []
    assert named.layer(lambda g, s: g) == []


def test_a_sum_of_losses_misses_no_mean(named):
    assert named.net(times(lambda s: s.n), mean=False) == []


def test_a_factor_leaves_the_penalty_alone(named):
    def slip(g, s):
        decay = {"A": 0.1 * s.p["A"], "B": 0.1 * s.p["B"], "a": 0, "c": 0}
        return {n: s.n * (g[n] - decay[n]) + decay[n] for n in g}

    assert named.net(slip, decay=0.1) == ["batch-mean-missing"]


@pytest.mark.parametrize("name", ["A", "a", "B", "c"])
def test_one_gradient_with_the_wrong_sign(named, name):
    assert named.net(lambda g, s: g | {name: -g[name]}) == ["sign-one"]


def test_two_of_four_with_the_wrong_sign_have_no_name(named):
    assert named.net(lambda g, s: g | {"A": -g["A"], "B": -g["B"]}) == []


class Learner:
    """Changes its own weights, by `step`."""

    def __init__(self, step):
        rng = np.random.default_rng(8)
        self.C, self.V = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
        self.lr, self.step = 0.05, step

    def forward(self, x):
        self.x = np.asarray(x, dtype=float)
        self.z = self.x @ self.C
        self.h = np.sin(self.z) + 0.3 * self.z
        self.y = self.h @ self.V
        return self.y

    def train(self, t):
        e = self.y - t
        dz = (e @ self.V.T) * (np.cos(self.z) + 0.3)
        self.V -= self.step(self.lr) * np.outer(self.h, e)
        self.C -= self.step(self.lr) * np.outer(self.x, dz)


@pytest.mark.parametrize(
    ("step", "names"),
    [
        (lambda lr: lr, ()),
        (lambda lr: -lr, ("sign-update",)),
        (lambda lr: 1.0, ("learning-rate-missing",)),
        (lambda lr: lr * lr, ("learning-rate-twice",)),
    ],
)
def test_steps(blind, step, names):
    x, t = np.array([0.7, -1.1]), np.array([0.2, 0.9, -0.4, 0.5])
    assert check(Learner(step), x=x, t=t, loss="half_sse", lr=0.05).ids == names


class Columns:
    """Softmax and cross-entropy, a sample a column, with the mean over the samples."""

    def __init__(self, back):
        self.back = back

    def forward(self, x, t):
        e = np.exp(x - x.max(axis=0))
        self.p, self.t = e / e.sum(axis=0), t
        return -np.sum(t * np.log(self.p)) / x.shape[1]

    def backward(self):
        return self.back(self.p - self.t)


@pytest.mark.parametrize(
    ("back", "names"),
    [
        (lambda d: d / d.shape[1], ()),
        (lambda d: d, ("batch-mean-missing",)),
        (lambda d: d / d.size, ("output-mean-extra",)),
        (lambda d: d / d.shape[1] ** 2, ("batch-mean-extra",)),
    ],
)
def test_samples_may_be_columns(back, names):
    x, t = np.random.default_rng(17).normal(size=(3, 5)), np.eye(3)[[0, 2, 1, 1, 0]].T
    assert check(Columns(back), x=x, t=t).ids == names


T = np.array([0.4, -0.3, 1.2, 0.1, -0.8])
SUMS = [lambda e: (e**2, 2 * e), lambda e: (np.log(np.cosh(e)), np.tanh(e))]


def of_a_row(own, times, mean):
    """Name the slip in a loss of five numbers without weights."""
    whole = np.mean if mean else np.sum
    pair = (lambda z: whole(own(z - T)[0]), lambda z: times * own(z - T)[1])
    (found,) = check(pair, params=np.array([0.3, -0.4, 1.0, -1.7, 0.9])).findings
    return {found.name, *found.alternatives}


@pytest.mark.parametrize("own", SUMS, ids=["squares", "log cosh"])
def test_a_row_of_numbers_may_be_samples_or_outputs(own):
    assert of_a_row(own, 1, mean=True) == {"batch-mean-missing", "output-mean-missing"}
    assert of_a_row(own, 1 / 5, mean=False) == {"batch-mean-extra", "output-mean-extra"}
    assert of_a_row(own, -1, mean=False) == {"sign-delta"}
