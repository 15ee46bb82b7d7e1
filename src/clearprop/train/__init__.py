"""Models that are compiled, fitted, evaluated and asked for predictions."""

from clearprop.train.callbacks import Callback, LambdaCallback
from clearprop.train.history import History
from clearprop.train.model import Model
from clearprop.train.sequential import Sequential
from clearprop.train.stopping import EarlyStopping, StopAtLoss

__all__ = [
    "Model",
    "Sequential",
    "History",
    "Callback",
    "EarlyStopping",
    "StopAtLoss",
    "LambdaCallback",
]
