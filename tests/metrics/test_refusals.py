"""Metrics refuse what does not fit, and say of what means nothing that it does not."""

import numpy as np
import pytest

import clearprop as cp
from clearprop import metrics
from clearprop.errors import OptionError, RangeError, ShapeError
from tests.metrics.kinds import KINDS, SETTINGS, data

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


@pytest.mark.parametrize("weight", [np.ones(3), np.ones((3, 4)), np.ones((4, 3, 2))])
@pytest.mark.parametrize("name", ["mse", "precision", "auc", "f1_score", "r2_score", "sum"])
def test_weights_that_do_not_fit(name, weight):
    given = (P,) if name == "sum" else (np.zeros((4, 3)), P)
    with pytest.raises(ShapeError, match="one weight a sample"):
        metrics.get(name)(*given, weight)


def test_weights_a_sample_of_several_positions():
    """Where Keras cannot: (N,) weights of (N, T) values."""
    weight = np.array([1.0, 0.0])
    assert metrics.Precision()([[1, 0], [0, 0]], [[0.9, 0.9], [0.9, 0.9]], weight) == 0.5
    assert metrics.MeanIoU(2)([[1, 0], [0, 0]], [[1, 1], [1, 1]], weight) == pytest.approx(0.25)


def test_masks_make_weights():
    mask = np.array([[True, False], [True, True]])
    assert metrics.weights.masked_weight(None, None) is None
    assert metrics.weights.masked_weight([2.0, 3.0], None) == [2.0, 3.0]
    assert metrics.weights.masked_weight(None, cp.tensor(mask)).tolist() == [[1, 0], [1, 1]]
    assert metrics.weights.masked_weight([[2.0], [3.0]], mask).tolist() == [[2, 0], [3, 3]]
    assert metrics.weights.masked_weight(np.ones((2, 2)), [True, False]).tolist() == [
        [1, 1],
        [0, 0],
    ]
    with pytest.raises(ShapeError, match="one weight a sample"):
        metrics.weights.masked_weight(np.ones(3), mask)


# -- values that make no sense -------------------------------------------------------------------

VALUES = [
    (
        metrics.Precision(),
        [0, 2, 1],
        [0.1, 0.2, 0.3],
        RangeError,
        r"target 2 at \[1\] is neither 0",
    ),
    (metrics.AUC(), [0, 0.3, 1], [0.1, 0.2, 0.3], RangeError, r"target 0\.3 at \[1\]"),
    (metrics.AUC(), [0, np.nan, 1], [0.1, 0.2, 0.3], RangeError, r"target nan at \[1\]"),
    (metrics.F1Score(), [[0, 3]], [[0.1, 0.2]], RangeError, r"target 3 at \[0, 1\]"),
    (metrics.F1Score(), [1], [[0.1, 0.2]], ShapeError, r"must be \(N, K\).*one-hot"),
    (metrics.Recall(), [1], [[0.1, 0.2]], ShapeError, "For class numbers give one-hot targets"),
    (metrics.Recall(class_id=2), [[1, 0]], [[0.1, 0.2]], OptionError, "class_id 2 is none of"),
    (metrics.Recall(top_k=3), [[1, 0]], [[0.1, 0.2]], ShapeError, "top_k=3 of predictions"),
    (metrics.AUC(multi_label=True), [1], [0.1], ShapeError, r"must be \(N, K\), a column"),
    (metrics.AUC(label_weights=[1]), [[1, 0]], [[0.1, 0.2]], ShapeError, "one weight for each"),
    (metrics.MeanIoU(2), [0, 2], [0, 1], RangeError, r"label 2 at \[1\]; with 2 classes.*ignore_c"),
    (metrics.MeanIoU(2), [0, 1], [-1, 1], RangeError, r"y_pred has the label -1 at \[0\]"),
    (metrics.MeanIoU(2), [0, 1], [[0.1, 0.9], [0.8, 0.2]], ShapeError, "need sparse_y_pred=False"),
    (metrics.R2Score(), [[1.0], [2.0]], [[1.0, 2.0]], ShapeError, r"both must be \(N, O\)"),
    (metrics.SparseCategoricalCrossentropy(), [2], [[0.5, 0.5]], RangeError, "label 2 at .* 2 cla"),
    (metrics.SparseCategoricalCrossentropy(), [-1], [[0.5, 0.5]], RangeError, "label -1 at"),
    (metrics.SparseCategoricalCrossentropy(), [[0, 1]], [[0.5, 0.5]], ShapeError, "class number"),
    (metrics.SparseTopKCategoricalAccuracy(1), [2], [[0.5, 0.5]], RangeError, "label 2 at"),
    (
        metrics.TopKCategoricalAccuracy(1),
        [1],
        [[0.5, 0.5]],
        ShapeError,
        "'sparse_top_k_categorical",
    ),
]


