"""What training leaves behind: every figure of every epoch."""

from __future__ import annotations

from typing import Any, ClassVar, final

from clearprop.engines import Epochs
from clearprop.train.callbacks import Callback, Logs

__all__ = ["History"]


@final
class History(Callback):
    """
    The figures of training, epoch by epoch; what `fit` returns.

    Attributes
    ----------
    history : dict of str to list of float
        By name ("loss", "accuracy", "val_loss"), one figure an epoch.
    params : dict
        "epochs", "steps" (per epoch) and "verbose", as they were asked for.
    note : str or None
        What was out of the ordinary, in words: an interruption, a loss that became NaN.
    interrupted : bool
        Whether Ctrl-C ended the training.
    model : Model
        What was trained.

    Examples
    --------
    >>> history = History()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history
    History(1 epoch, loss 0.5)
    """

    afterwards: ClassVar[bool] = True

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self._epochs: list[int] = []
        self._later: list[range] = []  # of those that are over, what nobody has looked at yet
        self.note: str | None = None
        self.interrupted = False

    @property
    def epoch(self) -> list[int]:
        """The number of each epoch, counted from 0."""
        for numbers in self._later:
            self._epochs.extend(numbers)
        self._later.clear()
        return self._epochs

    @epoch.setter
    def epoch(self, numbers: list[int]) -> None:
        self._epochs = numbers
        self._later.clear()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def take(self, epochs: Epochs) -> None:
        """Take in many epochs at once."""
        self._later.append(epochs.numbers)
        for name, values in epochs.logs.items():
            known = self.history.setdefault(name, values)
            if known is not values:
                known.extend(values)

    def add_note(self, note: str) -> None:
        """Say something about the run; notes are put one after another."""
        self.note = note if self.note is None else f"{self.note} {note}"

    def get_config(self) -> dict[str, Any]:
        """Give everything but the model, as JSON can hold it."""
        return {
            "history": self.history, "epoch": self.epoch, "params": dict(self.params),
            "note": self.note,
        }  # fmt: skip

    def __repr__(self) -> str:
        n = len(self.epoch)
        last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self.history.items())
        words = [f"{n} epoch{'' if n == 1 else 's'}", *([last] if last else [])]
        return f"History({', '.join(words)})"
