"""Metrics give Keras's figures, over batches and with weights of every kind."""

import inspect
from itertools import pairwise

import numpy as np
import pytest

import clearprop as cp
from clearprop import metrics
from tests.metrics.kinds import KINDS, SETTINGS, K, N, data
from tests.oracles import agree

WEIGHT = np.random.default_rng(1).random(N)
every_setting = pytest.mark.parametrize(
    "setting", SETTINGS, ids=lambda s: f"{s[0]}({', '.join(f'{k}={v}' for k, v in s[1].items())})"
)


def oracle(keras, name, settings):
    """Make Keras's metric; its tables of classes count in whole numbers unless told."""
    dtype = {"dtype": "float32"} if "IoU" in name else {}
    return getattr(keras.metrics, name)(**settings, **dtype)


def update(metric, y, p, weight):
    if type(metric).__name__ in ("Mean", "Sum"):
        metric.update_state(p, weight)
    else:
        metric.update_state(y, p, weight)


@every_setting
def test_figures_over_batches_without_weights_and_with(setting, keras):
    name, settings = setting
    ours, theirs = getattr(metrics, name)(**settings), oracle(keras, name, settings)
    y, p = data(name, settings) if KINDS[name] != "bare" else (None, np.arange(N) ** 1.5)
    for i, j in pairwise(range(0, N + 1, N // 3)):  # of one size: JAX compiles for each
        part = None if i == 0 else WEIGHT[i:j]
        for metric in (ours, theirs):
            update(metric, None if y is None else y[i:j], p[i:j], part)
    expected = np.asarray(theirs.result(), dtype=float)
    assert np.shape(ours.result()) == expected.shape
    assert ours.result() == pytest.approx(expected, rel=1e-5, abs=1e-6)


ONE_OF_EACH = dict(reversed(SETTINGS))
TABLES = {name for name in KINDS if "IoU" in name}  # Keras gives them in float32, whatever is asked


@pytest.mark.parametrize("name", [n for n in ONE_OF_EACH if n not in TABLES])
def test_figures_in_float64(name, keras, keras_floatx):
    keras_floatx("float64")
    settings = ONE_OF_EACH[name]
    ours, theirs = (getattr(x.metrics, name)(**settings) for x in (cp, keras))
    y, p = data(name, settings) if KINDS[name] != "bare" else (None, np.arange(N) ** 1.5)
    for metric in (ours, theirs):
        update(metric, y, p.astype("float64"), None)
    expected = np.asarray(theirs.result(), dtype=float)
    assert ours.result() == pytest.approx(expected, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", ["MeanAbsoluteError", "SparseCategoricalAccuracy", "Hinge",
                                  "CategoricalCrossentropy", "Precision", "MeanIoU"])  # fmt: skip
def test_outputs_at_several_positions(name, keras):
    settings = {"num_classes": K} if name == "MeanIoU" else {}
    y, p = data(name, settings, (5,))
    for weight in (None, np.arange(N * 1.0), np.arange(N * 5.0).reshape(N, 5)):
        if weight is not None and weight.ndim == 1 and name in ("Precision", "MeanIoU"):
            continue  # where Keras cannot; see test_metrics.py
        theirs = oracle(keras, name, settings)
        theirs.update_state(y, p, weight)
        ours = metrics.METRICS[name](**settings)(y, p, weight)
        assert ours == pytest.approx(float(theirs.result()), rel=1e-5)


@pytest.mark.parametrize("name", ["BinaryAccuracy", "MeanSquaredError", "Precision"])
@pytest.mark.parametrize(
    "weight",
    [np.random.default_rng(2).random((N, 1)), np.zeros(N), np.arange(N) % 3],
    ids=["column", "none count", "whole"],
)
def test_weights_of_other_kinds(name, weight, keras):
    theirs = oracle(keras, name, {})
    y, p = data(name)
    theirs.update_state(y, p, weight)
    assert metrics.METRICS[name]()(y, p, weight) == pytest.approx(float(theirs.result()), rel=1e-5)


def test_batches_of_sequences_of_several_lengths(keras):
    ours, theirs = metrics.MeanAbsoluteError(), keras.metrics.MeanAbsoluteError()
    for length, weighted in ((3, False), (5, False), (2, True)):
        y, p = data("MeanAbsoluteError", {}, (length,), n=4)
        weight = np.arange(4.0 * length).reshape(4, length) if weighted else None
        ours.update(y, p, weight)
        theirs.update_state(y, p, weight)
    assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-5)


