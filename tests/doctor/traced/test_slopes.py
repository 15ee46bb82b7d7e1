"""Slopes by one walk back over a tape, with slips in it; what is frozen into functions."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import clearprop.doctor.traced.arrays  # noqa: F401 - NumPy's functions for traced numbers
from clearprop.doctor import check
from clearprop.doctor.submitted.frozen import frozen_in
from clearprop.doctor.traced.numbers import made
from clearprop.doctor.traced.slips import slips_of
from clearprop.doctor.traced.slopes import slopes_along
from clearprop.doctor.traced.tape import Tape, writing

X = np.array([[0.4, -1.2], [0.9, 0.3]])


def hinge_of_distances(x):
    """Give Σ max(0, (x₀ − x₁)² + ½) over rows."""
    return np.sum(np.maximum((x[:, 0] - x[:, 1]) ** 2 - 0.5, 0.0))


@pytest.fixture
def formula():
    tape = Tape()
    with writing(tape):
        x = made(tape.given("x", X), X.copy())
        out = hinge_of_distances(x)
    return tape, x.ids, [(1.0, out.id)]


def test_slopes_are_those_of_central_differences(formula):
    tape, ids, terms = formula
    found = slopes_along(tape, terms, ids)
    for place in np.ndindex(X.shape):
        step = np.zeros(X.shape)
        step[place] = 1e-6
        measured = (hinge_of_distances(X + step) - hinge_of_distances(X - step)) / 2e-6
        assert found[place] == pytest.approx(measured, rel=1e-6, abs=1e-9)


def test_slips_are_other_slopes_each_in_its_own_way(formula):
    tape, ids, terms = formula
    right = slopes_along(tape, terms, ids)
    slips = slips_of(tape, terms, ids)
    open_hinge = slopes_along(tape, terms, ids, slips["relu-derivative-always-on"][0])
    assert right[1].tolist() == [0.0, 0.0]  # the second row is below its margin
    assert open_hinge[1].tolist() == pytest.approx([1.2, -1.2])
    lost = slopes_along(tape, terms, ids, slips["sign-one"][0])
    assert lost[0].tolist() == pytest.approx([right[0, 0], -right[0, 1]])
    cut = slopes_along(tape, terms, ids, slips["paths-not-summed"][0])
    assert cut[0].tolist() == pytest.approx([right[0, 0], 0.0])


def test_what_is_frozen_is_read_and_written_by_name():
    def scaled(x, w=2.0, *, b=1.0):
        return w * x + b

    (held,) = frozen_in(scaled)
    held["w"], held["b"] = 3.0, -1.0
    assert scaled(2.0) == 5.0
    bound = partial(scaled, 4.0, b=0.0)
    (held,) = frozen_in(bound)
    assert held.items() == {"x": 4.0, "b": 0.0}
    held["x"] = 1.0
    assert bound() == 3.0
    assert not list(frozen_in(lambda x: x))


def net_of_closures(slip=""):
    rng = np.random.default_rng(5)
    weights = [rng.normal(size=(3, 4)), rng.normal(size=(4, 3))]
    x, t = rng.normal(size=(5, 3)), rng.dirichlet(np.ones(3), size=5)

    def run(params):
        for own, new in zip(weights, params, strict=True):
            own[...] = new
        h = np.tanh(x @ weights[0])
        e = np.exp(h @ weights[1] / 1.7)
        return h, e / e.sum(axis=1, keepdims=True)

    def loss(params):
        return np.sum(t * np.log(t / run(params)[1])) / len(x)

    def grad(params):
        h, p = run(params)
        d = (p - t) / len(x) / 1.7
        f = 1.0 if slip else 1 - h * h
        return [x.T @ (d @ weights[1].T * f), h.T @ d]

    return (loss, grad), [w.copy() for w in weights]


def test_parameters_copied_into_arrays_of_a_closure_are_read():
    slip = "activation-derivative-missing"
    pair, params = net_of_closures()
    assert check(pair, params=params).sound
    pair, params = net_of_closures(slip)
    assert [f.name for f in check(pair, params=params).findings] == [slip]


def attention(slip=""):
    class Head:
        def __init__(self):
            g = np.random.default_rng(17)
            self.Wq, self.Wk, self.Wv = (g.normal(size=(3, 2)) for _ in range(3))

        def forward(self, x):
            self.x, self.q, self.k, self.v = x, x @ self.Wq, x @ self.Wk, x @ self.Wv
            e = np.exp(self.q @ self.k.T)
            self.a = e / e.sum(axis=1, keepdims=True)
            return self.a @ self.v

        def backward(self, g):
            da = g @ self.v.T
            ds = self.a * (da - np.sum(da * self.a, axis=1, keepdims=True))
            if slip:
                ds = self.a * (1 - self.a) * da
            dq, dk, dv = ds @ self.k, ds.T @ self.q, self.a.T @ g
            self.dWq, self.dWk, self.dWv = self.x.T @ dq, self.x.T @ dk, self.x.T @ dv
            return dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T

    return Head()


def test_a_softmax_inside_of_attention_is_seen():
    x = np.random.default_rng(2).normal(size=(4, 3))
    assert check(attention(), x=x).sound
    found = check(attention("diagonal"), x=x).findings
    assert [f.name for f in found] == ["softmax-diagonal-only"]
