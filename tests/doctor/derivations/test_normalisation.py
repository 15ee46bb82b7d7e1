"""Normalisations over any axes: their derivation, and which of them a program computes."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.doctor.derivations.chain import FLAT, Chain, Part, Ref
from clearprop.doctor.derivations.normalisation import chains, norm_link
from tests.doctor.derivations.test_sliding import slopes

FORMS = [
    ((5, 3), (0,), (1,), {}),
    ((3, 5), (1,), (1,), {}),
    ((2, 3, 2, 2), (0, 2, 3), (1,), {}),
    ((2, 3, 2, 2), (2, 3), (1,), {}),
    ((2, 4, 3), (1, 2), (1,), {"groups": (1, 2)}),
    ((5, 3), (0,), (1,), {"less": 1}),
    ((3, 5), (1,), (1,), {"centred": False}),
]


def a_chain(form):
    shape, over, units, more = form
    rng = np.random.default_rng(1)
    count = int(np.prod([shape[a] for a in units]))
    values = {
        "x": rng.normal(size=shape) * 2 + 0.5,
        "gamma": rng.uniform(0.5, 1.5, count),
        "beta": rng.normal(size=count),
    }
    roles = {"gamma": Ref("gamma", FLAT), "beta": Ref("beta", FLAT)}
    link = norm_link("norm", over, units, 1e-3, **more)
    return Chain((Part(link, roles),), Ref("x")), values


@pytest.mark.parametrize("form", FORMS)
def test_the_derivation_has_the_slopes_of_the_forward_pass(form):
    chain, values = a_chain(form)
    g = np.random.default_rng(2).normal(size=values["x"].shape)
    found = chain.gradients(values, g)
    for name in values:
        np.testing.assert_allclose(found[name], slopes(chain, values, g, name), atol=1e-7)


@pytest.mark.parametrize("form", FORMS)
def test_what_a_program_normalises_is_found(form):
    chain, values = a_chain(form)
    subject = SimpleNamespace(inputs=("x",), parameters=("gamma", "beta"), is_loss=False)
    observed = [(values, chain.forward(values))]
    found = list(chains(subject, observed))
    assert found
    g = np.random.default_rng(3).normal(size=values["x"].shape)
    right = chain.gradients(values, g)
    for name, given in found[0].gradients(values, g).items():
        np.testing.assert_allclose(given, right[name], atol=1e-6)


def test_what_is_no_normalisation_is_not_found():
    chain, values = a_chain(FORMS[0])
    subject = SimpleNamespace(inputs=("x",), parameters=("gamma", "beta"), is_loss=False)
    other = np.tanh(values["x"]) * values["gamma"] + values["beta"]
    assert list(chains(subject, [(values, other)])) == []
    near = chain.forward(values) * 1.001
    assert list(chains(subject, [(values, near)])) == []
