"""Ctrl-C in training: the step that runs is finished, and the weights stay usable."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import final

__all__ = ["Interrupt", "finishing_steps"]


@final
class Interrupt:
    """Whether someone pressed Ctrl-C."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Note the first; the second ends the step too, wherever it is."""
        if self.came:
            raise KeyboardInterrupt
        self.came = True


@contextlib.contextmanager
def finishing_steps() -> Iterator[Interrupt]:
    """
    Within, the first Ctrl-C is only noted, so that whoever runs steps can end after a whole one.

    Only the main thread gets signals, and a handler that a program has put up for itself is
    left alone; then nothing is noted here.
    """
    interrupt = Interrupt()
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if not ours:
        yield interrupt
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
