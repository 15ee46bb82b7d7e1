"""Penalties on the weights, in the loss and in the gradient."""

import numpy as np
import pytest

from clearprop.doctor import check


def more(c, *names):
    return lambda g, s: g | {n: g[n] + c * s.p[n] for n in names}


@pytest.mark.parametrize(
    ("slip", "decay", "name"),
    [
        (more(-0.2, "A", "B"), 0.2, "regularisation-in-loss-only"),
        (more(0.2, "A", "B"), 0.2, "regularisation-factor"),
        (more(-0.1, "A", "B"), 0.2, "regularisation-factor"),
        (more(0.2, "A", "B"), 0.0, "regularisation-in-gradient-only"),
    ],
)
def test_it_is_named(named, slip, decay, name):
    assert named.net(slip, decay=decay) == [name]


def test_sound_with_a_penalty(named):
    assert named.net(lambda g, s: g, decay=0.3) == []


def test_a_penalty_of_the_wrong_sign_has_no_name(named):
    assert named.net(more(-0.4, "A", "B"), decay=0.2) == []


R = np.random.default_rng(20)
X, Y, W = R.normal(size=(7, 3)), R.normal(size=7), R.normal(size=4)
NORMS = {
    "sizes": (lambda w: np.sum(np.abs(w)), np.sign),
    "both": (lambda w: np.sum(np.abs(w) + w * w), lambda w: np.sign(w) + 2 * w),
}


def of_some(slip, norm):
    """Check a line whose first number is the intercept, on which there is no penalty."""
    value, slope = NORMS[norm]
    bend = lambda e: (np.log(np.cosh(e)), np.tanh(e))
    error = lambda w: X @ w[1:] + w[0] - Y

    def grad(w):
        d = bend(error(w))[1] / len(Y)
        data = np.concatenate([[d.sum()], X.T @ d])
        return slip(data, 0.2 * np.concatenate([[0.0], slope(w[1:])]))

    loss = lambda w: np.mean(bend(error(w))[0]) + 0.2 * value(w[1:])
    return check((loss, grad), params=W).ids


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize(
    ("slip", "ids"),
    [
        (lambda data, own: data + own, ()),
        (lambda data, own: data, ("regularisation-in-loss-only",)),
        (lambda data, own: data + 2 * own, ("regularisation-factor",)),
        (lambda data, own: 7 * data + own, ("batch-mean-missing",)),
        (lambda data, own: (data + own) / 2, ("half-too-small",)),
    ],
)
def test_it_may_be_on_some_entries_and_of_either_norm(slip, ids, norm):
    assert of_some(slip, norm) == ids


def test_what_is_compared_with_data_is_no_penalty():
    q, y = np.array([0.1, 0.5, 0.9]), R.normal(size=(5, 3))
    loss = lambda p: np.sum(np.maximum(q * (y - p), (q - 1) * (y - p))) / len(y)
    grad = lambda p: np.where(y > p, -q, 1 - q)
    assert check((loss, grad), params=R.normal(size=(5, 3))).ids == ("batch-mean-missing",)
