"""Programs whose forward pass stands in no book, and a doctor that recognises none."""

from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.doctor import check, judge


class Net:
    """Sine units and the logarithm of cosh; `slip` changes gradients that are right."""

    def __init__(self, slip=lambda g, s: g, *, decay=0.0, mean=True):
        rng = np.random.default_rng(5)
        self.params = {
            "A": rng.normal(0, 0.8, (3, 4)), "a": rng.normal(0, 0.4, 4),
            "B": rng.normal(0, 0.8, (4, 3)), "c": rng.normal(0, 0.4, 3),
        }  # fmt: skip
        self.slip, self.decay, self.mean = slip, decay, mean

    def loss(self, x, t):
        p = self.params
        self.z = x @ p["A"] + p["a"]
        self.e = (np.sin(self.z) + 0.3 * self.z) @ p["B"] + p["c"] - t
        punished = 0.5 * self.decay * (np.sum(p["A"] ** 2) + np.sum(p["B"] ** 2))
        return np.sum(np.log(np.cosh(self.e))) / (len(x) if self.mean else 1) + punished

    def gradient(self, x, t):
        self.loss(x, t)
        p = self.params
        d = np.tanh(self.e) / (len(x) if self.mean else 1)
        dz = (d @ p["B"].T) * (np.cos(self.z) + 0.3)
        h = np.sin(self.z) + 0.3 * self.z
        g = {
            "A": x.T @ dz + self.decay * p["A"], "a": dz.sum(axis=0),
            "B": h.T @ d + self.decay * p["B"], "c": d.sum(axis=0),
        }  # fmt: skip
        return self.slip(g, SimpleNamespace(x=x, h=h, dz=dz, d=d, p=p, n=len(x)))


class Warped:
    """An affine layer behind a warped input; `slip` changes gradients that are right."""

    def __init__(self, slip=lambda g, s: g):
        rng = np.random.default_rng(6)
        self.W, self.b, self.slip = rng.normal(size=(3, 3)), rng.normal(size=3), slip

    def forward(self, x):
        self.x = x
        self.u = x + 0.3 * np.arctan(x) ** 3
        return self.u @ self.W + self.b

    def backward(self, dout):
        steep = 1 + 0.9 * np.arctan(self.x) ** 2 / (1 + self.x**2)
        g = {"x": dout @ self.W.T * steep, "W": self.u.T @ dout, "b": dout.sum(axis=0)}
        g = self.slip(g, SimpleNamespace(u=self.u, g=dout, W=self.W, steep=steep))
        self.dW, self.db = g["W"], g["b"]
        return g["x"]


@pytest.fixture
def blind(monkeypatch):
    """Let the doctor recognise nothing."""
    monkeypatch.setattr(judge, "recognised_far", lambda *asked: None)


@pytest.fixture
def named(blind):
    """Ask for the names of a net's or a layer's slip, told by measuring alone."""
    rng = np.random.default_rng(7)
    x, t = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))

    def ask(slip, **about):
        report = check(Net(slip, **about), x=x, t=t)
        assert report.sound is (not report.findings)
        return sorted(report.ids)

    def ask_layer(slip):
        report = check(Warped(slip), x=x)
        assert report.sound is (not report.findings)
        return sorted(report.ids)

    return SimpleNamespace(net=ask, layer=ask_layer)
