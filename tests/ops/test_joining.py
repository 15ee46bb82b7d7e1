"""Joining and taking apart are each other's undoing, in values and in gradients."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import ShapeError

X = np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_there_and_back(axis):
    np.testing.assert_array_equal(cp.stack(cp.unstack(X, axis=axis), axis=axis).numpy(), X)
    n = X.shape[axis]
    for cut in (n, 1, [], [1], [0, 1], [1, 1]):
        parts = cp.split(X, cut, axis=axis)
        expected = np.split(X, cut, axis=axis)
        assert len(parts) == len(expected)
        for part, piece in zip(parts, expected, strict=True):
            np.testing.assert_array_equal(part.numpy(), piece)
        np.testing.assert_array_equal(cp.concat(parts, axis=axis).numpy(), X)


def test_gradients_go_to_the_parts():
    x = cp.tensor(X)
    first, _, last = cp.unstack(x, axis=1)
    (first.sum() + 3 * cp.concat([last, last], axis=0).sum()).backward()
    expected = np.zeros(X.shape)
    expected[:, 0], expected[:, 2] = 1, 6
    np.testing.assert_array_equal(x.grad.numpy(), expected)


def test_an_array_joined_to_itself_is_counted_as_often():
    x = cp.tensor([1.0, 2.0])
    cp.stack([x, x * x, x]).sum().backward()
    assert x.grad.tolist() == [4.0, 6.0]


REFUSED = {
    "nothing": (lambda: cp.concat([]), "no arrays"),
    "nothing to stack": (lambda: cp.stack([]), "no arrays"),
    "other sizes": (
        lambda: cp.concat([X, X[:, :2]]), "array 1 has shape .2, 2, 4., array 0"),
    "other ranks": (lambda: cp.concat([X, X[0]]), "agree but for axis 0"),
    "another shape": (lambda: cp.stack([X, X[:1]]), "all must have one"),
    "uneven parts": (lambda: cp.split(X, 2, axis=1), "3 places, which 2 equal parts"),
    "no such axis": (lambda: cp.unstack(X, axis=3), "axis 3 of an array with axes -3 to 2"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, words):
    with pytest.raises(ShapeError, match=words):
        call()
