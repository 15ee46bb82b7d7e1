"""Loss functions: how far predictions are from their targets, as one number."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.losses.base import ALIASES, LOSSES, MODULES, REDUCTIONS, Loss
from clearprop.losses.forms import FunctionLoss
from clearprop.losses.registry import deserialize, get, serialize

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.losses.crossentropy import (
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
        binary_crossentropy,
        categorical_crossentropy,
        sparse_categorical_crossentropy,
    )
    from clearprop.losses.distributions import KLDivergence, Poisson, kl_divergence, poisson
    from clearprop.losses.focal import (
        BinaryFocalCrossentropy,
        CategoricalFocalCrossentropy,
        CategoricalGeneralizedCrossEntropy,
        binary_focal_crossentropy,
        categorical_focal_crossentropy,
        categorical_generalized_cross_entropy,
    )
    from clearprop.losses.margins import (
        CategoricalHinge,
        Hinge,
        SquaredHinge,
        categorical_hinge,
        hinge,
        squared_hinge,
    )
    from clearprop.losses.overlap import Dice, Tversky, dice, tversky
    from clearprop.losses.regression import (
        CosineSimilarity,
        HalfSumSquaredError,
        Huber,
        LogCosh,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredError,
        MeanSquaredLogarithmicError,
        cosine_similarity,
        half_sse,
        huber,
        log_cosh,
        mean_absolute_error,
        mean_absolute_percentage_error,
        mean_squared_error,
        mean_squared_logarithmic_error,
    )
    from clearprop.losses.sequences import CTC, ctc
    from clearprop.losses.similarity import Circle, circle

__all__ = [
    "MeanSquaredError",
    "HalfSumSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "Huber",
    "LogCosh",
    "CosineSimilarity",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "KLDivergence",
    "Poisson",
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
    "Dice",
    "Tversky",
    "Circle",
    "CTC",
    "mean_squared_error",
    "half_sse",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "huber",
    "log_cosh",
    "cosine_similarity",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "kl_divergence",
    "poisson",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
    "dice",
    "tversky",
    "circle",
    "ctc",
    "get",
    "serialize",
    "deserialize",
    "Loss",
    "FunctionLoss",
    "ALIASES",
    "LOSSES",
    "REDUCTIONS",
]

__getattr__, __dir__ = names_of("clearprop.losses", MODULES, __all__)
