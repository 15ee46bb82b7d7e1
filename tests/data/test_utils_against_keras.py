"""`pad_sequences`, `normalize`, `to_categorical` and resizing, beside Keras's."""

import itertools

import numpy as np
import pytest

import clearprop as cp
from clearprop.data.resizing import KERNELS, cropped, padded, resized
from clearprop.errors import DataError, DTypeError, NumericsError, OptionError, ShapeError

SEQUENCES = [[[1], [2, 3], [4, 5, 6]], [[], [1.5, 2.7], [3]], [[[1, 2]], [[3, 4], [5, 6]]]]
SETTINGS = [
    {}, {"maxlen": 2}, {"maxlen": 5, "padding": "post"}, {"maxlen": 2, "truncating": "post"},
    {"dtype": "float32", "value": -1.0}, {"maxlen": 1, "padding": "post", "truncating": "post"},
    {"maxlen": 0},
]  # fmt: skip


@pytest.mark.parametrize(
    ("sequences", "settings"), list(itertools.product(SEQUENCES, SETTINGS)), ids=str
)
def test_sequences_are_padded_as_keras_pads_them(sequences, settings):
    import keras

    if settings == {"maxlen": 0}:  # Keras keeps all of a sequence that is cut to nothing, and fails
        assert cp.utils.pad_sequences(sequences, **settings).shape[:2] == (3 - (sequences is
            SEQUENCES[2]), 0)  # fmt: skip
        return
    ours = cp.utils.pad_sequences(sequences, **settings)
    theirs = keras.utils.pad_sequences(sequences, **settings)
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours, theirs)


def test_words_are_padded_too():
    import keras

    words = [["나는", "간다"], ["가자"]]
    for made in (cp.utils.pad_sequences, keras.utils.pad_sequences):
        padded_words = made(words, dtype=object, value="<>", padding="post")
        assert padded_words.tolist() == [["나는", "간다"], ["가자", "<>"]]


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "words"),
    [
        ([[[1]]], {"padding": "left"}, OptionError, "padding must be 'pre' or 'post'; got 'left'"),
        ([[[1]]], {"truncating": "end"}, OptionError, "truncating"),
        ([[[1]]], {"maxlen": -1}, OptionError, "maxlen"),
        ([[1, 2]], {}, DTypeError, "sequence 0 is 1; expected a list of numbers"),
        ([3], {}, DTypeError, "must be a list of sequences"),
        ([[]], {}, DataError, "no sequences"),
        ([["한글"]], {}, DTypeError, "sequence 0 is '한글'"),
        ([[["한글"]]], {}, DTypeError, "sequence 0 holds text; number its words first"),
        ([[[1]]], {"value": "x"}, OptionError, "value 'x' is text"),
        ([[[[1, 2]], [[3]]]], {}, ShapeError, "sequence 1 has elements of shape"),
        ([[[[1, 2], [3]]]], {}, ShapeError, "differ in shape"),
    ],
)
def test_what_cannot_be_padded_is_said(arguments, settings, error, words):
    with pytest.raises(error, match=words):
        cp.utils.pad_sequences(*arguments, **settings)


@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
@pytest.mark.parametrize("axis", [-1, 1])
def test_vectors_are_normalized_as_keras_normalizes_them(axis, order):
    import keras

    x = np.random.default_rng(0).standard_normal((4, 5, 3))
    x[1, :, 2] = x[2] = 0.0
    ours = cp.utils.normalize(x, axis, order)
    np.testing.assert_allclose(ours, keras.utils.normalize(x, axis, order), rtol=1e-12)


def test_an_axis_of_zero_is_the_first_one():
    np.testing.assert_allclose(cp.utils.normalize([[3.0], [4.0]], 0), [[0.6], [0.8]])


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([[1.0, np.nan]],), NumericsError, "has no length"),
        ((["가"],), DTypeError, "only numbers"),
        (([1.0], 1), OptionError, "no axis 1"),
        (([1.0], -1, 0), OptionError, "above 0; got 0"),
        (([1.0], -1, float("nan")), OptionError, "got nan"),
    ],
)
def test_what_cannot_be_normalized_is_said(arguments, error, words):
    with pytest.raises(error, match=words):
        cp.utils.normalize(*arguments)


IMAGE = np.random.default_rng(1).integers(0, 256, (5, 9, 3)).astype(np.float32)


@pytest.mark.parametrize("size", [(5, 9), (10, 4), (3, 18), (1, 1)])
@pytest.mark.parametrize("interpolation", KERNELS)
def test_pictures_are_resized_as_keras_resizes_them(interpolation, size):
    import keras

    theirs = keras.ops.image.resize(IMAGE, size, interpolation=interpolation, antialias=False)
    np.testing.assert_allclose(resized(IMAGE, *size, interpolation), theirs, atol=2e-3)


@pytest.mark.parametrize("size", [(4, 4), (3, 9), (8, 2), (2, 7)])
def test_pictures_are_cropped_as_keras_crops_them(size):
    import keras

    theirs = keras.ops.image.resize(IMAGE, size, crop_to_aspect_ratio=True)
    ours = resized(cropped(IMAGE, *size), *size, "bilinear")
    np.testing.assert_allclose(ours, theirs, atol=2e-3)


@pytest.mark.parametrize(
    ("size", "inside", "top", "left"),
    [
        ((4, 4), (2, 4), 0, 0),
        ((3, 9), (3, 5), 0, 1),
        ((8, 2), (1, 2), 3, 0),
        ((2, 7), (2, 3), 0, 1),
    ],
)
def test_pictures_are_padded_around_the_whole_one(size, inside, top, left):
    """What ``tf.image.resize_with_pad`` gave for these sizes; Keras's own on JAX loses a row."""
    found = padded(IMAGE, *size, "bilinear")
    assert found.shape == (*size, 3)
    expected = np.zeros((*size, 3), np.float32)
    h, w = inside
    expected[top : top + h, left : left + w] = resized(IMAGE, h, w, "bilinear")
    np.testing.assert_array_equal(found, expected)


def test_kernels_differ():
    found = {k: resized(IMAGE, 7, 7, k) for k in KERNELS}
    for a, b in itertools.combinations(found, 2):
        assert np.abs(found[a] - found[b]).max() > 0.5, (a, b)
