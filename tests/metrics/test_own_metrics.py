"""Metrics of one's own: a function, or a class as Keras's users write one."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import losses, metrics
from clearprop.errors import OptionError
from clearprop.metrics import FunctionMetric


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
    assert metrics.MeanMetricWrapper(error, name="worst", dtype="float32").name == "worst"
    scaled = metrics.MeanMetricWrapper(lambda t, y, by: (y - t) * by, by=3.0)
    assert scaled([1.0], [2.0]) == 3.0
    loss = metrics.get(losses.huber)  # a loss's function is one of your own, too
    assert (loss.name, loss([[0.0]], [[2.0]])) == ("huber", 1.5)
    loss = metrics.get(losses.Huber(2.0, name="wide"))
    assert (loss.name, loss([[0.0]], [[2.0]])) == ("wide", 2.0)


def test_targets_of_a_function_are_not_broadcast_in_silence():
    metric = metrics.get(lambda t, y: cp.abs(y - t))
    assert metric(np.array([1.0, 2.0]), np.array([[1.0], [4.0]])) == 1.0
    assert metric(np.array([[1.0], [2.0]]), np.array([1.0, 4.0])) == 1.0


class Hits(metrics.Metric):
    """As Keras's users write one."""

    def __init__(self, bar=0.5, name="hits", **kwargs):
        super().__init__(name=name, **kwargs)
        self.bar = bar
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.seen = self.add_variable(shape=(2,), initializer="ones", name="seen")

    def update_state(self, y_true, y_pred, sample_weight=None):
        right = cp.equal(cp.greater(cp.tensor(y_pred), self.bar), cp.tensor(y_true))
        self.hits.assign_add(cp.sum(right.astype("float64")))
        self.seen.assign_add(len(y_true))
        self.seen.assign_sub(1)

    def result(self):
        return self.hits / (self.seen[0] + 0 * self.hits)


def test_a_class_of_your_own():
    metric = Hits()
    assert metric([1, 0], [0.9, 0.8]) == 1 / 2
    assert isinstance(metric.result(), float)
    assert metric([1, 0, 1], [0.9, 0.1, 0.7]) == 4 / 4
    assert [v.name for v in metric.variables] == ["hits", "seen"]
    assert metric.seen.numpy().tolist() == [4.0, 4.0]
    metric.reset()  # the engine's name for what Keras calls reset_state
    assert (float(metric.hits), metric.seen.numpy().tolist()) == (0.0, [1.0, 1.0])
    written = metrics.serialize(metric)
    assert metrics.deserialize(written, {"Hits": Hits}).bar == 0.5
    assert metrics.deserialize("mine", {"mine": Hits}).name == "mine"
    with pytest.raises(OptionError, match="unknown metric 'Hits'"):
        metrics.get(written)


def test_a_class_of_your_own_may_extend_one_of_ours():
    class Doubled(metrics.Recall):
        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(y_true, np.asarray(y_pred) * 2, sample_weight)

    assert Doubled()([1, 1], [0.3, 0.1]) == 0.5
    assert Doubled().name == "recall"


def test_the_values_of_a_state():
    metric = Hits()
    with pytest.raises(OptionError, match="initializer must be"):
        metric.add_weight(initializer="glorot")
    state = metric.add_weight((2,), lambda shape, dtype: np.full(shape, 7, dtype))
    state.assign(3)
    assert (np.sqrt(state + 1)).tolist() == [2.0, 2.0]
    assert (state * cp.tensor([1.0, 2.0])).tolist() == [3.0, 6.0]
    assert (state.shape, state.dtype, "state" in repr(state)) == ((2,), np.float64, True)
    state.reset()
    assert np.asarray(state).tolist() == [7.0, 7.0]
