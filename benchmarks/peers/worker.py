"""
One library and one training in a process of their own, run when asked.

``python -m benchmarks.peers.worker clearprop W3`` gets ready, which it tells in a line of JSON;
then it trains once for each line that it reads, and tells the seconds and the last loss. A third
argument says after how many steps to end.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

START = time.perf_counter()
AT_LEAST = 0.1  # seconds of a measurement
Make = Callable[[Any], Callable[[], float] | None]


def trainings() -> dict[str, Make]:
    """Give each library's trainings by the name of the library."""

    def ours(engine: str) -> Make:
        def make(work: Any) -> Callable[[], float]:
            from benchmarks.peers.keras_api import training
            from clearprop import keras

            return training(keras, work, engine=engine)

        return make

    def theirs(backend: str) -> Make:
        def make(work: Any) -> Callable[[], float]:
            os.environ["KERAS_BACKEND"] = backend
            import keras

            from benchmarks.peers.keras_api import training

            return training(keras, work)

        return make

    def module(path: str, function: str, **options: bool) -> Make:
        def make(work: Any) -> Callable[[], float]:
            import importlib

            found = getattr(importlib.import_module(f"benchmarks.peers.{path}"), function)
            return found(work, **options)

        return make

    return {
        "clearprop": ours("compiled"),
        "clearprop-eager": ours("eager"),
        "numpy": module("by_numpy", "training"),
        "jax-scan": module("by_jax", "training", scan=True),
        "jax-step": module("by_jax", "training", scan=False),
        "torch": module("by_torch", "training", compiled=False),
        "torch-compile": module("by_torch", "training", compiled=True),
        "keras-jax": theirs("jax"),
        "keras-torch": theirs("torch"),
        "tf.keras": theirs("tensorflow"),
        "scikit-learn": module("by_others", "by_sklearn"),
        "micrograd": module("by_others", "by_micrograd"),
    }


def main(library: str, workload: str, steps: str = "") -> None:
    if library.startswith("torch") or library == "keras-torch":
        import torch

        torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    from benchmarks.peers.workloads import WORKLOADS

    work = WORKLOADS[workload]
    run = trainings()[library](replace(work, steps=int(steps)) if steps else work)
    if run is None:
        print(json.dumps({"absent": True}), flush=True)
        return
    print(json.dumps({"ready": time.perf_counter() - START}), flush=True)
    begin = time.perf_counter()
    loss = run()
    print(json.dumps({"first": time.perf_counter() - begin, "loss": loss}), flush=True)
    for _ in sys.stdin:
        begin, runs, took = time.perf_counter(), 0, 0.0
        while took < AT_LEAST:  # what takes a millisecond is done until it can be measured
            loss = run()
            runs, took = runs + 1, time.perf_counter() - begin
        took /= runs
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": took, "loss": loss, "memory": memory}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
