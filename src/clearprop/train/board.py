"""Writes curves for TensorBoard, by TensorBoard's own library, which is loaded only then."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, final

import numpy as np

from clearprop.data.checks import whole
from clearprop.errors import DataError, OptionError
from clearprop.train.callbacks import Callback, Logs

__all__ = ["TensorBoard"]

MISSING = "TensorBoard needs the package tensorboard: pip install 'clearprop[tensorboard]'."
# What Keras has and TensorBoard shows only of its own kind of program; each with what asks for it.
ABSENT = ("write_images", "write_steps_per_second", "profile_batch", "embeddings_freq")


@final
class TensorBoard(Callback):
    """
    Write the figures, and histograms of the weights, for ``tensorboard --logdir``.

    Figures of training and of validation go into the subfolders ``train`` and ``validation``,
    under the names that Keras gives them: "epoch_loss", "epoch_learning_rate", "batch_loss".

    Parameters
    ----------
    log_dir : str or path
        The folder; made if it does not exist.
    histogram_freq : int, epochs
        After how many epochs to write histograms of the weights; 0 for never.
    write_graph : bool
        Accepted because Keras has it; no graph is written. `model.summary()` and
        `clearprop.draw` show a model.
    write_images, write_steps_per_second, profile_batch, embeddings_freq, embeddings_metadata
        Only what turns them off.
    update_freq : {"epoch", "batch"} or int
        Whether to write the figures of steps as well: of each, or of every so many.

    Raises
    ------
    OptionError
        If an argument is outside its domain, or the package tensorboard is not there.
    DataError
        When training begins, if the folder cannot be written.

    Examples
    --------
    >>> TensorBoard("logs", update_freq=0)
    Traceback (most recent call last):
    clearprop.errors.OptionError: update_freq must be a whole number, 1 or more; got 0.
    """

    def __init__(
        self,
        log_dir: Any = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: Any = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        asked = (write_images, write_steps_per_second, profile_batch, embeddings_freq)
        for name, value in zip(ABSENT, asked, strict=True):
            if value:
                raise OptionError(f"TensorBoard: {name} is not offered; leave it out.")
        self.histogram_freq = whole(histogram_freq, "histogram_freq", least=0)
        self.every = 0  # steps
        if update_freq != "epoch":
            self.every = 1 if update_freq == "batch" else whole(update_freq, "update_freq", least=1)
            self.on_train_batch_end = self._ended  # type: ignore[method-assign]
        self.folder, self.steps = Path(log_dir), 0
        self.writers: dict[str, Any] = {}
        _parts()  # what is missing is said now, not after an epoch

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.steps = 0

    def _ended(self, batch: int, logs: Logs | None = None) -> None:
        self.steps += 1
        if self.steps % self.every == 0:
            for name, value in (logs or {}).items():
                self._write("train", _parts().scalar(f"batch_{name}", value), self.steps)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        figures = dict(logs or {})
        figures.setdefault("learning_rate", self.model.optimizer.rate(self._iterations()))
        for name, value in figures.items():
            part = "validation" if name.startswith("val_") else "train"
            scalar = _parts().scalar(f"epoch_{name.removeprefix('val_')}", value)
            self._write(part, scalar, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for weight in self.model.weights:
                values = np.asarray(weight.numpy(), np.float64)
                self._write("train", _parts().histogram(f"{weight.path}/histogram", values), epoch)
        for writer in self.writers.values():
            writer.flush()

    def on_test_end(self, logs: Logs | None = None) -> None:
        for name, value in (logs or {}).items():
            scalar = _parts().scalar(f"evaluation_{name}_vs_iterations", value)
            self._write("validation", scalar, self._iterations())

    def on_train_end(self, logs: Logs | None = None) -> None:
        for writer in self.writers.values():
            writer.close()
        self.writers = {}

    def _iterations(self) -> int:
        """Count the steps that the model was ever trained."""
        step: int = self.model.setup_for("fit").memory.step
        return step

    def _write(self, part: str, summary: Any, step: int) -> None:
        parts = _parts()
        if part not in self.writers:
            try:
                self.writers[part] = parts.writer(str(self.folder / part))
            except OSError as error:
                raise DataError(
                    f"TensorBoard: cannot write into {str(self.folder)!r}: {error.strerror}."
                ) from error
        event = parts.event(step=step, wall_time=time.time(), summary=summary)
        self.writers[part].add_event(event)


@final
class _Parts:
    """The functions of TensorBoard's library that are used."""

    def __init__(self) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.plugins.histogram.summary_v2 import histogram_pb
        from tensorboard.plugins.scalar.summary_v2 import scalar_pb
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self.event, self.writer = Event, EventFileWriter
        self.scalar, self.histogram = scalar_pb, histogram_pb


_loaded: list[_Parts] = []


def _parts() -> _Parts:
    if not _loaded:
        try:
            _loaded.append(_Parts())
        except ImportError as error:
            raise OptionError(f"{MISSING} ({error})") from error
    return _loaded[0]
