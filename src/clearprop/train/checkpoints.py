"""Keeps the model, or its weights, in a file while it is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any, final

from clearprop.data.checks import whole
from clearprop.errors import OptionError, hint
from clearprop.lang import say
from clearprop.train import saving
from clearprop.train.callbacks import Logs, State
from clearprop.train.monitoring import Monitor, direction, figure, tell_user

__all__ = ["Frequency", "ModelCheckpoint"]

# What other programs call their files; one of ours under such a name would mislead.
OTHERS = (".keras", ".h5", ".hdf5", ".ckpt", ".tf", ".pt", ".pth", ".pkl", ".npz", ".onnx")


@final
class Frequency:
    """
    Tells after which steps to save.

    Parameters
    ----------
    save_freq : "epoch" or int
        A number counts steps, over the ends of epochs.

    Raises
    ------
    OptionError
        If it is neither.
    """

    def __init__(self, save_freq: Any) -> None:
        self.steps = 0
        if save_freq != "epoch":
            if isinstance(save_freq, str):
                raise OptionError(f"save_freq must be 'epoch' or a number; got {save_freq!r}.")
            self.steps = whole(save_freq, "save_freq", least=1)
        self.seen = 0

    def due(self) -> bool:
        """Count a step, and tell whether to save after it."""
        self.seen += 1
        if self.seen < self.steps:
            return False
        self.seen = 0
        return True


@final
class ModelCheckpoint(Monitor):
    """
    Save the model, or its weights, as it is trained.

    A file is replaced only by a whole new one: a run that is killed while it saves leaves the
    last one as it was.

    Parameters
    ----------
    filepath : str or path
        Where to, such as ``"best.safetensors"``; ``{epoch}``, ``{batch}`` and the names of figures
        are filled in, as in ``"{epoch:02d}-{val_loss:.2f}.safetensors"``. Folders are made.
    monitor : str
        By which figure the best is told.
    verbose : {0, 1}
        Whether to say when a file is written.
    save_best_only : bool
        Whether to save only what is better than everything before.
    save_weights_only : bool
        Whether to save the weights alone, for `Model.load_weights`.
    mode : {"auto", "min", "max"}
        Whether smaller or larger is better; "auto" tells by the name.
    save_freq : "epoch" or int
        When to save: after each epoch, or after so many steps.
    initial_value_threshold : float, optional
        What must be beaten from the start.

    Attributes
    ----------
    best : float or None
        The best figure so far.

    Raises
    ------
    OptionError
        If an argument is outside its domain, or the name is one for another kind of file; in
        training, if it names a figure that there is not.

    Examples
    --------
    >>> ModelCheckpoint("{epoch:02d}-{val_loss:.2f}.safetensors").path(0, {"val_loss": 0.123})
    PosixPath('01-0.12.safetensors')
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        # Without a best one, no figure is compared, and its name need not say anything.
        checked = direction(monitor, mode) if save_best_only or mode != "auto" else "min"
        super().__init__(monitor, checked)
        self.filepath = str(filepath)
        _ensure_ours(self.filepath)
        self.verbose = verbose
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        self.best = initial_value_threshold
        self.frequency, self.epoch = Frequency(save_freq), 0
        if self.frequency.steps:  # else no step needs to be told of
            self.on_train_batch_end = self._ended  # type: ignore[method-assign]

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if not self.frequency.steps:
            self._save(epoch, logs or {}, None)

    def _ended(self, batch: int, logs: Logs | None = None) -> None:
        if self.frequency.due():
            self._save(self.epoch, logs or {}, batch)

    def path(self, epoch: int, logs: Logs, batch: int | None = None) -> Path:
        """Fill in the file's name."""
        known = {"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs}
        try:
            return Path(self.filepath.format(**known))
        except KeyError as error:
            (name,) = error.args
            raise OptionError(
                f"ModelCheckpoint: {self.filepath!r} asks for {name!r}, which there is not"
                f"{hint(name, known)} There are {', '.join(known)}."
            ) from None
        except (ValueError, IndexError) as error:
            raise OptionError(
                f"ModelCheckpoint: {self.filepath!r} cannot be filled in: {error}. Write it as in"
                " '{epoch:02d}-{val_loss:.2f}.safetensors'."
            ) from None

    def _save(self, epoch: int, logs: Logs, batch: int | None) -> None:
        if self.save_best_only and not self._is_best(logs):
            return
        path = self.path(epoch, logs, batch)
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.save_weights_only:
            saving.files().save_weights(self.model, path)
        else:
            saving.files().save(self.model, path)
        if self.verbose:
            tell_user(say("train.saved", epoch=epoch + 1, file=str(path)))

    def _is_best(self, logs: Logs) -> bool:
        current = figure(self.monitor, logs, "ModelCheckpoint")
        if current is None:
            return True
        if not self.better(current, self.best):
            return False
        self.best = current
        return True

    def get_state(self) -> State:
        return super().get_state() | {"seen": self.frequency.seen}

    def set_state(self, state: State) -> None:
        super().set_state(state)
        self.frequency.seen = int(state["seen"])


def _ensure_ours(filepath: str) -> None:
    for suffix in OTHERS:
        if filepath.lower().endswith(suffix):
            mend = filepath[: -len(suffix)] + ".safetensors"
            raise OptionError(
                f"ModelCheckpoint: {filepath!r} is a name for another kind of file; models are"
                f" saved as safetensors: {mend!r}."
            )
