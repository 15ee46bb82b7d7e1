"""A diagnosis changes nothing: weights, memory, draws, settings, what training does next."""

import random

import numpy as np
import pytest

import clearprop as cp
from clearprop.core.random import draws
from clearprop.doctor import diagnose
from clearprop.train.aside import aside, each_layer
from tests.doctor.diagnosis.making import L, blobs, net

X, Y = blobs(120, 3, 4, seed=1)
SPARSE = "sparse_categorical_crossentropy"


def a_model(rate=0.01, epochs=2):
    """Everything that a call can change: averages, draws, penalties, an optimizer's memory."""
    model = net((4,), L.Dense(12, kernel_regularizer="l2"), L.BatchNormalization(), L.ReLU(),
                L.Dropout(0.3), L.GaussianNoise(0.1), L.Dense(3, activation="softmax"))  # fmt: skip
    model.compile(cp.optimizers.Adam(rate), SPARSE, engine="eager")
    if epochs:
        model.fit(X, Y, epochs=epochs, seed=2)
    return model


def everything(model):
    memory = model.setup_for("test").memory
    return {
        "weights": [w.data for w in model.weights],
        "nodes": [w.node for w in model.weights],
        "penalties": [w.regularizer for w in model.weights],
        "grads": [w.grad for w in model.weights],
        "layers": [dict(vars(layer)) for layer in each_layer(model)],
        "states": {k: dict(v) for k, v in memory.states.items()},
        "step": memory.step,
        "rate": float(model.optimizer.learning_rate),
        "draws": draws(),
        "python": random.getstate(),
        "numpy": str(np.random.get_state()),  # noqa: NPY002
        "history": model.history,
    }


def same(a, b):
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a is b or bool(a == b)


@pytest.mark.parametrize("rate", [0.01, 5.0])
def test_nothing_is_changed(rate):
    model = a_model(rate)
    before = everything(model)
    diagnose(model, X, Y)
    assert same(before, everything(model))


def test_training_goes_on_as_if_nobody_had_looked():
    looked, alone = a_model(), a_model()
    diagnose(looked, X, Y)
    for model in (looked, alone):
        model.fit(X, Y, epochs=2, seed=3)
    assert same(looked.get_weights(), alone.get_weights())


CHANGES = {
    "a weight": lambda m: m.weights[0].hold(m.weights[0].data + 1),
    "an average": lambda m: m.non_trainable_weights[0].hold(m.non_trainable_weights[0].data + 1),
    "a draw": lambda m: m.layers[3](np.ones((2, 12)), training=True),
    "the memory": lambda m: m.fit(X, Y, epochs=1),
    "a penalty": lambda m: setattr(m.weights[0], "regularizer", None),
    "NumPy's draws": lambda m: np.random.random(),  # noqa: NPY002
    "Python's draws": lambda m: random.random(),
    "a setting": lambda m: vars(m.layers[2]).update(new=1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_would_be_seen_and_is_undone_aside(name):
    model = a_model()
    before = everything(model)
    with aside(model):
        CHANGES[name](model)
        assert not same({**before, "history": None}, {**everything(model), "history": None})
    after = everything(model)
    assert same({**before, "history": None}, {**after, "history": None})


def test_in_double_precision_aside():
    model = a_model()
    kept = model.get_weights()
    with aside(model, double=True):
        assert {w.dtype.name for w in model.weights} == {"float64"}
        assert model(X[:2]).dtype == np.float64
    assert {w.dtype.name for w in model.weights} == {"float32"}
    assert same(kept, model.get_weights())


def failing(model):
    with aside(model, double=True):
        model.fit(X, Y, epochs=1)
        raise ZeroDivisionError


def test_aside_an_error_too_leaves_everything():
    model = a_model()
    before = everything(model)
    with pytest.raises(ZeroDivisionError):
        failing(model)
    assert same({**before, "history": None}, {**everything(model), "history": None})
