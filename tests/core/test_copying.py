"""What is copied within a program, and refuses to be pickled in words."""

import copy
import pickle  # noqa: TID251 - to see that it is refused

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.copying import Copied


def model():
    made = cp.Sequential([cp.Input((2,)), cp.layers.Dense(1, name="last")])
    made.compile("adam", "mse", engine="eager")
    made.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0)
    return made


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_model_says_how_it_is_saved(protocol):
    for thing in (model(), model().layers[0]):
        with pytest.raises(TypeError, match=r"pickled.*model\.save\('net\.safetensors'\)"):
            pickle.dumps(thing, protocol)


def test_numbers_say_how_they_are_kept():
    for thing in (cp.tensor([1.0]), model().weights[0]):
        with pytest.raises(TypeError, match=r"np\.save\(path, x\.numpy\(\)\)"):
            pickle.dumps(thing)


def test_a_copy_of_a_model_is_another_one():
    one = model()
    for two in (copy.deepcopy(one), copy.deepcopy([one])[0]):
        before = one.get_weights()
        two.fit(np.ones((2, 2)), np.zeros((2, 1)), epochs=3, verbose=0)
        assert not np.array_equal(two.get_weights()[0], before[0])
        for a, b in zip(one.get_weights(), before, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_shallow_copy_holds_the_same():
    one = model()
    two = copy.copy(one)
    assert two is not one
    assert two.layers[0] is one.layers[0]
    x = cp.tensor([1.0, 2.0], name="x")
    assert copy.copy(x).node is x.node


class Slotted(Copied):
    """Something with slots and attributes, one of which is itself."""

    __slots__ = ("__dict__", "here", "never")


def test_slots_and_attributes_are_copied_and_rings_close():
    one = Slotted()
    one.here, one.there, one.itself = [1], [2], one
    two, deep = copy.copy(one), copy.deepcopy(one)
    assert two.here is one.here
    assert two.itself is one
    assert deep.here == [1]
    assert deep.here is not one.here
    assert deep.there is not one.there
    assert deep.itself is deep
    assert not hasattr(deep, "never")