def test_a_mask_is_a_weight(keras):
    from keras.src import backend

    y, p = data("CategoricalCrossentropy", {}, (5,))
    mask, weight = np.arange(N * 5).reshape(N, 5) % 3 != 0, np.random.default_rng(6).random((N, 5))
    for given in (None, weight):
        theirs, q = keras.metrics.CategoricalCrossentropy(), backend.convert_to_tensor(p)
        backend.set_keras_mask(q, mask)
        theirs.update_state(y, q, given)
        both = metrics.weights.masked_weight(given, mask)
        ours = metrics.CategoricalCrossentropy()(y, p, both)
        assert ours == pytest.approx(float(theirs.result()), rel=1e-5)


def test_the_largest_ids_sorted(keras):
    rng = np.random.default_rng(0)
    ids = np.stack([rng.permutation(K) for _ in range(N)]).astype("float32")
    y = rng.integers(0, K, N)
    theirs = keras.metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)
    theirs.update_state(y, ids)
    ours = metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)(y, ids)
    assert ours == pytest.approx(float(theirs.result()))


def test_ties_and_rows_of_zeros(keras):
    y = np.eye(3)[[0, 1, 2, 0]]
    p = np.array([[1, 1, 0], [0, 0, 0], [2, 1, 2], [3, 3, 3]], "float32")
    for name, settings in (("TopKCategoricalAccuracy", {"k": 1}), ("F1Score", {}),
                           ("TopKCategoricalAccuracy", {"k": 2}), ("Precision", {"top_k": 1}),
                           ("CategoricalAccuracy", {})):  # fmt: skip
        theirs = oracle(keras, name, settings)
        theirs.update_state(y, p)
        ours = getattr(metrics, name)(**settings)(y, p)
        assert ours == pytest.approx(np.asarray(theirs.result(), float), abs=1e-6), name


@pytest.mark.parametrize(
    ("function", "cls"), metrics.means.FUNCTIONS.items(), ids=lambda x: x.__name__
)
def test_functions_give_the_samples_values(function, cls, keras):
    y, p = data(cls.__name__)
    theirs = getattr(keras.metrics, function.__name__, None)
    if theirs is None:
        pytest.fail(f"Keras has no metrics.{function.__name__}")
    assert agree(function(y, p).astype("float32"), theirs(y.astype("float32"), p), "float32")


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


def test_every_metric_is_compared(keras):
    from clearprop import keras as facade

    assert KINDS.keys() == metrics.METRICS.keys()
    theirs = {x for x in dir(keras.metrics) if not x.startswith("_")}
    assert theirs <= set(facade.metrics.__all__)


# Ours; or, in Keras, of older days.
OWN = {"accuracy", "acc", "kld", "KLD", "logcosh", "log_cosh", "fbeta_score"}


@pytest.mark.parametrize("name", sorted({*metrics.ALIASES, *metrics.METRICS} - OWN))
def test_names_find_what_keras_finds(name, keras):
    from keras.src.metrics import ALL_OBJECTS_DICT

    assert ALL_OBJECTS_DICT[name].__name__ == metrics.ALIASES.get(name, name)


def test_every_name_that_keras_knows_is_known(keras):
    from keras.src.metrics import ALL_OBJECTS_DICT

    bases = {"Metric", "metric", "MeanMetricWrapper", "mean_metric_wrapper"}
    assert ALL_OBJECTS_DICT.keys() - bases <= metrics.ALIASES.keys() | metrics.METRICS.keys()


def test_every_setting_has_its_keras_name_place_and_default(keras):
    for name in KINDS:
        ours, theirs = (
            inspect.signature(getattr(x, name)).parameters for x in (metrics, keras.metrics)
        )
        assert list(ours)[: len(theirs)] == list(theirs), name
        for setting, p in theirs.items():
            if setting != "name":
                assert ours[setting].default == p.default, (name, setting)


def test_names_in_reports_are_keras_names(keras):
    keras.backend.clear_session()  # or a second one would be called precision_1
    for name, settings in ONE_OF_EACH.items():
        ours, theirs = (getattr(x.metrics, name)(**settings) for x in (cp, keras))
        assert ours.name == theirs.name


def test_a_figure_of_another_kind_is_noticed(keras):
    y, p = data("AUC")
    theirs = keras.metrics.AUC()
    theirs.update_state(y, p)
    expected = pytest.approx(float(theirs.result()), rel=1e-5)
    assert metrics.AUC()(y, p) == expected
    assert metrics.AUC(curve="PR")(y, p) != expected
    assert metrics.AUC(num_thresholds=20)(y, p) != expected
