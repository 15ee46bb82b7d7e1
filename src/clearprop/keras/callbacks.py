"""Keras's `keras.callbacks`, and `StopAtLoss`."""

from clearprop.errors import attribute_finder
from clearprop.train.callbacks import Callback, LambdaCallback
from clearprop.train.history import History
from clearprop.train.stopping import EarlyStopping, StopAtLoss

__all__ = ["Callback", "EarlyStopping", "StopAtLoss", "LambdaCallback", "History"]

__getattr__ = attribute_finder("callbacks", __all__)
