"""A training by several libraries, in turns."""

from __future__ import annotations

import json
import math
import os
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.peers.workloads import Workload

__all__ = ["Entry", "Race", "race"]

STARTING = 180.0  # seconds that a library may take to get ready
SHORTEST = 50  # the fewest steps that a training is cut to


@dataclass
class Entry:
    """
    What a library did.

    Attributes
    ----------
    library : str
    ready : float
        Seconds from the start of its process until the training could begin.
    first : float
        Seconds of the first training, which compiles what is to be compiled.
    times : list of float
        Seconds of the others.
    loss : float
    memory : float
        The most that the process held, in MiB.
    part : float
        The share of the steps that were done, of what would take too long.
    note : str
        Why there is nothing, if there is not.
    """

    library: str
    ready: float = math.nan
    first: float = math.nan
    times: list[float] = field(default_factory=list)
    loss: float = math.nan
    memory: float = math.nan
    part: float = 1.0
    note: str = ""

    @property
    def seconds(self) -> float:
        """The time of the whole training: the median, or the first if there was no other."""
        took = statistics.median(self.times) if self.times else self.first
        return took / self.part


@dataclass
class Race:
    """All entries of a training."""

    work: Workload
    entries: list[Entry]


class Worker:
    """A process with one library."""

    def __init__(self, library: str, work: Workload, steps: int, threads: int, python: str) -> None:
        environment = os.environ | {
            "OMP_NUM_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": str(threads),
            "MKL_NUM_THREADS": str(threads),
            "CLEARPROP_THREADS": str(threads),
            "TF_NUM_INTRAOP_THREADS": str(threads),
            "TF_NUM_INTEROP_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "",
            "JAX_PLATFORMS": "cpu",
            "NPROC": str(threads),
            "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}",
        }
        # The processor's cores are given out by the system: a library must not take more.
        cores = sorted(os.sched_getaffinity(0))[:threads]
        command = [python, "-m", "benchmarks.peers.worker", library, work.name, str(steps)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )  # fmt: skip

    def hear(self, patience: float) -> dict[str, Any] | None:
        """Wait for a line; None if none comes in time, or the process ends."""
        assert self.process.stdout is not None
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.process.stdout], [], [], left)[0]:
                return None
            line = self.process.stdout.readline()
            if not line:
                return None
            if line.startswith("{"):
                return json.loads(line)
        return None

    def ask(self, patience: float) -> dict[str, Any] | None:
        """Have it train once more."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write("again\n")
            self.process.stdin.flush()
        except OSError:
            return None
        return self.hear(patience)

    def why(self) -> str:
        """End it; give the last line that it said of what went wrong."""
        self.process.kill()
        said = self.process.stderr.read() if self.process.stderr else ""
        lines = [line for line in said.splitlines() if line.strip()]
        return lines[-1][:90] if lines else "took too long"


def race(
    work: Workload, libraries: Sequence[str], rounds: int, threads: int, patience: float,
    pythons: Mapping[str, str],
) -> Race:  # fmt: skip
    """
    Let libraries train in turns.

    Parameters
    ----------
    work : Workload
    libraries : sequence of str
    rounds : int
    threads : int
    patience : float
        Seconds for one training; one that takes longer is done in part.
    pythons : mapping of str to str
        By library, the interpreter to run it with.
    """
    entries, workers = [], {}
    for library in libraries:
        entry = Entry(library)
        worker = _ready(entry, work, threads, patience, pythons.get(library, sys.executable))
        entries.append(entry)
        if worker is not None:
            workers[library] = worker
            print(f"  {library:<16} ready {entry.ready:6.2f} s, first {entry.first:8.3f} s,"
                  f" loss {entry.loss:.6g}", flush=True)  # fmt: skip
        else:
            print(f"  {library:<16} {entry.note}", flush=True)
    _hold_to_one_loss(work, entries)
    for _ in range(rounds):
        for entry in entries:
            worker = workers.get(entry.library)
            if worker is None or entry.first > patience / 3:
                continue
            answer = worker.ask(patience)
            if answer is not None:
                entry.times.append(answer["seconds"])
                entry.memory = answer["memory"]
    for worker in workers.values():
        worker.process.kill()
        worker.process.wait()
    return Race(work, entries)


def _ready(
    entry: Entry, work: Workload, threads: int, patience: float, python: str
) -> Worker | None:
    """Start a library; if a training takes too long, with ever fewer steps."""
    steps = work.steps
    while True:
        worker = Worker(entry.library, work, steps, threads, python)
        ready = worker.hear(STARTING)
        if ready is not None and ready.get("absent"):
            entry.note = "has no such training"
            worker.process.kill()
            return None
        answer = None if ready is None else worker.hear(patience)
        if ready is not None and answer is not None:
            entry.ready, entry.first, entry.loss = ready["ready"], answer["first"], answer["loss"]
            entry.part = steps / work.steps
            entry.note = ""
            return worker
        alive = worker.process.poll() is None
        entry.note = worker.why()
        if not alive or steps <= SHORTEST or work.epochs == 1:
            return None
        steps = max(SHORTEST, steps // 20)


def _hold_to_one_loss(work: Workload, entries: Sequence[Entry]) -> None:
    """Leave out, with a note, whoever does not reach the loss of the others."""
    own = [e for e in entries if e.part == 1.0 and math.isfinite(e.loss)
           and e.library != "scikit-learn"]  # which starts from weights of its own  # fmt: skip
    if not own:
        return
    middle = statistics.median(e.loss for e in own)
    for entry in own:
        if abs(entry.loss - middle) > work.tolerance * abs(middle) + 1e-9:
            entry.note = f"reached another loss: {entry.loss:.6g}, the others {middle:.6g}"
