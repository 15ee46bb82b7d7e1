"""Attention layers: what they refuse, what they drop, and how they are written down."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError, ShapeError
from clearprop.nn import (
    AdditiveAttention,
    Attention,
    Embedding,
    GroupQueryAttention,
    MultiHeadAttention,
)
from clearprop.nn.chance import drawing_from

RNG = np.random.default_rng(0)
X, V = RNG.standard_normal((2, 3, 4)), RNG.standard_normal((2, 5, 4))


def all_kept(path, seed, step, kind, shape, rate):
    return np.ones(shape, bool)


def none_kept(path, seed, step, kind, shape, rate):
    return np.zeros(shape, bool)


@pytest.mark.parametrize(
    ("make", "given"),
    [
        (lambda rate: Attention(dropout=rate, dtype="float64"), [[X, V]]),
        (lambda rate: AdditiveAttention(dropout=rate, seed=1, dtype="float64"), [[X, V]]),
        (lambda rate: MultiHeadAttention(2, 3, dropout=rate, dtype="float64"), [X, V]),
        (lambda rate: GroupQueryAttention(2, 4, 2, dropout=rate, dtype="float64"), [X, V]),
    ],
)
def test_weights_of_values_are_dropped_in_training_alone(make, given):
    layer, without = make(0.5), make(0.0)
    plain = layer(*given).numpy()
    without(*given)
    without.set_weights(layer.get_weights())
    np.testing.assert_allclose(without(*given, training=True), plain)
    with drawing_from(all_kept):
        full = layer(*given, training=True).numpy()
    assert not np.allclose(full, plain)
    with drawing_from(none_kept):
        np.testing.assert_allclose(layer(*given, training=True), 0.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Attention()([X]), r"two or three.*\[query, value\]"),
        (lambda: Attention()(X), "takes a list"),
        (lambda: Attention()([X, V[..., :2]]), "one D"),
        (lambda: Attention()([X, V, V[:, :2]]), "a key for each value"),
        (lambda: MultiHeadAttention(1, 2)(X[0], V[0]), r"\(N, T, D\)"),
        (lambda: MultiHeadAttention(1, 2)(X, V, V[:, 1:]), "a key for each value"),
    ],
)
def test_shapes_that_do_not_fit(call, words):
    with pytest.raises(ShapeError, match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Attention(score_mode="dots"), "dot"),
        (lambda: Attention(dropout=30), "0.3"),
        (lambda: MultiHeadAttention(0, 2), "num_heads must be a positive whole number; got 0"),
        (lambda: MultiHeadAttention(2, 2.5), "key_dim"),
        (lambda: MultiHeadAttention(2, 2, output_shape=(3, 0)), "output_shape"),
        (lambda: MultiHeadAttention(2, 2, attention_axes="1"), "attention_axes"),
        (lambda: MultiHeadAttention(2, 2, attention_axes=3)(X, V), "among 1 to 1"),
        (lambda: MultiHeadAttention(2, 2, head=1), "head"),
        (lambda: GroupQueryAttention(2, 3, 2), "multiple of num_key_value_heads, 2"),
    ],
)
def test_options_that_are_none(call, words):
    with pytest.raises(OptionError, match=words):
        call()


def test_masks_come_with_the_input():
    words = np.array([[1, 2, 0], [3, 0, 0]])
    embedded = Embedding(4, 4, mask_zero=True, dtype="float64")(words)
    layer = MultiHeadAttention(2, 3, dtype="float64")
    _, scores = layer(embedded, embedded, return_attention_scores=True)
    assert np.all(scores.numpy()[:, :, :, 2] == 0)
    assert np.all(scores.numpy()[1, :, 0, 1:] == 0)
    again = layer(embedded, embedded)
    assert again.mask.tolist() == [[True, True, False], [True, False, False]]
    single = Attention(dtype="float64")([embedded, embedded])
    assert single.mask.tolist() == again.mask.tolist()
    assert np.all(single.numpy()[0, 2] == 0)


def test_what_is_to_come_is_not_seen():
    layer = MultiHeadAttention(2, 3, dtype="float64")
    later = X.copy()
    later[:, 2] += 1
    a, b = (layer(x, x, use_causal_mask=True).numpy() for x in (X, later))
    np.testing.assert_array_equal(a[:, :2], b[:, :2])
    assert not np.allclose(a[:, 2], b[:, 2])


@pytest.mark.parametrize(
    "layer",
    [
        Attention(use_scale=True, score_mode="concat", dropout=0.1, seed=3),
        AdditiveAttention(use_scale=False),
        GroupQueryAttention(2, 4, 2, dropout=0.5),
        MultiHeadAttention(
            3, 2, 4, dropout=0.2, use_bias=False, output_shape=5, attention_axes=[1],
            kernel_initializer="zeros",
        ),
    ],
)  # fmt: skip
def test_configurations(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()


def test_a_gradient_can_be_asked_why():
    layer = Attention(dtype="float64")
    q = cp.tensor(X[:1, :1], name="q")
    y = layer([q, V[:1]])
    y.sum().backward()
    assert "q" in str(cp.why(q.grad[0, 0, 0]))


def test_sequences_of_every_length():
    layer = MultiHeadAttention(2, 3)
    assert layer(X, V).shape == (2, 3, 4)
    assert layer(X[:, :1], V[:, :2]).shape == (2, 1, 4)
    assert layer.output_shape((None, 3, 4), (None, 5, 4)) == (None, 3, 4)
