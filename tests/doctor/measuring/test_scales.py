"""A constant in front of a function: left out on the way back, it looks like a factor."""

import numpy as np
import pytest

from clearprop.doctor import check

RNG = np.random.default_rng(3)
X, HOT = RNG.normal(size=(5, 3)), np.eye(4)[RNG.integers(0, 4, 5)]
PARAMS = {"W": RNG.normal(size=(3, 4)), "b": RNG.normal(size=4)}


def shares(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def of_temperature(T, times):
    """Name what is wrong with softmax(z / T) and gradients that are `times` too large."""

    def loss(p):
        return -np.mean(np.sum(HOT * np.log(shares((X @ p["W"] + p["b"]) / T)), axis=1))

    def grad(p):
        d = times * (shares((X @ p["W"] + p["b"]) / T) - HOT) / T / len(X)
        return {"W": X.T @ d, "b": d.sum(axis=0)}

    return {
        n for f in check((loss, grad), params=PARAMS).findings for n in (f.name, *f.alternatives)
    }


@pytest.mark.parametrize("T", [2.0, 0.5])
def test_a_temperature_left_out_is_listed_beside_the_factor(T):
    factor = {2.0: "twice-too-large", 0.5: "half-too-small"}[T]
    assert of_temperature(T, T) == {factor, "activation-derivative-missing"}


def test_a_factor_that_no_constant_of_the_loss_accounts_for_is_a_factor():
    assert of_temperature(3.0, 2.0) == {"twice-too-large"}
    assert of_temperature(3.0, 1.0) == set()


def test_the_half_of_a_loss_is_no_constant_inside():
    def loss(z):
        return 0.5 * np.sum(np.log(np.cosh(z)))

    (found,) = check((loss, lambda z: np.tanh(z)), params=np.array([0.3, -0.5, 0.9])).findings
    assert (found.name, found.alternatives) == ("twice-too-large", ())
