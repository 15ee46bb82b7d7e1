"""Pooling: against a loop as in the definition; ties, padding and infinities."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearprop as cp
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.errors import OptionError, ShapeError
from clearprop.ops import pooling_numpy
from clearprop.ops.windows import windows

JAX = ArrayNamespace(jnp, "jax")
KINDS = {"sum_pool": np.sum, "average_pool": np.mean, "max_pool": np.max}


def by_definition(combine, x, *, window, strides=None, padding="valid"):
    grid = windows(x.shape[1:-1], window, strides=strides or window, padding=padding)
    y = np.zeros((len(x), *grid.out, x.shape[-1]))
    for place in itertools.product(*map(range, grid.out)):
        cut = tuple(
            slice(max(0, p * s - m[0]), p * s - m[0] + k)
            for p, s, m, k in zip(place, grid.strides, grid.margins, grid.window, strict=True)
        )
        seen = x[(slice(None), *cut)].reshape(len(x), -1, x.shape[-1])
        y[(slice(None), *place)] = combine(seen, axis=1)
    return y


def check_pool(pool, combine, x, how):
    expected = by_definition(combine, x, **how)
    np.testing.assert_allclose(pool(x, **how), expected, rtol=1e-12, atol=1e-12)


@st.composite
def geometries(draw):
    rank = draw(st.integers(1, 3))
    window = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    margins = tuple((draw(st.integers(0, k - 1)), draw(st.integers(0, k - 1))) for k in window)
    strides = draw(st.none() | st.tuples(*[st.integers(1, 3)] * rank))
    size = tuple(k + draw(st.integers(0, 4)) for k in window)
    x = np.random.default_rng(rank).integers(0, 4, (draw(st.integers(1, 3)), *size, 2))
    padding = draw(st.sampled_from(["valid", "same", margins]))
    return x.astype(float), {"window": window, "strides": strides, "padding": padding}


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=60, deadline=None)
@given(geometry=geometries(), block=st.sampled_from([1, 10**6]))
def test_any_geometry_in_any_blocks(name, geometry, block):
    x, how = geometry
    before = pooling_numpy.BLOCK
    pooling_numpy.BLOCK = block
    try:
        check_pool(getattr(NUMPY, name), KINDS[name], x, how)
        y, pull = cp.vjp(lambda x: getattr(cp, name)(x, **how), x)
        g = np.random.default_rng(1).standard_normal(y.shape)
        back = pull(g)[0].numpy()
    finally:
        pooling_numpy.BLOCK = before
    np.testing.assert_allclose(np.sum(back * x), np.sum(y.numpy() * g), rtol=1e-9, atol=1e-9)


def test_counting_the_padding_is_rejected():
    x = np.ones((1, 3, 3, 1))
    how = {"window": 2, "strides": 1, "padding": "same"}
    check_pool(NUMPY.average_pool, np.mean, x, how)
    with pytest.raises(AssertionError):
        check_pool(lambda x, **how: NUMPY.sum_pool(x, **how) / 4, np.mean, x, how)


def check_tie(unpool):
    """Of equals, the first in row-major order gets it all; nothing is lost or doubled."""
    x = np.zeros((1, 4, 4, 1))
    x[0, 0, 1], x[0, 1, 0] = 5, 5  # a tie of two; of all four in the other windows
    g = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    expected = np.zeros((4, 4))
    expected[0, 1], expected[0, 2], expected[2, 0], expected[2, 2] = 1, 2, 3, 4
    np.testing.assert_array_equal(np.asarray(unpool(g, x))[0, :, :, 0], expected)


def test_ties():
    check_tie(lambda g, x: NUMPY.max_unpool(g, x, window=2))
    check_tie(lambda g, x: JAX.max_unpool(jnp.asarray(g), jnp.asarray(x), window=2))
    check_tie(lambda g, x: cp.vjp(lambda x: cp.max_pool(x, window=2), x)[1](g)[0].numpy())


def test_ties_are_broken_as_jax_breaks_them():
    def pool(x):
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

    check_tie(lambda g, x: jax.vjp(pool, jnp.asarray(x))[1](jnp.asarray(g))[0])


def test_giving_to_all_that_tie_is_rejected():
    def to_all(g, x):
        y = NUMPY.max_pool(x, window=2)
        up = lambda z: z.repeat(2, axis=1).repeat(2, axis=2)
        return np.where(x == up(y), up(g), 0)

    with pytest.raises(AssertionError):
        check_tie(to_all)


def test_overlapping_windows_add_up():
    x = np.zeros((1, 3, 1))
    x[0, 1] = 1.0
    assert NUMPY.max_unpool(np.ones((1, 2, 1)), x, window=2, strides=1)[0, :, 0].tolist() == [
        0,
        2,
        0,
    ]


@pytest.mark.parametrize("window", [{"window": 2}, {"window": 3, "strides": 2, "padding": 1}])
def test_an_infinite_gradient_stays_where_it_belongs(window):
    x = np.random.default_rng(0).permutation(16.0 * np.arange(16)).reshape(1, 4, 4, 1)
    y, pull = cp.vjp(lambda x: cp.max_pool(x, **window), x)
    back = pull(np.full(y.shape, np.inf))[0].numpy()
    assert np.isinf(back).any()
    assert not np.isnan(back).any()


def test_negative_numbers_beat_the_padding():
    x = np.full((1, 3, 3, 1), -7.0)
    assert (NUMPY.max_pool(x, window=2, padding="same") == -7).all()


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("window", "strides"), [(2, 2), (3, 2), (3, 1), (2, 3)])
def test_same_as_keras(keras, window, strides, padding):
    x = np.random.default_rng(0).standard_normal((2, 7, 8, 3)).astype("float32")
    for name in ("max_pool", "average_pool"):
        expected = getattr(keras.ops, name)(x, window, strides, padding)
        found = getattr(NUMPY, name)(x, window=window, strides=strides, padding=padding)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, np.asarray(expected), rtol=1e-5, atol=1e-6)


X = np.ones((1, 4, 4, 2))
REFUSED = {
    "too large": (lambda: cp.max_pool(X, window=5), ShapeError, "5 does not fit 4 places"),
    "no space": (lambda: cp.max_pool(X[0, 0], window=1), ShapeError, r"\(N, \*space, C\)"),
    "nothing but padding": (
        lambda: cp.max_pool(X, window=2, padding=2), ShapeError, "nothing but padding"),
    "a window for another rank": (
        lambda: cp.max_pool(X, window=(2, 2, 2)), OptionError, "the window must be .* 2 such"),
    "other values": (
        lambda: cp.max_pool_at(X[:, :2], X, window=2), ShapeError, "they must be the same"),
    "other gradients": (
        lambda: cp.max_unpool(X, X, window=2), ShapeError, r"is \(1, 2, 2, 2\)"),
    "other sums": (
        lambda: cp.sum_unpool(X, size=(4, 4), window=2), ShapeError, r"must be \(N, 2, 2, C\)"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
