"""Losses refuse targets that do not fit the outputs, or that make no sense, in words."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses
from clearprop.errors import DTypeError, NumericsError, RangeError, ShapeError

P = np.full((4, 3), 1 / 3)
ONE_HOT = np.eye(3)[[0, 1, 2, 0]]


SHAPES = [
    ("mse", np.zeros((4, 1)), P, r"mean_squared_error: y_true has shape \(4, 1\), the outputs"),
    ("mse", np.zeros(4), P, r"shape \(N, 3\); they must be the same"),
    ("mse", np.zeros((4, 3)), np.zeros((4, 1)), r"the outputs have shape \(N, 1\)"),
    ("mse", np.zeros((4, 3, 3)), P, "they must be the same"),
    ("mse", np.zeros(()), P, "they must be the same"),
    ("mae", np.zeros((5, 3)), P, "y_true has 5 rows, y_pred has 4"),
    ("half_sse", np.zeros((1, 3)), P, "y_true has 1 rows, y_pred has 4"),
    ("mse", np.zeros((0, 3)), np.zeros((0, 3)), "no samples"),
    ("bce", np.zeros(4), P, "For class numbers use 'sparse_categorical_crossentropy'; for one"),
    ("cce", [0, 1, 2, 0], P, "For class numbers use 'sparse_categorical_crossentropy', or"),
    ("cce", [[0], [1], [2], [0]], P, "use 'sparse_categorical_crossentropy'"),
    ("cce", np.zeros((4, 1)), np.zeros((4, 1)), "one class would always be right.*'binary_cross"),
    ("scce", ONE_HOT, P, "For one-hot targets use 'categorical_crossentropy'"),
    (
        "scce",
        np.zeros(4, int),
        np.zeros((4, 1)),
        "For a yes-or-no answer use 'binary_crossentropy'",
    ),
    ("scce", np.zeros((4, 2), int), P, r"one class number each: shape \(N,\)"),
    ("scce", np.zeros(3, int), P, "y_true has 3 rows, y_pred has 4"),
    ("huber", np.zeros(4), P, "they must be the same"),
    ("hinge", np.zeros((4, 1)), P, "they must be the same"),
    ("kld", np.zeros(4), P, "they must be the same"),
    ("dice", np.zeros((4, 2)), P, "they must be the same"),
    ("categorical_hinge", [0, 1, 2, 0], P, "or give them one-hot, in rows of 3"),
    ("categorical_focal_crossentropy", [0, 1, 2, 0], P, "or give them one-hot, in rows of 3"),
    ("binary_focal_crossentropy", np.zeros(4), P, "For class numbers use 'sparse_categorical"),
    ("circle", ONE_HOT, P, r"a class number a sample, shape \(N,\), and embeddings"),
    ("ctc", [1, 2], np.zeros((2, 5, 3)), r"labels must have shape \(N, L\), filled up with 0"),
    ("ctc", [[1], [2]], np.zeros((2, 3)), r"scores \(N, T, K\)"),
]


@pytest.mark.parametrize(("name", "y", "p", "words"), SHAPES)
def test_shapes_are_not_broadcast_in_silence(name, y, p, words):
    with pytest.raises(ShapeError, match=words):
        losses.get(name)(y, p)


VALUES = [
    (
        "scce",
        [0, 1, 3, 5],
        RangeError,
        r"label 3 at y\[2\] is no class: .* 3 classes, 0 to 2\. For .* 5 .* Dense\(6",
    ),
    ("scce", [0, -1, 1, 2], RangeError, r"label -1 at y\[1\] is no class.* from 0: np\.unique"),
    ("scce", [1, 2, 3, 1], RangeError, r"Labels from 1 on: give y - 1"),
    ("scce", [0, 1, 1.5, 2], DTypeError, r"1\.5 at \[2\] is no class number.*use 'mse'"),
    ("scce", ["a", "b", "c", "a"], DTypeError, "Number the classes first"),
    ("scce", [0, 1, np.nan, 2], NumericsError, r"target nan at \[2\]"),
    (
        "mse",
        np.where(np.arange(12).reshape(4, 3) == 7, np.inf, 0),
        NumericsError,
        r"inf at \[2, 1\]",
    ),
    ("mse", np.full((4, 3), "x"), DTypeError, "targets must be numbers"),
    ("mse", np.full((4, 3), None), DTypeError, "targets must be numbers"),
    ("bce", np.full((4, 3), 2), RangeError, r"target 2 at \[0, 0\] is outside 0 to 1"),
    ("bce", np.where(np.arange(12).reshape(4, 3) == 4, -1, 1), RangeError, r"-1 at \[1, 1\]"),
    ("cce", ONE_HOT * 7, RangeError, r"target 7 at \[0, 0\] is outside 0 to 1.*one-hot"),
    ("dice", ONE_HOT * 255, RangeError, r"target 255 at \[0, 0\].*divided by 255"),
    ("tversky", -ONE_HOT, RangeError, r"target -1 at \[0, 0\] is outside 0 to 1"),
    ("kld", ONE_HOT * 2, RangeError, "A row of targets is a distribution"),
    ("hinge", ONE_HOT * 2, RangeError, r"−1 and 1, or 0 and 1; got 2 at \[0, 0\]"),
    ("squared_hinge", ONE_HOT - np.eye(3)[[1, 2, 0, 1]], RangeError, "got −1, 0 and 1 mixed"),
    ("categorical_hinge", ONE_HOT * 2, RangeError, "is outside 0 to 1"),
    ("categorical_generalized_cross_entropy", [0, 1, 3, 2], RangeError, r"label 3 at y\[2\]"),
    ("circle", [0, 1, 1.5, 0], DTypeError, "class numbers are whole numbers"),
    ("ctc", [[1], [2], [3], [1]], RangeError, r"label 3 at \[2, 0\] .* 1 to 2, and 0 for the bl"),
    ("ctc", [[1, 0], [0, 2], [1, 0], [1, 0]], RangeError, "row 1 has a label after a 0"),
    ("ctc", [[1, 1, 0], [1, 1, 1], [1, 0, 0], [1, 0, 0]], RangeError, "row 1 need 5 steps.*have 3"),
    ("ctc", [[0.5], [1], [1], [1]], DTypeError, "labels are whole numbers"),
]


@pytest.mark.parametrize(("name", "y", "error", "words"), VALUES)
def test_targets_that_make_no_sense(name, y, error, words):
    p = np.zeros((4, 3, 3)) if name == "ctc" else P
    with pytest.raises(error, match=words):
        losses.get(name)(y, p)
    with pytest.raises(error, match=words):  # the same for a data set of which P is a batch
        losses.get(name).prepare(y, (None, *p.shape[1:]))
    with pytest.raises((error, DTypeError), match=r"."):  # and for targets that are recorded
        losses.get(name)(cp.tensor(y), cp.tensor(p))


@pytest.mark.parametrize("good", [[0, 1, 2, 0], [0.0, 1.0, 2.0, 0.0], [[0], [1], [2], [0]]])
def test_class_numbers_of_any_kind(good):
    loss = losses.get("scce")
    assert loss(good, P).item() == pytest.approx(np.log(3))
    prepared = loss.prepare(good, (None, 3))
    assert (prepared.dtype, prepared.shape) == (np.int64, (4,))


def test_prepared_targets_are_taken_batch_by_batch():
    y, p = np.arange(10.0), np.linspace(-1, 1, 10, dtype="float32")[:, None]
    loss = losses.get("mse")
    rows = loss.prepare(y, (None, 1))
    assert (rows.shape, rows.dtype) == ((10, 1), np.float32)
    parts = [loss.compute(rows[i : i + 5], cp.tensor(p[i : i + 5])).item() for i in (0, 5)]
    assert np.mean(parts) == pytest.approx(loss(y, p).item(), rel=1e-6)
