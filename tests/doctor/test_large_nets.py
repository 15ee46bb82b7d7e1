"""Networks of the size of MNIST's: judged as surely as small ones."""

import numpy as np
import pytest

from clearprop import doctor

INPUTS, HIDDEN, CLASSES, SAMPLES = 784, 100, 10, 10
RNG = np.random.default_rng(1)
X = RNG.random((SAMPLES, INPUTS))
T = np.eye(CLASSES)[RNG.integers(0, CLASSES, SAMPLES)]


class TwoLayers:
    """Sigmoid and softmax, its loss kept from log(0) by 1e-7 as books do."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.params = {
            "W1": 0.01 * rng.normal(size=(INPUTS, HIDDEN)),
            "b1": np.zeros(HIDDEN),
            "W2": 0.01 * rng.normal(size=(HIDDEN, CLASSES)),
            "b2": np.zeros(CLASSES),
        }

    def predict(self, x):
        p = self.params
        self.a = 1 / (1 + np.exp(-(x @ p["W1"] + p["b1"])))
        scores = self.a @ p["W2"] + p["b2"]
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, x, t):
        return -np.sum(t * np.log(self.predict(x) + 1e-7)) / len(x)

    def slope(self):
        return self.a * (1 - self.a)

    def gradient(self, x, t):
        g, d = {}, (self.predict(x) - t) / len(x)
        g["W2"], g["b2"] = self.a.T @ d, d.sum(axis=0)
        d = d @ self.params["W2"].T * self.slope()
        g["W1"], g["b1"] = x.T @ d, self.summed(d)
        return g

    def summed(self, d):
        return d.sum(axis=0)


class WithoutSlope(TwoLayers):
    def slope(self):
        return 1.0


class Averaged(TwoLayers):
    def summed(self, d):
        return d.mean(axis=0)


@pytest.mark.parametrize(
    ("net", "names"),
    [
        (TwoLayers, []),
        (WithoutSlope, ["activation-derivative-missing"]),
        (Averaged, ["bias-averaged"]),
    ],
)
def test_a_net_for_handwritten_digits(net, names):
    report = doctor.check(net(), x=X, t=T)
    assert [f.name for f in report.findings] == names
    assert report.sound is not bool(names)
