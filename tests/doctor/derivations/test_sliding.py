"""Convolution and pooling: their derivations against slopes, and what mistakes make of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from clearprop.doctor.derivations.chain import FLAT, Chain, Part, Ref
from clearprop.doctor.derivations.sliding import Slide, conv_link, pool_link

SLIDES = [
    Slide((2, 3)),
    Slide((3, 3), (2, 2), (1, 1), (1, 1), (1, 1)),
    Slide((2, 2), (1, 2), (2, 1), (0, 1), (1, 0)),
    Slide((3, 2), (3, 1), (1, 1), (2, 0), (2, 1)),
]


def slopes(chain: Chain, values: dict, g: np.ndarray, name: str) -> np.ndarray:
    found = np.zeros(values[name].shape)
    for i in np.ndindex(found.shape):
        ends = []
        for step in (1e-6, -1e-6):
            moved = values[name].copy()
            moved[i] += step
            ends.append(np.sum(g * chain.forward({**values, name: moved})))
        found[i] = (ends[0] - ends[1]) / 2e-6
    return found


def held(chain: Chain, values: dict) -> None:
    g = np.random.default_rng(1).normal(size=chain.forward(values).shape)
    found = chain.gradients(values, g)
    for name in values:
        np.testing.assert_allclose(found[name], slopes(chain, values, g, name), atol=1e-7)


@pytest.mark.parametrize(
    ("slide", "turned", "groups"), list(product(SLIDES, (False, True), (1, 2)))
)
def test_convolutions_have_the_slopes_of_their_forward_pass(slide, turned, groups):
    rng = np.random.default_rng(2)
    values = {
        "x": rng.normal(size=(2, 2, 4, 5)),
        "w": rng.normal(size=(2, 2 // groups, *slide.size)),
        "b": rng.normal(size=2),
    }
    link = conv_link(slide, turned=turned, groups=groups)
    held(Chain((Part(link, {"W": Ref("w"), "b": Ref("b", FLAT)}),), Ref("x")), values)


@pytest.mark.parametrize(
    ("kind", "slide"), list(product(("max", "min", "mean", "mean of all", "sum"), SLIDES[:2]))
)
def test_poolings_have_the_slopes_of_their_forward_pass(kind, slide):
    x = np.random.default_rng(3).permutation(40).reshape(2, 4, 5) / 7.0
    held(Chain((Part(pool_link(kind, slide)),), Ref("x")), {"x": x})


def test_one_window_may_be_all_there_is():
    link = pool_link("mean", Slide((9, 9)), whole=(True, True))
    x = np.random.default_rng(4).normal(size=(2, 3, 4))
    np.testing.assert_allclose(
        Chain((Part(link),), Ref("x")).forward({"x": x})[:, 0, 0], x.mean(axis=(1, 2))
    )


def test_a_kernel_that_is_larger_than_the_picture_is_refused():
    chain = Chain((Part(conv_link(Slide((5, 5))), {"W": Ref("w")}),), Ref("x"))
    with pytest.raises(ValueError, match="fit"):
        chain.forward({"x": np.ones((1, 1, 3, 3)), "w": np.ones((1, 1, 5, 5))})


def test_ties_go_to_the_first_the_last_or_in_shares():
    x, g = np.array([[1.0, 1.0, 0.0, 1.0]])[None], np.array([[[6.0]]])
    given = {}
    for ties in ("first", "last", "shared"):
        link = pool_link("max", Slide((1, 4)), ties)
        given[ties] = Chain((Part(link),), Ref("x")).gradients({"x": x}, g)["x"].ravel().tolist()
    assert given == {"first": [6, 0, 0, 0], "last": [0, 0, 0, 6], "shared": [2, 2, 0, 2]}
