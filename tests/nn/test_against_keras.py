"""Layers give Keras's outputs and gradients, in both kinds of number."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses
from clearprop.nn import ACTIVATIONS, LAYERS, Chain, Dense, Input
from tests.oracles import TOLERANCE, agree

FORMS = [  # of the input, and whether there is a bias
    ((5, 4), True),
    ((2, 3, 4), False),
]


@pytest.fixture
def drawn():
    """Draw normal numbers, the same in every run whichever tests run."""
    rng = np.random.default_rng(2024)
    return lambda shape, dtype: rng.standard_normal(shape).astype(dtype)


def keras_vjp(layer, x, upstream):
    """Keras's output, and the gradients of its sum with `upstream` by input and weights."""
    import jax

    def total(weights, x):
        y, _ = layer.stateless_call(weights, layer.non_trainable_variables, x)
        return (y * upstream).sum(), y

    weights = [v.value for v in layer.trainable_variables]
    (_, y), (by_weights, by_x) = jax.value_and_grad(total, argnums=(0, 1), has_aux=True)(weights, x)
    return y, [by_x, *by_weights]


def our_vjp(layer, x, upstream):
    x = cp.tensor(x, name="x")
    y = layer(x)
    (y * upstream).sum().backward()
    return y, [x.grad, *(w.grad for w in layer.trainable_weights)]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("shape", "use_bias"), FORMS, ids=str)
# What Keras calls sparsemax adds up to 1 only where one share is left: tests/ops/test_sparsemax.py.
@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "sparsemax"])
def test_dense(activation, shape, use_bias, dtype, keras, keras_floatx, drawn):
    keras_floatx(dtype)
    units = 6
    theirs = keras.layers.Dense(units, activation=activation, use_bias=use_bias, dtype=dtype)
    ours = Dense(units, activation=activation, use_bias=use_bias, dtype=dtype)
    for layer in (theirs, ours):
        layer.build((None, *shape[1:]))
    weights = [drawn(w.shape, dtype) for w in ours.weights]
    for layer in (theirs, ours):
        layer.set_weights(weights)
    outputs = units // 2 if activation == "glu" else units
    x, upstream = drawn(shape, dtype), drawn((*shape[:-1], outputs), dtype)
    y, gradients = our_vjp(ours, x, upstream)
    expected, expected_gradients = keras_vjp(theirs, x, upstream)
    assert agree(y, expected, dtype)
    assert len(gradients) == len(expected_gradients) == 2 + use_bias
    for g, e in zip(gradients, expected_gradients, strict=True):
        assert agree(g, e, dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Flatten", ()), ("Flatten", ("channels_first",)), ("Dropout", (0.5,)),
        *(("Activation", (name,)) for name in ("relu", "softmax", "leaky_relu")),
        ("ReLU", ()), ("ReLU", (1.0,)), ("ReLU", (1.0, 0.2, 0.3)), ("ReLU", (None, 0.2, 0.3)),
        ("ReLU", (None, 0.0, 0.3)), ("ReLU", (None, 0.2)), ("LeakyReLU", ()), ("LeakyReLU", (0.1,)),
        ("Softmax", ()), ("Softmax", (1,)),
    ],
    ids=str,
)  # fmt: skip
def test_layers_without_weights(name, arguments, dtype, keras, keras_floatx, drawn):
    keras_floatx(dtype)
    ours = LAYERS[name](*arguments, dtype=dtype)
    theirs = getattr(keras.layers, name)(*arguments, dtype=dtype)
    x = drawn((2, 3, 4), dtype)
    theirs.build(x.shape)
    upstream = drawn(ours(x).shape, dtype)
    y, (by_x,) = our_vjp(ours, x, upstream)
    expected, (expected_by_x,) = keras_vjp(theirs, x, upstream)
    assert agree(y, expected, dtype)
    assert agree(by_x, expected_by_x, dtype)


NETWORKS = [
    (["tanh", "softmax"], "CategoricalCrossentropy", {}),
    (["relu", "softmax"], "CategoricalCrossentropy", {"label_smoothing": 0.1}),
    (["relu", "linear"], "CategoricalCrossentropy", {"from_logits": True}),
    (["leaky_relu", "softmax"], "SparseCategoricalCrossentropy", {}),
    (["sigmoid", "linear"], "SparseCategoricalCrossentropy", {"from_logits": True}),
    (["tanh", "sigmoid"], "BinaryCrossentropy", {}),
    (["relu", "linear"], "BinaryCrossentropy", {"from_logits": True}),
    (["sigmoid", "sigmoid", "linear"], "MeanSquaredError", {}),
    (["tanh", "tanh", "tanh"], "MeanAbsoluteError", {}),
]


@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_networks_with_losses_computed_in_one_step(
    network, dtype, weighted, keras, keras_floatx, drawn
):
    import jax

    keras_floatx(dtype)
    activations, loss_name, settings = network
    N, I, O = 7, 5, 4
    ours = Chain([Input((I,)), *(Dense(O, activation=a) for a in activations)], dtype=dtype)
    weights = [drawn(w.shape, dtype) for w in ours.weights]
    ours.set_weights(weights)
    theirs = keras.Sequential([keras.Input((I,))])
    for a in activations:
        theirs.add(keras.layers.Dense(O, activation=a, dtype=dtype))
    theirs.set_weights(weights)
    x, labels = drawn((N, I), dtype), np.arange(N) % O
    y = {
        "C": np.eye(O)[labels],
        "S": labels,
        "B": drawn((N, O), dtype) > 0,
        "M": drawn((N, O), dtype),
    }[loss_name[0]]
    w = np.linspace(0, 2, N, dtype=dtype) if weighted else None

    loss = getattr(losses, loss_name)(**settings)
    fused = loss.fused_with(ours.final_activation)
    value = (fused or loss)(y, ours.pre_activation(x) if fused else ours(x), w)
    assert (fused is None) == (activations[-1] == "linear" or loss_name[0] == "M")
    value.backward()

    oracle = getattr(keras.losses, loss_name)(**settings)

    def total(variables):
        return oracle(y, theirs.stateless_call(variables, [], x)[0], w)

    before = [v.value for v in theirs.trainable_variables]
    expected, gradients = jax.value_and_grad(total)(before)
    # Keras keeps probabilities 1e-7 from 0 and 1, which these are not that near to.
    assert agree(value, expected, dtype)
    for variable, g in zip(ours.weights, gradients, strict=True):
        assert agree(variable.grad, g, dtype)


def test_a_wrong_activation_is_noticed(keras, drawn):
    theirs, ours = keras.layers.Dense(3, activation="tanh"), Dense(3, activation="softsign")
    for layer in (theirs, ours):
        layer.build((None, 2))
        layer.set_weights([np.ones((2, 3)), np.zeros(3)])
    x = drawn((4, 2), "float32")
    assert not agree(ours(x), theirs(x), "float32")


@pytest.mark.parametrize(
    "broken", [lambda y: y * 1.0001, lambda y: -y, lambda y: y * 0, lambda y: y[:-1]]
)
def test_the_comparison_rejects_what_is_wrong(broken, drawn):
    y = drawn((4, 3), "float32")
    assert agree(y, y, "float32")
    assert not agree(broken(y), y, "float32")
    assert not agree(y.astype("float64"), y, "float32")
