"""Keras's `keras.metrics`, and the short names that `tf.keras.metrics` has besides."""

from clearprop.errors import attribute_finder
from clearprop.losses import binary_focal_crossentropy, categorical_focal_crossentropy, huber
from clearprop.metrics import *  # noqa: F403 - all that it lists
from clearprop.metrics import __all__ as _listed
from clearprop.metrics import (
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)

__all__ = [*_listed, "binary_focal_crossentropy", "categorical_focal_crossentropy", "huber"]

MSE = mse = mean_squared_error
MAE = mae = mean_absolute_error
MAPE = mape = mean_absolute_percentage_error
MSLE = msle = mean_squared_logarithmic_error
KLD = kld = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh

__getattr__ = attribute_finder("metrics", __all__)