@pytest.mark.parametrize(("metric", "y", "p", "error", "words"), VALUES)
def test_values_that_make_no_sense(metric, y, p, error, words):
    with pytest.raises(error, match=words):
        metric(np.array(y), np.array(p))


def takes_numbers(name):
    """Tell those that do more than ask which output is largest, or whether it equals another."""
    return "ccuracy" not in name and "IoU" not in name and KINDS[name] != "bare"


@pytest.mark.parametrize("setting", [s for s in SETTINGS if takes_numbers(s[0])], ids=str)
def test_a_prediction_that_is_no_number_is_not_hidden(setting):
    name, settings = setting
    y, p = data(name, settings)
    p = p.copy()
    p[3] = np.nan
    assert np.isnan(getattr(metrics, name)(**settings)(y, p)).any()


def test_one_class_alone_has_no_curve():
    metric = metrics.AUC()
    metric.update([1, 1], [0.2, 0.9])
    with pytest.warns(UserWarning, match="auc: all targets so far are 1; the curve needs both"):
        assert metric.result() == 0.0  # as Keras has it
    assert metric.result() == 0.0  # said once
    assert metric([0], [0.1]) == pytest.approx(1.0)
    labels = metrics.AUC(multi_label=True)
    with pytest.warns(UserWarning, match="of a label are 0"):
        labels([[1, 0], [0, 0]], [[0.9, 0.1], [0.1, 0.2]])


def test_predictions_that_are_no_probabilities():
    with pytest.warns(UserWarning, match=r"from -1 to 3 are no probabilities.*from_logits=True"):
        metrics.AUC()([0, 1], [-1.0, 3.0])
    assert metrics.AUC(from_logits=True)([0, 1], [-1.0, 3.0]) == pytest.approx(1.0)


def test_too_many_regressors():
    with pytest.warns(UserWarning, match="5 regressors are too many to adjust for with 3 numbers"):
        metrics.R2Score(num_regressors=5)([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])


def test_large_targets_do_not_hide_their_variance():
    """Sums of squares less squares of sums would have lost it: Keras's do."""
    y = np.array([[1.0], [2.0], [3.0]])
    small = metrics.R2Score()(y, y + 0.5)
    assert metrics.R2Score()(y + 1e8, y + 1e8 + 0.5) == pytest.approx(small)


def test_whole_numbers_are_not_cut_off():
    assert metrics.MeanAbsoluteError()([[1.5]], np.array([[1]])) == 0.5
    assert metrics.MeanAbsoluteError()([[1]], np.array([[0]], "uint8")) == 1.0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: metrics.get("acuracy"), "did you mean 'accuracy'"),
        (lambda: metrics.get(7), "must be a name, a Metric or a function"),
        (lambda: metrics.get(int), "must be a name"),
        (lambda: metrics.get({"class_name": "eval"}), "unknown metric"),
        (lambda: metrics.get({"class_name": "Accuracy", "config": {"x": 1}}), "unknown argument"),
        (lambda: metrics.BinaryAccuracy(threshold=1.0), "between 0 and 1; got 1.0"),
        (lambda: metrics.MeanSquaredError(dtype="number"), "dtype must be 'float32'"),
        (lambda: metrics.Precision(thresholds=[0.5, 1.5]), "from 0 to 1; got 1.5"),
        (lambda: metrics.Precision(thresholds=[]), "got none"),
        (lambda: metrics.Recall(top_k=0), "top_k must be a whole number from 1; got 0"),
        (lambda: metrics.TopKCategoricalAccuracy(0), "k must be a whole number from 1; got 0"),
        (lambda: metrics.AUC(curve="ROCK"), "unknown curve 'ROCK'; did you mean 'ROC'"),
        (lambda: metrics.AUC(summation_method="minor"), "did you mean 'minoring'"),
        (lambda: metrics.AUC(num_thresholds=1), "num_thresholds must be 2 or more; got 1"),
        (lambda: metrics.AUC(num_labels=3), "num_labels is for multi_label=True"),
        (lambda: metrics.PrecisionAtRecall(1.5), "rate must be from 0 to 1; got 1.5"),
        (lambda: metrics.PrecisionAtRecall(0.5, 0), "num_thresholds must be 1 or more; got 0"),
        (lambda: metrics.FBetaScore(beta=0.0), "beta must be a number above 0; got 0.0"),
        (lambda: metrics.F1Score(average="mean"), "average must be None, 'micro'"),
        (lambda: metrics.F1Score(threshold=2.0), "threshold must be above 0, at most 1; got 2.0"),
        (lambda: metrics.IoU(2, [2]), "must be classes, from 0 to 1"),
        (lambda: metrics.R2Score("mean"), "class_aggregation must be None, 'uniform"),
        (lambda: metrics.R2Score(num_regressors=-1), "num_regressors must be 0 or more; got -1"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(make, words):
    with pytest.raises(OptionError, match=words):
        make()
