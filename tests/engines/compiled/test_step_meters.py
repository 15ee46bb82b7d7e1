"""What meters are told of a step: sums where those do, predictions where they do not."""

import numpy as np
import pytest

import clearprop as cp
from clearprop.engines.compiled.trace.step import trace_evaluation, trace_training
from tests.engines.compiled.stepping import numbers, task_of, told

X = numbers(12, 3)
LABELS, YES = np.arange(12) % 3, numbers(12, 1) > 0
WEIGHT = np.arange(12.0)


def judged(loss, metrics, y, last, units=3, weighted=None, **options):
    model = cp.Sequential([cp.Input((3,)), cp.layers.Dense(units, activation=last)])
    model.compile("sgd", loss, metrics=metrics, weighted_metrics=weighted)
    task, data = task_of(model, X, y, **options)
    return task, data.take(slice(0, 12))


SUMMED = [
    ("sparse_categorical_crossentropy", ["accuracy", "sparse_top_k_categorical_accuracy"], LABELS),
    ("categorical_crossentropy", ["accuracy", "mse", "cosine_similarity"], np.eye(3)[LABELS]),
    ("mse", ["mae", "mape", "accuracy", "kl_divergence"], np.abs(numbers(12, 3, seed=2))),
]


@pytest.mark.parametrize(("loss", "metrics", "y"), SUMMED, ids=lambda x: str(x)[:20])
@pytest.mark.parametrize("weight", [None, WEIGHT])
def test_means_are_told_sums(loss, metrics, y, weight):
    last = "linear" if loss == "mse" else "softmax"
    task, batch = judged(loss, None, y, last, weighted=metrics, sample_weight=weight)
    traced = trace_evaluation(task, *batch, summed=True)
    results = told(traced, task, batch)
    with cp.no_grad():
        prediction = task.predict(task.forward(cp.tensor(batch[0], dtype="float32"), False))
    for meter, at in zip(task.meters, traced.sums, strict=True):
        if at is None:
            assert meter.name.startswith("sparse_top")  # which looks at the labels first
            continue
        meter.reset()
        meter.update(batch[1], prediction, batch[2])
        by_numpy = meter.result()
        meter.reset()
        meter.add(results[at], results[at + 1])
        assert meter.result() == pytest.approx(by_numpy, rel=1e-5)
    assert (traced.form[0] is None) == (None not in traced.sums)


def test_losses_of_outputs_are_told_sums():
    x = cp.Input((3,))
    model = cp.Model(x, [cp.layers.Dense(1, name="a")(x), cp.layers.Dense(2, name="b")(x)])
    model.compile("sgd", ["mse", "mae"], metrics=[["mae"], ["mse"]])
    y = [numbers(12, 1), numbers(12, 2)]
    task, data = task_of(model, X, y)
    batch = data.take(slice(0, 12))
    traced = trace_training(task, *batch, summed=True)
    results = told(traced, task, batch)
    assert traced.sums == [1, 3, 5, 7]
    figures = model.evaluate(X, y, verbose=0)
    for meter, at, figure in zip(task.meters, traced.sums, figures[1:], strict=True):
        meter.reset()
        meter.add(results[at], results[at + 1])
        assert meter.result() == pytest.approx(figure, rel=1e-5)


class Spread(cp.metrics.Metric):
    def update(self, y_true, y_pred, sample_weight=None):
        self.last = float(np.ptp(np.asarray(y_pred)))

    def result(self):
        return self.last


def test_others_see_predictions():
    task, batch = judged("mse", ["mae", Spread("spread"), cp.metrics.AUC()], YES, "sigmoid", 1)
    traced = trace_training(task, *batch, summed=True)
    assert traced.sums == [1, None, None]
    results = told(traced, task, batch)
    assert results[3].shape == (12, 1)
    assert traced.form[0] is not None


def test_without_sums_all_see_predictions():
    task, batch = judged("mse", ["mae"], YES, "sigmoid", 1)
    traced = trace_training(task, *batch)
    assert traced.sums == []
    assert len(traced.program.results) == 2
