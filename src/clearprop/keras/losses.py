"""Keras's `keras.losses`, and the short names that `tf.keras.losses` has besides."""

from clearprop.errors import attribute_finder
from clearprop.losses import *  # noqa: F403 - all that it lists
from clearprop.losses import __all__ as __all__
from clearprop.losses import (
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)

MSE = mse = mean_squared_error
MAE = mae = mean_absolute_error
MAPE = mape = mean_absolute_percentage_error
MSLE = msle = mean_squared_logarithmic_error
KLD = kld = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh

__getattr__ = attribute_finder("losses", __all__)
