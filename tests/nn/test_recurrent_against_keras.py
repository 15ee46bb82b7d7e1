"""Recurrent layers give Keras's outputs, states and gradients, in both kinds of number."""

import numpy as np
import pytest

from clearprop.nn import LAYERS
from clearprop.nn.chance import drawing_from
from tests.nn.beside_keras import built, share_weights, unlike

N, T, I = 3, 4, 2
MASK = np.array([[True, True, False, False], [False, True, False, True], [False] * 4])
KINDS = ["SimpleRNN", "LSTM", "GRU"]
SETTINGS = {
    "plain": {},
    "sequences and states": {"return_sequences": True, "return_state": True},
    "state": {"return_state": True, "use_bias": False},
    "backwards": {"return_sequences": True, "go_backwards": True},
    "relu": {"activation": "relu", "return_state": True},
    "backwards, other functions": {
        "activation": "softsign", "go_backwards": True, "return_state": True,
        "return_sequences": True,
    },
    "last of backwards, no bias": {"go_backwards": True, "use_bias": False, "activation": "elu"},
}  # fmt: skip
OF_GATES = {
    "hard sigmoid": {"recurrent_activation": "hard_sigmoid", "return_sequences": True},
    "no functions": {"recurrent_activation": None, "activation": None},
}
CASES = [
    *((kind, settings) for kind in KINDS for settings in SETTINGS.values()),
    *((kind, settings) for kind in KINDS[1:] for settings in OF_GATES.values()),
    ("GRU", {"reset_after": False, "return_sequences": True, "return_state": True}),
    ("GRU", {"reset_after": False, "use_bias": False}),
    ("LSTM", {"unit_forget_bias": False}),
]
MASKED = [
    *((kind, {"return_sequences": s, "return_state": True}) for kind in KINDS for s in (0, 1)),
    *((kind, {"go_backwards": True, "return_sequences": True}) for kind in KINDS),
    ("GRU", {"reset_after": False}),
]
UNITS = 3


def pair(keras, kind, settings, dtype, rng, shape=(None, T, I)):
    ours = built(LAYERS[kind](UNITS, **settings, dtype=dtype, name="layer"), shape)
    if kind != "SimpleRNN":  # Keras's shortcuts on JAX fail without a bias
        settings = settings | {"use_cudnn": False}
    theirs = built(getattr(keras.layers, kind)(UNITS, **settings, dtype=dtype, name="layer"), shape)
    share_weights(ours, theirs, rng, dtype)
    return ours, theirs


IN_BOTH_KINDS = [(*case, "float64") for case in CASES] + [
    (*case, "float32") for case in CASES[:2] + CASES[7:9] + CASES[14:16] + CASES[-3:]
]


@pytest.mark.parametrize(("kind", "settings", "dtype"), IN_BOTH_KINDS, ids=str)
def test_sequences(kind, settings, dtype, keras, keras_floatx):
    keras_floatx(dtype)
    rng = np.random.default_rng(1)
    ours, theirs = pair(keras, kind, settings, dtype, rng)
    x = rng.standard_normal((N, T, I)).astype(dtype)
    assert unlike(ours, theirs, lambda layer, x: layer(x), [x], dtype) == []


MASKED_IN_BOTH_KINDS = [(*case, "float64") for case in MASKED] + [
    (*case, "float32") for case in MASKED[1:6:2]
]


@pytest.mark.parametrize(("kind", "settings", "dtype"), MASKED_IN_BOTH_KINDS, ids=str)
def test_masks(kind, settings, dtype, keras, keras_floatx):
    """With a sequence of which nothing counts among them."""
    keras_floatx(dtype)
    rng = np.random.default_rng(2)
    ours, theirs = pair(keras, kind, settings, dtype, rng)
    x = rng.standard_normal((N, T, I)).astype(dtype)
    assert unlike(ours, theirs, lambda layer, x: layer(x, mask=MASK), [x], dtype) == []


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_initial_states(kind, masked, keras, keras_floatx):
    dtype = "float64"
    keras_floatx(dtype)
    rng = np.random.default_rng(3)
    settings = {"return_sequences": True, "return_state": True}
    ours, theirs = pair(keras, kind, settings, dtype, rng)
    states = [rng.standard_normal((N, UNITS)) for _ in ours.state_size]
    options = {"mask": MASK} if masked else {}

    def call(layer, x, *states):
        return layer(x, initial_state=list(states), **options)

    x = rng.standard_normal((N, T, I))
    assert unlike(ours, theirs, call, [x, *states], dtype) == []


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 1, 2)], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_one_time_step_and_one_example(kind, shape, keras, keras_floatx):
    keras_floatx("float64")
    rng = np.random.default_rng(4)
    ours, theirs = pair(keras, kind, {"return_state": True}, "float64", rng, (None, *shape[1:]))
    x = rng.standard_normal(shape)
    assert unlike(ours, theirs, lambda layer, x: layer(x), [x], "float64") == []


