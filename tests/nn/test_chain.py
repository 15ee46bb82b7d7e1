"""A chain builds, names, finds and writes down its layers."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import AddressError, OptionError, ShapeError, StateError
from clearprop.nn import Activation, Chain, Dense, Dropout, Flatten, Input

X = np.arange(6.0).reshape(2, 3)


def names(chain):
    return [layer.name for layer in chain.layers]


def test_it_applies_layers_in_order():
    chain = Chain([Dense(4, activation="tanh"), Dense(2)])
    y = chain(X)
    first, second = chain.layers
    assert np.array_equal(y.numpy(), second(first(X)).numpy())
    assert y.name == "dense_1/output"


def test_a_plain_input_is_called_x():
    y = Chain([Activation("tanh")])(X)
    assert y.node.inputs[0].name == "x"
    assert y.node.inputs[0].data.dtype == np.float32


def test_an_input_builds_at_once_and_otherwise_the_first_call_does():
    assert Chain([Input((3,)), Dense(4), Dense(2)]).count_params() == 26
    later = Chain([Dense(4), Dense(2)])
    assert not later.built
    with pytest.raises(StateError, match="no weights yet"):
        later.count_params()
    later(X)
    assert (later.count_params(), later.built_for) == (26, (None, 3))


@pytest.mark.parametrize("options", [{"input_shape": (3,)}, {"input_dim": 3}])
def test_the_first_layer_may_tell_the_input(options):
    chain = Chain([Dense(4, **options), Dense(2)])
    assert chain.built_for == (None, 3)


def test_layers_may_be_added_one_by_one():
    chain = Chain()
    for layer in (Input((3,)), Dense(4), Dense(2)):
        chain.add(layer)
    assert chain.count_params() == 26
    assert names(chain) == ["dense", "dense_1"]
    last = chain.pop()
    assert last.name == "dense_1"
    assert chain(X).shape == (2, 4)
    with pytest.raises(StateError, match="no layers to take away"):
        Chain().pop()


def test_shapes_are_followed():
    chain = Chain([Input((4, 5)), Flatten(), Dense(7), Dropout(0.1)])
    assert chain.output_shape((None, 4, 5)) == (None, 7)
    assert [layer.built_for for layer in chain] == [(None, 4, 5), (None, 20), (None, 7)]
    assert len(chain) == 3


# -- names ---------------------------------------------------------------------------------------


def test_names_are_numbered_in_each_chain():
    chain = Chain([Dense(1), Activation("relu"), Dense(1), Dense(1, name="out"), Dense(1)])
    assert names(chain) == ["dense", "activation", "dense_1", "out", "dense_2"]
    assert names(Chain([Dense(1)])) == ["dense"]


def test_a_given_name_goes_before_an_automatic_one():
    chain = Chain([Input((3,)), Dense(2), Dense(2, name="dense")])
    assert names(chain) == ["dense_1", "dense"]
    assert [w.path for w in chain.weights][::2] == ["dense_1/kernel", "dense/kernel"]


def test_renaming_reaches_the_weights():
    chain = Chain([Input((3,)), Dense(2)])
    chain.add(Dense(2, name="dense"))
    assert chain.weights[0].path == chain.weights[0].name == "dense_1/kernel"
    assert chain(X).name == "dense/output"
    assert chain.layers[0](X).name == "dense_1/output"


def test_two_given_names_alike_are_refused():
    with pytest.raises(OptionError, match="a layer 'h' already"):
        Chain([Dense(1, name="h"), Dense(1, name="h")])


def test_a_layer_of_another_chain_keeps_its_name():
    donor = Chain([Input((3,)), Dense(2), Dense(2)])
    chain = Chain([Dense(2), donor.layers[1]])
    assert names(chain) == ["dense", "dense_1"]
    chain = Chain([Dense(3), Dense(2), donor.layers[1]])
    assert names(chain) == ["dense", "dense_2", "dense_1"]
    assert names(donor) == ["dense", "dense_1"]
    with pytest.raises(OptionError, match="a layer 'dense' already"):
        Chain([donor.layers[0], Dense(2, name="dense")])
    second = Chain([Input((2,)), Dense(2)])
    with pytest.raises(OptionError, match="a layer 'dense' already"):
        Chain([donor.layers[0], second.layers[0]])


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([Dense], r"holds layers; got <class .*Write Dense\(...\)"),
        ([3], "holds layers; got 3"),
        (["relu"], "holds layers; got 'relu'"),
        ([Dense(2), Input((3,))], "an Input comes first"),
        ([Input((3,)), Input((3,))], "an Input comes first"),
    ],
)
def test_what_is_no_layer_is_refused(layers, words):
    with pytest.raises(OptionError, match=words):
        Chain(layers)


def test_one_layer_twice_is_refused():
    layer = Dense(3)
    with pytest.raises(OptionError, match="already; make a second layer"):
        Chain([layer, layer])


@pytest.mark.parametrize(
    ("shape", "words"),
    [(784, r"write \(784,\)"), ((0,), "positive whole numbers"), ((2.0,), "positive whole"),
     ((True,), "positive whole"), ("784", "positive whole"), (None, "is a tuple")],
)  # fmt: skip
def test_shapes_of_inputs(shape, words):
    with pytest.raises(OptionError, match=words):
        Input(shape)


# -- finding -------------------------------------------------------------------------------------


def test_layers_are_found_by_name_and_by_place():
    chain = Chain([Dense(4), Dense(2)])
    assert chain.layer("dense_1") is chain.layer(1) is chain.layer(-1)
    assert chain.layer("dense") is chain.layer(0)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("dense_l", "Did you mean 'dense_1'"),
        (2, "has 2 layers; there is no 2"),
        ("zzz", "no layer 'zzz'"),
    ],
)
def test_a_layer_that_is_not_there(key, words):
    with pytest.raises(AddressError, match=words):
        Chain([Dense(4), Dense(2)]).layer(key)


# -- errors say where ----------------------------------------------------------------------------


def test_the_note_counts_the_layers():
    chain = Chain([Input((3,)), Dense(4), Dense(2)])
    chain.layers[1].set_weights([np.zeros((4, 2)), np.zeros(2)])
    with pytest.raises(ShapeError) as caught:
        chain(np.zeros((2, 9)))
    assert caught.value.__notes__[0] == (
        "in layer 0 'dense' (Dense, 3 → 4), given an input of shape (2, 9)"
    )


def test_building_says_where_too():
    with pytest.raises(ShapeError, match="how many inputs") as caught:
        Chain([Input((None, 4)), Flatten(), Dense(2)])
    assert caught.value.__notes__ == [
        "while building layer 1 'dense' (Dense, ? → 2) of 'chain' for inputs of shape (None, None)"
    ]


def test_a_layer_built_for_something_else_is_refused():
    layer = Dense(2)
    layer(X)
    with pytest.raises(ShapeError, match="make a new Dense"):
        Chain([Input((5,)), layer])


def test_a_built_chain_is_not_built_again_for_another_shape():
    chain = Chain([Input((3,)), Dense(2)])
    chain.build((None, 3))
    with pytest.raises(ShapeError, match="make a new Chain"):
        chain.build((None, 4))


# -- kinds of number -----------------------------------------------------------------------------


def test_a_chains_kind_of_number_is_that_of_layers_without_one():
    chain = Chain([Input((3,)), Dense(2), Dense(2, dtype="float32")], dtype="float64")
    assert [str(w.dtype) for w in chain.weights[::2]] == ["float64", "float32"]
    assert chain.layers[0](X).dtype == np.float64


def test_nothing_is_lost_on_the_way_into_a_float64_chain():
    chain = Chain([Dense(1, dtype="float64", kernel_initializer="ones")])
    assert chain(np.array([[1 + 1e-12]])).item() == 1 + 1e-12
    assert chain(cp.tensor([[1 + 1e-12]])).item() == 1 + 1e-12


# -- weights, freezing, nesting -------------------------------------------------------------------


def test_weights_come_layer_by_layer():
    chain = Chain([Input((3,)), Dense(4), Dense(2)])
    assert [w.path for w in chain.weights] == [
        "dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias",
    ]  # fmt: skip
    twin = Chain([Input((3,)), Dense(4), Dense(2)])
    twin.set_weights(chain.get_weights())
    assert np.array_equal(twin(X).numpy(), chain(X).numpy())
    with pytest.raises(ShapeError, match="4 weights"):
        chain.set_weights([])


def test_freezing_a_chain_or_a_layer():
    chain = Chain([Input((3,)), Dense(4), Dense(2)])
    chain.layers[0].trainable = False
    assert [w.path for w in chain.trainable_weights] == ["dense_1/kernel", "dense_1/bias"]
    chain.trainable = False
    assert chain.trainable_weights == []
    assert Chain([Input((3,)), Dense(4)], trainable=False).trainable_weights == []


def test_a_chain_is_a_layer():
    inner = Chain([Dense(4, activation="tanh"), Dense(3)], name="inner")
    chain = Chain([Input((3,)), inner, Dense(2, activation="softmax")])
    assert chain.count_params() == 16 + 15 + 8
    with pytest.raises(ShapeError) as caught:
        chain(np.zeros((1, 9)))
    assert caught.value.__notes__[:2] == [
        "in layer 0 'inner/dense' (Dense, 3 → 4), given an input of shape (1, 9)",
        "in layer 0 'inner' (Chain of 2 layers), given an input of shape (1, 9)",
    ]


def test_training_reaches_the_layers():
    chain = Chain([Dropout(0.5, seed=1)])
    assert 0.0 in chain(np.ones((1, 40)), training=True).numpy()
    assert 0.0 not in chain(np.ones((1, 40))).numpy()


# -- what comes before the last activation ---------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        ([Dense(2, activation="sigmoid")], "sigmoid"),
        ([Dense(2), Activation("tanh")], "tanh"),
        ([Dense(2)], "linear"),
        ([Dense(2, activation="relu"), Dropout(0.5)], "linear"),
        ([], "linear"),
        ([Chain([Dense(2, activation="tanh")])], "tanh"),
    ],
)
def test_the_last_activation_and_what_it_is_applied_to(layers, name):
    chain = Chain(layers)
    assert chain.final_activation == name
    z = chain.pre_activation(X)
    y = cp.nn.get_activation(name)(z)
    assert np.array_equal(y.numpy(), chain(X).numpy())


def test_the_way_to_the_pre_activation_is_recorded():
    chain = Chain([Dense(4, activation="tanh"), Dense(2, activation="tanh")])
    z = chain.pre_activation(X)
    assert z.name == "dense_1/sum"
    z.sum().backward()
    assert all(w.grad is not None for w in chain.weights)


# -- written down ----------------------------------------------------------------------------------


def test_written_down_and_read_again():
    import json

    chain = Chain([Input((4, 3)), Flatten(), Dense(5, activation="relu"), Dense(2, name="out")])
    config = json.loads(json.dumps(chain.get_config()))
    again = Chain.from_config(config)
    assert again.get_config() == config
    again.set_weights(chain.get_weights())
    x = np.random.default_rng(0).standard_normal((3, 4, 3))
    assert np.array_equal(again(x).numpy(), chain(x).numpy())


def test_a_chain_of_unknown_shape_stays_one():
    assert not Chain.from_config(Chain([Dense(2)]).get_config()).built


def test_a_layer_of_your_own_can_be_read_again_once_registered():
    class Doubling(cp.nn.Layer):
        def call(self, x):
            return x * 2.0

    config = Chain([Doubling()]).get_config()
    with pytest.raises(OptionError, match="unknown layer 'Doubling'"):
        Chain.from_config(config)
    cp.nn.register(Doubling)
    try:
        assert Chain.from_config(config)(X).tolist() == (2 * X).tolist()
    finally:
        del cp.nn.LAYERS["Doubling"]


def test_our_names_are_taken():
    with pytest.raises(OptionError, match="there is a layer 'Dense'"):
        cp.nn.register(type("Dense", (cp.nn.Layer,), {"call": lambda self, x: x}))
