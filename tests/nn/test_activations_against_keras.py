"""Every activation that Keras lists, by name and as a function with arguments: values, slopes."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.keras import activations
from clearprop.nn.activations import ALIASES, written
from tests.oracles import agree

X = np.linspace(-7.9, 7.9, 64).reshape(8, 8)  # away from every corner
# Keras's sparsemax gives no shares where two or more are left: see tests/ops/test_sparsemax.py.
OTHER = {"sparsemax"}
ARGUMENTS = {
    "relu": [
        {"negative_slope": 0.1},
        {"max_value": 3.0},
        {"threshold": 1.05},
        {"negative_slope": 0.3, "max_value": 6.0, "threshold": 0.55},
        {"max_value": 6.0},
    ],
    "leaky_relu": [{"negative_slope": 0.02}],
    "elu": [{"alpha": 0.3}],
    "celu": [{"alpha": 0.3}],
    "gelu": [{"approximate": True}],
    "glu": [{"axis": 0}],
    "softmax": [{"axis": 0}],
    "log_softmax": [{"axis": 0}],
    "hard_shrink": [{"threshold": 1.05}],
    "soft_shrink": [{"threshold": 1.05}],
    "squareplus": [{"b": 2.0}],
    "threshold": [{"threshold": 1.05, "default_value": -2.0}],
}
NEEDED = {"threshold": {"threshold": 0.05, "default_value": 0.5}}


def names(keras):
    return {n for n in dir(keras.activations) if not n.startswith("_")} - {
        "get", "serialize", "deserialize"
    }  # fmt: skip


def test_each_name_of_keras_is_there(keras):
    assert names(keras) <= set(activations.__all__)
    for name in names(keras) - {"threshold"}:
        assert nn.get_activation(name) is nn.get_activation(getattr(activations, name)), name


def same_as_keras(keras, ours, name, settings, upstream):
    import jax

    theirs = getattr(keras.activations, name)
    y, pull = jax.vjp(lambda x: theirs(x, **settings), X)
    upstream = upstream[: y.shape[0], : y.shape[1]]
    mine, pull_mine = cp.vjp(lambda x: ours(x, **settings), X)
    return agree(mine, y, "float64") and agree(pull_mine(upstream)[0], pull(upstream)[0], "float64")


@pytest.mark.parametrize("name", [n for n in activations.__all__ if n in {
    *nn.ACTIVATIONS, *ALIASES, "threshold"} - OTHER])  # fmt: skip
def test_values_and_slopes(name, keras, keras_floatx):
    keras_floatx("float64")
    upstream = np.random.default_rng(3).standard_normal(X.shape)
    ours = getattr(activations, name)
    for settings in [NEEDED.get(name, {}), *ARGUMENTS.get(name, [])]:
        assert same_as_keras(keras, ours, name, settings, upstream), settings
    off = lambda x, **settings: 1.000001 * ours(x, **settings)
    assert not same_as_keras(keras, off, name, NEEDED.get(name, {}), upstream)


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_second_names(alias, name, keras):
    assert nn.get_activation(alias) is nn.get_activation(name)
    assert keras.activations.get(alias) is keras.activations.get(name)


def test_functions_with_arguments_serve_in_layers(keras):
    import jax.numpy as jnp

    ours = nn.Dense(4, lambda x: activations.relu(x, max_value=1.0), kernel_initializer="ones")
    theirs = keras.layers.Dense(
        4, lambda x: keras.activations.relu(x, max_value=1.0), kernel_initializer="ones"
    )
    x = X[:, :4].astype("float32") / 8
    assert agree(ours(x), theirs(jnp.asarray(x)), "float32")
    assert nn.Activation(activations.relu).final_activation == "relu"


def test_what_is_written_is_read_again():
    for name in nn.ACTIVATIONS:
        assert activations.deserialize(activations.serialize(activations.get(name))) is (
            activations.get(name)
        )
    layer = nn.LeakyReLU(0.1)
    again = nn.get_activation(written(layer))
    assert isinstance(again, nn.LeakyReLU)
    assert again.negative_slope == 0.1


def test_relu_takes_lists_and_numbers():
    assert activations.relu([-1.0, 2.0], negative_slope=0.5).tolist() == [-0.5, 2.0]
    assert activations.relu(3.0, max_value=2.0).item() == 2.0
    assert activations.glu([[2.0, 0.0]]).tolist() == [[1.0]]