DROPPED = {"dropout": {"dropout": 0.4}, "both": {"dropout": 0.4, "recurrent_dropout": 0.5}}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("which", DROPPED)
@pytest.mark.parametrize("kind", KINDS)
def test_dropping(kind, which, masked, keras, keras_floatx):
    """Whatever is dropped, the same of it is dropped in every time step and gate as in Keras."""
    keras_floatx("float64")
    rng = np.random.default_rng(5)
    ours, theirs = pair(keras, kind, {**DROPPED[which], "return_sequences": True}, "float64", rng)
    gates = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[kind] if which == "both" else 1
    kept = {
        rate: [rng.random(shape) >= rate for _ in range(gates)]
        for rate, shape in ((0.4, (N, I)), (0.5, (N, UNITS)))
    }
    options = {"mask": MASK} if masked else {}

    def our_call(layer, x):
        waiting = {rate: iter(masks) for rate, masks in kept.items()}
        with drawing_from(lambda path, seed, step, kind, shape, rate: next(waiting[rate])):
            return layer(x, training=True, **options)

    def their_call(layer, x):
        scaled = {rate: [m / (1 - rate) for m in masks] for rate, masks in kept.items()}
        alone = kind == "SimpleRNN" or which == "dropout"
        layer.cell._dropout_mask = scaled[0.4][0] if alone else scaled[0.4]
        if which == "both":
            layer.cell._recurrent_dropout_mask = scaled[0.5][0] if alone else scaled[0.5]
        return layer(x, training=True, **options)

    x = rng.standard_normal((N, T, I))
    assert unlike(ours, theirs, our_call, [x], "float64", their_call) == []


BOTH_WAYS = [
    *(("GRU", mode, {"return_sequences": True}) for mode in ("sum", "mul", "ave", None)),
    ("SimpleRNN", "sum", {}),
    *((kind, "concat", {"return_sequences": True, "return_state": True}) for kind in KINDS[1:]),
    ("LSTM", None, {"return_state": True}),
]  # fmt: skip


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("kind", "mode", "settings"), BOTH_WAYS, ids=str)
def test_both_directions(kind, mode, settings, masked, keras, keras_floatx):
    keras_floatx("float64")
    rng = np.random.default_rng(6)
    ours, theirs = (
        layers["Bidirectional"](
            layers[kind](UNITS, **settings, name="inner", dtype="float64"),
            merge_mode=mode, name="layer", dtype="float64",
        )
        for layers in (LAYERS, vars(keras.layers))
    )  # fmt: skip
    for layer in (ours, theirs):
        layer.build((None, T, I))
    share_weights(ours, theirs, rng, "float64")
    x = rng.standard_normal((N, T, I))
    options = {"mask": MASK} if masked else {}
    assert unlike(ours, theirs, lambda layer, x: layer(x, **options), [x], "float64") == []


@pytest.mark.parametrize(("masked", "dtype"), [(False, "float64"), (True, "float32")])
def test_cells_on_top_of_each_other(masked, dtype, keras, keras_floatx):
    keras_floatx(dtype)
    rng = np.random.default_rng(7)
    made = []
    for layers in (LAYERS, vars(keras.layers)):
        cells = [
            layers["LSTMCell"](3, dtype=dtype, name="first"),
            layers["GRUCell"](2, dtype=dtype, name="second"),
            layers["SimpleRNNCell"](4, dtype=dtype, name="third"),
        ]
        layer = layers["RNN"](
            layers["StackedRNNCells"](cells, dtype=dtype), return_sequences=True,
            return_state=True, name="layer", dtype=dtype,
        )  # fmt: skip
        layer.build((None, T, I))
        made.append(layer)
    share_weights(*made, rng, dtype, paths=False)
    x = rng.standard_normal((N, T, I)).astype(dtype)
    options = {"mask": MASK} if masked else {}
    assert unlike(*made, lambda layer, x: layer(x, **options), [x], dtype) == []


@pytest.mark.parametrize("kind", ["Dense", "Conv1D", "LSTM"])
def test_each_time_step(kind, keras, keras_floatx):
    keras_floatx("float64")
    rng = np.random.default_rng(8)
    arguments = {"Dense": (3,), "Conv1D": (3, 2), "LSTM": (3,)}[kind]
    shape = (N, T, 2) if kind == "Dense" else (N, T, 3, 2)
    ours, theirs = (
        layers["TimeDistributed"](
            layers[kind](*arguments, name="inner", dtype="float64"), name="layer", dtype="float64"
        )
        for layers in (LAYERS, vars(keras.layers))
    )
    for layer in (ours, theirs):
        layer.build((None, *shape[1:]))
    share_weights(ours, theirs, rng, "float64", paths=False)
    x = rng.standard_normal(shape)
    assert unlike(ours, theirs, lambda layer, x: layer(x), [x], "float64") == []


@pytest.mark.parametrize("kind", KINDS)
def test_states_go_on(kind, keras, keras_floatx):
    """A stateful layer over three batches, with its memory cleared before the third."""
    keras_floatx("float64")
    rng = np.random.default_rng(9)
    ours, theirs = pair(keras, kind, {"stateful": True}, "float64", rng, (N, T, I))
    for k in range(3):
        x = rng.standard_normal((N, T, I))
        if k == 2:
            ours.reset_states()
            theirs.reset_states()
        np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-10, err_msg=str(k))


def test_what_differs_is_noticed(keras, keras_floatx):
    keras_floatx("float64")
    rng = np.random.default_rng(1)
    ours, theirs = pair(keras, "GRU", {}, "float64", rng)
    x = rng.standard_normal((N, T, I))
    w = ours.weights[1]
    w.assign(w.numpy() * (1 + 1e-7))
    assert "output 0" in unlike(ours, theirs, lambda layer, x: layer(x), [x], "float64")
    other = built(LAYERS["GRU"](UNITS, reset_after=False, dtype="float64"), (None, T, I))
    assert [v.shape for v in other.weights] != [v.shape for v in ours.weights]
