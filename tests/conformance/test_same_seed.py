"""The same seed gives the same numbers to the bit, whatever else is drawn beside."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.tree import flatten
from clearprop.nn import Layer
from tests.conformance.layer_examples import EXAMPLES

L = cp.layers
RNG = np.random.default_rng(4)
X, Y = RNG.standard_normal((12, 6, 4)), RNG.standard_normal((12, 1))

DRAWING = {
    "Dropout": lambda: L.Dropout(0.4),
    "SpatialDropout1D": lambda: L.SpatialDropout1D(0.4),
    "GaussianNoise": lambda: L.GaussianNoise(0.3),
    "GaussianDropout": lambda: L.GaussianDropout(0.3),
    "AlphaDropout": lambda: L.AlphaDropout(0.3),
    "SimpleRNN": lambda: L.SimpleRNN(3, dropout=0.3, recurrent_dropout=0.3),
    "LSTM": lambda: L.LSTM(3, dropout=0.3, recurrent_dropout=0.3),
    "GRU": lambda: L.GRU(3, dropout=0.3, recurrent_dropout=0.3),
    "RNN": lambda: L.RNN([L.GRUCell(3, dropout=0.3), L.LSTMCell(2, recurrent_dropout=0.3)]),
    "Bidirectional": lambda: L.Bidirectional(L.GRU(3, dropout=0.3)),
    "TimeDistributed": lambda: L.TimeDistributed(L.Dropout(0.3)),
}


def attending(attention):
    x = cp.Input((6, 4))
    y = attention(x)
    return cp.Model(x, L.Dense(1)(L.Flatten()(y)))


def heads(x):
    return L.MultiHeadAttention(2, 3, dropout=0.3)(x, x)


def scores(x):
    return L.Attention(dropout=0.3)([x, x])


NETS = {
    **{
        name: lambda make=make: cp.Sequential(
            [cp.Input((6, 4)), L.Dense(4), make(), L.Flatten(), L.Dense(1)]
        )
        for name, make in DRAWING.items()
    },
    "MultiHeadAttention": lambda: attending(heads),
    "Attention": lambda: attending(scores),
}


def trained(make, seed, *, beside=False):
    """Train a net anew; with much else drawn before and while it learns, or not."""
    cp.set_seed(5)
    if beside:
        np.random.default_rng().random(7)
        cp.Sequential([cp.Input((3,)), L.Dense(4, name="other")])

    def draw(*told):
        if beside:
            L.Dropout(0.5, name="another")(np.ones((2, 3)), training=True)
            np.random.default_rng().random(3)

    model = make()
    model.compile("adam", "mse")
    told = cp.callbacks.LambdaCallback(on_epoch_end=draw, on_train_batch_end=draw)
    model.fit(X, Y, epochs=2, batch_size=5, seed=seed, verbose=0, callbacks=[told])
    return model.get_weights()


def same(one, other):
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", NETS)
def test_fit_twice(name):
    first = trained(NETS[name], 3)
    assert same(first, trained(NETS[name], 3))
    assert same(first, trained(NETS[name], 3, beside=True))
    assert not same(first, trained(NETS[name], 4))  # else nothing would be drawn at all


class Unseeded(Layer):
    """A layer that draws where nobody gave a seed."""

    def call(self, x, training=False):
        return x * np.random.default_rng().random(4) if training else x


def test_a_layer_that_draws_elsewhere_is_caught():
    make = lambda: cp.Sequential([cp.Input((6, 4)), Unseeded(), L.Flatten(), L.Dense(1)])
    assert not same(trained(make, 3), trained(make, 3))


def first_values(example, *, beside=False):
    """Make a layer anew, and give its weights and what it makes of an input in training."""
    cp.set_seed(7)
    if beside:
        L.Dense(3, name="other")(np.ones((1, 2)))
    settings = {"seed": None} if "seed" in example.settings else {}
    layer = example.made(**settings)
    y = example.call(layer, example.inputs(), training=True)
    made = flatten(list(y) if isinstance(y, tuple) else y)[0]
    return [each.numpy() for each in [*layer.weights, *made]]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_layer_begins_with_the_same(name):
    first = first_values(EXAMPLES[name])
    assert same(first, first_values(EXAMPLES[name]))
    assert same(first, first_values(EXAMPLES[name], beside=True))
