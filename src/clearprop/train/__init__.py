"""Models that are compiled, fitted, evaluated and asked for predictions."""

from typing import TYPE_CHECKING

from clearprop.core.later import names_of
from clearprop.train.callbacks import Callback, LambdaCallback
from clearprop.train.history import History
from clearprop.train.model import Model
from clearprop.train.sequential import Sequential

if TYPE_CHECKING:  # what `__getattr__` finds, for editors and type checkers
    from clearprop.train.backup import BackupAndRestore
    from clearprop.train.board import TensorBoard
    from clearprop.train.checkpoints import ModelCheckpoint
    from clearprop.train.logs import CSVLogger
    from clearprop.train.rates import LearningRateScheduler, ReduceLROnPlateau
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

__getattr__, __dir__ = names_of(
    "clearprop.train",
    [
        "clearprop.train.stopping",
        "clearprop.train.checkpoints",
        "clearprop.train.rates",
        "clearprop.train.logs",
        "clearprop.train.board",
        "clearprop.train.backup",
    ],
    __all__,
)
