"""Convolution: against a loop as in the definition, in every geometry, in any blocks."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clearprop as cp
from clearprop.core.namespaces import NUMPY
from clearprop.errors import OptionError, ShapeError
from clearprop.ops import convolution_numpy
from clearprop.ops.windows import windows


def by_definition(x, w, *, strides=1, padding="valid", dilation=1, groups=1):
    """Convolve, number by number."""
    grid = windows(x.shape[1:-1], w.shape[:-2], strides=strides, padding=padding, dilation=dilation)
    y = np.zeros((len(x), *grid.out, w.shape[-1]))
    run_in, run_out = x.shape[-1] // groups, w.shape[-1] // groups
    for place in itertools.product(*map(range, grid.out)):
        for k in itertools.product(*map(range, grid.window)):
            at = [
                p * s + j * d - m[0]
                for p, s, j, d, m in zip(
                    place, grid.strides, k, grid.dilation, grid.margins, strict=True
                )
            ]
            if not all(0 <= a < n for a, n in zip(at, grid.size, strict=True)):
                continue
            for o in range(w.shape[-1]):
                first = o // run_out * run_in
                seen = x[(slice(None), *at, slice(first, first + run_in))]
                y[(slice(None), *place, o)] += seen @ w[(*k, slice(None), o)]
    return y


def check_conv(conv, x, w, how):
    expected = by_definition(x, w, **how)
    found = conv(x, w, **how)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@st.composite
def geometries(draw):
    rank = draw(st.integers(1, 3))
    each = lambda low, high: tuple(draw(st.integers(low, high)) for _ in range(rank))
    window, strides, dilation = each(1, 3), each(1, 3), each(1, 2)
    padding = draw(
        st.one_of(
            st.just("same"),
            st.just("valid"),
            st.just(tuple((draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(rank))),
        )
    )
    size = tuple(
        (k - 1) * d + draw(st.integers(1, 4)) for k, d in zip(window, dilation, strict=True)
    )
    groups = draw(st.sampled_from([1, 2, 3, 5]))  # 5 channels are not few any more
    inner = draw(st.integers(1, 6)) if groups == 1 else draw(st.integers(1, 2))
    outer = groups * draw(st.integers(1, 2))
    rng = np.random.default_rng(rank)
    x = rng.standard_normal((draw(st.integers(1, 3)), *size, inner * groups))
    w = rng.standard_normal((*window, inner, outer))
    return x, w, {"strides": strides, "padding": padding, "dilation": dilation, "groups": groups}


@settings(max_examples=150, deadline=None)
@given(geometries(), st.sampled_from([1, 300, 10**6]))
def test_any_geometry_in_any_blocks(geometry, block):
    x, w, how = geometry
    before = convolution_numpy.BLOCK
    convolution_numpy.BLOCK = block
    try:
        check_conv(NUMPY.conv, x, w, how)
        y = NUMPY.conv(x, w, **how)
        g = np.random.default_rng(1).standard_normal(y.shape)
        back = NUMPY.conv_transpose(g, w, size=x.shape[1:-1], **how)
        kernel = NUMPY.conv_kernel(x, g, window=w.shape[:-2], **how)
    finally:
        convolution_numpy.BLOCK = before
    total = np.sum(y * g)  # one sum of products of three, taken apart in three ways
    np.testing.assert_allclose(np.sum(back * x), total, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.sum(kernel * w), total, rtol=1e-9, atol=1e-9)
    for found, op in ((back, cp.conv_transpose), (kernel, cp.conv_kernel)):
        inputs = (g, w) if op is cp.conv_transpose else (x, g)
        more = {"size": x.shape[1:-1]} if op is cp.conv_transpose else {"window": w.shape[:-2]}
        np.testing.assert_allclose(
            found, op.forward(NUMPY, *inputs, **more, **how), rtol=1e-9, atol=1e-10
        )


def test_a_flipped_kernel_is_rejected():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((1, 5, 5, 2)), rng.standard_normal((3, 3, 2, 2))
    check_conv(NUMPY.conv, x, w, {})
    with pytest.raises(AssertionError):
        check_conv(lambda x, w: NUMPY.conv(x, w[::-1]), x, w, {})


@pytest.mark.parametrize("channels", [2, 8])
def test_any_memory_layout(channels):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 6, 7, channels)), rng.standard_normal((3, 2, channels, 4))
    expected = NUMPY.conv(x, w)
    for other in (
        np.asfortranarray(x),
        np.moveaxis(np.ascontiguousarray(np.moveaxis(x, -1, 1)), 1, -1),
        x[::-1].copy()[::-1],
        np.repeat(x, 2, axis=2)[:, :, ::2],
    ):
        np.testing.assert_allclose(NUMPY.conv(other, np.asfortranarray(w)), expected, rtol=1e-12)
    flat = np.broadcast_to(x[:1], x.shape)
    np.testing.assert_allclose(NUMPY.conv(flat, w), NUMPY.conv(flat.copy(), w), rtol=1e-12)


def test_inputs_are_left_alone_and_precision_is_kept():
    x, w = np.ones((2, 5, 5, 3), "float32"), np.ones((3, 3, 3, 2), "float32")
    x.flags.writeable = w.flags.writeable = False
    y = NUMPY.conv(x, w, padding="same")
    assert y.dtype == np.float32
    assert NUMPY.conv_transpose(y, w, size=(5, 5), padding="same").dtype == np.float32
    assert NUMPY.conv_kernel(x, y, window=(3, 3), padding="same").dtype == np.float32


def test_memory_does_not_grow_with_the_batch():
    """What the window sees, copied all at once, would be nine times the images."""
    x, w = np.ones((64, 32, 32, 8), "float32"), np.ones((3, 3, 8, 8), "float32")
    tracemalloc.start()
    try:
        y = NUMPY.conv(x, w, padding="same")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < y.nbytes + 4 * convolution_numpy.BLOCK < y.nbytes + 9 * x.nbytes / 4


@pytest.mark.parametrize("size", [4, 5, 7, 10])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("window", [1, 2, 3, 5])
def test_same_padding_is_that_of_keras(keras, size, stride, window):
    x = np.random.default_rng(0).standard_normal((2, size, size, 3)).astype("float32")
    w = np.random.default_rng(1).standard_normal((window, window, 3, 2)).astype("float32")
    expected = np.asarray(keras.ops.conv(x, w, strides=stride, padding="same"))
    found = NUMPY.conv(x, w, strides=stride, padding="same")
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


R = np.ones
REFUSED = {
    "channels": (
        lambda: cp.conv(R((2, 5, 5, 3)), R((3, 3, 4, 2))), ShapeError, "3 channels; .* is for 4"),
    "channels first": (
        lambda: cp.conv(R((2, 3, 5, 5)), R((3, 3, 3, 2))), ShapeError, "Channels come last"),
    "no batch": (lambda: cp.conv(R((5, 5, 3)), R((3, 3, 3, 2))), ShapeError, r"\(N, \*space, C\)"),
    "four axes of space": (
        lambda: cp.conv(R((1, 2, 2, 2, 2, 1)), R((1, 1, 1, 1, 1, 1))), ShapeError, "one to three"),
    "too large a window": (
        lambda: cp.conv(R((2, 5, 5, 3)), R((7, 3, 3, 2))), ShapeError, "7 does not fit 5 places"),
    "too much dilation": (
        lambda: cp.conv(R((2, 5, 5, 3)), R((3, 3, 3, 2)), dilation=3), ShapeError, "7 does not"),
    "groups": (
        lambda: cp.conv(R((2, 5, 5, 4)), R((3, 3, 2, 3)), groups=2), OptionError, "must divide"),
    "no groups": (
        lambda: cp.conv(R((2, 5, 5, 4)), R((3, 3, 2, 3)), groups=0), OptionError, "got 0"),
    "an empty kernel": (
        lambda: cp.conv(R((2, 5, 5, 4)), R((0, 3, 4, 3))), ShapeError, "no elements"),
    "padding misspelt": (
        lambda: cp.conv(R((2, 5, 5, 4)), R((3, 3, 4, 4)), padding="Same"), OptionError,
        "'valid', 'same' or numbers; got 'Same'"),
    "no stride": (
        lambda: cp.conv(R((2, 5, 5, 4)), R((3, 3, 4, 4)), strides=0), OptionError, "strides"),
    "strides for another rank": (
        lambda: cp.conv(R((2, 5, 5, 4)), R((3, 3, 4, 4)), strides=(1, 2, 3)), OptionError,
        "or 2 such numbers"),
    "another size": (
        lambda: cp.conv_transpose(R((2, 3, 3, 4)), R((3, 3, 2, 4)), size=(6, 6)), ShapeError,
        r"of a grid \(6, 6\) is \(2, 4, 4, 4\)"),
    "another delta": (
        lambda: cp.conv_kernel(R((2, 5, 5, 4)), R((2, 5, 5, 4)), window=(3, 3)), ShapeError,
        r"is \(2, 3, 3, 4\)"),
    "a delta of nothing": (
        lambda: cp.conv_kernel(R((2, 5, 5, 4)), 1.0, window=(3, 3)), ShapeError, "delta"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
