"""Models that are compiled, fitted, evaluated and asked for predictions."""

from clearprop.train.backup import BackupAndRestore
from clearprop.train.board import TensorBoard
from clearprop.train.callbacks import Callback, LambdaCallback
from clearprop.train.checkpoints import ModelCheckpoint
from clearprop.train.history import History
from clearprop.train.logs import CSVLogger
from clearprop.train.model import Model
from clearprop.train.rates import LearningRateScheduler, ReduceLROnPlateau
from clearprop.train.sequential import Sequential
from clearprop.train.stopping import EarlyStopping, StopAtLoss, TerminateOnNaN

__all__ = [
    "Model",
    "Sequential",
    "History",
    "Callback",
    "EarlyStopping",
    "StopAtLoss",
    "LambdaCallback",
    "TerminateOnNaN",
    "ModelCheckpoint",
    "BackupAndRestore",
    "LearningRateScheduler",
    "ReduceLROnPlateau",
    "CSVLogger",
    "TensorBoard",
]
