"""Threads that run a program together, and where they wait for each other."""

from __future__ import annotations

import functools
import math
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import final

import numpy as np

from clearprop.engines.compiled.machine.ir import Function, Module, Reg
from clearprop.engines.compiled.machine.memory import ALIGNMENT
from clearprop.errors import OptionError

__all__ = ["VARIABLE", "Team", "barrier", "meeting", "team", "thread_count"]

#: The environment variable that says how many threads there are to be.
VARIABLE = "CLEARPROP_THREADS"

# How often one looks whether the others have come, before it lets others have the processor.
_LOOKS = 2000


def thread_count() -> int:
    """
    Tell how many threads a program may use.

    That is what ``CLEARPROP_THREADS`` says, or else ``OMP_NUM_THREADS``, which other libraries
    obey; or else the number of processors that this process may use.

    Raises
    ------
    OptionError
        If ``CLEARPROP_THREADS`` is no number from 1 on.

    Examples
    --------
    >>> thread_count() >= 1
    True
    """
    asked = os.environ.get(VARIABLE, "")
    if asked:
        if not asked.isdecimal() or int(asked) < 1:
            raise OptionError(f"{VARIABLE} must be a number from 1 on; got {asked!r}.")
        return int(asked)
    others = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if others.isdecimal() and int(others) >= 1:
        return min(int(others), _processors())
    return _processors()


def _processors() -> int:
    """Tell how many processors there are for this process, and its container, to use."""
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return count
    return count if quota == "max" else max(1, min(count, math.ceil(int(quota) / int(period))))


# -- where they wait -------------------------------------------------------------------------------


def meeting() -> np.ndarray:
    """
    Give the memory that a barrier needs.

    Returns
    -------
    ndarray of int64
        How many have come, and how often all had; each alone on a cache line.
    """
    room = np.zeros(3 * ALIGNMENT // 8, np.int64)
    return room[(-room.ctypes.data % ALIGNMENT) // 8 :][: 2 * ALIGNMENT // 8]


def barrier(f: Function, place: Reg) -> None:
    """
    Write that a thread waits here until all threads of the target have come.

    Parameters
    ----------
    f : Function
    place : Reg
        The address of what `meeting` gives.
    """
    if f.target.threads > 1:
        f.module.need("clearprop.barrier", lambda: _barrier(f.module))
        f.call("clearprop.barrier", "void", place)


def _barrier(module: Module) -> str:
    """
    Write the function: the last who comes counts up, the others look until it has.

    What was written before it is seen behind it. Who has looked for long gives way to others.
    """
    triple = module.target.triple
    pause = ""
    if triple.startswith(("x86_64", "i686", "amd64")):
        module.need("llvm.x86.sse2.pause", lambda: "declare void @llvm.x86.sse2.pause()")
        pause = "call void @llvm.x86.sse2.pause()"
    elif triple.startswith(("aarch64", "arm64")):
        module.need("llvm.aarch64.hint", lambda: "declare void @llvm.aarch64.hint(i32)")
        pause = "call void @llvm.aarch64.hint(i32 1)"
    give_way = "SwitchToThread" if "windows" in triple else "sched_yield"
    module.need(give_way, lambda: f"declare i32 @{give_way}()")
    return f"""define internal void @clearprop.barrier(ptr %come) noinline #0 {{
entry:
%times = getelementptr inbounds i8, ptr %come, i64 {ALIGNMENT}
%before = load atomic i64, ptr %times monotonic, align 8
%earlier = atomicrmw add ptr %come, i64 1 acq_rel
%last = icmp eq i64 %earlier, {module.target.threads - 1}
br i1 %last, label %all, label %look
all:
store atomic i64 0, ptr %come monotonic, align 8
%next = add i64 %before, 1
store atomic i64 %next, ptr %times release, align 8
ret void
look:
%looked = phi i64 [ 0, %entry ], [ %more, %again ], [ 0, %way ]
%now = load atomic i64, ptr %times acquire, align 8
%over = icmp ne i64 %now, %before
br i1 %over, label %done, label %wait
wait:
%more = add i64 %looked, 1
%long = icmp ugt i64 %more, {_LOOKS}
br i1 %long, label %way, label %again
again:
{pause}
br label %look
way:
%ignored = call i32 @{give_way}()
br label %look
done:
ret void
}}"""


# -- who runs --------------------------------------------------------------------------------------


@final
class Team:
    """
    Threads of Python's that run native code at the same time.

    They are started when they are first needed and end with the process; a process that was copied
    has none of them, and must make a team of its own.

    Parameters
    ----------
    size : int
        How many run, the caller's own thread among them.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._turn = threading.Lock()
        self._members: list[_Member] = []

    def run(self, work: Callable[[int], object]) -> None:
        """
        Call `work` with 0 here and with 1, 2 ... in the other threads, and wait for all of them.

        Only one caller has the team at a time. What was raised, in whichever thread, and an
        interrupt are raised here when all have ended.

        Parameters
        ----------
        work : callable
            Of a thread's number.
        """
        if self.size == 1:
            work(0)
            return
        with self._turn:
            if not self._members:
                self._members = [_Member(i) for i in range(1, self.size)]
            for member in self._members:
                member.begin(work)
            try:
                work(0)
            finally:
                self._wait()

    def _wait(self) -> None:
        """Wait for all, and only then let an error or an interrupt pass."""
        interrupt: BaseException | None = None
        for member in self._members:
            while True:
                try:
                    member.ended.wait()
                    break
                except BaseException as raised:  # noqa: BLE001 - whatever a signal raises
                    interrupt = raised
            interrupt = interrupt or member.raised
        if interrupt is not None:
            raise interrupt


class _Member:
    """One thread, which waits for work."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.ended = threading.Event()
        self.raised: BaseException | None = None
        self._called = threading.Semaphore(0)
        self._work: Callable[[int], object] | None = None
        threading.Thread(target=self._serve, name=f"clearprop-{number}", daemon=True).start()

    def begin(self, work: Callable[[int], object]) -> None:
        """Have it work."""
        self.ended.clear()
        self.raised = None
        self._work = work
        self._called.release()

    def _serve(self) -> None:
        while True:
            self._called.acquire()
            try:
                if self._work is not None:
                    self._work(self.number)
            except BaseException as raised:  # noqa: BLE001 - the caller's to see
                self.raised = raised
            finally:
                self._work = None
                self.ended.set()


@functools.cache
def team(size: int) -> Team:
    """Give the team of a size, the same to all who ask in a process."""
    return Team(size)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=team.cache_clear)
