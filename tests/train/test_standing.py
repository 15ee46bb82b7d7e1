"""Whether a model is what it was: what changes is noticed, what passes is not."""

import time

import numpy as np
import pytest

import clearprop as cp
from clearprop.train.standing import Standing

L = cp.layers
FACTOR = 2.0


def scaled(t, y):
    return cp.ops.mean((t - y) ** 2 * FACTOR)


class Own(L.Layer):
    """A layer of somebody's own."""

    def __init__(self, **options):
        super().__init__(**options)
        self.factors, self.words = [1.0, 2.0], {"a": 1}

    def call(self, x):
        return x * sum(self.factors)


def a_model(*layers, loss="mse"):
    model = cp.Sequential([cp.Input((3,)), L.Dense(4, activation="relu"), L.Dropout(0.2),
                           L.BatchNormalization(), *layers, L.Dense(1)])  # fmt: skip
    model.compile(cp.optimizers.SGD(0.1), loss)
    return model


def standing(model):
    setup = model.setup_for("test")
    return Standing(model, setup.objective, setup.optimizer)


X, Y = np.ones((8, 3)), np.ones((8, 1))


def test_what_training_and_asking_do_changes_nothing():
    model = a_model()
    model.fit(X, Y, verbose=0)
    before = standing(model)
    model.optimizer.learning_rate = 0.5
    model.fit(X, Y, verbose=0, callbacks=[cp.callbacks.EarlyStopping("loss")])
    model.evaluate(X, Y)
    model.predict(X)
    model.set_weights(model.get_weights())
    assert before.holds()
    assert not before.foreign


CHANGES = {
    "a rate": lambda m: setattr(m.layers[1], "rate", 0.5),
    "a function": lambda m: setattr(m.layers[0], "activation", cp.tanh),
    "frozen": lambda m: setattr(m.layers[0], "trainable", False),
    "one weight frozen": lambda m: setattr(m.layers[0].kernel, "trainable", False),
    "a penalty": lambda m: setattr(m.layers[0].kernel, "regularizer", lambda w: (w * w).sum()),
    "a new attribute": lambda m: setattr(m.layers[0], "extra", 1),
    "an attribute gone": lambda m: delattr(m.layers[3], "words"),
    "an element": lambda m: m.layers[3].factors.__setitem__(0, 5.0),
    "an element more": lambda m: m.layers[3].factors.append(5.0),
    "an entry": lambda m: m.layers[3].words.update(a=2),
    "decay": lambda m: m.optimizer.exclude_from_weight_decay(var_names=["bias"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_noticed_and_some_can_be_undone(name):
    model = a_model(Own())
    before = standing(model)
    assert before.holds()
    assert before.foreign
    CHANGES[name](model)
    assert not before.holds()
    if "weight" not in name and name not in ("frozen", "a penalty"):
        assert before.put_back()
        assert before.holds()


def test_a_global_that_a_loss_names_counts(monkeypatch):
    before = standing(a_model(loss=scaled))
    assert before.holds()
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    assert not before.holds()


def test_what_a_function_is_closed_over_counts():
    factor = 1.0

    def loss(t, y):
        return cp.ops.mean((t - y) ** 2 * factor)

    before = standing(a_model(loss=loss))
    assert before.holds()
    factor = 2.0
    assert not before.holds()


def test_a_model_that_holds_its_data_is_looked_at_quickly():
    model = a_model(Own())
    model.layers[3].texts = [[str(k)] for k in range(200_000)]
    before = standing(model)
    began = time.perf_counter()
    assert before.holds()
    assert time.perf_counter() - began < 0.1
    model.layers[3].texts.pop()
    assert not before.holds()
