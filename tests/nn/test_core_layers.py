"""Dense, Activation and Flatten: what they compute, accept and refuse."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError, ShapeError
from clearprop.nn import (
    ACTIVATIONS,
    INITIALIZERS,
    LAYERS,
    Activation,
    Chain,
    Dense,
    Flatten,
    LeakyReLU,
    PReLU,
    ReLU,
    Softmax,
    deserialize,
    serialize,
)  # fmt: skip
from tests.nn import normalization_examples, sequence_examples, space_examples

X = np.arange(6.0).reshape(2, 3)


def test_dense_is_inputs_times_kernel_plus_bias():
    layer = Dense(2, dtype="float64")
    layer.build((None, 3))
    layer.set_weights([np.arange(6.0).reshape(3, 2), np.array([10.0, 20.0])])
    assert layer(X).tolist() == (X @ np.arange(6.0).reshape(3, 2) + [10, 20]).tolist()


def test_dense_without_bias_has_one_weight():
    layer = Dense(2, use_bias=False)
    layer(X)
    assert layer.bias is None
    assert [w.path for w in layer.weights] == ["dense/kernel"]


def test_dense_works_on_the_last_axis_of_many():
    layer = Dense(4)
    assert layer(np.ones((2, 5, 3))).shape == (2, 5, 4)
    assert layer.output_shape((None, 5, 3)) == (None, 5, 4)


@pytest.mark.parametrize("units", [0, -3, 2.0, "3", True, None, np.float64(4)])
def test_units_are_a_positive_whole_number(units):
    with pytest.raises(OptionError, match="units must be a positive whole number; got"):
        Dense(units)


def test_numpys_whole_numbers_are_whole_numbers():
    assert Dense(np.int64(3)).units == 3


@pytest.mark.parametrize("built", [False, True])
def test_a_single_example_is_no_batch(built):
    layer = Dense(2)
    if built:
        layer(X)
    with pytest.raises(ShapeError, match=r"takes batches.*x\[None, :\]"):
        layer(np.ones(3))


def test_the_number_of_inputs_must_be_known():
    with pytest.raises(ShapeError, match=r"how many inputs.*\(None, None\)"):
        Dense(2).build((None, None))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Dense(2, activation="rleu"), "unknown activation 'rleu'; did you mean 'relu'"),
        (lambda: Dense(2, activation=3), "must be a name, a function, a layer or None"),
        (lambda: Dense(2, kernel_initializer="glorot"), "unknown initializer"),
        (lambda: Activation("sofmax"), "did you mean 'softmax'"),
        (lambda: Flatten("channels_middle"), "unknown data_format"),
        (lambda: LeakyReLU(-0.1), "negative_slope must be finite and at least 0; got -0.1"),
        (lambda: ReLU(max_value=np.nan), "max_value must be finite"),
        (lambda: ReLU(threshold="1"), "threshold must be a number"),
        (lambda: Softmax(axis=1.0), "axis must be a whole number"),
        (lambda: Dense(2, activation="threshold"), "needs two numbers: activation=lambda x"),
        (lambda: Dense(2, kernel_regularizer="l3"), "unknown regularizer"),
        (lambda: Dense(2, kernel_constraint="l2"), "unknown constraint"),
    ],
)  # fmt: skip
def test_misspelt_arguments(make, words):
    with pytest.raises(OptionError, match=words):
        make()


def test_an_activation_may_be_a_function():
    layer = Dense(2, activation=lambda z: z * 0.0)
    assert layer(X).tolist() == [[0.0, 0.0]] * 2
    assert layer.final_activation is None
    with pytest.raises(OptionError, match="no name to be saved by"):
        layer.get_config()


def test_an_activation_may_be_a_layer():
    layer = Dense(2, activation=LeakyReLU(0.5), kernel_initializer="ones")
    assert layer(-X).tolist() == [[-1.5, -1.5], [-6.0, -6.0]]
    bent = Dense(2, activation=PReLU(alpha_initializer="ones"), kernel_initializer="ones")
    assert bent(-X).tolist() == [[-3.0, -3.0], [-12.0, -12.0]]
    assert [w.shape for w in bent.weights] == [(3, 2), (2,), (2,)]  # the slopes are its own too


def test_weights_know_their_penalties_and_bounds():
    layer = Dense(2, kernel_regularizer="l1", bias_regularizer="l2", bias_constraint="non_neg")
    layer(X)
    assert layer.kernel.regularizer is layer.kernel_regularizer
    assert (layer.bias.regularizer.l2, layer.kernel.constraint) == (0.01, None)
    assert layer.bias.constraint is layer.bias_constraint


def test_a_gate_halves_the_outputs():
    layer = Dense(6, activation="glu")
    assert layer(X).shape == (2, 3)
    assert layer.output_shape((None, 3)) == (None, 3)
    assert Activation("glu").output_shape((None, 5, 4)) == (None, 5, 2)
    with pytest.raises(ShapeError, match="has 3 elements, an odd number"):
        Activation("glu")(X)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_works_in_dense_and_alone(name):
    dense = Dense(4, activation=name, dtype="float64")
    y = dense(X)
    z = dense.pre_activation(X)
    assert dense.final_activation == name
    assert np.allclose(Activation(name, dtype="float64")(z).numpy(), y.numpy(), atol=0)
    assert np.array_equal(
        ACTIVATIONS[name](z).numpy() if name != "linear" else z.numpy(), y.numpy()
    )


def test_what_comes_before_the_activation():
    layer = Dense(2, activation="tanh", name="h")
    z = layer.pre_activation(X)
    assert z.name == "h/sum"
    assert np.allclose(np.tanh(z.numpy()), layer(X).numpy())
    assert Dense(2, name="o").pre_activation(X).name == "o/output"  # there is nothing before
    with pytest.raises(ShapeError) as caught:
        layer.pre_activation(np.ones((2, 9)))
    assert "in layer 'h'" in caught.value.__notes__[0]


def test_flatten():
    x = np.arange(24.0).reshape(2, 3, 4)
    assert Flatten()(x).tolist() == x.reshape(2, 12).tolist()
    assert Flatten()(np.ones(3)).shape == (3, 1)
    assert Flatten()(np.ones((0, 2, 2))).shape == (0, 4)
    assert Flatten().output_shape((None, 3, 4)) == (None, 12)
    assert Flatten().output_shape((None, None, 4)) == (None, None)


def test_flatten_is_the_same_for_both_orders_of_channels(keras):
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5)).astype("float32")  # N, C, H, W
    first = Flatten("channels_first")(x).numpy()
    assert np.array_equal(first, Flatten()(np.moveaxis(x, 1, -1)).numpy())
    assert np.array_equal(first, keras.layers.Flatten("channels_first")(x))


EXAMPLES = {
    **space_examples.EXAMPLES,
    **normalization_examples.EXAMPLES,
    **sequence_examples.EXAMPLES,
    "Dense": [
        {"units": 3},
        {"units": 3, "activation": "tanh", "use_bias": False, "dtype": "float64"},
        {"units": 2, "kernel_initializer": cp.nn.initializers.HeNormal(seed=4), "name": "은닉"},
        {"units": 2, "kernel_regularizer": "l2", "bias_constraint": "non_neg"},
        {"units": 2, "activity_regularizer": "l1", "activation": LeakyReLU(0.1, name="bent")},
    ],
    "Activation": [{"activation": "relu"}, {"activation": "softmax", "trainable": False}],
    "Flatten": [{}, {"data_format": "channels_first"}],
    "Dropout": [{"rate": 0.3}, {"rate": 0.5, "seed": 3, "noise_shape": [None, 1]}],
    "ReLU": [{}, {"max_value": 3.0, "negative_slope": 0.1, "threshold": 1.0}],
    "LeakyReLU": [{}, {"negative_slope": 0.01}],
    "Chain": [{"layers": [Dense(2), Activation("tanh")]}, {"layers": [], "name": "empty"}],
}


def test_every_layer_has_an_example():
    ours = {name for name, cls in LAYERS.items() if cls.__module__.startswith("clearprop.nn")}
    assert ours == set(EXAMPLES)


@pytest.mark.parametrize(
    ("name", "settings"), [(n, s) for n, several in EXAMPLES.items() for s in several]
)
def test_layers_written_down_and_read_again(name, settings):
    import json

    layer = LAYERS[name](**settings)
    spec = json.loads(json.dumps(serialize(layer)))
    again = deserialize(spec, LAYERS, "layer")
    assert type(again) is type(layer)
    assert serialize(again) == spec


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"class_name": "Dense", "config": {"units": 2, "unit": 3}}, "did you mean 'units'"),
        ({"class_name": "Dens", "config": {}}, "unknown layer 'Dens'; did you mean 'Dense'"),
        ({"class_name": "Dense"}, "is written as"),
        ("Dense", "is written as"),
        ({"class_name": ["Dense"], "config": {}}, "unknown layer"),
        ({"class_name": "Dense", "config": [2]}, "is a mapping"),
        ({"class_name": "Dense", "config": {"units": -2}}, "positive whole number"),
        ({"class_name": "Dense", "config": {"units": 2, "self": 1}}, "unknown argument"),
    ],
)
def test_hostile_or_damaged_descriptions_are_refused(spec, words):
    with pytest.raises(OptionError, match=words):
        deserialize(spec, LAYERS, "layer")


def test_a_description_without_what_is_needed():
    with pytest.raises(OptionError, match="units"):
        deserialize({"class_name": "Dense", "config": {}}, LAYERS, "layer")


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (Activation("softmax"), "softmax"), (Softmax(), "softmax"), (Softmax(axis=1), None),
        (ReLU(), "relu"), (ReLU(threshold=1.0), None), (LeakyReLU(), None), (Flatten(), "linear"),
    ],
    ids=repr,
)  # fmt: skip
def test_the_function_that_ends_a_layer(layer, name):
    assert layer.final_activation == name
    x = np.arange(12.0).reshape(2, 3, 2) - 5
    before = layer.pre_activation(x).numpy()
    assert np.array_equal(before, layer(x).numpy() if name == "linear" else x)


@pytest.mark.parametrize("kind", [LAYERS, INITIALIZERS], ids=["layers", "initializers"])
def test_every_registered_class_has_an_example_that_runs(kind):
    ours = [cls for cls in kind.values() if cls.__module__.startswith("clearprop.nn")]
    assert ours
    for cls in ours:
        if cls.__name__ != "FromFunction":  # made by get_initializer only
            assert "Examples\n" in cls.__doc__, cls
            assert ">>> " in cls.__doc__, cls
            assert ("Parameters\n" in cls.__doc__) == (cls.__init__ is not object.__init__), cls


def test_a_network_runs_under_jit_and_gives_the_same():
    from tests.nn.under_jit import jitted  # loads JAX

    chain = Chain([Dense(4, activation="gelu"), Dense(2, activation="softmax")], dtype="float64")
    expected = chain(X).numpy()
    traced, weights = jitted(chain)
    assert np.allclose(traced(weights, X), expected, rtol=1e-12)
    for variable, w in zip(chain.weights, weights, strict=True):
        variable.hold(w)
    assert np.array_equal(chain(X).numpy(), expected)


def test_second_derivatives_go_through_layers():
    chain = Chain([Dense(3, activation="tanh"), Dense(1)], dtype="float64")
    x = np.array([[0.3, -0.2, 0.5]])
    chain(x)
    hessian = cp.hessian(lambda x: chain(x).sum())(x).numpy().reshape(3, 3)
    inner, outer = chain.layers
    y = np.tanh(x @ inner.kernel.numpy())
    w = inner.kernel.numpy()
    expected = (w * (-2 * y * (1 - y * y) * outer.kernel.numpy().T)) @ w.T
    assert np.allclose(hessian, expected, rtol=1e-10)
