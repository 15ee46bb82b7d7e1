"""Numbers are found wherever a program keeps them, and put back into the very same places."""

import numpy as np
import pytest

from clearprop.doctor.submitted.snapshot import Snapshot
from clearprop.doctor.submitted.variables import partner, places


class Holder:
    pass


def holder():
    held = Holder()
    held.W, held.names, held.lr = np.ones((2, 2)), ["a"], 0.1
    held.rows = [[1.0, 2.0], [3.0, 4.0]]
    held.inner = Holder()
    held.inner.params = {"b": np.zeros(2)}
    held.same = held.W
    return held


def test_places():
    found = {place.name: place for place in places(holder())}
    assert set(found) == {"W", "lr", "rows", "inner.params['b']"}
    assert "same" in {place.name for place in places(holder(), aliases=True)}


def test_writing_keeps_identity():
    held = holder()
    found = {place.name: place for place in places(held)}
    found["W"].write(np.full((2, 2), 5.0))
    found["rows"].write(np.zeros((2, 2)))
    assert held.same[0, 0] == 5.0
    assert held.rows == [[0.0, 0.0], [0.0, 0.0]]


def test_a_snapshot_puts_everything_back():
    held = holder()
    w, rows = held.W, held.rows
    snapshot = Snapshot(held)
    held.W[...] = 7.0
    held.rows[0][1] = 9.0
    held.W, held.new = None, 1
    held.inner.params["c"] = 2
    snapshot.restore()
    assert held.W is w is held.same
    assert np.array_equal(w, np.ones((2, 2)))
    assert rows == [[1.0, 2.0], [3.0, 4.0]]
    assert not hasattr(held, "new")
    assert list(held.inner.params) == ["b"]


def test_slots_and_generators_are_put_back():
    class Slotted:
        __slots__ = ("rng", "value")

    thing = Slotted()
    thing.value, thing.rng = 1.0, np.random.default_rng(0)
    snapshot = Snapshot(thing)
    first = thing.rng.random()
    thing.value = 2.0
    snapshot.restore()
    assert (thing.value, thing.rng.random()) == (1.0, first)


@pytest.mark.parametrize(
    ("name", "gradients", "expected"),
    [
        ("W1", ["dW1", "dW2"], "dW1"),
        ("kernel", ["kernel_grad"], "kernel_grad"),
        ("params[0]", ["grads[0]", "grads[1]"], "grads[0]"),
        ("layers[1].W", ["layers[0].dW", "layers[1].dW"], "layers[1].dW"),
        ("W", ["delta", "out"], None),
    ],
)
def test_partners(name, gradients, expected):
    assert partner(name, gradients) == expected
