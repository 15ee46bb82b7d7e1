"""Judging as a whole: ties, rounded results, what is no weight, data that keep their kind."""

import numpy as np
import pytest

from clearprop.doctor import check

RNG = np.random.default_rng(1)


class Largest:
    """The largest of each two; `share` says who gets the gradient of a tie."""

    def __init__(self, share):
        self.share = share

    def forward(self, x):
        self.x = x.reshape(-1, 2)
        return self.x.max(axis=1)

    def backward(self, dout):
        best = self.x == self.x.max(axis=1, keepdims=True)
        return (self.share(best) * dout[:, None]).reshape(-1)


def first(best):
    return best & (np.cumsum(best, axis=1) == 1)


def last(best):
    return first(best[:, ::-1])[:, ::-1]


@pytest.mark.parametrize(
    ("share", "sound"),
    [
        (first, True),
        (last, True),
        (lambda best: best / best.sum(axis=1, keepdims=True), True),
        (lambda best: 1 - first(best), False),
    ],
)
def test_any_of_several_maxima_may_get_the_gradient(share, sound):
    x = np.array([1.0, 1.0, 0.3, -0.2, 2.0, 2.0])
    assert check(Largest(share), x=x).sound is sound


def affine(places, slip=0.0):
    class Affine:
        def __init__(self):
            self.W, self.b = RNG.normal(size=(3, 2)), RNG.normal(size=2)

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, dout):
            self.dW, self.db = (self.x.T @ dout).round(places), dout.sum(axis=0).round(places)
            return (dout @ self.W.T + slip).round(places)

    return Affine()


@pytest.mark.parametrize("places", [4, 6])
def test_results_that_are_given_to_some_decimals_are_right(places):
    assert check(affine(places), x=RNG.normal(size=(4, 3))).sound


@pytest.mark.parametrize(("places", "slip"), [(4, 1e-3), (6, 1e-4), (2, 0.0)])
def test_what_is_further_off_than_that_is_not(places, slip):
    assert check(affine(places, slip), x=RNG.normal(size=(4, 3))).sound is False


def scores(slip):
    """Softmax against soft labels that stand outside: shares that sum to 1."""
    X, shares = RNG.normal(size=(5, 3)), RNG.dirichlet(np.ones(4), size=5)

    def soft(W):
        e = np.exp(X @ W - (X @ W).max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def loss(W):
        return -np.sum(shares * np.log(soft(W)))

    return loss, lambda W: X.T @ slip(soft(W) - shares)


def test_data_from_outside_stay_what_they_are():
    W = RNG.normal(size=(3, 4))
    assert check(scores(lambda d: d), params=W).sound
    assert check(scores(lambda d: -d), params=W).ids == ("sign-delta",)


def table(slip):
    """A form with a table that is symmetric, which the gradient rests on."""
    A = np.array([[2.0, 0.5, 0.1], [0.5, 1.5, -0.3], [0.1, -0.3, 1.0]])
    return lambda w: 0.5 * w @ A @ w, lambda w: slip(A @ w)


def test_a_table_that_is_symmetric_stays_so():
    w = RNG.normal(size=3)
    assert check(table(lambda g: g), params=w).sound
    assert check(table(lambda g: 2 * g), params=w).ids == ("twice-too-large",)


def test_a_gradient_that_spreads_to_the_right_shape_is_noted():
    class Row:
        def __init__(self):
            self.W, self.b = RNG.normal(size=(3, 2)), RNG.normal(size=(1, 2))

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, dout):
            self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
            return dout @ self.W.T

    report = check(Row(), x=RNG.normal(size=(4, 3)))
    assert report.sound
    assert "(1, 2)" in report.to_text("en")
    assert "(1, 2)" in report.to_text("ko")


class Learner:
    """Writes its inputs into an array that it keeps, beside a 1 for the bias."""

    def __init__(self, sign=1.0):
        self.kept, self.w, self.lr, self.sign = [0.0, 0.0, 1.0], [0.4, -0.6, 0.2], 0.1, sign

    def forward(self, inputs):
        self.kept[:2] = inputs
        self.y = np.sin(sum(a * w for a, w in zip(self.kept, self.w, strict=True)))
        return self.y

    def train(self, target):
        slope = (self.y - target) * np.sqrt(1 - self.y**2)
        self.w = [
            w - self.sign * self.lr * slope * a for w, a in zip(self.w, self.kept, strict=True)
        ]


def test_what_forward_writes_itself_is_no_weight():
    x, t = [0.5, -0.3], 0.2
    assert check(Learner(-1.0), x=x, t=t, loss="half_sse", lr=0.1).ids == ("sign-update",)


