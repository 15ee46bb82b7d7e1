"""What two functions are that were handed in: of one object, around globals, or alone."""

import types

import numpy as np

from clearprop.doctor import check

RNG = np.random.default_rng(19)
X, T = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 3))
STORE = {"W": RNG.normal(size=(3, 3)), "b": np.zeros(3)}


class Regression:
    def __init__(self):
        self.p = {"W": np.ones((3, 3)), "b": np.zeros(3)}

    def cost(self, x, t):
        return float(np.sum((x @ self.p["W"] + self.p["b"] - t) ** 2))

    def slopes(self, x, t):
        d = 2 * (x @ self.p["W"] + self.p["b"] - t)
        return {"W": x.T @ d, "b": d.sum(0)}

    def half(self, x, t):
        return {n: g / 2 for n, g in self.slopes(x, t).items()}

    def ahead(self, x):
        self.x = x
        return x @ self.p["W"]

    def back(self, g):
        return -g @ self.p["W"].T


def test_two_methods_of_an_object():
    net = Regression()
    report = check((net.cost, net.slopes), x=X, t=T)
    assert report.sound
    assert set(report.verdict.names) == {"owner.p['W']", "owner.p['b']"}
    assert check((net.cost, net.half), x=X, t=T).ids == ("half-too-small",)
    assert check((net.ahead, net.back), x=X).sound is False
    assert np.array_equal(net.p["W"], np.ones((3, 3)))


def cost(x, t):
    return float(np.mean((x @ STORE["W"] + STORE["b"] - t) ** 2))


def slopes(x, t):
    d = 2 * (x @ STORE["W"] + STORE["b"] - t) / t.size
    return {"W": x.T @ d, "b": d.sum(0)}


def turned(x, t):
    return {n: -g for n, g in slopes(x, t).items()}


def test_two_functions_around_globals():
    before = STORE["W"].copy()
    report = check((cost, slopes), x=X, t=T)
    assert report.sound
    assert len(report.verdict.names) == 2
    assert check((cost, turned), x=X, t=T).ids == ("sign-delta",)
    assert np.array_equal(STORE["W"], before)


IN_A_MODULE = """
import numpy as np
W = np.random.default_rng(0).normal(size=(3, 2))
def forward(x):
    global X
    X = x
    return x @ W
def backward(dout):
    global dW
    dW = {slip}X.T @ dout
    return dout @ W.T
"""


def test_gradients_that_a_module_keeps():
    for slip, sound in (("", True), ("-", False)):
        module = types.ModuleType("program")
        exec(IN_A_MODULE.format(slip=slip), module.__dict__)
        report = check(module, x=np.random.default_rng(1).normal(size=(4, 3)))
        assert report.sound is sound
        assert report.verdict.names == ("x", "W")


def test_settings_beside_arrays_are_handed_on():
    def forward(x, w, setting):
        return x @ w * setting["scale"], (x, w, setting)

    def backward(dout, cache):
        x, w, setting = cache
        return dout @ w.T * setting["scale"], x.T @ dout * setting["scale"]

    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(4, 3)), rng.normal(size=(3, 2))
    assert check((forward, backward), x=(x, w, {"scale": 2.0})).verdict.names == ("x", "w")
