"""Batches hand out every row once, alike in all arrays, in the form they were given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.data import batches, row_batches, row_count
from clearprop.errors import DataError, OptionError, ShapeError


@given(n=st.integers(1, 50), size=st.integers(1, 60), shuffle=st.booleans())
def test_every_row_comes_once(n, size, shuffle):
    x = np.arange(n * 2).reshape(n, 2)
    rng = np.random.default_rng(0) if shuffle else None
    parts = list(batches({"x": x, "y": [x[:, 0] * 10, None]}, size, shuffle_rng=rng))
    lengths = [len(part["x"]) for part in parts]
    assert lengths == [size] * (n // size) + ([n % size] if n % size else [])
    seen = np.concatenate([part["x"] for part in parts])
    assert sorted(seen[:, 0].tolist()) == x[:, 0].tolist()
    for part in parts:
        np.testing.assert_array_equal(part["y"][0], part["x"][:, 0] * 10)
        assert part["y"][1] is None


def test_without_a_generator_rows_come_in_order_as_views():
    x = np.arange(7)
    parts = list(batches(x, 3))
    assert [part.tolist() for part in parts] == [[0, 1, 2], [3, 4, 5], [6]]
    assert all(np.shares_memory(part, x) for part in parts)


def test_the_generator_says_the_order():
    x = np.arange(100)

    def order(seed):
        return np.concatenate(list(batches(x, 8, shuffle_rng=np.random.default_rng(seed)))).tolist()

    assert order(1) == order(1) != order(2)
    assert order(1) == np.random.default_rng(1).permutation(100).tolist()


def test_two_epochs_of_one_generator_differ():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(batches(np.arange(50), 8, shuffle_rng=rng))) for _ in "12")
    assert first.tolist() != second.tolist()


def test_row_batches_choose_what_batches_hand_out():
    x = np.arange(10) * 3
    by_rows = [x[rows] for rows in row_batches(10, 4, shuffle_rng=np.random.default_rng(2))]
    by_arrays = batches(x, 4, shuffle_rng=np.random.default_rng(2))
    for got, expected in zip(by_rows, by_arrays, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_lists_are_taken_as_arrays_only_at_the_leaves():
    """A list is a form, not an array: its items are what has rows."""
    assert row_count([np.zeros(3), np.zeros((3, 2))]) == 3


WRONG = {
    "lengths": (
        lambda: batches({"x": np.zeros(3), "y": (np.zeros(2),)}, 1),
        ShapeError,
        r"data\['x'\] has 3, data\['y'\]\[0\] has 2",
    ),
    "a number": (lambda: batches((np.zeros(3), 5), 1), ShapeError, r"data\[1\] is a single value"),
    "no rows": (lambda: batches(np.zeros((0, 3)), 1), DataError, "no rows"),
    "no arrays": (lambda: batches((None, {}), 1), DataError, "no arrays"),
    "size 0": (lambda: batches(np.zeros(3), 0), OptionError, "batch_size .* 1 or more; got 0"),
    "size 2.5": (lambda: batches(np.zeros(3), 2.5), OptionError, "batch_size .* got 2.5"),
    "size None": (lambda: batches(np.zeros(3), None), OptionError, "batch_size .* got None"),
}


@pytest.mark.parametrize(("call", "error", "words"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused_at_once(call, error, words):
    """When called, not when the first batch is taken."""
    with pytest.raises(error, match=words):
        call()
