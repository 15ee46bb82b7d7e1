"""
Trainings against other libraries, in one run: ``python -m benchmarks.peers``.

    python -m benchmarks.peers                              # everything that is installed
    python -m benchmarks.peers --work W1 W3 --with numpy jax-scan
    python -m benchmarks.peers --threads 2 --write benchmarks/results.md

Each library is a process of its own. They get ready one after the other, are held to the same last
loss, and then take turns, so that whatever else the machine does falls on all of them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.peers.race import race
from benchmarks.peers.table import as_markdown
from benchmarks.peers.workloads import WORKLOADS

LIBRARIES = [
    "clearprop", "clearprop-eager", "numpy", "jax-scan", "jax-step", "torch", "torch-compile",
    "keras-jax", "keras-torch", "tf.keras", "scikit-learn", "micrograd",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", nargs="*", default=list(WORKLOADS), choices=list(WORKLOADS))
    parser.add_argument("--with", nargs="*", dest="libraries", default=LIBRARIES)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--patience", type=float, default=60.0, help="seconds for one training")
    other = "another interpreter for a library, as in tf.keras=venv/bin/python"
    parser.add_argument("--python", nargs="*", default=[], metavar="LIBRARY=PATH", help=other)
    parser.add_argument("--write", type=Path, help="the page to write the table to")
    asked = parser.parse_args()
    pythons = dict(each.split("=", 1) for each in asked.python)
    results = []
    for name in asked.work:
        print(f"{name}: {WORKLOADS[name].says}", flush=True)
        results.append(
            race(WORKLOADS[name], asked.libraries, asked.rounds, asked.threads, asked.patience,
                 pythons)
        )  # fmt: skip
    page = as_markdown(results, asked.threads)
    print(page)
    if asked.write:
        asked.write.write_text(page)


if __name__ == "__main__":
    main()
