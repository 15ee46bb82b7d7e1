"""Keras's `keras.callbacks`, `StopAtLoss` and `Doctor`."""

from clearprop.doctor import Doctor
from clearprop.keras.absent import finder
from clearprop.train.backup import BackupAndRestore
from clearprop.train.board import TensorBoard
from clearprop.train.callbacks import Callback, LambdaCallback
from clearprop.train.checkpoints import ModelCheckpoint
from clearprop.train.history import History
from clearprop.train.logs import CSVLogger
from clearprop.train.rates import LearningRateScheduler, ReduceLROnPlateau
from clearprop.train.stopping import EarlyStopping, StopAtLoss, TerminateOnNaN

__all__ = [
    "Callback",
    "EarlyStopping",
    "StopAtLoss",
    "Doctor",
    "ModelCheckpoint",
    "BackupAndRestore",
    "ReduceLROnPlateau",
    "LearningRateScheduler",
    "CSVLogger",
    "TensorBoard",
    "TerminateOnNaN",
    "LambdaCallback",
    "History",
]

__getattr__ = finder("callbacks", __all__)