class Dropping:
    """Hidden units of which half are dropped, and a weight gradient made of `kept` ones."""

    def __init__(self, kept):
        r = np.random.default_rng(0)
        self.rng, self.kept = np.random.default_rng(9), kept
        self.W1, self.W2 = r.normal(size=(3, 5)), r.normal(size=(5, 2))

    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.W1)
        self.m = (self.rng.random(self.h.shape) < 0.5) / 0.5
        return (self.h * self.m) @ self.W2

    def backward(self, g):
        self.dW2 = (self.h * self.m if self.kept else self.h).T @ g
        dz = g @ self.W2.T * self.m * (1 - self.h**2)
        self.dW1 = self.x.T @ dz
        return dz @ self.W1.T


def test_units_before_they_are_dropped_are_another_layers_or_lack_the_mask():
    x = np.random.default_rng(1).normal(size=(4, 3))
    (found,) = check(Dropping(kept=False), x=x).findings
    assert {found.name, *found.alternatives} == {"dropout-mask-ignored", "input-of-wrong-layer"}
    assert check(Dropping(kept=True), x=x).sound


@pytest.mark.parametrize("name", ["b", "c"])
def test_one_bias_that_is_not_averaged_misses_the_mean(name):
    r = np.random.default_rng(1)
    x, y = r.normal(size=(6, 3)), r.normal(size=(6, 1))
    shapes = {"W": (3, 4), "b": (4,), "V": (4, 1), "c": (1,)}

    def loss(p):
        return np.mean((np.tanh(x @ p["W"] + p["b"]) @ p["V"] + p["c"] - y) ** 2)

    def grad(p):
        h = np.tanh(x @ p["W"] + p["b"])
        d = 2 * (h @ p["V"] + p["c"] - y) / 6
        dz = d @ p["V"].T * (1 - h * h)
        g = {"W": x.T @ dz, "b": dz.sum(axis=0), "V": h.T @ d, "c": d.sum(axis=0)}
        return g | {name: 6 * g[name]}

    params = {n: r.normal(size=shape) for n, shape in shapes.items()}
    (found,) = check((loss, grad), params=params).findings
    assert (found.name, found.alternatives) == ("batch-mean-missing", ())


def test_a_function_that_differs_only_far_out_is_not_taken_for_another():
    class Cut:
        def __init__(self, back):
            self.back = back

        def forward(self, x):
            self.x = x
            return np.clip(x, 0, 8)

        def backward(self, g):
            return self.back(self.x, g)

    x = RNG.normal(size=(3, 4))
    assert check(Cut(lambda x, g: g * ((x > 0) & (x < 8))), x=x).sound
    assert check(Cut(lambda x, g: g), x=x).ids == ("activation-derivative-missing",)


def of_pairs(back):
    """Say how alike rows are; `back` makes both gradients of what comes in and of forward's."""

    def forward(a, b):
        d = np.sum((a - b) ** 2, axis=1)
        return np.mean(np.log1p(d)), (a, b, d)

    return forward, lambda g, cache: back(g, *cache)


@pytest.mark.parametrize(
    ("times", "ids"),
    [
        (lambda n: 2 / n, ()),
        (lambda n: 2, ("batch-mean-missing",)),
        (lambda n: 1 / n, ("half-too-small",)),
        (lambda n: -2 / n, ("sign-delta",)),
    ],
)
def test_one_number_of_several_tables_is_a_loss_of_their_rows(times, ids):
    def back(g, a, b, d):
        one = g * times(len(a)) * (a - b) / (1 + d)[:, None]
        return one, -one

    x = (RNG.normal(size=(5, 3)), RNG.normal(size=(5, 3)))
    assert check(of_pairs(back), x=x).ids == ids


def test_what_a_layer_holds_may_be_made_for_as_many_samples_as_were_handed_in():
    mask = np.array([[1.0, 0, 1], [0, 1, 1]])

    def of(times):
        def forward(x):
            return np.sum((x * mask) ** 2), x

        return forward, lambda g, x: times * g * mask * x

    x = RNG.normal(size=(2, 3))
    assert check(of(2), x=x).sound
    assert check(of(-2), x=x).ids == ("sign-one",)


def test_signs_of_all_gradients_and_of_some():
    x, t = RNG.normal(size=(4, 3)), RNG.normal(size=(4, 2))
    p = {"W": RNG.normal(size=(3, 2)), "b": RNG.normal(size=2)}

    def of(a, b):
        def grad(p, x, t):
            e = (x @ p["W"] + p["b"] - t) / len(x)
            return {"W": a * x.T @ e, "b": b * e.sum(axis=0)}

        loss = lambda p, x, t: 0.5 * np.sum((x @ p["W"] + p["b"] - t) ** 2) / len(x)
        return check((loss, grad), params=p, x=x, t=t).ids

    assert [of(1, 1), of(-1, -1), of(1, -1)] == [(), ("sign-delta",), ("sign-one",)]
