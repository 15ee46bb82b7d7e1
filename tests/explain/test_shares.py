"""Gradients, and what training made of weights, by sample and by class."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.errors import OptionError
from clearprop.explain.formula import evaluate
from clearprop.explain.verify import claims, verify
from tests.explain.nets import random_dense

ADDRESS = "dense/kernel[1,2]"


@pytest.fixture(scope="module")
def network():
    return random_dense(
        np.random.default_rng(1), activation="tanh", loss="sparse_categorical_crossentropy",
        optimizer="sgd", samples=20,
    )  # fmt: skip


def alone(model, x, y, chosen):
    """The gradient of a batch in which the other samples count nothing."""
    found = cp.why(model, ADDRESS, x=x[chosen], y=y[chosen]).value
    return found * chosen.sum() / len(x)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_gradient_by_class_adds_up(network, lang):
    model, x, y = network
    e = cp.why(model, ADDRESS, x=x, y=y, by="class", lang=lang)
    split = e.steps[1]
    assert split.role == "by_class"
    assert evaluate(split.formula) == pytest.approx(e.value, rel=1e-12)
    parts = {int(q.address.rpartition("class")[2]): q.value for q in split.formula.parts}
    assert parts == pytest.approx({c: alone(model, x, y, y == c) for c in np.unique(y)})
    assert {"ko": "클래스 ", "en": "class "}[lang] in str(e)
    assert verify(str(e)) == []


def test_a_gradient_by_sample_is_cut_and_adds_up(network):
    model, x, y = network
    e = cp.why(model, ADDRESS, x=x, y=y, by="sample", top=3, lang="en")
    split = e.steps[1].formula
    assert len(split.parts) == 3
    assert split.rest_count == 17
    assert evaluate(split) == pytest.approx(e.value, rel=1e-12)
    first = int(split.parts[0].address.rpartition("sample")[2])
    only = np.arange(20) == first
    assert split.parts[0].value == pytest.approx(alone(model, x, y, only))
    assert verify(str(e)) == []


def test_penalties_are_nobodys():
    dense = cp.layers.Dense(2, kernel_regularizer=cp.keras.regularizers.L2(0.1))
    model = cp.Sequential([cp.Input((2,)), dense])
    model.compile("sgd", "mse")
    x, y = np.ones((3, 2)), np.zeros((3, 2))
    e = cp.why(model, "dense/kernel[0,1]", x=x, y=y, by="sample", lang="en")
    nobodys = e.steps[1].formula.parts[-1]
    assert nobodys.symbol == "penalties on weights"
    assert nobodys.value == pytest.approx(0.2 * float(model.get_weights()[0][0, 1]), rel=1e-6)
    assert evaluate(e.steps[1].formula) == pytest.approx(e.value, rel=1e-12)


def test_what_cannot_be_split_is_said(network):
    model, x, y = network
    with pytest.raises(OptionError, match="splits the gradient of a weight"):
        cp.why(model, "dense/output[0]", x=x, y=y, by="class")
    with pytest.raises(OptionError):
        cp.why(model, ADDRESS, x=x, y=y, by="colour")
    numbers, x, y = random_dense(
        np.random.default_rng(1), activation="tanh", loss="mse", optimizer="sgd"
    )
    with pytest.raises(OptionError, match="class labels or one-hot"):
        cp.why(numbers, ADDRESS, x=x, y=y, by="class")


OPTIMIZERS = {
    "sgd": lambda: cp.optimizers.SGD(0.1),
    "momentum": lambda: cp.optimizers.SGD(0.1, momentum=0.9),
    "nesterov": lambda: cp.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: cp.optimizers.Adam(0.01),
}


def fitted(optimizer, by, dropout=0.0):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(24, 3)), rng.integers(0, 3, 24)
    layers = [cp.layers.Dense(4, "tanh"), cp.layers.Dropout(dropout, seed=1)]
    model = cp.Sequential([cp.Input((3,)), *layers, cp.layers.Dense(3, "softmax")], dtype="float64")
    start = [rng.normal(size=w.shape) for w in model.weights]
    model.set_weights(start)
    model.compile(OPTIMIZERS[optimizer](), "sparse_categorical_crossentropy")
    watch = cp.Watch(ADDRESS, by=by)
    model.fit(x, y, epochs=3, batch_size=7, verbose=0, seed=5, callbacks=[watch])
    return model, watch, start, (x, y)


@pytest.mark.parametrize("by", ["class", "sample"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_shares_of_classes_and_samples_add_up(optimizer, by, lang):
    model, watch, start, _ = fitted(optimizer, by)
    end = float(model.get_weights()[0][1, 2])
    shares = watch.shares(ADDRESS)
    assert start[0][1, 2] + sum(shares.values()) == pytest.approx(end, rel=1e-9)
    e = watch.why(ADDRESS, lang=lang)
    assert evaluate(e.steps[0].formula) == pytest.approx(end, rel=1e-12)
    assert list(claims(str(e)))
    assert verify(str(e)) == []
    linear = {"ko": "선형입니다", "en": "is linear in them"}[lang] in str(e)
    assert linear == (optimizer != "adam")


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_a_class_moved_a_weight_as_far_as_its_gradients_alone(optimizer):
    """Walk along the same weights, and add up what one class's gradients do."""
    _, watch, start, (x, y) = fitted(optimizer, "class")
    twin = cp.Sequential(
        [cp.Input((3,)), cp.layers.Dense(4, "tanh"), cp.layers.Dense(3, "softmax")],
        dtype="float64",
    )
    twin.set_weights(start)
    twin.compile(OPTIMIZERS[optimizer](), "sparse_categorical_crossentropy")
    velocity, moved, rule = 0.0, 0.0, twin.optimizer

    class Alone(cp.train.follow.Follower):
        def follow(self, task, data, rows):
            nonlocal velocity, moved
            xs, ys, _ = data.take(rows)
            own = np.asarray(ys) == 1
            g = 0.0
            if own.any():
                g = cp.why(twin, ADDRESS, x=xs[own], y=ys[own]).value * own.sum() / len(ys)
            velocity = rule.momentum * velocity - 0.1 * g
            moved += rule.momentum * velocity - 0.1 * g if rule.nesterov else velocity

    twin.fit(x, y, epochs=3, batch_size=7, verbose=0, seed=5, callbacks=[Alone()])
    assert watch.shares(ADDRESS)[1] == pytest.approx(moved, rel=1e-9)


def test_watching_changes_nothing_even_where_dropout_drops():
    watched = fitted("adam", "class", dropout=0.5)[0].get_weights()
    apart = fitted("adam", "epoch", dropout=0.5)[0].get_weights()
    assert all((a == b).all() for a, b in zip(watched, apart, strict=True))


def test_only_what_was_watched_can_be_asked():
    _, watch, *_ = fitted("sgd", "class")
    assert watch.why(ADDRESS, by="epoch").steps
    with pytest.raises(OptionError, match="has to be watched"):
        watch.why(ADDRESS, by="sample")
    with pytest.raises(OptionError, match="was watched by epoch"):
        fitted("sgd", "epoch")[1].shares(ADDRESS)
    with pytest.raises(OptionError, match="by must be one of"):
        cp.Watch("w1", by="colour")
