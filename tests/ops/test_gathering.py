"""Looking up by indices that are data, adding up by them, one-hot rows."""

import jax.numpy as jnp
import numpy as np
import pytest

import clearprop as cp
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.errors import DTypeError, RangeError, ShapeError
from clearprop.ops import scattering

JAX = ArrayNamespace(jnp, "jax")
RNG = np.random.default_rng(3)


def check_segment_sum(segment_sum, values, indices, size, axis):
    expected = np.zeros((*values.shape[:axis], size, *values.shape[axis + indices.ndim :]))
    np.add.at(expected, (*(slice(None),) * axis, indices), values)
    np.testing.assert_allclose(segment_sum(values, indices, size=size, axis=axis), expected)


@pytest.mark.parametrize("xp", [NUMPY, JAX], ids=["numpy", "jax"])
@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize(
    ("shape", "of", "axis"), [((50, 3), (50,), 0), ((2, 5, 7, 3), (5, 7), 1), ((2, 9), (9,), 1)]
)
@pytest.mark.parametrize("small", [0, 10**6])
def test_segment_sum(shape, of, axis, kind, xp, small, monkeypatch):
    monkeypatch.setattr(scattering, "SMALL", small)
    values, indices = RNG.standard_normal(shape), RNG.integers(0, 4, of).astype(kind)
    check_segment_sum(xp.segment_sum, values, indices, 4, axis)


def test_a_sum_that_overwrites_is_rejected():
    def overwriting(values, indices, size, axis):
        out = np.zeros((size, *values.shape[1:]))
        out[indices] = values
        return out

    values = RNG.standard_normal((3, 2))
    check_segment_sum(overwriting, values, np.array([2, 0, 1]), 3, 0)
    with pytest.raises(AssertionError):
        check_segment_sum(overwriting, values, np.array([2, 0, 2]), 3, 0)


@pytest.mark.parametrize("small", [0, 10**6])
@pytest.mark.parametrize("order", "CF")
def test_scatter_add_does_not_touch_its_input(order, small, monkeypatch):
    monkeypatch.setattr(scattering, "SMALL", small)
    x = np.asarray(RNG.standard_normal((4, 3)), order=order)
    before = x.copy()
    y = cp.scatter_add(x, np.array([1, 1, -1]), np.ones((3, 3)))
    np.testing.assert_array_equal(x, before)
    np.testing.assert_allclose(y.numpy() - before, [[0] * 3, [2] * 3, [0] * 3, [1] * 3], atol=1e-15)


def test_indices_may_count_from_the_end():
    table = cp.tensor(np.arange(6.0).reshape(3, 2))
    y = cp.take(table, np.array([-1, 0, 2]), axis=0)
    y.sum().backward()
    assert y.tolist() == [[4, 5], [0, 1], [4, 5]]
    assert table.grad.tolist() == [[1, 1], [0, 0], [2, 2]]


def test_single_precision_stays():
    x = cp.tensor(np.ones((3, 2), "float32"))
    for y in (
        cp.take(x, np.array([0]), axis=0),
        cp.take_along_axis(x, np.array([[0]] * 3)),
        cp.scatter_add(x, np.array([0]), np.ones((1, 2), "float32")),
        cp.segment_sum(x, np.array([0, 0, 1]), size=2),
        x[np.array([0])],
    ):
        y.sum().backward()
        assert y.dtype == x.grad.dtype == np.float32
    assert cp.one_hot(np.array([0]), num_classes=2, dtype="float32").dtype == np.float32


def test_one_hot():
    assert cp.one_hot(np.array([2, 0]), num_classes=3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert cp.one_hot(1, num_classes=2).tolist() == [0, 1]


X = np.ones((3, 2))
REFUSED = {
    "beyond the end": (
        lambda: cp.take(X, np.array([[0], [5]]), axis=0), RangeError,
        r"take: index 5 \(at \[1, 0\] of the indices\) is out of range for axis 0 of size 3"),
    "an axis must be said": (lambda: cp.take(X, np.array([0])), ShapeError, "axis=0"),
    "fractions": (lambda: cp.take(X, np.array([0.5]), axis=0), DTypeError, "astype"),
    "along, beyond": (
        lambda: cp.take_along_axis(X, np.array([[2]] * 3)), RangeError, "from -2 to 1"),
    "along, by broadcasting": (
        lambda: cp.take_along_axis(X, np.array([[0]])), ShapeError, "broadcast_to"),
    "adding beyond": (
        lambda: cp.scatter_add(X, np.array([3]), np.ones((1, 2))), RangeError, "scatter_add: .* 3"),
    "adding too few": (
        lambda: cp.scatter_add(X, np.array([1]), np.ones(2)), ShapeError, "must have shape"),
    "summing beyond": (
        lambda: cp.segment_sum(X, np.array([0, 9, 0]), size=3), RangeError, "index 9"),
    "summing too few": (
        lambda: cp.segment_sum(X, np.array([0, 1]), size=3), ShapeError, "must be the axes"),
    "no such class": (
        lambda: cp.one_hot(np.array([[0, 3]]), num_classes=3), RangeError,
        r"label 3 at \[0, 1\] is no class; 3 classes have labels 0 to 2"),
    "a negative label": (lambda: cp.one_hot(np.array([-1]), num_classes=3), RangeError, "label -1"),
    "a label with a fraction": (
        lambda: cp.one_hot(np.array([0.5]), num_classes=3), DTypeError, "whole numbers"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
