"""Every row lands in exactly one part, and each label gets its share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.data.splits import split_rows, train_test_split, validation_split
from clearprop.errors import DataError, OptionError, ShapeError


@given(
    labels=st.lists(st.integers(0, 4), min_size=2, max_size=60).map(np.array),
    fraction=st.floats(0.05, 0.9),
    seed=st.integers(0, 100),
    stratify=st.booleans(),
)
def test_each_row_is_in_one_part(labels, fraction, seed, stratify):
    n = len(labels)
    count = max(1, round(n * fraction))
    if count == n:
        count = fraction = n - 1
    train, test = split_rows(
        n, test_size=fraction, seed=seed, stratify=labels if stratify else None
    )
    assert sorted([*train.tolist(), *test.tolist()]) == list(range(n))
    if not stratify:
        assert len(test) == count
        return
    sizes = np.bincount(labels)
    tested = np.bincount(labels[test], minlength=len(sizes))
    assert np.all(tested[sizes > 0] < sizes[sizes > 0])
    assert np.all(abs(tested - sizes * count / n)[sizes - 1 > sizes * count / n] < 1)
    assert len(test) <= count


def test_shares_add_up_to_what_was_asked():
    labels = np.repeat([0, 1, 2], [50, 31, 19])
    train, test = split_rows(100, test_size=0.25, stratify=labels)
    assert np.bincount(labels[test]).tolist() == [12, 8, 5]
    assert len(train) == 75


def test_a_label_with_one_row_stays_in_training():
    labels = np.array(["a"] * 5 + ["b"])
    for seed in range(20):
        train, _ = split_rows(6, test_size=2, seed=seed, stratify=labels)
        assert 5 in train


def test_a_seed_says_all():
    x = np.arange(30)
    first, again = (train_test_split(x, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[1], train_test_split(x, seed=6)[1])


def test_stratified_parts_are_shuffled():
    """Else the last rows, which validation takes, would all have one label."""
    labels = np.repeat([0, 1], 50)
    train, test = split_rows(100, stratify=labels)
    for part in (train, test):
        assert len(set(labels[part][-8:].tolist())) == 2


def test_arrays_stay_aligned():
    x = np.arange(40.0).reshape(20, 2)
    x_train, x_test, y_train, y_test, w_train, w_test = train_test_split(
        x, x[:, 0] * 10, x[:, 1].tolist(), test_size=5
    )
    assert x_test.shape == (5, 2)
    np.testing.assert_array_equal(x_train[:, 0] * 10, y_train)
    np.testing.assert_array_equal(x_test[:, 0] * 10, y_test)
    np.testing.assert_array_equal(x_train[:, 1], w_train)
    np.testing.assert_array_equal(x_test[:, 1], w_test)


def test_validation_takes_the_last_rows_as_keras_does():
    x = np.arange(10)
    (x_train, y_train), (x_val, y_val) = validation_split(0.25, x, x * 2)
    assert x_train.tolist() == list(range(7))  # floor(10 * 0.75)
    assert x_val.tolist() == [7, 8, 9]
    assert y_val.tolist() == [14, 16, 18]
    assert np.shares_memory(x_train, x)
    assert len(y_train) == 7


WRONG = {
    "lengths": (lambda: train_test_split([1, 2], [1]), ShapeError, "have 2, 1 rows"),
    "a number": (lambda: train_test_split(3), ShapeError, "array 0 is a single number"),
    "nothing": (lambda: train_test_split(), OptionError, "at least one array"),
    "no rows": (lambda: train_test_split([]), DataError, "no rows"),
    "one row": (lambda: train_test_split([1]), OptionError, "test_size=0.2 of 1 rows leaves"),
    "all rows": (lambda: train_test_split([1, 2], test_size=2), OptionError, "leaves a part"),
    "no test": (lambda: train_test_split([1, 2], test_size=0), OptionError, "1 or more; got 0"),
    "over one": (lambda: train_test_split([1, 2], test_size=1.5), OptionError, r"in \(0, 1\)"),
    "nan": (lambda: train_test_split([1, 2], test_size=np.nan), OptionError, "got nan"),
    "text": (lambda: train_test_split([1, 2], test_size="a"), OptionError, "got 'a'"),
    "labels": (
        lambda: train_test_split([1, 2, 3], stratify=[1, 2]), ShapeError, r"a row, \(3,\)",
    ),
    "validation of nothing": (lambda: validation_split(0.5, [1]), OptionError, "leaves 0 to train"),
    "validation over one": (lambda: validation_split(1.0, [1]), OptionError, "between 0 and 1"),
    "validation nan": (lambda: validation_split(np.nan, [1]), OptionError, "got nan"),
    "validation of none": (lambda: validation_split(0.5), OptionError, "at least one array"),
    "validation lengths": (lambda: validation_split(0.5, [1], [1, 2]), ShapeError, "1, 2 rows"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "error", "words"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
