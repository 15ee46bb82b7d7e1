"""Points in the plane lie where they should, alike for a seed, every class in every stretch."""

import numpy as np
import pytest

from clearprop.data import datasets
from clearprop.errors import OptionError

MADE = {"moons": 2, "circles": 2, "spiral": 3}


def test_xor():
    x, y = datasets.xor()
    assert x.dtype == y.dtype == np.float64
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [[0], [1], [1], [0]]
    x[:] = 7
    assert datasets.xor()[0][0, 0] == 0  # each call gives arrays of its own


@pytest.mark.parametrize(("name", "classes"), MADE.items())
def test_shapes_types_and_shares(name, classes):
    x, y = getattr(datasets, name)(100)
    assert x.shape == (100, 2)
    assert x.dtype == np.float64
    assert y.dtype == np.int64
    assert np.ptp(np.bincount(y, minlength=classes)) <= 1
    assert set(y[-20:].tolist()) == set(range(classes))


@pytest.mark.parametrize("name", MADE)
def test_a_seed_says_all(name):
    make = getattr(datasets, name)
    x, y = make(50, seed=3)
    again, labels = make(50, seed=3)
    np.testing.assert_array_equal(x, again)
    np.testing.assert_array_equal(y, labels)
    assert not np.array_equal(x, make(50, seed=4)[0])


def test_moons_without_noise_lie_on_their_arcs():
    x, y = datasets.moons(101, noise=0.0)
    upper, lower = x[y == 0], x[y == 1]
    assert (len(upper), len(lower)) == (51, 50)
    np.testing.assert_allclose(np.linalg.norm(upper, axis=1), 1.0)
    np.testing.assert_allclose(np.linalg.norm(lower - [1.0, 0.5], axis=1), 1.0)
    assert upper[:, 1].min() > -1e-12
    assert lower[:, 1].max() < 0.5 + 1e-12


def test_circles_without_noise_have_their_radii():
    x, y = datasets.circles(40, noise=0.0, factor=0.3)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), np.where(y == 0, 1.0, 0.3))


def test_spiral_without_noise_turns_by_a_class():
    x, y = datasets.spiral(90, classes=3, noise=0.0)
    radius = np.linalg.norm(x, axis=1)
    assert radius.max() <= 1 + 1e-12
    first, second = (x[y == arm][np.argsort(radius[y == arm])] for arm in (0, 1))
    turn = np.arctan2(second[5, 0], second[5, 1]) - np.arctan2(first[5, 0], first[5, 1])
    np.testing.assert_allclose(turn % (2 * np.pi), 2 * np.pi / 3)


@pytest.mark.parametrize(("name", "noise"), [("moons", 0.1), ("circles", 0.05)])
def test_noise_is_what_was_asked(name, noise):
    make = getattr(datasets, name)
    added = make(20_000, noise=noise, seed=1)[0] - make(20_000, noise=0.0, seed=1)[0]
    assert abs(added.std() / noise - 1) < 0.02


WRONG = {
    "one point": (lambda: datasets.moons(1), "n must be a whole number, 2 or more; got 1"),
    "half points": (lambda: datasets.moons(10.5), "n must be a whole number, 2 or more; got 10.5"),
    "fewer points than arms": (lambda: datasets.spiral(2), "n must be a whole number, 3 or more"),
    "no arms": (lambda: datasets.spiral(9, 0), "classes must be a whole number, 1 or more; got 0"),
    "true points": (lambda: datasets.moons(True), "got True"),
    "negative noise": (lambda: datasets.moons(noise=-0.1), "noise must be 0 or more"),
    "infinite noise": (lambda: datasets.spiral(noise=np.inf), "and finite; got inf"),
    "nan noise": (lambda: datasets.circles(noise=np.nan), "got nan"),
    "factor": (lambda: datasets.circles(factor=1.0), "factor must be between 0 and 1"),
}


@pytest.mark.parametrize(("call", "words"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused(call, words):
    with pytest.raises(OptionError, match=words):
        call()
