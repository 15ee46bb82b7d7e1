"""Nets with windows in them are found by the sizes of their arrays, and nothing else is."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from clearprop.doctor.derivations.activations import ACTIVATIONS, activation_link
from clearprop.doctor.derivations.chain import FLAT, Chain, Part, Ref
from clearprop.doctor.derivations.dense import AFFINE
from clearprop.doctor.derivations.losses import LOSSES
from clearprop.doctor.derivations.pictures import flat_link, kernels_of, pictures_of
from clearprop.doctor.derivations.sliding import Slide, conv_link, pool_link
from clearprop.doctor.derivations.stacks import chains
from clearprop.doctor.derivations.windows import conventions, natural


def a_net(act: str, pool: str, order: str, loss: str) -> tuple[Chain, list]:
    link = next(one for one in LOSSES if one.about == {"loss": loss, "scale": "mean over samples"})
    parts = (
        Part(conv_link(Slide((3, 3))), {"W": Ref("k"), "b": Ref("c", FLAT)}),
        Part(activation_link(ACTIVATIONS[act])),
        Part(pool_link(pool, Slide((2, 2), (2, 2)))),
        Part(flat_link(order)),
        Part(AFFINE, {"W": Ref("v"), "b": Ref("d")}),
        Part(link, {"t": Ref("t")}),
    )
    chain = Chain(parts, Ref("x"))
    seen = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        of_numbers = loss == "squared"
        values = {
            "x": rng.normal(size=(4, 1, 6, 6)), "k": rng.normal(size=(2, 1, 3, 3)),
            "c": rng.normal(size=2), "v": rng.normal(size=(8, 3)), "d": rng.normal(size=3),
            "t": rng.normal(size=(4, 3)) if of_numbers else rng.integers(0, 3, 4).astype(float),
        }  # fmt: skip
        seen.append((values, chain.forward(values)))
    return chain, seen


SUBJECT = SimpleNamespace(
    inputs=("x",), parameters=("k", "c", "v", "d"), target="t", is_loss=True, data=()
)


@pytest.mark.parametrize(
    ("act", "pool", "order", "loss"),
    [("relu", "max", "CHW", "softmax-ce"), ("tanh", "mean", "HWC", "squared")],
)
def test_a_net_is_found(act, pool, order, loss):
    chain, seen = a_net(act, pool, order, loss)
    found = next(chains(SUBJECT, seen))
    assert [p.link.name for p in found.parts] == [p.link.name for p in chain.parts]
    values = seen[0][0]
    right = chain.gradients(values, None)
    for name, given in found.gradients(values, None).items():
        np.testing.assert_allclose(given, right[name], atol=1e-12)


def test_numbers_of_something_else_are_no_net(monkeypatch):
    monkeypatch.setattr("clearprop.doctor.derivations.stacks._LONGEST", 0.2)
    _, seen = a_net("relu", "max", "CHW", "softmax-ce")
    assert list(chains(SUBJECT, [(v, y * 1.1) for v, y in seen])) == []


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 4, 5), (4, 9), (6,)])
def test_pictures_go_there_and_back(shape):
    a = np.arange(np.prod(shape)).reshape(shape)
    for layout, there in pictures_of(shape):
        assert layout.there(a).shape == there
        np.testing.assert_array_equal(layout.back(layout.there(a)), a)


@pytest.mark.parametrize(("shape", "of_signals"), [((2, 3, 4, 5), False), ((3, 4), True)])
def test_kernels_go_there_and_back(shape, of_signals):
    a = np.arange(np.prod(shape)).reshape(shape)
    forms = list(kernels_of(shape, of_signals))
    assert len({there for _, there in forms}) == len(forms)
    for layout, there in forms:
        assert layout.there(a).shape == there
        np.testing.assert_array_equal(layout.back(layout.there(a)), a)


def test_other_choices_at_ties_are_other_chains_and_only_of_maxima():
    chain, _ = a_net("relu", "max", "CHW", "softmax-ce")
    assert len(list(conventions(chain))) == 2
    chain, _ = a_net("relu", "mean", "CHW", "softmax-ce")
    assert list(conventions(chain)) == []


def test_windows_that_leave_a_rest_are_not_natural():
    chain = Chain((Part(pool_link("max", Slide((2, 2), (2, 2)))),), Ref("x"))
    start = {"x": np.zeros((4, 4))}
    assert natural(chain, start, {"x": np.zeros((6, 4))})
    assert not natural(chain, start, {"x": np.zeros((5, 4))})
