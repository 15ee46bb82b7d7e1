"""Bars on standard error that fill as work is done; nothing where that is no terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, final

from clearprop.lang import say
from clearprop.train.callbacks import Callback, Logs

__all__ = ["TrainingBar", "bars", "reading"]

REDRAWN = 0.08  # seconds between two pictures
PATIENCE = 0.4  # seconds; what takes less shows no bar


def bars() -> list[Callback]:
    """Give what shows the progress of training, if anyone can see it."""
    return [TrainingBar()] if _seen() else []


def _seen() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


@contextlib.contextmanager
def reading(words: str) -> Iterator[Callable[[float], None] | None]:
    """
    Show how far a long read has come, if anyone can see it.

    Parameters
    ----------
    words : str
        What is being done.

    Yields
    ------
    callable or None
        To be told which part is done, from 0 to 1.
    """
    if not _seen():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(),
        console=Console(stderr=True), auto_refresh=False, transient=True,
    )  # fmt: skip
    task = bar.add_task(words, total=1.0)
    start = time.perf_counter()

    def show(done: float) -> None:
        if not bar.live.is_started:
            if time.perf_counter() - start < PATIENCE:
                return
            bar.start()
            bar.console.show_cursor(True)  # it must be there however the reading ends
        bar.update(task, completed=done, refresh=True)

    try:
        yield show
    finally:
        bar.stop()


@final
class TrainingBar(Callback):
    """Shows how many epochs are done, with the newest figures, and goes away at the end."""

    def __init__(self) -> None:
        self.progress: Any = None
        self.task: Any = None
        self.epoch = 0
        self.shown: dict[str, float] = {}
        self.drawn = 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(),
            TextColumn("{task.fields[figures]}", markup=False), TimeRemainingColumn(),
            console=Console(stderr=True), auto_refresh=False, transient=True,
        )  # fmt: skip
        total = self.params["epochs"] * self.params["steps"]
        self.task = self.progress.add_task(say("train.training"), total=total, figures="")
        self.progress.start()
        self.progress.console.show_cursor(True)  # it must be there however training ends

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._draw(self.epoch * self.params["steps"] + batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        figures = list((logs or {}).items())
        self.shown = dict([*figures[:1], *figures[-1:]])  # more would leave no room for the bar
        self._draw((epoch + 1) * self.params["steps"])

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.progress.stop()

    def _draw(self, done: int) -> None:
        if time.perf_counter() - self.drawn < REDRAWN:
            return
        count = say("train.epoch_of", epoch=self.epoch + 1, epochs=self.params["epochs"])
        figures = "  ".join(f"{name} {value:.4f}" for name, value in self.shown.items())
        self.progress.update(self.task, completed=done, description=count, figures=figures)
        self.progress.refresh()
        self.drawn = time.perf_counter()
