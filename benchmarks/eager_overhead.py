"""
What eager recording costs: against NumPy, an operation at a time, and over a whole training.

    python -m benchmarks.eager_overhead            # all
    python -m benchmarks.eager_overhead --rounds 3

Both sides of each comparison run in turns within each round, so that whatever else the machine does
falls on both. Given are the median over the rounds and, in brackets, the smallest and the largest.
Run it with one thread: OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

import clearprop as cp

SAMPLES, PIXELS, HIDDEN, CLASSES, RATE = 2000, 784, 100, 10, 0.0005
OPERATIONS = {
    "add": (cp.add, np.add, 2),
    "multiply": (cp.multiply, np.multiply, 2),
    "matmul": (cp.matmul, np.matmul, 2),
    "tanh": (cp.tanh, np.tanh, 1),
    "sum": (cp.sum, np.sum, 1),
    "relu": (cp.relu, lambda x: np.maximum(x, 0), 1),
}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spread(values: Sequence[float], form: str) -> str:
    middle, low, high = (format(f(values), form) for f in (statistics.median, min, max))
    return f"{middle} [{low} to {high}]"


def in_turns(rounds: int, *sides: Callable[[], object]) -> list[list[float]]:
    """Time each side once a round, one after the other; give the times of each."""
    took = [[seconds(side) for side in sides] for _ in range(rounds)]
    return [list(times) for times in zip(*took, strict=True)]


def repeated(function: Callable[..., object], inputs: Sequence[object], calls: int) -> None:
    for _ in range(calls):
        function(*inputs)


def operations(rounds: int, calls: int = 2000) -> None:
    """Compare single operations on small arrays, recorded, with NumPy's functions."""
    print("one operation on 8x8 numbers, µs: recorded, NumPy, what recording adds")
    array = np.random.default_rng(0).standard_normal((8, 8))
    tensor = cp.tensor(array)
    for name, (ours, numpys, count) in OPERATIONS.items():
        times = in_turns(
            rounds,
            partial(repeated, ours, [tensor] * count, calls),
            partial(repeated, numpys, [array] * count, calls),
        )
        own, plain = ([1e6 * t / calls for t in side] for side in times)
        added = [a - b for a, b in zip(own, plain, strict=True)]
        columns = (spread(own, ".2f"), spread(plain, ".2f"), spread(added, ".2f"))
        print(f"  {name:<9}" + "".join(f"{column:<24}" for column in columns))


def data(dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Make images like handwritten digits: 19 in 100 pixels are not black."""
    rng = np.random.default_rng(1)
    x = rng.random((SAMPLES, PIXELS)) * (rng.random((SAMPLES, PIXELS)) < 0.19)
    return x.astype(dtype), np.eye(CLASSES, dtype=dtype)[rng.integers(0, CLASSES, SAMPLES)]


def weights(dtype: str, biases: bool) -> list[np.ndarray]:
    rng = np.random.default_rng(2)
    w1, w2 = (rng.uniform(-0.1, 0.1, s) for s in ((PIXELS, HIDDEN), (HIDDEN, CLASSES)))
    all_of_them = [w1, np.zeros(HIDDEN), w2, np.zeros(CLASSES)]
    return [w.astype(dtype) for w in (all_of_them if biases else [w1, w2])]


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def by_hand(x: np.ndarray, t: np.ndarray, start: list[np.ndarray]) -> list[np.ndarray]:
    """Train as tutorials write it: a sample a step, one NumPy call a line."""
    biases = len(start) == 4
    w1, b1, w2, b2 = (
        [w.copy() for w in start] if biases else [start[0].copy(), 0, start[1].copy(), 0]
    )
    loss = 0.0
    for i in range(len(x)):
        # forward
        z1 = np.dot(x[i], w1) + b1 if biases else np.dot(x[i], w1)
        h = np.maximum(0, z1)
        z2 = np.dot(h, w2) + b2 if biases else np.dot(h, w2)
        y = softmax(z2)
        loss += -np.sum(t[i] * np.log(y))
        # backward
        d2 = y - t[i]
        d1 = np.dot(w2, d2) * (z1 > 0)
        # update
        w2 -= RATE * np.outer(h, d2)
        w1 -= RATE * np.outer(x[i], d1)
        if biases:
            b2 -= RATE * d2
            b1 -= RATE * d1
    return [w1, b1, w2, b2] if biases else [w1, w2]


def network(dtype: str, biases: bool) -> cp.Sequential:
    dense = cp.layers.Dense
    model = cp.Sequential(
        [
            cp.Input((PIXELS,)),
            dense(HIDDEN, activation="relu", use_bias=biases),
            dense(CLASSES, activation="softmax", use_bias=biases),
        ],
        dtype=dtype,
    )
    model.compile(cp.optimizers.SGD(RATE), "categorical_crossentropy", engine="eager")
    return model


def fit(
    model: cp.Sequential, x: np.ndarray, t: np.ndarray, start: list[np.ndarray]
) -> list[np.ndarray]:
    model.set_weights(start)
    model.fit(x, t, batch_size=1, shuffle=False)
    return model.get_weights()


def training(rounds: int) -> None:
    """Compare `fit`, a sample a step, with the loop written by hand; both reach the same."""
    print(f"{PIXELS}-{HIDDEN}-{CLASSES}, one sample a step, µs a step: eager, by hand, ratio")
    for dtype, biases in itertools.product(("float32", "float64"), (True, False)):
        x, t = data(dtype)
        start, model = weights(dtype, biases), network(dtype, biases)
        for a, b in zip(fit(model, x, t, start), by_hand(x, t, start), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-4 if dtype == "float32" else 1e-12)
        times = in_turns(rounds, partial(fit, model, x, t, start), partial(by_hand, x, t, start))
        own, plain = ([1e6 * t / SAMPLES for t in side] for side in times)
        ratio = [a / b for a, b in zip(own, plain, strict=True)]
        columns = (spread(own, ".0f"), spread(plain, ".0f"), spread(ratio, ".2f"))
        name = f"{dtype}, {'biases' if biases else 'no biases'}"
        print(f"  {name:<20}" + "".join(f"{column:<22}" for column in columns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    operations(rounds)
    training(rounds)


if __name__ == "__main__":
    main()
