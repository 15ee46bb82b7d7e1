"""A table made ready in one call: fair, aligned, and learnable."""

import numpy as np
import pytest

from clearprop.data import prepare
from clearprop.errors import OptionError
from tests.data.tables.making import table


def animals(n=100, unlabelled=()):
    lines = [
        f"{i},{i * 0.5},{'ab'[i % 2]},{'' if i in unlabelled else ('cat', 'dog', 'owl')[i % 3]}"
        for i in range(n)
    ]
    return table("id,x,c,kind\n" + "\n".join(lines))


def test_parts_are_aligned_with_their_rows():
    ready = prepare(animals(), "kind")
    assert ready.x_train.shape == (80, 3)
    assert ready.x_test.shape == (20, 3)
    assert sorted(ready.train_rows + ready.test_rows) == list(range(2, 102))
    scaler = ready.preprocessor.features[0]
    for x, y, rows in (
        (ready.x_train, ready.y_train, ready.train_rows),
        (ready.x_test, ready.y_test, ready.test_rows),
    ):
        number = np.array(rows) - 2
        np.testing.assert_allclose(x[:, 0] * scaler.scale + scaler.shift, number * 0.5, atol=1e-4)
        assert y.tolist() == (number % 3).tolist()


def test_classes_have_their_share_in_both_parts():
    ready = prepare(animals(90), "kind", test_size=30)
    assert np.bincount(ready.y_test).tolist() == [10, 10, 10]


def test_scales_are_learnt_from_the_rows_to_train_on_only():
    ready = prepare(animals(), "kind")
    assert abs(ready.x_train[:, 0].mean()) < 1e-6
    assert abs(ready.x_test[:, 0].mean()) > 1e-6


def test_rows_without_a_target_are_left_out_and_told_of():
    ready = prepare(animals(unlabelled={0, 7}), "kind")
    rows = ready.train_rows + ready.test_rows
    assert len(rows) == 98
    assert not {2, 9} & set(rows)
    words = [note.in_words("en") for note in ready.notes]
    assert words == [
        "Target 'kind': 2 rows without a value left out (the first: row 2).",
        "Left out, only numbers the rows: 'id'.",
    ]


def test_what_was_filled_in_is_told_of_too():
    ready = prepare(table("x,y\n1,a\n,b\n3,a\n4,b\n5,a\n6,b\n"), "y")
    assert [note.key for note in ready.notes] == ["filled_in"]


def test_a_seed_says_all():
    rows = [prepare(animals(), "kind", seed=seed).test_rows for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_all_rows_to_train_on():
    ready = prepare(animals(4), "x", test_size=0)
    assert ready.train_rows == [2, 3, 4, 5]
    assert ready.x_test.shape == (0, ready.x_train.shape[1])
    assert ready.y_test.shape == (0, 1)


def test_amounts_are_divided_without_classes():
    ready = prepare(animals(), "x")
    assert ready.preprocessor.task == "regression"
    assert ready.y_test.shape == (20, 1)


@pytest.mark.parametrize("size", [1.0, -0.5, 100, np.nan])
def test_a_division_that_leaves_nothing_is_refused(size):
    with pytest.raises(OptionError, match="test_size"):
        prepare(animals(), "kind", test_size=size)


def test_a_least_squares_fit_learns_what_was_prepared():
    """The numbers carry the table's content: a plane through them predicts the target."""
    rng = np.random.default_rng(0)
    size, far = rng.uniform(10, 90, 200), rng.integers(0, 2, 200)
    price = 3 * size - 40 * far + 100
    lines = [f"{s:.3f},{'yn'[f]},{p:.3f}" for s, f, p in zip(size, far, price, strict=True)]
    ready = prepare(table("size,near,price\n" + "\n".join(lines)), "price")

    def with_one(x):
        return np.column_stack([x, np.ones(len(x))])

    w, *_ = np.linalg.lstsq(with_one(ready.x_train), ready.y_train, rcond=None)
    predicted = ready.preprocessor.decode(with_one(ready.x_test) @ w)
    expected = price[np.array(ready.test_rows) - 2]
    np.testing.assert_allclose(predicted, expected, atol=0.01)
