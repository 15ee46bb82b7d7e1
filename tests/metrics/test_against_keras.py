"""Metrics give Keras's figures, over batches and with weights of every kind."""

from itertools import pairwise

import numpy as np
import pytest

from clearprop import metrics
from tests.oracles import agree

N, K = 23, 4
CUTS = [(0, 23), (0, 7, 8, 23), (0, 1, 2, 3, 23)]


def one_hot(labels):
    return np.eye(K)[labels]


def data(name, positions=()):
    rng = np.random.default_rng(8)
    shape = (N, *positions, K)
    labels, scores = rng.integers(0, K, shape[:-1]), rng.random(shape).astype("float32")
    y = {
        "Accuracy": rng.integers(0, 3, shape),
        "BinaryAccuracy": rng.integers(0, 2, shape),
        "CategoricalAccuracy": one_hot(labels),
        "SparseCategoricalAccuracy": labels,
    }.get(name, rng.standard_normal(shape).astype("float32"))
    return y, np.floor(scores * 3) if name == "Accuracy" else scores


WEIGHTS = {
    "equal": None,
    "each": np.random.default_rng(1).random(N),
    "column": np.random.default_rng(2).random((N, 1)),
    "whole": np.arange(N) % 3,
    "none count": np.zeros(N),
}


@pytest.mark.parametrize("cuts", CUTS, ids=str)
@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("name", metrics.METRICS)
def test_figures_over_batches(name, weight, cuts, keras):
    ours, theirs = metrics.METRICS[name](), getattr(keras.metrics, name)()
    y, p = data(name)
    w = WEIGHTS[weight]
    for i, j in pairwise(cuts):
        part = None if w is None else w[i:j]
        ours.update(y[i:j], p[i:j], part)
        theirs.update_state(y[i:j], p[i:j], part)
    assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-5)
    ours.reset()
    ours.update(y, p, w)
    assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-5)


@pytest.mark.parametrize("name", metrics.METRICS)
def test_outputs_at_several_positions(name, keras):
    y, p = data(name, (5,))
    for weight in (None, np.arange(N * 1.0), np.arange(N * 5.0).reshape(N, 5)):
        theirs = getattr(keras.metrics, name)()
        theirs.update_state(y, p, weight)
        assert metrics.METRICS[name]()(y, p, weight) == pytest.approx(
            float(theirs.result()), rel=1e-5
        )


@pytest.mark.parametrize(
    ("function", "cls"), metrics.registry.FUNCTIONS.items(), ids=lambda x: x.__name__
)
def test_functions_give_the_samples_values(function, cls, keras):
    y, p = data(cls.__name__)
    theirs = getattr(keras.metrics, function.__name__)(y.astype("float32"), p)
    assert agree(function(y, p).astype("float32"), theirs, "float32")


SHAPES = [
    ((N,), (N, 1)), ((N, 1), (N, 1)), ((N,), (N, 7)), ((N, 1), (N, 7)), ((N, 7), (N, 7)),
    ((N, 5), (N, 5, 7)), ((N, 5, 1), (N, 5, 7)), ((N, 5, 7), (N, 5, 7)), ((N, 5), (N, 5, 1)),
]  # fmt: skip


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(("y_shape", "output_shape"), SHAPES)
def test_accuracy_is_the_one_that_keras_chooses(name, y_shape, output_shape, keras):
    from keras.src.trainers.compile_utils import get_metric

    theirs = get_metric(name, np.zeros(y_shape), np.zeros(output_shape))
    ours = metrics.get(name, output_shape=(None, *output_shape[1:]), y_shape=(None, *y_shape[1:]))
    assert type(ours).__name__ == type(theirs).__name__
    assert ours.name == theirs.name == name


@pytest.mark.parametrize("name", [n for n in metrics.ALIASES if n not in ("accuracy", "acc")])
def test_names_find_what_keras_finds(name, keras):
    theirs = keras.metrics.get(name)
    theirs = getattr(theirs, "__name__", type(theirs).__name__)
    cls = type(metrics.get(name))
    assert theirs in (cls.__name__, cls().name)


@pytest.mark.parametrize("name", metrics.METRICS)
def test_names_in_reports_are_keras_names(name, keras):
    assert metrics.METRICS[name]().name == getattr(keras.metrics, name)().name
