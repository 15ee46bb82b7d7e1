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


def with_words(x, *, factor=1.0):
    return x * factor


def noted(x):
    return x * noted.factor


noted.factor = 1.0
TABLE = {0: 1.0}


def inside(x):
    return sum(TABLE[k] * x for k in range(1)) if FACTOR else x


class Wrapping(L.Layer):
    """Names of its own that mean something else in this library, and a model."""

    def __init__(self, **options):
        super().__init__(**options)
        self.step = self.plain = self.learning_rate = self.own_initializer = 1.0
        self.model, self.words, self.bytes = cp.Sequential([L.Dropout(0.5)]), {"a": 1}, bytearray(2)
        self.pair, self.zero = (1, np.ones(2)), 0.0

    def call(self, x):
        return self.model(x) * self.step


ELSEWHERE = {
    "step": lambda own: setattr(own, "step", 3.0),
    "plain": lambda own: setattr(own, "plain", 3.0),
    "a rate": lambda own: setattr(own, "learning_rate", 3.0),
    "no initializer": lambda own: setattr(own, "own_initializer", 3.0),
    "within a model": lambda own: setattr(own.model.layers[0], "rate", 0.1),
    "another key": lambda own: own.words.update(b=own.words.pop("a")),
    "bytes": lambda own: own.bytes.__setitem__(1, 3),
    "a pair of another kind": lambda own: setattr(own, "pair", (1.0, own.pair[1])),
    "a pair with another array": lambda own: setattr(own, "pair", (1, np.ones(2))),
    "less than nothing": lambda own: setattr(own, "zero", -0.0),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_somebody_elses_layer_holds_counts_by_any_name(name):
    own = Wrapping()
    before = Standing(own)
    assert before.holds()
    own.pair = (*own.pair,)
    assert before.holds()
    ELSEWHERE[name](own)
    assert not before.holds()


@pytest.mark.parametrize(
    ("function", "change"),
    [
        (with_words, lambda patch: patch.setitem(with_words.__kwdefaults__, "factor", 3.0)),
        (noted, lambda patch: patch.setattr(noted, "factor", 3.0)),
        (inside, lambda patch: patch.setitem(TABLE, 0, 3.0)),
    ],
    ids=["a keyword", "an attribute", "within a comprehension"],
)
def test_what_functions_read_counts(function, change, monkeypatch):
    before = Standing(function)
    assert before.holds()
    change(monkeypatch)
    assert not before.holds()


def test_another_method_counts_and_classes_that_type_made_are_somebodys(monkeypatch):
    kind = type("Made", (L.Layer,), {"call": lambda self, x: x, "factor": 1.0})
    before = Standing(kind())
    assert kind.__module__ == "abc"
    assert before.foreign
    assert before.holds()
    monkeypatch.setattr(kind, "call", lambda self, x: x * 2)
    assert not before.holds()
    monkeypatch.undo()
    assert before.holds()
    kind.factor = 2.0
    assert not before.holds()


@pytest.mark.parametrize(
    "many", [[1.0] * 1001, np.ones(4097), np.array([None]), {}.fromkeys(range(1001))]
)
def test_of_what_is_not_compared_whole_nobody_is_sure(many):
    own = Own()
    assert not Standing(own).open
    own.many = many
    assert Standing(own).open
    assert not Standing([many]).open  # nobody but this library reads it


def test_settings_of_metrics_count_and_what_they_have_added_up_does_not():
    metric = cp.metrics.BinaryAccuracy(threshold=0.5)
    model = cp.Sequential([cp.Input((3,)), L.Dense(1, activation="sigmoid")])
    model.compile("sgd", "mse", metrics=[metric], engine="compiled")
    told = []
    for at in (0.5, 0.0, 1.0, 0.0):
        metric.threshold = at
        told.append(model.fit(X, Y, verbose=0).history["binary_accuracy"][0])
        told.append(model.evaluate(X, Y, verbose=0)[1])
    assert told[2:] == [1.0, 1.0, 0.0, 0.0, 1.0, 1.0]
    known = model._setup.known(model)
    model.fit(X, Y, verbose=0)
    assert model._setup.known(model) is known
