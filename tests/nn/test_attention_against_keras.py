"""Attention layers give Keras's outputs, scores and gradients, in both kinds of number."""

import numpy as np
import pytest

from clearprop.nn import LAYERS
from tests.nn.beside_keras import built, share_weights, unlike

N, T, S, D = 2, 3, 4, 5
QUERY_MASK = np.array([[True, True, False], [True, True, True]])
VALUE_MASK = np.array([[True, False, True, True], [False, True, True, False]])
SINGLE = [
    ("Attention", {}),
    ("Attention", {"use_scale": True}),
    ("Attention", {"score_mode": "concat"}),
    ("Attention", {"score_mode": "concat", "use_scale": True}),
    ("AdditiveAttention", {}),
    ("AdditiveAttention", {"use_scale": False}),
]
HOW = {
    "plain": {},
    "scores": {"return_attention_scores": True},
    "masks and causal": {
        "mask": [QUERY_MASK, VALUE_MASK],
        "use_causal_mask": True,
        "return_attention_scores": True,
    },
}


def drawn(rng, dtype, *shapes):
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


ONE_HEAD = [(*case, how, how != "scores") for case in SINGLE for how in HOW]


@pytest.mark.parametrize(("kind", "settings", "how", "keyed"), ONE_HEAD, ids=str)
def test_one_head(kind, settings, how, keyed, keras, keras_floatx):
    dtype = "float32" if how == "scores" else "float64"
    keras_floatx(dtype)
    rng = np.random.default_rng(1)
    shapes = [(N, T, D), (N, S, 2), (N, S, D)] if keyed else [(N, T, D), (N, S, D)]
    ours, theirs = (
        built(make(**settings, dtype=dtype, name="layer"), [(None, *s[1:]) for s in shapes])
        for make in (LAYERS[kind], getattr(keras.layers, kind))
    )
    share_weights(ours, theirs, rng, dtype)
    inputs = drawn(rng, dtype, *shapes)
    assert unlike(ours, theirs, lambda f, *x: f(list(x), **HOW[how]), inputs, dtype) == []


def several(keras, settings, dtype, rng, shapes):
    names = dict(zip(("query_shape", "value_shape", "key_shape"), shapes, strict=False))
    ours, theirs = (
        built(
            make(**{"num_heads": 2, "key_dim": 3, **settings}, dtype=dtype, name="layer"),
            {name: (None, *shape[1:]) for name, shape in names.items()},
        )
        for make in (LAYERS["MultiHeadAttention"], keras.layers.MultiHeadAttention)
    )
    share_weights(ours, theirs, rng, dtype)
    return ours, theirs


HEADS = [
    ({}, [(N, T, D), (N, S, D)]),
    ({"value_dim": 2, "use_bias": False}, [(N, T, D), (N, S, 2), (N, S, 3)]),
    ({"output_shape": 7}, [(N, T, D), (N, S, D)]),
    ({"output_shape": (2, 3), "num_heads": 1}, [(N, T, D), (N, S, D)]),
    ({"attention_axes": 2}, [(N, 2, T, D), (N, 2, S, D)]),
    ({"attention_axes": (1, 2)}, [(N, 2, 3, D), (N, 3, 2, D)]),
]
WAYS = {
    "plain": {},
    "scores": {"return_attention_scores": True},
    "causal": {"use_causal_mask": True, "return_attention_scores": True},
}


# Without scores, Keras computes in float32, wants heads of one size, and knows no other axes.
SEVERAL = [
    *((*case, "scores", "float64") for case in HEADS),
    *((*HEADS[k], "plain", "float32") for k in (0, 2, 3)),
    *((*HEADS[k], "causal", "float64") for k in (0, 1)),
    (*HEADS[0], "causal", "float32"),
]


@pytest.mark.parametrize(("settings", "shapes", "way", "dtype"), SEVERAL, ids=str)
def test_several_heads(settings, shapes, way, dtype, keras, keras_floatx):
    keras_floatx(dtype)
    rng = np.random.default_rng(2)
    ours, theirs = several(keras, settings, dtype, rng, shapes)
    inputs = drawn(rng, dtype, *shapes)
    assert unlike(ours, theirs, lambda f, *x: f(*x, **WAYS[way]), inputs, dtype) == []


@pytest.mark.parametrize("keyed", [False, True])
def test_heads_in_groups(keyed, keras, keras_floatx):
    dtype = "float64"
    keras_floatx(dtype)
    rng = np.random.default_rng(7)
    shapes = [(N, T, D), (N, S, 2), (N, S, 3)][: 2 + keyed]
    names = dict(zip(("query_shape", "value_shape", "key_shape"), shapes, strict=False))
    ours, theirs = (
        built(
            make(3, 4, 2, use_bias=keyed, dtype=dtype, name="layer"),
            {name: (None, *shape[1:]) for name, shape in names.items()},
        )
        for make in (LAYERS["GroupQueryAttention"], keras.layers.GroupQueryAttention)
    )
    share_weights(ours, theirs, rng, dtype)
    inputs = drawn(rng, dtype, *shapes)
    options = {"use_causal_mask": True, "return_attention_scores": True, "value_mask": VALUE_MASK}
    assert unlike(ours, theirs, lambda f, *x: f(*x, **options), inputs, dtype) == []


SEEN = np.random.default_rng(3).random((N, T, S)) > 0.4
SEEN[0, 0] = False
MASKS = [
    {"value_mask": VALUE_MASK},
    {"value_mask": VALUE_MASK, "key_mask": VALUE_MASK[::-1], "use_causal_mask": True},
    {"attention_mask": SEEN},
    {"attention_mask": SEEN.astype("int32"), "value_mask": VALUE_MASK, "use_causal_mask": True},
]


@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("masks", MASKS, ids=lambda m: " ".join(m))
def test_masks_of_several_heads(masks, scores, keras, keras_floatx):
    """A query that sees nothing at all included: it gets what Keras gives it."""
    dtype = "float64" if scores else "float32"
    keras_floatx(dtype)
    rng = np.random.default_rng(4)
    shapes = [(N, T, D), (N, S, D)]
    ours, theirs = several(keras, {}, dtype, rng, shapes)
    options = {**masks, "return_attention_scores": scores}
    inputs = drawn(rng, dtype, *shapes)
    assert unlike(ours, theirs, lambda f, *x: f(*x, **options), inputs, dtype) == []


def test_a_wrong_weight_is_noticed(keras, keras_floatx):
    keras_floatx("float64")
    rng = np.random.default_rng(6)
    shapes = [(N, T, D), (N, S, D)]
    ours, theirs = several(keras, {}, "float64", rng, shapes)
    w = ours.weights[2]
    w.assign(w.numpy() * (1 + 1e-7))
    inputs = drawn(rng, "float64", *shapes)
    call = lambda f, *x: f(*x, **WAYS["scores"])
    assert "output 0" in unlike(ours, theirs, call, inputs, "float64")
