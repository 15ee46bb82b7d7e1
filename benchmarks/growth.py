"""
How the cost of a step grows: with width, depth, batch and the number of steps.

    python -m benchmarks.growth            # eager and compiled, µs a step, and their ratio
    python -m benchmarks.growth --write benchmarks/results/growth.md

Dense networks of ReLU with a softmax behind, SGD, float32. Run it with one thread:
OMP_NUM_THREADS=1 CLEARPROP_THREADS=1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

import clearprop as cp
from benchmarks.eager_overhead import in_turns, spread
from benchmarks.peers.table import machine, options, told

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


def row(name: str, rounds: int, width: int, depth: int, batch: int, steps: int) -> str:
    """Measure one size; give its line of the table."""
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
    columns = (name, spread(eager, ".4g"), spread(compiled, ".4g"), spread(ratio, ".3g"),
               f"{first:.2f}")  # fmt: skip
    return f"| {' | '.join(columns)} |"


def table(rounds: int) -> Iterator[str]:
    """Let one size grow at a time, the others staying at 64 wide, 2 deep, 32 at once."""
    yield "| | eager, µs a step | compiled, µs a step | eager over compiled | first call, s |"
    yield "|---|---|---|---|---|"
    sizes: dict[str, Sequence[int]] = {
        "width": (16, 64, 256, 1024, 4096),
        "depth": (1, 4, 16, 64),
        "batch": (1, 16, 256, 4096),
        "steps": (1, 10, 100, 1000, 10_000),
    }
    for name, values in sizes.items():
        for size in values:
            chosen = {"width": 64, "depth": 2, "batch": 32, "steps": 0} | {name: size}
            yield row(f"{name} {size}", rounds, **chosen)


HEAD = f"""# How the cost of a step grows

{" ".join(machine())}

{INPUTS} numbers in, {CLASSES} classes, ReLU between, plain SGD in float32, one core; 64 wide,
2 deep and batches of 32 where nothing else is said. A training of one step is a whole call of
`fit`. The last column is the first call with that size: tracing, compiling and its training.
"""


if __name__ == "__main__":
    asked = options(__doc__).parse_args()
    told(HEAD, table(asked.rounds), asked.write)
