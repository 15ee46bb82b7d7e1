"""Embedding and masking: Keras's numbers, and numbers that there are no vectors for."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import DTypeError, OptionError, RangeError
from clearprop.nn import LAYERS, LSTM, Embedding, Masking
from tests.nn.beside_keras import built, share_weights, unlike

WORDS = np.array([[1, 3, 3], [0, 2, 3]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_embedding_beside_keras(dtype, keras, keras_floatx):
    """Vectors that are looked up twice get both gradients, those that are not get none."""
    keras_floatx(dtype)
    ours, theirs = (
        built(make(5, 2, dtype=dtype, name="layer"), (None, 3))
        for make in (Embedding, keras.layers.Embedding)
    )
    share_weights(ours, theirs, np.random.default_rng(1), dtype)
    assert unlike(ours, theirs, lambda layer, x: layer(x), [WORDS], dtype) == []


def test_what_differs_is_noticed(keras, keras_floatx):
    keras_floatx("float64")
    ours, theirs = (
        built(make(5, 2, dtype="float64", name="layer"), (None, 3))
        for make in (Embedding, keras.layers.Embedding)
    )
    share_weights(ours, theirs, np.random.default_rng(1), "float64")
    ours.embeddings.assign(ours.embeddings.numpy()[::-1])
    found = unlike(ours, theirs, lambda layer, x: layer(x), [WORDS], "float64")
    assert found == ["output 0"]


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_masking_beside_keras(value, keras, keras_floatx):
    keras_floatx("float64")
    x = np.random.default_rng(2).standard_normal((2, 4, 3))
    x[0, 1] = x[1, 2:] = value
    x[0, 3, 0] = value
    ours, theirs = Masking(value, dtype="float64"), keras.layers.Masking(value, dtype="float64")
    assert unlike(ours, theirs, lambda layer, x: layer(x), [x], "float64") == []
    assert ours(x).mask.tolist() == np.asarray(theirs(x)._keras_mask).tolist()


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        ([[1, 5]], RangeError, r"0 to 4; got 5 \(at \[0, 1\]\)"),
        ([[-1, 1]], RangeError, "got -1"),
        ([[0.5, 1]], DTypeError, "whole numbers"),
        ([["a"]], DTypeError, "numbers"),
    ],
)
def test_numbers_that_have_no_vector(words, error, message):
    with pytest.raises(error, match=message):
        Embedding(5, 2)(np.array(words))


@pytest.mark.parametrize("sizes", [(0, 2), (3, -1), (3, 2.5), (True, 2)])
def test_sizes_that_are_none(sizes):
    with pytest.raises(OptionError, match="positive whole number"):
        Embedding(*sizes)


def test_whole_numbers_of_any_kind():
    layer = Embedding(5, 2, dtype="float64")
    expected = layer(WORDS).numpy()
    for kind in ("int8", "uint8", "int32", "float32", "float64"):
        np.testing.assert_array_equal(layer(WORDS.astype(kind)), expected)
    np.testing.assert_array_equal(layer(WORDS.tolist()), expected)
    assert layer(WORDS[:, :1]).shape == (2, 1, 2)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_truth_is_0_and_1(engine):
    ids = np.array([[True, False], [True, True], [False, False]])

    def trained(ids):
        cp.utils.set_random_seed(3)
        model = cp.Sequential([cp.Input((2,)), Embedding(2, 3), cp.layers.Flatten()])
        model.add(cp.layers.Dense(1))
        model.compile("sgd", "mse", engine=engine)
        model.fit(ids, np.ones((3, 1)), verbose=0, shuffle=False)
        return model.get_weights()

    for a, b in zip(trained(ids), trained(ids.astype("int64")), strict=True):
        np.testing.assert_array_equal(a, b)


def test_zero_is_filling():
    layer = Embedding(5, 2, mask_zero=True)
    assert layer(WORDS).mask.tolist() == [[True, True, True], [False, True, True]]
    nothing = LSTM(3)(layer(np.zeros((1, 4), int)))
    assert nothing.tolist() == [[0.0, 0.0, 0.0]]


def test_given_vectors():
    table = np.arange(6.0).reshape(3, 2)
    for weights in (table, [table]):
        assert Embedding(3, 2, weights=weights)(np.array([2])).tolist() == [[4.0, 5.0]]


@pytest.mark.parametrize(
    "layer", [Embedding(4, 3, mask_zero=True, embeddings_initializer="zeros"), Masking(7.0)]
)
def test_configurations(layer):
    assert LAYERS[type(layer).__name__].from_config(layer.get_config()).get_config() == (
        layer.get_config()
    )


def test_a_vector_can_be_asked_why():
    layer = Embedding(4, 2, dtype="float64")
    layer(WORDS[:, :2]).sum().backward()
    told = str(cp.why(layer.embeddings.grad[3, 0]))
    assert "embedding/embeddings" in told
