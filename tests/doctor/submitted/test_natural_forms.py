"""Forms that people hand in without a thought: a loss and its gradient at x, helpers, held data."""

import numpy as np
import pytest

from clearprop.doctor import check

RNG = np.random.default_rng(41)
X, T = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 3))
START = np.array([1.0, 2.0, 0.5])


def energy(q):
    return float(np.sum((q - 1) ** 2))


@pytest.mark.parametrize(("factor", "names"), [(2, ()), (1, ("half-too-small",))])
def test_a_loss_and_its_gradient_at_x(factor, names):
    assert check((energy, lambda q: factor * (q - 1)), x=START).ids == names


def test_whole_numbers_are_numbers():
    for x in (3, np.array([1, 2, 3])):
        assert check((lambda x: x**2, lambda x: 2 * x), x=x).sound


def test_a_target_among_two_inputs():
    def mse(y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2)

    def prime(y_true, y_pred):
        return 2 * (y_pred - y_true) / y_true.size

    assert check((mse, prime), x=(T, X)).sound
    assert check((mse, lambda y_true, y_pred: -prime(y_true, y_pred)), x=(T, X)).sound is False


class Net:
    def __init__(self, sign=1.0):
        rng = np.random.default_rng(42)
        self.params = {"W2": rng.normal(size=(4, 3)), "W1": rng.normal(size=(3, 4))}
        self.sign = sign

    def fwd(self, x):
        self.h = np.tanh(x @ self.params["W1"])
        return self.h @ self.params["W2"]

    def bwd(self, x, d):
        back = d @ self.params["W2"].T * (1 - self.h**2)
        return {"W1": x.T @ back, "W2": self.h.T @ d}


class Trained(Net):
    def predict(self, x):
        return self.fwd(x)

    def fit(self, x, y, lr=0.1):
        for name, g in self.bwd(x, self.fwd(x) - y).items():
            self.params[name] -= self.sign * lr * g


class ScoresOrLoss(Net):
    def loss(self, x, y=None):
        scores = self.fwd(x)
        if y is None:
            return scores
        return 0.5 * np.sum((scores - y) ** 2), self.bwd(x, self.sign * (scores - y))


class Sorted(Net):
    def loss(self, x, t):
        return 0.5 * np.sum((self.fwd(x) - t) ** 2)

    def gradient(self, x, t):
        found = self.bwd(x, self.sign * (self.fwd(x) - t))
        return [found[name] for name in sorted(found)]


class Rows(Net):
    """A loss for each sample; the gradient is of their mean."""

    def loss(self, x, t):
        return 0.5 * np.sum((self.fwd(x) - t) ** 2, axis=1)

    def gradient(self, x, t):
        return self.bwd(x, self.sign * (self.fwd(x) - t) / len(x))


@pytest.mark.parametrize("kind", [Trained, ScoresOrLoss, Sorted, Rows])
def test_networks(kind):
    assert check(kind(), x=X, t=T).sound
    assert check(kind(-1.0), x=X, t=T).sound is False


class Coder(Net):
    """What comes in is the target."""

    def loss(self, x):
        return 0.5 * np.sum((self.fwd(x) - x) ** 2)

    def gradient(self, x):
        return self.bwd(x, self.sign * (self.fwd(x) - x))


def test_a_loss_without_a_target():
    assert check(Coder(), x=X).sound
    assert check(Coder(-1.0), x=X).sound is False


class MadeWithData:
    def __init__(self, x, y, sign=1.0):
        rng = np.random.default_rng(43)
        self.input, self.y, self.sign = x, y, sign
        self.weights1, self.weights2 = rng.normal(size=(3, 4)), rng.normal(size=(4, 3))

    def feedforward(self):
        self.layer1 = np.tanh(self.input @ self.weights1)
        self.output = self.layer1 @ self.weights2
        return self.output

    def backprop(self):
        d = self.output - self.y
        back = d @ self.weights2.T * (1 - self.layer1**2)
        self.weights2 = self.weights2 - self.sign * self.layer1.T @ d
        self.weights1 = self.weights1 - self.sign * self.input.T @ back


@pytest.mark.parametrize("given", [{}, {"t": T}, {"x": X, "t": T}])
def test_data_that_were_handed_to_the_constructor(given):
    assert check(MadeWithData(X, T), **given).sound
    assert check(MadeWithData(X, T, -1.0), **given).sound is False


def test_a_loss_by_name_may_be_a_sum_or_a_mean():
    class Logistic:
        def __init__(self, count):
            self.w, self.count = np.array([0.3, -0.2, 0.5]), count

        def predict(self, x):
            return 1 / (1 + np.exp(-x @ self.w))

        def train(self, x, y, lr=0.1):
            self.w -= lr * x.T @ (self.predict(x) - y) / (len(x) if self.count else 1)

    t = (RNG.random(5) > 0.5) * 1.0
    for count in (False, True):
        assert check(Logistic(count), x=X, t=t, loss="binary_cross_entropy").sound


def test_a_target_that_is_needed_is_asked_for():
    class Regression:
        w = np.array([0.5, -1.0, 2.0])

        def predict(self, x):
            return x @ self.w

        def train(self, x, target):
            self.w = self.w - 0.1 * x.T @ (self.predict(x) - target)

    report = check(Regression(), x=X)
    assert report.sound is None
    assert "target" in report.to_text("en")
