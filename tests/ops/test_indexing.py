"""Indexing gives what NumPy gives, and hands gradients back to where they came from."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import clearprop as cp
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.core.op import REGISTRY
from clearprop.core.reading import evaluate
from clearprop.errors import DTypeError, RangeError, ShapeError

JAX = ArrayNamespace(jnp, "jax")
SHAPE = (4, 3, 2)
X = np.arange(24.0).reshape(SHAPE)

KEYS = st.one_of(
    arrays.basic_indices(SHAPE, allow_newaxis=True, min_dims=0),
    arrays.integer_array_indices(SHAPE),
    st.tuples(
        st.one_of(st.slices(4), st.integers(-4, 3), st.none(), st.just(Ellipsis)),
        arrays.arrays(np.int64, arrays.array_shapes(min_dims=0, max_dims=2, max_side=3),
                      elements=st.integers(-2, 1)),
    ),
    arrays.arrays(bool, (4,)),
    arrays.arrays(bool, (4, 3)),
)  # fmt: skip


def check_index(index, key):
    """Compare value, gradient and reading with what NumPy does to the same key."""
    found = np.asarray(index.compute(NUMPY, X, key=key))
    np.testing.assert_array_equal(found, X[key])
    assert index.shape(SHAPE, key=key) == X[key].shape
    g = np.arange(1.0, X[key].size + 1).reshape(X[key].shape)
    expected = np.zeros(SHAPE)
    np.add.at(expected, key, g)
    np.testing.assert_array_equal(index.rule(0)(NUMPY, g, found, X, key=key), expected)
    for place in list(np.ndindex(*X[key].shape))[:5]:
        assert evaluate(index.reading(place, X, key=key), [X]) == X[key][place]


@settings(max_examples=300, deadline=None)
@given(KEYS)
def test_any_key(key):
    check_index(REGISTRY["index"], key)


@settings(max_examples=30, deadline=None)
@given(KEYS)
def test_any_key_on_jax(key):
    index = REGISTRY["index"]
    np.testing.assert_array_equal(index.compute(JAX, jnp.asarray(X), key=key), X[key])
    g = np.arange(1.0, X[key].size + 1).reshape(X[key].shape)
    np.testing.assert_array_equal(
        jax.jit(lambda g: index.rule(0)(JAX, g, None, X, key=key))(jnp.asarray(g)),
        index.rule(0)(NUMPY, g, None, X, key=key),
    )


def test_a_scatter_that_forgets_repeated_places_is_rejected(monkeypatch):
    def forgetful(xp, g, y, x, key):
        out = np.zeros(x.shape)
        out[key] = g
        return out

    monkeypatch.setitem(REGISTRY["index"].rules, "x", forgetful)
    check_index(REGISTRY["index"], (slice(None), 1))
    with pytest.raises(AssertionError):
        check_index(REGISTRY["index"], np.array([0, 0]))


def test_lists_and_tensors_in_a_key_are_numbers():
    x = cp.tensor(X)
    rows = cp.tensor([0, 3, 3], dtype="int64")
    for key in ([0, 3, 3], rows, np.array([0, 3, 3])):
        y = x[key]
        np.testing.assert_array_equal(y.numpy(), X[[0, 3, 3]])
        assert y.shape == (3, 3, 2)
    np.testing.assert_array_equal(x[rows, 1].numpy(), X[[0, 3, 3], 1])
    np.testing.assert_array_equal(x[x[:, 0, 0] > 6].numpy(), X[2:])
    np.testing.assert_array_equal(x[[]].numpy(), X[:0])
    y = x[rows[0], [1]].sum()
    y.backward()
    assert x.grad.numpy()[0, 1].tolist() == [1.0, 1.0]
    assert x.grad.numpy().sum() == 2.0


def test_elements_are_tensors_to_go_on_with():
    x = cp.tensor([1.0, 2.0, 3.0])
    (x[0] * x[-1]).backward()
    assert x.grad.tolist() == [3.0, 0.0, 1.0]
    assert [e.item() for e in x] == [1.0, 2.0, 3.0]


def test_a_rule_that_indexes_is_recorded():
    """The gradient of a gather is a scatter, whose gradient is a gather again."""
    h = cp.hessian(lambda x: (x[np.array([0, 0, 2])] ** 3).sum())(np.array([1.0, 5.0, 2.0]))
    np.testing.assert_array_equal(h.numpy(), np.diag([12.0, 0.0, 12.0]))


REFUSED = [
    (4, RangeError, "index 4 is out of range for axis 0 of size 4; indices go from -4 to 3"),
    ((0, -4), RangeError, "index -4 is out of range for axis 1 of size 3"),
    ([[0, 1], [2, 7]], RangeError, r"index 7 \(at \[1, 1\] of the indices\) .* axis 0 of size 4"),
    ((0, 0, 0, 0), ShapeError, "4 indices for an array of 3 axes"),
    ((Ellipsis, Ellipsis), ShapeError, "only one Ellipsis"),
    (1.5, DTypeError, "whole numbers; got float64"),
    ([0.0, 1.0], DTypeError, "whole numbers; got float64"),
    (np.ones(3, bool), ShapeError, r"a mask of shape \(3,\) for axes of shape \(4,\)"),
    (([0, 1], [0, 1, 2]), ShapeError, r"shapes \[\(2,\), \(3,\)\] do not broadcast"),
]


@pytest.mark.parametrize(("key", "kind", "words"), REFUSED, ids=[str(r[2])[:30] for r in REFUSED])
def test_refused(key, kind, words):
    with pytest.raises(kind, match=words):
        cp.tensor(X)[key]
    with pytest.raises(kind, match=words):  # JAX itself would clamp, and say nothing
        REGISTRY["index"].compute(JAX, jnp.asarray(X), key=key)


def test_an_index_error_is_an_index_error():
    with pytest.raises(IndexError):
        cp.tensor([1.0])[1]
