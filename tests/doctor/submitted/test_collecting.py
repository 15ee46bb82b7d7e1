"""Gradients that came back in whatever form are put to the right names."""

from collections import namedtuple

import numpy as np
import pytest

from clearprop.doctor.submitted.collecting import collect, unrolled

Pair = namedtuple("Pair", "w b")
W, B = np.ones((2, 3)), np.zeros(3)
SHAPES = {"x": (4, 2), "W": (2, 3), "b": (3,)}


@pytest.mark.parametrize(
    "returned",
    [
        {"W": W, "b": B},
        {"dW": W, "db": B},
        Pair(W, B)._asdict() | {"W": W},
        [("dW", W), ("db", B)],
        (W, B),
        (3.5, W, B),
    ],
    ids=["same names", "with d", "record", "pairs", "in order", "after the loss"],
)
def test_forms(returned):
    found = collect(unrolled(returned), (), ("W", "b"), SHAPES)
    assert found["W"].shape == (2, 3)
    assert found["b"].shape == (3,)


def test_generators_and_records_are_unrolled():
    assert unrolled((name, v) for name, v in [("a", W), ("b", B)]).keys() == {"a", "b"}
    assert unrolled(Pair(W, B)).keys() == {"w", "b"}
    assert unrolled((W, B))[0] is W


def test_nested_mappings_go_to_the_names_that_lead_there():
    names = ("one['W']", "two['W']", "one['b']")
    shapes = dict.fromkeys(names, (2, 3))
    found = collect({"two": {"dW": 2 * W}, "one": {"dW": W, "db": B}}, (), names, shapes)
    assert [found[n].max() for n in names] == [1.0, 2.0, 0.0]


def test_a_list_from_the_last_layer_to_the_first():
    shapes = {"W1": (2, 3), "b1": (3,), "W2": (3, 1), "b2": (1,)}
    given = [np.ones(shapes[n]) for n in ("W2", "b2", "W1", "b1")]
    found = collect(given, (), tuple(shapes), shapes)
    assert {n: g.shape for n, g in found.items()} == shapes


def test_what_fits_nothing_is_not_put_anywhere():
    assert collect({"loss": 1.0, "accuracy": 0.5}, (), ("W", "b"), SHAPES) == {}
