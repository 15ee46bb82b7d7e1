"""Metrics: what a person reads while a network trains."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.metrics.base import ALIASES, METRICS, MODULES, Metric
from clearprop.metrics.means import FunctionMetric, Mean, MeanMetric, MeanMetricWrapper, Sum
from clearprop.metrics.registry import deserialize, get, serialize

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.metrics.accuracy import (
        Accuracy,
        BinaryAccuracy,
        CategoricalAccuracy,
        SparseCategoricalAccuracy,
        SparseTopKCategoricalAccuracy,
        TopKCategoricalAccuracy,
        binary_accuracy,
        categorical_accuracy,
        sparse_categorical_accuracy,
        sparse_top_k_categorical_accuracy,
        top_k_categorical_accuracy,
    )
    from clearprop.metrics.at_rates import (
        PrecisionAtRecall,
        RecallAtPrecision,
        SensitivityAtSpecificity,
        SpecificityAtSensitivity,
    )
    from clearprop.metrics.auc import AUC
    from clearprop.metrics.confusion import (
        FalseNegatives,
        FalsePositives,
        Precision,
        Recall,
        TrueNegatives,
        TruePositives,
    )
    from clearprop.metrics.correlation import (
        ConcordanceCorrelation,
        PearsonCorrelation,
        concordance_correlation,
        pearson_correlation,
    )
    from clearprop.metrics.f_scores import F1Score, FBetaScore
    from clearprop.metrics.hinges import (
        CategoricalHinge,
        Hinge,
        SquaredHinge,
        categorical_hinge,
        hinge,
        squared_hinge,
    )
    from clearprop.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
    from clearprop.metrics.matrices import confusion_matrix
    from clearprop.metrics.probabilistic import (
        BinaryCrossentropy,
        CategoricalCrossentropy,
        KLDivergence,
        Poisson,
        SparseCategoricalCrossentropy,
        binary_crossentropy,
        categorical_crossentropy,
        kl_divergence,
        poisson,
        sparse_categorical_crossentropy,
    )
    from clearprop.metrics.r2 import R2Score
    from clearprop.metrics.regression import (
        CosineSimilarity,
        LogCoshError,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredError,
        MeanSquaredLogarithmicError,
        RootMeanSquaredError,
        log_cosh,
        mean_absolute_error,
        mean_absolute_percentage_error,
        mean_squared_error,
        mean_squared_logarithmic_error,
    )

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "CosineSimilarity",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "RootMeanSquaredError",
    "R2Score",
    "ConcordanceCorrelation",
    "PearsonCorrelation",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "CategoricalHinge",
    "Hinge",
    "SquaredHinge",
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "TrueNegatives",
    "TruePositives",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "AUC",
    "F1Score",
    "FBetaScore",
    "BinaryIoU",
    "IoU",
    "MeanIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
    "FunctionMetric",
    "Mean",
    "MeanMetric",
    "MeanMetricWrapper",
    "Sum",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "concordance_correlation",
    "pearson_correlation",
    "binary_crossentropy",
    "categorical_crossentropy",
    "kl_divergence",
    "poisson",
    "sparse_categorical_crossentropy",
    "categorical_hinge",
    "hinge",
    "squared_hinge",
    "confusion_matrix",
    "get",
    "serialize",
    "deserialize",
    "Metric",
    "ALIASES",
    "METRICS",
]

__getattr__, __dir__ = names_of("clearprop.metrics", MODULES, __all__)
