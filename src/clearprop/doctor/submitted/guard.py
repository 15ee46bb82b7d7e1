"""Foreign code is run so that it can neither hang, print over a report, nor change a setting."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Budget", "Failed", "Overtime", "memory_limited"]

_OURS = str(Path(__file__).parents[2]) + os.sep
_LEAST_ROOM = 2 << 30  # bytes that a program may ask for, however small the machine


class Overtime(BaseException):
    """A call did not end in its time; no `except Exception` of the program catches it."""


class Failed(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """
    A call of the program came to no result.

    Parameters
    ----------
    kind : str
        "raised", "endless", or what is missing: see the words of ``refused``.
    where : str
        Which call.
    error : BaseException or None
    frame : FrameSummary or None
        The line of the program at which it was raised.
    **about
        What else there is to say: names, shapes.
    """

    def __init__(
        self,
        kind: str,
        where: str,
        error: BaseException | None = None,
        frame: traceback.FrameSummary | None = None,
        **about: Any,
    ) -> None:
        super().__init__(f"{where}: {kind}")
        self.kind, self.where, self.error, self.frame = kind, where, error, frame
        self.about: Mapping[str, Any] = about

    @property
    def line(self) -> str:
        """Where in the program it was raised, as ``file:line``; empty where that is unknown."""
        if self.frame is None:
            return ""
        return f"{self.frame.filename.rpartition('/')[2]}:{self.frame.lineno}"


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
        printed, limit = io.StringIO(), max(0.05, min(self.seconds, self.left))
        try:
            with _quiet(printed), _limit(limit):
                return function(*args, **named)
        except Overtime:
            whole = limit < self.seconds
            seconds = 12 * self.seconds if whole else self.seconds
            raise Failed("endless", where, seconds=seconds, whole=whole) from None
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            shapes = [np.shape(a) for a in args if isinstance(a, np.ndarray)]
            raise Failed("raised", where, error, _frame(error), shapes=shapes) from None
        finally:
            self.printed = (self.printed + printed.getvalue())[-2000:]


def _frame(error: BaseException) -> traceback.FrameSummary | None:
    """Find the line of the program that raised: the innermost that isn't a library's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not f.filename.startswith(("<frozen", _OURS))
           and "site-packages" not in f.filename]  # fmt: skip
    return own[-1] if own else None


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
            _tamed(),
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
def _tamed() -> Iterator[None]:
    """Let nothing end the process, open a window that waits, or leave a thread that nobody ends."""
    start = threading.Thread.start

    def started(thread: threading.Thread) -> None:
        thread.daemon = True
        start(thread)

    def left(code: int = 0) -> None:
        raise SystemExit(code)

    instead: list[tuple[Any, str, Any]] = [
        (os, "_exit", left), (os, "abort", left), (threading.Thread, "start", started)
    ]  # fmt: skip
    if "matplotlib.pyplot" in sys.modules:
        instead.append((sys.modules["matplotlib.pyplot"], "show", lambda *_, **__: None))
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in instead]
    try:
        for owner, name, new in instead:
            setattr(owner, name, new)
        yield
    finally:
        for owner, name, old in before:
            setattr(owner, name, old)


@contextlib.contextmanager
def memory_limited() -> Iterator[None]:
    """Let a program that asks for more than half of the memory raise, before the machine halts."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            held = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ImportError, OSError, ValueError):  # not on this system
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = held + max(whole // 2, _LEAST_ROOM)
    tight = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([most, *tight]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


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
