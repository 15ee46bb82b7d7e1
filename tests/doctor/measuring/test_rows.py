"""Sums over the samples: left out, averaged, along another axis; in nets and in layers."""

import numpy as np
import pytest

NET = {
    "bias-not-summed": [
        lambda g, s: g | {"a": s.dz},
        lambda g, s: g | {"c": s.d[-1]},
        lambda g, s: g | {"a": s.dz[0], "c": s.d[0]},
    ],
    "bias-averaged": [
        lambda g, s: g | {"a": s.dz.mean(axis=0)},
        lambda g, s: g | {"a": s.dz.mean(axis=0), "c": s.d.mean(axis=0)},
    ],
    "bias-wrong-axis": [lambda g, s: g | {"a": s.dz.sum(axis=1)}],
    "bias-sum-over-all": [lambda g, s: g | {"c": s.d.sum()}],
    "bias-gradient-missing": [
        lambda g, s: g | {"a": np.zeros(4)},
        lambda g, s: {"A": g["A"], "B": g["B"]},
    ],
    "one-sample-only": [
        lambda g, s: g | {"A": np.outer(s.x[0], s.dz[0])},
        lambda g, s: g | {"B": np.outer(s.h[-1], s.d[-1]), "c": s.d[-1]},
    ],
}
LAYER = {
    "bias-not-summed": [lambda g, s: g | {"b": s.g}, lambda g, s: g | {"b": s.g[0]}],
    "bias-averaged": [lambda g, s: g | {"b": s.g.mean(axis=0)}],
    "bias-wrong-axis": [lambda g, s: g | {"b": s.g.sum(axis=1)}],
    "bias-sum-over-all": [lambda g, s: g | {"b": s.g.sum()}],
    "bias-gradient-missing": [lambda g, s: g | {"b": np.zeros(3)}],
    "one-sample-only": [lambda g, s: g | {"W": np.outer(s.u[-1], s.g[-1])}],
    "batch-mean-extra": [lambda g, s: g | {"W": g["W"] / len(s.g), "b": g["b"] / len(s.g)}],
}


@pytest.mark.parametrize(("name", "slip"), [(n, s) for n, slips in NET.items() for s in slips])
def test_in_a_net(named, name, slip):
    assert named.net(slip) == [name]


@pytest.mark.parametrize(("name", "slip"), [(n, s) for n, slips in LAYER.items() for s in slips])
def test_in_a_layer(named, name, slip):
    assert named.layer(slip) == [name]


def test_the_second_sample_alone_has_no_name(named):
    assert named.net(lambda g, s: g | {"A": np.outer(s.x[1], s.dz[1])}) == []


def test_with_a_penalty_beside(named):
    def slip(g, s):
        return g | {"A": np.outer(s.x[0], s.dz[0]) + 0.1 * s.p["A"]}

    assert named.net(slip, decay=0.1) == ["one-sample-only"]
