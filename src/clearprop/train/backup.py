"""Takes up a training that was killed where it was, so that it comes out the same to the bit."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, ClassVar, final

import numpy as np

from clearprop.core.random import draws, set_draws
from clearprop.errors import FormatError, OptionError, named, no_argument
from clearprop.lang import say
from clearprop.train import saving
from clearprop.train.callbacks import Callback, Logs
from clearprop.train.checkpoints import Frequency

__all__ = ["BackupAndRestore"]

FILE = "latest.safetensors"


@final
class BackupAndRestore(Callback):
    """
    Keep where training is, and go on from there when the same program is run again.

    What is kept: the weights, what the optimizer remembers, its learning rate, the places of all
    random streams, and what the other callbacks need. A run that was killed at any moment, even
    while this file was written, and is started again ends with the weights of a run that never
    stopped, bit for bit, if it is given the same data and its seed is set: that of `fit`, or that
    of `utils.set_random_seed`. Of the epoch that it goes on in, the figures are those of the
    remaining steps. A generator must itself begin where it would be at that epoch.

    Parameters
    ----------
    backup_dir : str or path
        The folder to keep it in, for this training alone; made if it does not exist.
    save_freq : "epoch" or int
        When to save: after each epoch, or after so many steps as well.
    double_checkpoint : bool
        Accepted because Keras has it: a file is replaced only by a whole one, so one is enough.
    delete_checkpoint : bool
        Whether to delete it once training has ended of itself.
    **unknown
        There are no others.

    Raises
    ------
    OptionError
        If an argument is outside its domain, or there is none of its name.
    FormatError
        At the beginning of training, if what is in the folder is of another model.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit([[1.0]], [[2.0]], epochs=3, callbacks=[BackupAndRestore("backup")])
    >>> history.epoch
    [0, 1, 2]
    """

    last: ClassVar[bool] = True  # what the others need is kept after they were told

    def __init__(
        self,
        backup_dir: Any,
        save_freq: Any = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise no_argument("BackupAndRestore", unknown, named(BackupAndRestore))
        if not str(backup_dir):
            raise OptionError("BackupAndRestore: backup_dir must name a folder; got ''.")
        self.folder = Path(backup_dir)
        self.delete_checkpoint = delete_checkpoint
        self.frequency = Frequency(save_freq)
        self.epoch = 0
        self.opened: dict[str, Any] = {}
        if self.frequency.steps:  # else no step needs to be told of
            self.on_train_batch_end = self._ended  # type: ignore[method-assign]

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / FILE

    # -- going on ---------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.frequency.seen = 0
        if self.folder.exists() and not self.folder.is_dir():
            raise OptionError(f"BackupAndRestore: {str(self.folder)!r} is no folder.")
        for draft in self.folder.glob(f".{FILE}.*.part"):  # of a run that was killed as it wrote
            draft.unlink(missing_ok=True)
        if self.path.is_file():
            self._go_on()

    def _go_on(self) -> None:
        notes, arrays = saving.files().restore(self.model, self.path)
        try:
            epoch, step, ended = int(notes["epoch"]), int(notes["step"]), bool(notes["ended"])
            set_draws(notes["draws"])
            for name, member in self._named().items():
                own = f"{name}/"
                state = {k.removeprefix(own): v for k, v in arrays.items() if k.startswith(own)}
                if state:
                    member.set_state(state)
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(
                f"{self.path.name}: what it says of the training cannot be used ({error!r}); delete"
                " it to begin anew."
            ) from error
        self.begins_at = (self.params.get("epochs", epoch) if ended else epoch, step)
        if self.model.history is not None:
            self.model.history.add_note(say("train.resumed", epoch=epoch + 1))

    # -- keeping ----------------------------------------------------------------------------------

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        # What the order of this epoch's examples was drawn from lies ahead of this.
        self.epoch, self.opened = epoch, draws()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self._save(epoch + 1, 0, draws())

    def _ended(self, batch: int, logs: Logs | None = None) -> None:
        first, before = self.begins_at or (0, 0)
        done = batch + 1 + (before if self.epoch == first else 0)
        # After the last step of an epoch its end is kept, and the figures with it.
        if self.frequency.due() and done != self.params.get("steps"):
            self._save(self.epoch, done, self.opened)

    def _save(self, epoch: int, step: int, opened: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        arrays = {
            f"{name}/{key}": np.asarray(value)
            for name, member in self._named().items()
            for key, value in member.get_state().items()
        }
        ended = bool(self.model.stop_training)
        notes = {"epoch": epoch, "step": step, "ended": ended, "draws": opened}
        saving.files().back_up(self.model, self.path, notes, arrays)

    def _named(self) -> dict[str, Callback]:
        """Give the other callbacks names that they have in the next run too."""
        names: dict[str, Callback] = {}
        for member in self.fellows:
            kind = type(member).__name__
            count = sum(name.rpartition(".")[0] == kind for name in names)
            names[f"{kind}.{count}"] = member
        return names

    def on_train_end(self, logs: Logs | None = None) -> None:
        history = self.model.history
        if self.delete_checkpoint and not (history is not None and history.interrupted):
            self.path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # there is none, or something else is in it
                self.folder.rmdir()
