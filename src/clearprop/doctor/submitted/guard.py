"""Foreign code is run so that it can neither hang, print over a report, nor change a setting."""

from __future__ import annotations

import contextlib
import ctypes
import io
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["Budget", "Failed", "Overtime"]


class Overtime(BaseException):
    """A call did not end in its time; no `except Exception` of the program catches it."""


class Failed(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """
    A call of the program came to no result.

    Parameters
    ----------
    kind : {"raised", "endless"}
    where : str
        Which call.
    error : BaseException or None
    line : str
        Where in the program it was raised, as ``file:line``.
    """

    def __init__(
        self, kind: str, where: str, error: BaseException | None = None, line: str = ""
    ) -> None:
        super().__init__(f"{where}: {kind}")
        self.kind, self.where, self.error, self.line = kind, where, error, line
        self.seconds = 0.0


class Budget:
    """
    The time that a program may take, for one call and for all.

    Parameters
    ----------
    seconds : float
        For one call. All calls of a check may take twelve times as much of the processor's time:
        a busy machine is no fault of the program's.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.started, self.printed = seconds, time.process_time(), ""

    @property
    def left(self) -> float:
        """How much is left for all calls."""
        return self.started + 12 * self.seconds - time.process_time()

    def call(self, where: str, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Call a function of the program; `Failed` says what came instead of a result."""
        printed = io.StringIO()
        try:
            with _quiet(printed), _limit(max(0.05, min(self.seconds, self.left))):
                return function(*args, **named)
        except Overtime:
            failed = Failed("endless", where)
            failed.seconds = self.seconds
            raise failed from None
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            raise Failed("raised", where, error, _line(error)) from None
        finally:
            self.printed = (self.printed + printed.getvalue())[-2000:]


def _line(error: BaseException) -> str:
    """Name the line of the program that raised: the innermost that isn't a library's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "site-packages" not in f.filename and f.filename != __file__]
    return f"{own[-1].filename.rpartition('/')[2]}:{own[-1].lineno}" if own else ""


@contextlib.contextmanager
def _quiet(printed: io.StringIO) -> Iterator[None]:
    """Catch what is printed; give nothing to read; keep the settings of NumPy and warnings."""
    stdin, settings, options = sys.stdin, np.geterr(), np.get_printoptions()
    limit = sys.getrecursionlimit()
    sys.stdin = io.StringIO("")
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            np.seterr(all="ignore")
            yield
    finally:
        sys.stdin = stdin
        np.seterr(**settings)
        np.set_printoptions(**options)
        if sys.getrecursionlimit() != limit:
            sys.setrecursionlimit(limit)


@contextlib.contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raise `Overtime` in this thread when the time is over, again and again until it is heard."""
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and hasattr(signal, "setitimer"):
        before = signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        return
    over = threading.Event()
    me = threading.get_ident()

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(me), ctypes.py_object(Overtime)
            )
            wait = 0.2

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _ring(number: int, frame: Any) -> None:
    raise Overtime
