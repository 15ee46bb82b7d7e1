"""Sparsemax against Keras, against its definition, and where several scores tie."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import ShapeError
from tests.oracles import agree

RNG = np.random.default_rng(5)
SCORES = [
    (RNG.standard_normal((4, 6)), -1),
    (3 * RNG.standard_normal((2, 5, 3)), 1),
    (RNG.standard_normal((3, 4)) + 1000.0, 0),
    (np.zeros((2, 5)), -1),
    (np.array([[5.0, 1.0, 1.0]]), -1),
]


@pytest.mark.parametrize(("x", "axis"), SCORES, ids=lambda x: str(np.shape(x)))
def test_as_keras_where_keras_gives_shares(x, axis, keras):
    """Keras 3.15 adds up running sums in place of scores: of two or more, its shares are none."""
    x = x.astype("float32")
    ours = cp.sparsemax(x, axis=axis).numpy()
    theirs = np.asarray(keras.activations.sparsemax(x, axis=axis))
    sound = np.isclose(theirs.sum(axis, keepdims=True), 1, atol=1e-6)
    single = (ours > 0).sum(axis, keepdims=True) == 1
    assert agree(np.where(sound, ours, 0), np.where(sound, theirs, 0), "float32")
    assert sound[single].all()
    assert sound.all() == (single.all() or not x.any())


def is_nearest_share(y, x):
    """Whether no other shares are nearer: moving weight between any two only leads away."""
    if not (np.isclose(y.sum(-1), 1, atol=1e-12).all() and (y >= 0).all()):
        return False
    pull = x - y  # equal on all that are above 0, and nowhere greater
    top = np.where(y > 0, pull, -np.inf).max(-1, keepdims=True)
    return bool((np.where(y > 0, abs(pull - top), pull - top) < 1e-9).all())


def test_it_is_the_nearest_point_of_the_simplex():
    x = RNG.standard_normal((50, 7)) * 2
    y = cp.sparsemax(x).numpy()
    assert is_nearest_share(y, x)
    assert (y == 0).any()
    assert not is_nearest_share(cp.softmax(x).numpy(), x)


def test_gradients_are_shared_by_what_is_not_zero():
    x = cp.tensor([[2.0, 1.9, -1.0]])
    cp.sparsemax(x)[0, 0].backward()
    assert np.allclose(x.grad.numpy(), [[0.5, -0.5, 0.0]])


def test_ties_and_axes():
    assert cp.sparsemax([[1.0, 1.0]]).tolist() == [[0.5, 0.5]]
    with pytest.raises(ShapeError, match="axis 2"):
        cp.sparsemax([[1.0]], axis=2)
    with pytest.raises(ShapeError, match="nothing to share"):
        cp.sparsemax(np.zeros((2, 0)))
