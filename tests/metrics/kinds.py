"""The settings in which metrics are compared, and targets and predictions that suit each metric."""

import numpy as np

N, K = 24, 4

CUTS = [0.2, 0.5, 0.9]
RATES = [{"num_thresholds": 1}, {}, {"num_thresholds": 50, "class_id": 1}]
CLASSES = {"num_classes": K}
SOME = {**CLASSES, "target_class_ids": [0, 2]}

# kind of data -> the metrics that take it, each with its settings
SETTINGS_BY_KIND = {
    "numbers": {
        "MeanSquaredError": [{}],
        "RootMeanSquaredError": [{}],
        "MeanAbsoluteError": [{}],
        "MeanAbsolutePercentageError": [{}],
        "MeanSquaredLogarithmicError": [{}],
        "LogCoshError": [{}],
        "CosineSimilarity": [{}, {"axis": 1}],
        "PearsonCorrelation": [{}, {"axis": 1}],
        "ConcordanceCorrelation": [{}],
        "R2Score": [
            {},
            {"class_aggregation": None},
            {"class_aggregation": "variance_weighted_average"},
            {"num_regressors": 3},
        ],
    },
    "whole": {"Accuracy": [{}]},
    "answers": {
        "BinaryAccuracy": [{}, {"threshold": 0.3}],
        "BinaryCrossentropy": [{}, {"from_logits": True}, {"label_smoothing": 0.2}],
        "Hinge": [{}],
        "SquaredHinge": [{}],
        **{
            name: [{}, {"thresholds": 0.3}, {"thresholds": CUTS}, {"thresholds": [0.9, 0.1]}]
            for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
        },
        **{
            name: [
                {},
                {"thresholds": CUTS},
                {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]},
                {"top_k": 2},
                {"class_id": 1},
                {"top_k": 1, "class_id": 2},
                {"top_k": 3, "thresholds": 0.6},
            ]
            for name in ("Precision", "Recall")
        },
        "SensitivityAtSpecificity": [{"specificity": 0.6, **more} for more in RATES],
        "SpecificityAtSensitivity": [{"sensitivity": 0.6, **more} for more in RATES],
        "PrecisionAtRecall": [{"recall": 0.6, **more} for more in RATES],
        "RecallAtPrecision": [{"precision": 0.5, **more} for more in RATES],
        "AUC": [
            {},
            {"num_thresholds": 7, "thresholds": None},
            {"thresholds": [0.1, 0.4, 0.85]},
            {"from_logits": True},
            {"multi_label": True},
            {"multi_label": True, "curve": "PR", "label_weights": [1.0, 2.0, 0.5, 0.0]},
            {"label_weights": [1.0, 2.0, 0.5, 0.0]},
            *(
                {"curve": curve, "summation_method": method}
                for curve in ("ROC", "PR", "PRGAIN")
                for method in ("interpolation", "minoring", "majoring")
            ),
        ],
        "FBetaScore": [
            {"beta": 2.0, "threshold": 0.6},
            {"beta": 0.5, "average": "weighted"},
            {"average": "micro"},
        ],
        "F1Score": [{}, {"average": "macro"}, {"average": "micro", "threshold": 0.4}],
    },
    "one-hot": {
        "CategoricalAccuracy": [{}],
        "TopKCategoricalAccuracy": [{"k": 2}, {"k": 3}],
        "CategoricalCrossentropy": [{}, {"from_logits": True}, {"label_smoothing": 0.2}],
        "CategoricalHinge": [{}],
        "OneHotIoU": [SOME, {**SOME, "ignore_class": 2}],
        "OneHotMeanIoU": [CLASSES],
    },
    "distributions": {"KLDivergence": [{}]},
    "counts": {"Poisson": [{}]},
    "labels": {
        "SparseCategoricalAccuracy": [{}],
        "SparseTopKCategoricalAccuracy": [{"k": 2}, {"k": 1}],
        "SparseCategoricalCrossentropy": [{}, {"from_logits": True}, {"ignore_class": 1}],
    },
    "two labels": {
        "IoU": [SOME, {**SOME, "ignore_class": 1}],
        "MeanIoU": [CLASSES, {"num_classes": K + 2}],
    },
    "one answer": {"BinaryIoU": [{}, {"threshold": 0.7, "target_class_ids": [1]}]},
    "bare": {"Mean": [{}], "Sum": [{}]},
}
SETTINGS = [
    (name, settings)
    for family in SETTINGS_BY_KIND.values()
    for name, several in family.items()
    for settings in several
]
KINDS = {name: kind for kind, family in SETTINGS_BY_KIND.items() for name in family}


def data(name, settings=None, positions=(), n=N):
    """Draw targets and predictions that suit a metric."""
    rng = np.random.default_rng(8)
    kind, shape = KINDS[name], (n, *positions, K)
    labels, scores = rng.integers(0, K, shape[:-1]), rng.random(shape).astype("float32")
    scores[0, ..., 0] = 0.5  # at a threshold
    if (settings or {}).get("from_logits"):
        scores = scores * 6 - 3
    if kind == "numbers":
        return rng.standard_normal(shape).astype("float32"), scores
    if kind == "whole":
        return rng.integers(0, 3, shape), np.floor(scores * 3)
    if kind == "answers":
        return rng.integers(0, 2, shape), scores
    if kind == "one answer":
        return rng.integers(0, 2, shape[:-1]), scores[..., 1]
    if kind == "two labels":
        return labels, rng.integers(0, K, shape[:-1])
    if kind == "distributions":
        return rng.dirichlet(np.ones(K), shape[:-1]).astype("float32"), scores
    if kind == "counts":
        return rng.poisson(2.0, shape), scores
    return (labels, scores) if kind == "labels" else (np.eye(K)[labels], scores)
