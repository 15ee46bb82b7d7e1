"""Optimizers that are made with what they change: lists and dicts of arrays, found or given."""

import numpy as np
import pytest

from clearprop.doctor import check


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, *, corrected=True):
        self.params, self.lr, self.betas, self.eps = list(params), lr, betas, eps
        self.corrected, self.t = corrected, 0
        self.m, self.v = ([np.zeros_like(p) for p in self.params] for _ in range(2))

    def step(self, grads):
        self.t += 1
        a, b = self.betas
        for i, (p, g) in enumerate(zip(self.params, grads, strict=True)):
            self.m[i] = a * self.m[i] + (1 - a) * g
            self.v[i] = b * self.v[i] + (1 - b) * g * g
            c, d = (1 - a**self.t, 1 - b**self.t) if self.corrected else (1, 1)
            p -= self.lr * (self.m[i] / c) / (np.sqrt(self.v[i] / d) + self.eps)


class ByName:
    def __init__(self, parameters, lr, sign=1.0):
        self.parameters, self.lr, self.sign = parameters, lr, sign

    def update(self, gradients):
        for name, w in self.parameters.items():
            w -= self.sign * self.lr * gradients[name]


class Uncorrected(Adam):
    def __init__(self, params):
        super().__init__(params, corrected=False)


class Climbing(ByName):
    def __init__(self, parameters, lr):
        super().__init__(parameters, lr, -1.0)


@pytest.mark.parametrize(
    ("optimizer", "rule", "names"),
    [
        (Adam, "adam", ()),
        (Adam([np.ones(3), np.ones((2, 2))]), "adam", ()),
        (Uncorrected, "adam", ("adam-without-bias-correction",)),
        (ByName, "sgd", ()),
        (ByName({"w": np.ones(3)}, 0.1), "sgd", ()),
        (Climbing, "sgd", ("sign-update",)),
    ],
    ids=lambda v: v.__name__ if isinstance(v, type) else type(v).__name__,
)
def test_judged(optimizer, rule, names):
    report = check(optimizer, rule=rule)
    assert report.ids == names
    assert report.sound is not bool(names)


def test_the_arrays_that_it_holds_stay():
    w = np.array([1.0, -2.0])
    check(ByName({"w": w}, 0.1), rule="sgd")
    assert w.tolist() == [1.0, -2.0]


class Odd(ByName):
    def __init__(self, parameters, colour):
        super().__init__(parameters, 0.1)


def test_what_it_needs_is_told():
    report = check(Odd, rule="sgd")
    assert report.sound is None
    assert "colour" in report.to_text("en")
