"""What a call hands on to layers inside it, and what it leaves behind."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import nn
from clearprop.nn import Dense, Dropout, Graph, Input

X = np.ones((20, 20), np.float32)


class Penalised(nn.Layer):
    """Adds its input's sum to the loss."""

    def call(self, x):
        self.add_loss(cp.sum(x))
        return x


def zeros(x):
    return np.mean(x.numpy() == 0)


def within_a_class(drop):
    class Around(nn.Layer):
        def call(self, x):
            return drop(x)

    return Around()


@pytest.mark.parametrize("around", [lambda drop: nn.Lambda(lambda x: drop(x)), within_a_class])
def test_training_reaches_a_layer_that_is_held_nowhere_at_every_call(around):
    layer = around(Dropout(0.5))
    assert all(zeros(layer(cp.tensor(X), training=True)) > 0.2 for _ in range(3))
    assert zeros(layer(cp.tensor(X))) == 0


def test_what_was_added_to_the_loss_is_that_of_the_last_call():
    layer = Penalised()
    for k in range(1, 4):
        layer(cp.tensor(np.full((1, 1), k, np.float32)))
        assert [loss.item() for loss in layer.losses] == [k]


def test_a_layer_called_twice_within_a_call_adds_twice():
    layer, x = Penalised(), Input((1,))
    model = cp.Model(x, layer(layer(x) * 2.0))
    for _ in range(2):
        model(np.ones((1, 1)))
        assert [loss.item() for loss in model.losses] == [1, 2]
    model.compile("sgd", "mse")
    assert model.evaluate(np.ones((1, 1)), np.full((1, 1), 2.0), verbose=0) == 3


def test_the_penalty_of_an_output_is_that_of_the_output_under_a_fused_loss():
    model = cp.Sequential([Input((3,)), Dense(4, "softmax", activity_regularizer="l2")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = np.random.default_rng(0).normal(size=(6, 3)), np.arange(6) % 4
    p = model.predict(x)
    expected = -np.mean(np.log(p[np.arange(6), y])) + 0.01 * np.sum(p**2) / 6
    assert model.evaluate(x, y, verbose=0) == pytest.approx(expected, rel=1e-5)
    assert model.fit(x, y, verbose=0).history["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_training_and_masks_by_their_place():
    assert zeros(Dropout(0.5)(X, True)) > 0.2
    x = Input((20,))
    assert zeros(Graph(x, Dropout(0.5)(x, True))(X)) > 0.2
    lstm, sequences = nn.LSTM(2, return_sequences=True), np.ones((1, 3, 1))
    mask = np.array([[True, True, False]])
    by_place = lstm(sequences, None, mask)
    assert np.array_equal(by_place.numpy(), lstm(sequences, mask=mask).numpy())
    assert np.array_equal(np.asarray(by_place.mask), mask)
