"""What differs from the slopes and is no mistake is said, and nothing else is let pass with it."""

import numpy as np
import pytest

from clearprop.doctor import check

RNG = np.random.default_rng(16)
X, T = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 3))


class Net:
    """Linear, half the sum of squares; `cut` is done to its gradients."""

    def __init__(self, cut=lambda g: g):
        r = np.random.default_rng(17)
        self.params, self.cut = {"W": r.normal(size=(3, 3)), "b": r.normal(size=3)}, cut

    def loss(self, x, t):
        self.e = x @ self.params["W"] + self.params["b"] - t
        return 0.5 * float(np.sum(self.e**2))

    def gradient(self, x, t):
        self.loss(x, t)
        return self.cut({"W": x.T @ self.e, "b": self.e.sum(0)})


def by_element(g):
    return {n: np.clip(v, -1.5, 1.5) for n, v in g.items()}


def by_norm(g):
    size = np.sqrt(sum(np.sum(v**2) for v in g.values()))
    return {n: v * min(1.0, 2.0 / size) for n, v in g.items()}


def each_by_norm(g):
    return {n: v * min(1.0, 2.0 / np.linalg.norm(v)) for n, v in g.items()}


@pytest.mark.parametrize("cut", [by_element, by_norm, each_by_norm])
def test_a_limit_is_no_mistake(cut):
    report = check(Net(cut), x=X, t=T)
    assert report.sound
    ((key, values),) = report.verdict.notes
    assert key == "clipped"
    assert float(values["limit"]) == (1.5 if cut is by_element else 2.0)
    assert values["limit"] in report.to_text("ko")


@pytest.mark.parametrize(
    "cut",
    [
        lambda g: by_element({n: -v for n, v in g.items()}),
        lambda g: by_norm({n: -v for n, v in g.items()}),
        lambda g: by_norm({**g, "b": g["b"] / 6}),
        lambda g: {n: np.sign(v) for n, v in g.items()},
        lambda g: {n: np.maximum(v, -1.5) * 1.1 for n, v in g.items()},
        lambda g: {n: v / np.linalg.norm(v) ** 0.5 for n, v in g.items()},
    ],
    ids=["turned and cut", "turned and scaled", "one too small", "signs", "too large", "rooted"],
)
def test_what_else_is_wrong_is_not_let_pass(cut):
    assert check(Net(cut), x=X, t=T).sound is False


def test_a_factor_is_a_convention_only_where_no_loss_is_stated():
    class Trains:
        def __init__(self):
            self.w = np.array([0.3, -0.6, 0.2])

        def predict(self, x):
            return x @ self.w

        def train(self, x, t):
            self.w = self.w - 0.1 * 2 * (self.predict(x) - t) * x

    x = np.array([0.5, -1.0, 2.0])
    assert check(Trains(), x=x, t=0.7, lr=0.1).sound
    assert check(Trains(), x=x, t=0.7, lr=0.1, loss="half_sse").ids == ("twice-too-large",)


class Fitting:
    """Linear regression that trains itself, many times by default; its loss is not stated."""

    def __init__(self, slope=2.0):
        self.w, self.slope = np.full(3, 0.1), slope

    def predict(self, x):
        return x @ self.w

    def fit(self, x, y, epochs=100, lr=0.1):
        for _ in range(epochs):
            step = self.slope * x.T @ (self.predict(x) - y) / len(x)
            self.w -= lr * (step if self.slope > 0 else abs(step))


def test_a_mean_is_a_convention_where_no_loss_is_stated():
    rng = np.random.default_rng(11)
    x, t = rng.normal(size=(4, 3)), rng.normal(size=4)
    report = check(Fitting(), x=x, t=t)
    assert report.sound
    assert "2/N" in report.to_text("en")
    assert check(Fitting(-2.0), x=x, t=t).sound is False


class Decaying:
    """An affine layer; `made` makes the gradient of the weights of the right one."""

    def __init__(self, made):
        rng = np.random.default_rng(0)
        self.W, self.b, self.made = rng.normal(size=(3, 3)), rng.normal(size=3), made

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW, self.db = self.made(self.x.T @ g, self.W), g.sum(axis=0)
        return g @ self.W.T


@pytest.mark.parametrize(
    ("made", "note"),
    [
        (lambda g, W: g + 0.1 * W, "decay"),  # the penalty stands in a loss elsewhere
        (lambda g, W: g * min(1.0, 0.5 / np.linalg.norm(g)), "clipped"),
    ],
)
def test_weights_that_decay_or_are_cut_off_alone(made, note):
    x = np.random.default_rng(1).normal(size=(4, 3))
    report = check(Decaying(made), x=x)
    assert report.sound
    assert note in [key for key, _ in report.verdict.notes]
    assert check(Decaying(lambda g, W: 0.177 * g), x=x).sound is False


def test_rows_of_rounded_numbers_are_added_up():
    rng = np.random.default_rng(4)
    p, x, t = {"w": rng.normal(size=3)}, rng.normal(size=(6, 3)), rng.normal(size=6)

    def of(rows):
        one = lambda p, x, t: np.round((x @ p["w"] - t) * x, 4)
        loss = lambda p, x, t: 0.5 * np.sum((x @ p["w"] - t) ** 2)
        grad = lambda p, x, t: {"w": rows(sum(one(p, a, b) for a, b in zip(x, t, strict=True)))}
        return check((loss, grad), params=p, x=x, t=t)

    assert of(lambda g: g).sound
    assert of(lambda g: g + 0.002).sound is False
