"""Data sets divided into two, as Keras's scripts ask for it; and splits by Korean labels."""

import random

import numpy as np
import pytest

import clearprop as cp
from clearprop.data import Batches, train_test_split
from clearprop.errors import DataError, DTypeError, OptionError, ShapeError

split = cp.utils.split_dataset


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"left_size": 0.6}, (6, 4)), ({"right_size": 0.25}, (8, 2)), ({"left_size": 3}, (3, 7)),
        ({"left_size": 3, "right_size": 4}, (3, 4)),
        ({"left_size": 0.2, "right_size": 0.5}, (2, 5)),
    ],
)  # fmt: skip
def test_sizes(sizes, expected):
    left, right = split(np.arange(10), **sizes)
    assert (len(left), len(right)) == expected
    assert [int(x) for x in left] == list(range(expected[0]))
    assert [int(x) for x in right] == list(range(10 - expected[1], 10))


def test_a_shuffle_is_that_of_keras():
    order = list(range(10))
    random.Random(4).shuffle(order)
    left, right = split(np.arange(10), 0.5, shuffle=True, seed=4)
    assert [int(x) for x in left] + [int(x) for x in right] == order


def test_forms_of_data_sets():
    x, y = np.arange(4), np.arange(4) * 2
    for given in ((x, y), Batches.from_tensor_slices((x, y)), [(0, 0), (1, 2), (2, 4), (3, 6)]):
        left, right = split(given, 0.5)
        assert [(int(a), int(b)) for a, b in [*left, *right]] == [(0, 0), (1, 2), (2, 4), (3, 6)]
    left, _ = split({"a": x, "b": y}, 1)
    assert [row["b"] for row in left] == [0]
    ((a, b),) = split((x, y), 2)[1].batch(8)
    assert a.tolist() == [2, 3]
    assert b.tolist() == [4, 6]


@pytest.mark.parametrize(
    ("given", "sizes", "error", "words"),
    [
        (np.arange(4), {}, OptionError, "needs left_size, right_size or both"),
        (np.arange(4), {"left_size": 4}, OptionError, "parts of 4 and 0"),
        (np.arange(4), {"left_size": 3, "right_size": 2}, OptionError, "parts of 3 and 2"),
        (np.arange(4), {"left_size": 1.5}, OptionError, r"in \(0, 1\); got 1.5"),
        (np.arange(4), {"left_size": 0}, OptionError, "left_size must be a whole number"),
        (np.arange(4), {"left_size": 0.01}, OptionError, "parts of 0"),
        ([], {"left_size": 1}, DataError, "no examples"),
        ("text", {"left_size": 1}, DTypeError, "got str"),
        (5, {"left_size": 1}, DTypeError, "got int"),
        ((np.arange(3), np.arange(4)), {"left_size": 1}, ShapeError, "same number of rows"),
    ],
)
def test_what_cannot_be_divided_is_said(given, sizes, error, words):
    with pytest.raises(error, match=words):
        split(given, **sizes)


def test_korean_labels_keep_their_shares():
    labels = np.array(["개"] * 60 + ["고양이"] * 30 + ["새"] * 10)
    words = np.array([f"문장 {i}" for i in range(100)], object)
    x_train, x_test, y_train, y_test = train_test_split(
        words, labels, test_size=0.2, stratify=labels
    )
    assert sorted([*x_train, *x_test]) == sorted(words)
    for part, size in ((y_train, 80), (y_test, 20)):
        assert [(part == name).sum() for name in ("개", "고양이", "새")] == [
            size * 6 // 10, size * 3 // 10, size // 10,
        ]  # fmt: skip
    assert all(labels[int(word.split()[1])] == label
               for word, label in zip(x_test, y_test, strict=True))  # fmt: skip
