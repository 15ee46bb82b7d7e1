"""Keras's `keras.callbacks`, `StopAtLoss` and `Doctor`."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.keras.absent import finder

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.doctor import Doctor
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

__getattr__, __dir__ = names_of(
    "clearprop.keras.callbacks", ["clearprop.train", "clearprop.doctor"], __all__,
    finder("callbacks", __all__),
)  # fmt: skip
