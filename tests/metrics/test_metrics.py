"""Metrics stream exactly, are found by name, and refuse what does not fit."""

import json
from fractions import Fraction

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses, metrics
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.errors import OptionError, ShapeError
from clearprop.metrics import METRICS, FunctionMetric


def test_batches_of_any_size_give_the_figure_of_all_at_once():
    y, p = np.arange(10_007) % 2, (np.arange(10_007) % 3 == 0).astype("float32")
    metric = metrics.get("binary_accuracy")
    for start in range(0, 10_007, 64):
        metric.update(y[start : start + 64, None], p[start : start + 64, None])
    right = int((y == p).sum())
    assert metric.result() == float(Fraction(right, 10_007))


def test_a_mean_of_means_would_be_noticed():
    y, p = np.zeros((3, 1)), np.array([[1.0], [0.0], [0.0]])
    metric = metrics.get("mse")
    metric.update(y[:1], p[:1])
    metric.update(y[1:], p[1:])
    assert metric.result() == pytest.approx(1 / 3)


def test_millions_of_small_figures_do_not_vanish_in_the_sum():
    metric = metrics.get("mae")
    metric.update(np.zeros((1, 1), "float32"), np.full((1, 1), 2.0**26, "float32"))
    for _ in range(100):
        metric.update(np.zeros((1000, 1), "float32"), np.ones((1000, 1), "float32"))
    assert metric.result() == (2**26 + 100_000) / 100_001


def test_reset_and_the_names_of_keras():
    metric = metrics.get("mae")
    metric.update_state([[0.0]], [[3.0]])
    assert metric.result() == 3.0
    metric.reset_state()
    assert np.isnan(metric.result())  # nothing was measured, which is not 0
    assert metric([[0.0]], [[5.0]]) == 5.0


def test_tensors_and_lists_are_welcome():
    assert metrics.get("mae")(cp.tensor([[1.0, 2.0]]), [[1, 4]]) == 1.0


def test_what_another_engine_counted_can_be_added():
    metric = metrics.get("categorical_accuracy")
    metric.add(3, 4)
    metric.update(np.eye(2), np.eye(2))
    assert metric.result() == 5 / 6


@pytest.mark.parametrize("name", METRICS)
def test_values_come_out_alike_in_another_array_library(name):
    import jax.numpy as jnp

    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 8) if name.startswith("Sparse") else np.eye(3)[rng.integers(0, 3, 8)]
    p = rng.random((8, 3))
    theirs = METRICS[name]().values(ArrayNamespace(jnp, "jax"), jnp.asarray(y), jnp.asarray(p))
    assert np.allclose(METRICS[name]().values(NUMPY, y, p), theirs)


@pytest.mark.parametrize("name", [*METRICS, *metrics.ALIASES])
def test_every_name_finds_a_metric_which_is_called_so(name):
    assert metrics.get(name).name == (METRICS[name]().name if name in METRICS else name)


@pytest.mark.parametrize("cls", METRICS.values(), ids=list(METRICS))
def test_written_down_and_read_again(cls):
    metric = cls(name="mine")
    again = metrics.get(json.loads(json.dumps(metrics.serialize(metric))))
    assert (type(again), again.get_config()) == (cls, metric.get_config())
    assert metrics.get(metric) is metric
    assert isinstance(metrics.get(cls), cls)


def test_a_threshold_of_ones_own():
    assert metrics.BinaryAccuracy(threshold=0.9)([[1]], [[0.8]]) == 0.0
    assert metrics.binary_accuracy([[1]], [[0.8]], threshold=0.7).tolist() == [[1.0]]
    assert metrics.BinaryAccuracy()([[0]], [[0.5]]) == 1.0  # at the threshold it is a no


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("scce", "SparseCategoricalAccuracy"),
        ("cce", "CategoricalAccuracy"),
        (None, "CategoricalAccuracy"),
    ],
)
def test_the_loss_tells_where_the_targets_do_not(loss, expected):
    loss = losses.get(loss) if loss else None
    assert type(metrics.get("accuracy", loss, (None, 10))).__name__ == expected
    assert type(metrics.get("accuracy", loss, (None, 1))).__name__ == "BinaryAccuracy"


def test_a_function_of_your_own():
    def error(y_true, y_pred):
        return cp.max(cp.abs(y_true - y_pred), axis=-1)

    metric = metrics.get(error)
    assert isinstance(metric, FunctionMetric)
    assert metric.name == "error"
    assert metric([[0.0, 0.0], [0.0, 0.0]], [[1.0, 3.0], [0.0, 1.0]]) == 2.0
    assert metric([[0.0, 0.0]], [[0.0, 8.0]], [2.0]) == 5.0
    with pytest.raises(OptionError, match="cannot be saved"):
        metrics.serialize(metric)


P = np.full((4, 3), 0.5)


@pytest.mark.parametrize(
    ("name", "y", "words"),
    [
        ("mse", np.zeros(4), r"y_true has shape \(4,\), y_pred has shape \(4, 3\)"),
        ("mae", np.zeros((4, 1)), "they must be the same"),
        ("binary_accuracy", np.zeros(4), "they must be the same"),
        ("categorical_accuracy", np.zeros(4), "use 'sparse_categorical_accuracy'"),
        ("sparse_categorical_accuracy", np.zeros((4, 3)), "use 'categorical_accuracy'"),
        ("accuracy", np.zeros((3, 3)), "they must be the same"),
    ],
)
def test_shapes_that_do_not_fit(name, y, words):
    with pytest.raises(ShapeError, match=words):
        metrics.get(name)(y, P)


@pytest.mark.parametrize("weight", [np.ones(3), np.ones((4, 3)), np.ones((3, 4))])
def test_weights_that_do_not_fit(weight):
    with pytest.raises(ShapeError, match="one weight a sample"):
        metrics.get("mse")(np.zeros((4, 3)), P, weight)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: metrics.get("acuracy"), "did you mean 'accuracy'"),
        (lambda: metrics.get(7), "must be a name, a Metric or a function"),
        (lambda: metrics.get(int), "must be a name"),
        (lambda: metrics.get({"class_name": "eval"}), "unknown metric"),
        (lambda: metrics.get({"class_name": "Accuracy", "config": {"x": 1}}), "unknown argument"),
        (lambda: metrics.BinaryAccuracy(threshold=1.0), "between 0 and 1; got 1.0"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(make, words):
    with pytest.raises(OptionError, match=words):
        make()


def test_every_registered_metric_has_an_example_that_runs():
    for cls in METRICS.values():
        for part in ("Parameters\n", "Examples\n", ">>> "):
            assert part in cls.__doc__, cls
