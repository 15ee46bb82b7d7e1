"""Dropout drops the right share, the same ones again, and nothing outside training."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.random import set_seed
from clearprop.errors import OptionError, ShapeError
from clearprop.nn import Chain, Dropout
from clearprop.nn.chance import drawing_from, drawn

X = np.ones((50, 40))


def dropped(layer, times=1):
    return [layer(X, training=True).numpy() == 0 for _ in range(times)]


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_share_that_is_dropped_and_the_scale_of_the_rest(rate):
    y = Dropout(rate, seed=3)(X, training=True).numpy()
    assert abs((y == 0).mean() - rate) < 4 * np.sqrt(rate * (1 - rate) / y.size)
    assert np.allclose(y[y != 0], 1 / (1 - rate))
    assert abs(y.mean() - 1) < 0.15


@pytest.mark.parametrize("rate", [0, 0.0, 0.5])
def test_outside_training_it_passes_on_the_very_same_tensor(rate):
    x = cp.tensor(X, dtype="float32")
    assert Dropout(rate)(x) is x
    assert Dropout(0)(x, training=True) is x


def test_each_step_drops_others_and_a_second_run_the_same():
    first, again = dropped(Dropout(0.5, seed=3), 3), dropped(Dropout(0.5, seed=3), 3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first[0], first[1])


def test_the_name_and_the_seed_make_a_difference():
    base = dropped(Dropout(0.5, seed=3))[0]
    assert not np.array_equal(base, dropped(Dropout(0.5, seed=4))[0])
    assert not np.array_equal(base, dropped(Dropout(0.5, seed=3, name="other"))[0])


def test_without_a_seed_of_its_own_it_takes_the_global_one():
    set_seed(8)
    first = dropped(Dropout(0.5), 2)
    set_seed(8)
    assert np.array_equal(first, dropped(Dropout(0.5), 2))
    set_seed(9)
    assert not np.array_equal(first, dropped(Dropout(0.5), 2))


def test_a_run_that_was_cut_off_goes_on_where_it_was():
    whole = dropped(Dropout(0.5, seed=3), 4)
    rest = Dropout(0.5, seed=3)
    rest.step = 2
    assert np.array_equal(whole[2:], dropped(rest, 2))


def test_gradients_pass_where_elements_did():
    x = cp.tensor(X, dtype="float32")
    y = Dropout(0.25, seed=1)(x, training=True)
    y.sum().backward()
    assert np.array_equal(x.grad.numpy(), y.numpy())


def test_whole_slices_can_be_dropped():
    y = Dropout(0.5, noise_shape=(None, 1), seed=1)(X, training=True).numpy()
    assert {tuple(row) for row in y} == {(0.0,) * 40, (2.0,) * 40}
    with pytest.raises(ShapeError, match="noise_shape"):
        Dropout(0.5, noise_shape=(1,))(X, training=True)


def test_masks_can_come_from_elsewhere():
    asked = []

    def source(path, seed, step, kind, shape, rate):
        asked.append((path, seed, step, shape, rate))
        return drawn(path, 99, step, kind, shape, rate)

    chain = Chain([Dropout(0.5, seed=1), Dropout(0.2)])
    with drawing_from(source):
        y = chain(X, training=True)
        chain(X, training=True)
    assert asked == [
        ("dropout", 1, 0, (50, 40), 0.5), ("dropout_1", None, 0, (50, 40), 0.2),
        ("dropout", 1, 1, (50, 40), 0.5), ("dropout_1", None, 1, (50, 40), 0.2),
    ]  # fmt: skip
    with drawing_from(source):
        again = Chain([Dropout(0.5, seed=1), Dropout(0.2)])(X, training=True)
    assert np.array_equal(y.numpy(), again.numpy())
    assert not np.array_equal(y.numpy(), Chain([Dropout(0.5, seed=1)])(X, training=True).numpy())


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (1, "less than 1"), (-0.1, "at least 0"), (np.nan, "at least 0"),
        (50, r"For 50 % give 0\.5"),
        ("0.5", "must be a number"), (True, "must be a number"), (None, "must be a number"),
    ],
)  # fmt: skip
def test_rates_that_are_no_fraction(rate, words):
    with pytest.raises(OptionError, match=words):
        Dropout(rate)
