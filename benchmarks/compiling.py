"""
What the first call of `fit` takes more than the second: tracing, compiling, loading the compiler.

    python -m benchmarks.compiling
    python -m benchmarks.compiling --write benchmarks/results/compiling.md

The trainings of `benchmarks.peers`, but four steps of each, in processes of their own with one
thread: with an empty cache, and with what that process left in it. Told are milliseconds of the
processor, the median over the rounds with the smallest and the largest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.eager_overhead import spread
from benchmarks.peers.table import machine, options, told
from benchmarks.peers.workloads import WORKLOADS, Workload

NAMES = ("W1", "W2", "W3", "W4a", "W4b", "W5", "W6", "W7")
STEPS = 4


def short(work: Workload) -> Workload:
    """Give a training of a few steps on as many examples as they need."""
    count = min(STEPS * work.batch, work.examples)
    x, t = (array[:count] for array in work.make())
    return replace(work, make=lambda: (x, t), examples=count, steps=STEPS)


def here(name: str) -> float:
    """Train twice in this process; give what the first took more, in ms of the processor."""
    from benchmarks.peers.keras_api import training
    from clearprop import keras

    run = training(keras, short(WORKLOADS[name]), engine="compiled")
    took = []
    for _ in range(2):
        begin = time.process_time()
        run()
        took.append(1e3 * (time.process_time() - begin))
    return took[0] - took[1]


def elsewhere(name: str, cache: str) -> float:
    """Do so in a process of its own, with a cache in that folder."""
    command = [sys.executable, "-m", "benchmarks.compiling", "--here", name]
    environment = os.environ | {
        "CLEARPROP_CACHE": cache, "CLEARPROP_THREADS": "1",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def table(rounds: int) -> Iterator[str]:
    yield "| | anew, ms | from the disk, ms |"
    yield "|---|---|---|"
    for name in NAMES:
        anew, kept = [], []
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                anew.append(elsewhere(name, folder))
                kept.append(elsewhere(name, folder))
        yield f"| {name}: {WORKLOADS[name].says} | {spread(anew, '.3g')} | {spread(kept, '.2g')} |"


HEAD = f"""# What it takes to compile

{" ".join(machine())}

Milliseconds of the processor that the first call of `fit` takes more than the second: loading the
compiler, tracing a step and compiling it; or tracing it and finding what an earlier process left.
"""


if __name__ == "__main__":
    parser = options(__doc__)
    parser.add_argument("--here", metavar="NAME", help="one training, in this very process")
    asked = parser.parse_args()
    if asked.here:
        print(here(asked.here))
    else:
        told(HEAD, table(asked.rounds), asked.write)
