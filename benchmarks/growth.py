"""
How the cost of a step grows: with width, depth, batch and the number of steps.

    python -m benchmarks.growth            # eager and compiled, µs a step, and their ratio

Dense networks of ReLU with a softmax behind, SGD, float32. Run it with one thread:
OMP_NUM_THREADS=1 CLEARPROP_THREADS=1.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable

import numpy as np

import clearprop as cp
from benchmarks.eager_overhead import in_turns, spread

INPUTS, CLASSES = 64, 10
AT_LEAST = 0.05  # seconds of a measurement


def network(engine: str, width: int, depth: int) -> cp.Sequential:
    hidden = [cp.layers.Dense(width, activation="relu") for _ in range(depth)]
    model = cp.Sequential([cp.Input((INPUTS,)), *hidden, cp.layers.Dense(CLASSES, "softmax")])
    model.compile(cp.optimizers.SGD(1e-4), "categorical_crossentropy", engine=engine)
    return model


def work(engine: str, width: int, depth: int, batch: int, steps: int) -> Callable[[], None]:
    """Give a training of so many steps, done once before, so that nothing is left to compile."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, INPUTS)).astype(np.float32)
    t = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, batch)]
    model = network(engine, width, depth)

    def run() -> None:
        model.fit(x, t, batch_size=batch, epochs=steps, shuffle=False, verbose=0)

    run()
    return run


def row(name: str, rounds: int, width: int, depth: int, batch: int, steps: int) -> None:
    begin = time.perf_counter()
    work("compiled", width, depth, batch, 1)
    first = time.perf_counter() - begin
    if not steps:  # as many as take a while
        once = work("compiled", width, depth, batch, 8)
        begin = time.perf_counter()
        once()
        steps = max(8, int(8 * AT_LEAST / (time.perf_counter() - begin)))
    sides = [work(engine, width, depth, batch, steps) for engine in ("eager", "compiled")]
    eager, compiled = ([1e6 * t / steps for t in side] for side in in_turns(rounds, *sides))
    ratio = [a / b for a, b in zip(eager, compiled, strict=True)]
    print(
        f"  {name:<14}{spread(eager, '.4g'):<32}{spread(compiled, '.4g'):<32}"
        f"{spread(ratio, '.3g'):<26}{first:.2f}",
        flush=True,
    )


def main(rounds: int) -> None:
    """Let one size grow at a time, the others staying at 64 wide, 2 deep, 32 at once."""
    print(
        f"  {'':<14}{'eager, µs a step':<32}{'compiled, µs a step':<32}{'ratio':<26}first call, s"
    )

    def each(name: str, sizes: Iterable[int], **others: int) -> None:
        for size in sizes:
            chosen = {"width": 64, "depth": 2, "batch": 32, "steps": 0} | others | {name: size}
            row(f"{name} {size}", rounds, **chosen)

    each("width", (16, 64, 256, 1024, 4096))
    each("depth", (1, 4, 16, 64))
    each("batch", (1, 16, 256, 4096))
    each("steps", (1, 10, 100, 1000, 10_000))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    main(parser.parse_args().rounds)
