"""Metrics stream exactly, are found by name, and refuse what does not fit."""

import json
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses, metrics
from clearprop.core.namespaces import NUMPY, ArrayNamespace
from clearprop.errors import OptionError
from clearprop.metrics import METRICS, MeanMetric
from tests.metrics.kinds import KINDS, SETTINGS, N, data

MEANS = [name for name in METRICS if issubclass(METRICS[name], MeanMetric) and name != "Mean"]


def test_batches_of_any_size_give_the_figure_of_all_at_once():
    y, p = np.arange(10_007) % 2, (np.arange(10_007) % 3 == 0).astype("float32")
    metric = metrics.get("binary_accuracy")
    for start in range(0, 10_007, 64):
        metric.update(y[start : start + 64, None], p[start : start + 64, None])
    right = int((y == p).sum())
    assert metric.result() == float(Fraction(right, 10_007))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_any_split_into_batches_gives_the_figure_of_all_at_once(setting, weighted):
    name, settings = setting
    metric, whole = (getattr(metrics, name)(**settings) for _ in range(2))
    y, p = data(name, settings) if KINDS[name] != "bare" else (np.arange(N) ** 1.5,) * 2
    weight = np.random.default_rng(1).random(N) if weighted else None
    targets = () if KINDS[name] == "bare" else (y,)
    expected = whole(*targets, p, weight)
    rng = np.random.default_rng(len(str(setting)))
    for _ in range(5):
        cuts = [0, *sorted(rng.choice(np.arange(1, N), rng.integers(0, N - 1), False)), N]
        metric.reset()
        for i, j in pairwise(cuts):
            part = [x[i:j] for x in (*targets, p)]
            metric.update(*part, None if weight is None else weight[i:j])
        assert metric.result() == pytest.approx(expected, rel=1e-12)


def test_a_metric_that_takes_means_of_batches_is_noticed():
    class MeanOfMeans(metrics.Metric):
        def __init__(self):
            super().__init__()
            self.reset()

        def update(self, y_true, y_pred, sample_weight=None):
            self.seen.append(np.abs(y_true - y_pred).mean())

        def result(self):
            return np.mean(self.seen)

        def reset(self):
            self.seen = []

    metric, y = MeanOfMeans(), np.arange(3.0)
    expected = metric(y, 0 * y)
    metric.reset()
    metric.update(y[:1], 0)
    metric.update(y[1:], 0)
    assert metric.result() != pytest.approx(expected)


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


@pytest.mark.parametrize("name", MEANS)
def test_values_come_out_alike_in_another_array_library(name):
    import jax
    import jax.numpy as jnp

    y, p = data(name)
    there = ArrayNamespace(jnp, "jax")
    theirs = jax.jit(lambda y, p: METRICS[name]().values(there, y, p))(y, p)
    assert np.allclose(METRICS[name]().values(NUMPY, y, p), theirs, atol=1e-6)


NEEDY = {"IoU", "OneHotIoU", "MeanIoU", "OneHotMeanIoU", "SensitivityAtSpecificity",
         "SpecificityAtSensitivity", "PrecisionAtRecall", "RecallAtPrecision"}  # fmt: skip


@pytest.mark.parametrize("name", [*METRICS, *metrics.ALIASES])
def test_every_name_finds_a_metric_which_is_called_so(name):
    cls = metrics.ALIASES.get(name, name)
    if cls in NEEDY:
        with pytest.raises(OptionError, match=rf"{cls} must be told .*metrics\.{cls}\(.*=\.\.\."):
            metrics.get(name)
    else:
        assert metrics.get(name).name == name
        assert type(metrics.get(name)).__name__ == cls


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_written_down_and_read_again(setting):
    name, settings = setting
    cls = METRICS[name]
    metric = cls(**settings, name="mine", dtype="float32")
    again = metrics.get(json.loads(json.dumps(metrics.serialize(metric))))
    assert (type(again), again.get_config()) == (cls, metric.get_config())
    assert metrics.get(metric) is metric
    if name not in NEEDY:
        assert isinstance(metrics.get(cls), cls)
    if KINDS[name] != "bare":
        assert again(*data(name, settings)) == pytest.approx(metric(*data(name, settings)))


def test_written_as_keras_writes_them():
    written = {"module": "keras.metrics", "class_name": "AUC", "config": {"curve": "PR"}}
    assert metrics.get(written).curve == "PR"
    function = {"class_name": "function", "config": "mean_squared_error"}
    assert metrics.get(function).name == "mean_squared_error"
    for function, cls in metrics.means.FUNCTIONS.items():
        assert type(metrics.get(function)) is cls
        assert metrics.get(function).name == function.__name__


@pytest.mark.parametrize("name", METRICS)
def test_forgetting_and_nothing_at_all(name):
    settings = next(s for n, s in SETTINGS if n == name)
    metric = METRICS[name](**settings)
    nothing = np.asarray(metric.result(), float)
    assert not np.isfinite(nothing).any() or not nothing.any()
    given = data(name, settings) if KINDS[name] != "bare" else (np.ones(3),)
    first = metric(*given)
    metric.reset_state()
    assert metric.result() == pytest.approx(float(nothing.flat[0]), nan_ok=True)
    assert metric(*given) == pytest.approx(first)


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


def test_every_registered_metric_has_an_example_that_runs():
    for cls in METRICS.values():
        for part in ("Parameters\n", "Examples\n", ">>> "):
            assert part in cls.__doc__, cls
