"""One-hot rows as Keras gives them, and words for every label that cannot be one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearprop.data import to_categorical
from clearprop.errors import DataError, DTypeError, MemoryLimitError, OptionError


@given(labels=st.lists(st.integers(0, 9), min_size=1), spare=st.integers(0, 3))
def test_argmax_gives_the_labels_back(labels, spare):
    rows = to_categorical(labels, max(labels) + 1 + spare)
    assert rows.shape == (len(labels), max(labels) + 1 + spare)
    assert rows.dtype == np.float64
    assert rows.argmax(axis=1).tolist() == labels
    assert rows.sum() == len(labels)
    np.testing.assert_array_equal(to_categorical(labels), rows[:, : max(labels) + 1])


def test_shapes_as_in_keras():
    assert to_categorical([[0], [2]]).shape == (2, 3)  # a last axis of 1 is dropped
    assert to_categorical([[0, 1, 1], [2, 0, 0]]).shape == (2, 3, 3)
    assert to_categorical([5]).shape == (1, 6)
    assert to_categorical(3).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_whole_numbers_of_any_type(dtype):
    labels = np.array([1, 0, 1], dtype)
    assert to_categorical(labels).tolist() == [[0, 1], [1, 0], [0, 1]]


WRONG = {
    "text": (["cat", "dog"], None, DTypeError, "got <U3"),
    "object": (np.array([1, None]), None, DTypeError, "got object"),
    "complex": ([1j], None, DTypeError, "complex128"),
    "none": ([], None, DataError, "no labels"),
    "negative": ([0, 3, -1], None, DataError, "label 2 is -1; labels must be whole numbers from 0"),
    "not whole": ([0, 1.5], None, DataError, "label 1 is 1.5"),
    "nan": ([0, np.nan], None, DataError, "label 1 is nan"),
    "infinite": ([np.inf], None, DataError, "label 0 is inf"),
    "too large for int64": ([1e300], None, DataError, "label 0 is 1e\\+300"),
    "in a table": ([[0, 1], [1, -4]], None, DataError, r"label \[1, 1\] is -4"),
    "out of range": ([0, 9, 10], 10, DataError, "label 2 is 10, but num_classes=10 allows 0 to 9"),
    "no classes": ([0], 0, OptionError, "num_classes must be a whole number, 1 or more; got 0"),
    "half a class": ([0], 2.5, OptionError, "num_classes .* got 2.5"),
    "too many classes": ([0, 10**12], None, MemoryLimitError, "2 labels of 1,000,000,000,001"),
    "too many asked": ([0], 10**10, MemoryLimitError, "80.0 GB"),
}


@pytest.mark.parametrize(("x", "num_classes", "error", "words"), WRONG.values(), ids=WRONG)
def test_what_is_no_label_is_refused(x, num_classes, error, words):
    with pytest.raises(error, match=words):
        to_categorical(x, num_classes)
