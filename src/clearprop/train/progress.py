"""What a person sees while a model trains: a moving bar in a terminal, or a line an epoch."""

from __future__ import annotations

import sys
import time
from typing import Any, final

import numpy as np

from clearprop.errors import OptionError
from clearprop.lang import say
from clearprop.train.callbacks import Callback, Logs

__all__ = ["Bar", "Lines", "progress_for"]

REDRAWN = 0.1  # seconds between two pictures of the bar
WRITTEN = 0.2  # seconds, at least, between two lines: a thousand quick epochs are no thousand lines


def progress_for(verbose: Any) -> list[Callback]:
    """
    Choose what to show.

    Parameters
    ----------
    verbose : {"auto", 0, 1, 2}
        "auto" and 1 are a bar if standard output is a terminal; where it is none, 1 is lines and
        "auto" nothing. 2 is lines.

    Raises
    ------
    OptionError
        If it is something else.
    """
    terminal = sys.stdout is not None and sys.stdout.isatty()
    if verbose in ("auto", 1) and terminal:
        return [Bar()]
    if verbose in (1, 2, "2"):
        return [Lines()]
    if verbose == "auto":
        return []
    if verbose in (0, None):
        return []
    raise OptionError(f"verbose must be 'auto', 0, 1 or 2; got {verbose!r}.")


def figures(logs: Logs | None) -> str:
    """
    Write figures for a person.

    Examples
    --------
    >>> figures({"loss": 0.123456, "accuracy": 0.5})
    'loss 0.1235  accuracy 0.5000'
    """
    return "  ".join(f"{name} {_short(value)}" for name, value in (logs or {}).items())


def _short(value: Any) -> str:
    if np.ndim(value):  # one figure a class
        return "[" + " ".join(map(_short, np.ravel(value))) + "]"
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e5 or value == 0 else f"{value:.4g}"


@final
class Lines(Callback):
    """Writes a line an epoch, and a line an evaluation."""

    def __init__(self) -> None:
        self.training = False
        self.start = time.perf_counter()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.training = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        count = say("train.epoch_of", epoch=epoch + 1, epochs=self.params["epochs"])
        self._write(f"{count}  {figures(logs)}")

    def on_test_begin(self, logs: Logs | None = None) -> None:
        if not self.training:
            self.start = time.perf_counter()

    def on_test_end(self, logs: Logs | None = None) -> None:
        if not self.training:
            self._write(figures(logs))

    def _write(self, text: str) -> None:
        took = say("train.seconds", count=f"{time.perf_counter() - self.start:.1f}")
        sys.stdout.write(f"{text}  ({took})\n")


@final
class Bar(Callback):
    """
    Draws a bar that fills with the steps of each epoch, and leaves a line behind for it.

    It is drawn by whoever trains, between steps: there is no second thread.
    """

    now_and_then = True

    def __init__(self) -> None:
        self.training = False
        self.done = 0
        self.drawn = self.written = 0.0
        self.progress: Any = None
        self.task: Any = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.training = True
        self._open(say("train.training"))

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.done = 0
        if self._due(self.drawn, REDRAWN):
            self._draw(epoch, {})

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self.done = batch + 1
        if self._due(self.drawn, REDRAWN):
            self._draw(None, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        last = epoch + 1 == self.params["epochs"] or self.model.stop_training
        if last or self._due(self.written, WRITTEN):
            self.written = time.perf_counter()
            self.progress.console.print(
                f"{self._count(epoch)}  {figures(logs)}", markup=False, highlight=False
            )

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.training = False
        self._close()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        if not self.training:
            self._open(say("train.test"))

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self.training and self._due(self.drawn, REDRAWN):
            self.done = batch + 1
            self._draw(None, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        if not self.training:
            self.progress.console.print(figures(logs), markup=False, highlight=False)
            self._close()

    def _open(self, words: str) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}", markup=False),
            auto_refresh=False, transient=True,
        )  # fmt: skip
        self.task = self.progress.add_task(words, total=self.params["steps"], figures="")
        self.progress.start()

    def _close(self) -> None:
        self.progress.stop()

    def _due(self, last: float, interval: float) -> bool:
        return time.perf_counter() - last >= interval

    def _count(self, epoch: int) -> str:
        return say("train.epoch_of", epoch=epoch + 1, epochs=self.params["epochs"])

    def _draw(self, epoch: int | None, logs: Logs | None) -> None:
        self.drawn = time.perf_counter()
        words = {} if epoch is None else {"description": self._count(epoch)}
        self.progress.update(self.task, completed=self.done, figures=figures(logs), **words)
        self.progress.refresh()
