"""Ctrl-C in training: the step that runs is finished, and the weights stay usable."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Self, final

__all__ = ["Interrupt", "finishing_steps"]


# As they stand behind `signal.signal`, which makes enums of numbers: ten times as dear.
try:
    from _signal import getsignal as _now  # type: ignore[import-not-found]
    from _signal import signal as _put
except ImportError:
    from signal import getsignal as _now
    from signal import signal as _put

SIGINT = int(signal.SIGINT)


@final
class Interrupt:
    """Whether someone pressed Ctrl-C."""

    __slots__ = ("came", "ours")

    def __init__(self) -> None:
        self.came = self.ours = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Note the first; the second ends the step too, wherever it is."""
        if self.came:
            raise KeyboardInterrupt
        self.came = True

    def __enter__(self) -> Self:
        self.ours = (
            threading.current_thread() is threading.main_thread()
            and _now(SIGINT) is signal.default_int_handler
        )
        if self.ours:
            _put(SIGINT, self)
        return self

    def __exit__(self, *error: object) -> None:
        if self.ours:
            _put(SIGINT, signal.default_int_handler)


def finishing_steps() -> Interrupt:
    """
    Give a context within which the first Ctrl-C is only noted, so that a whole step is done.

    Only the main thread gets signals, and a handler that a program has put up for itself is
    left alone; then nothing is noted here.
    """
    return Interrupt()
