"""What is trained: the data, the weights to start from, and the sizes, the same for everybody."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["LINEAR", "WORKLOADS", "Workload"]

Arrays = list[np.ndarray]

HEADS, LAYERS, WIDTH, INNER, LENGTH = 4, 2, 128, 512, 64


# Networks without activations on one sample, as tutorials of Keras begin; W2 is 2-2-2.
LINEAR = ("1-1", "2-1", "2-2", "W2")


@dataclass(frozen=True)
class Workload:
    """
    A training.

    Parameters
    ----------
    name : str
    says : str
        What it is, for the table.
    make : callable ``() -> (x, t)``
        Examples and their targets.
    start : callable ``() -> list of array``
        The weights, in Keras's order.
    batch : int
        Examples a step.
    steps : int
        Steps in all.
    examples : int
    rule : str
        "sgd" or "adam".
    rate : float
    momentum : float
    dtype : str
    tolerance : float
        How far the last loss may be from the others', as a share of it.
    """

    name: str
    says: str
    make: Callable[[], tuple[np.ndarray, np.ndarray]]
    start: Callable[[], Arrays]
    batch: int
    steps: int
    examples: int
    rule: str = "sgd"
    rate: float = 0.01
    momentum: float = 0.0
    dtype: str = "float32"
    tolerance: float = 0.01

    @property
    def epochs(self) -> int:
        """How many times the examples are gone through."""
        return max(1, self.steps * self.batch // self.examples)


def pictures(count: int) -> np.ndarray:
    """Make pictures of 28 by 28 like handwritten digits: 19 in 100 pixels are not black."""
    rng = np.random.default_rng(0)
    line = np.arange(28.0)
    made = np.zeros((count, 28, 28))
    for _ in range(4):  # a few soft strokes in each
        y, x = rng.uniform(6, 22, (2, count, 1))
        tall, wide = rng.uniform(1.5, 4.0, (2, count, 1))
        down, across = np.exp(-(((line - y) / tall) ** 2)), np.exp(-(((line - x) / wide) ** 2))
        made += down[:, :, None] * across[:, None, :]
    edge = np.quantile(made.reshape(count, -1), 0.81, axis=1)[:, None, None]
    return (np.clip(made - edge, 0, None)).astype(np.float32).clip(0, 1)


def classes(count: int) -> np.ndarray:
    """Make targets: which of ten, as a row with a 1 in its place."""
    return np.eye(10, dtype=np.float32)[np.random.default_rng(1).integers(0, 10, count)]


def flat(count: int) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    return lambda: (pictures(count).reshape(count, 784), classes(count))


def dense(*sizes: int, dtype: str = "float32", last_bias: bool = True) -> Callable[[], Arrays]:
    """Draw kernels uniformly within Glorot's bound; biases are 0."""

    def start() -> Arrays:
        rng = np.random.default_rng(2)
        made: Arrays = []
        for k, (m, n) in enumerate(itertools.pairwise(sizes)):
            made.append(_glorot(rng, (m, n), m, n, dtype))
            if last_bias or k < len(sizes) - 2:
                made.append(np.zeros(n, dtype))
        return made

    return start


def _glorot(rng: Any, shape: tuple[int, ...], m: int, n: int, dtype: str = "float32") -> np.ndarray:
    limit = np.sqrt(6 / (m + n))
    return rng.uniform(-limit, limit, shape).astype(dtype)


def _xor() -> tuple[np.ndarray, np.ndarray]:
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, np.array([[0.0], [1.0], [1.0], [0.0]])


def _one() -> tuple[np.ndarray, np.ndarray]:
    return np.array([[0.05, 0.10]], np.float32), np.array([[0.01, 0.99]], np.float32)


def _given(
    x: list[float], t: list[float], *weights: Any
) -> tuple[Callable[[], tuple[np.ndarray, np.ndarray]], Callable[[], Arrays]]:
    """Give one sample and its target, and the weights to start from, as they are written."""
    sample = np.array([x], np.float32), np.array([t], np.float32)
    return lambda: sample, lambda: [np.array(w, np.float32) for w in weights]


def _convolutions() -> Arrays:
    rng = np.random.default_rng(3)
    return [
        _glorot(rng, (3, 3, 1, 32), 9, 288), np.zeros(32, np.float32),
        _glorot(rng, (3, 3, 32, 64), 288, 576), np.zeros(64, np.float32),
        _glorot(rng, (1600, 10), 1600, 10), np.zeros(10, np.float32),
    ]  # fmt: skip


def _lstm() -> Arrays:
    rng = np.random.default_rng(4)
    bias = np.zeros(256, np.float32)
    bias[64:128] = 1
    return [
        _glorot(rng, (28, 256), 28, 256), _glorot(rng, (64, 256), 64, 256), bias,
        _glorot(rng, (64, 10), 64, 10), np.zeros(10, np.float32),
    ]  # fmt: skip


def _transformer() -> Arrays:
    rng = np.random.default_rng(5)
    d, h, k = WIDTH, HEADS, WIDTH // HEADS
    made: Arrays = []
    for _ in range(LAYERS):
        for _ in range(3):
            made += [_glorot(rng, (d, h, k), d, d), np.zeros((h, k), np.float32)]
        made += [_glorot(rng, (h, k, d), d, d), np.zeros(d, np.float32)]
        made += [np.ones(d, np.float32), np.zeros(d, np.float32)]
        made += [_glorot(rng, (d, INNER), d, INNER), np.zeros(INNER, np.float32)]
        made += [_glorot(rng, (INNER, d), INNER, d), np.zeros(d, np.float32)]
        made += [np.ones(d, np.float32), np.zeros(d, np.float32)]
    return [*made, _glorot(rng, (d, 10), d, 10), np.zeros(10, np.float32)]


def _sequences() -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(6).standard_normal((32, LENGTH, WIDTH)).astype(np.float32)
    return np.tile(x, (30, 1, 1)), np.tile(classes(32), (30, 1))


WORKLOADS = {
    each.name: each
    for each in [
        Workload("W1", "XOR, 2-2-1 tanh, a sample a step, momentum, 20,000 steps, float64", _xor,
                 dense(2, 2, 1, dtype="float64", last_bias=False), 1, 20_000, 4, rate=0.1,
                 momentum=0.4, dtype="float64"),
        Workload("W2", "2-2-2 linear, one sample, 1000 epochs", _one, dense(2, 2, 2), 1, 1000, 1),
        Workload("1-1", "1-1 linear, one sample, 1000 epochs",
                 *_given([2], [10], [[3]], [1]), 1, 1000, 1),
        Workload("2-1", "2-1 linear, one sample, 1000 epochs",
                 *_given([2, 3], [27], [[3], [4]], [1]), 1, 1000, 1),
        Workload("2-2", "2-2 linear, one sample, 1000 epochs",
                 *_given([2, 3], [27, -30], [[3, 5], [4, 6]], [1, 2]), 1, 1000, 1),
        Workload("W3", "784-100-10, a sample a step, 10,000 samples", flat(10_000),
                 dense(784, 100, 10), 1, 10_000, 10_000, rate=0.005),
        Workload("W4a", "784-50-10, batch 100, 60,000 samples, SGD", flat(60_000),
                 dense(784, 50, 10), 100, 600, 60_000, rate=0.1),
        Workload("W4a-adam", "784-50-10, batch 100, 60,000 samples, Adam", flat(60_000),
                 dense(784, 50, 10), 100, 600, 60_000, "adam", 0.001),
        Workload("W4b", "784-512-512-10, batch 128, 12,800 samples, SGD", flat(12_800),
                 dense(784, 512, 512, 10), 128, 100, 12_800, rate=0.1),
        Workload("W4b-adam", "784-512-512-10, batch 128, 12,800 samples, Adam", flat(12_800),
                 dense(784, 512, 512, 10), 128, 100, 12_800, "adam", 0.001),
        Workload("W5", "two convolutions 3x3, 32 and 64, pools, batch 128, Adam, 50 steps",
                 lambda: (pictures(6400)[..., None], classes(6400)), _convolutions, 128, 50,
                 6400, "adam", 0.001),
        Workload("W6", "LSTM 64 over 28 rows of 28, batch 128, Adam, 50 steps",
                 lambda: (pictures(6400), classes(6400)), _lstm, 128, 50, 6400, "adam", 0.001),
        Workload("W7", "transformer, width 128, 4 heads, 2 layers, length 64, batch 32, 30 steps",
                 _sequences, _transformer, 32, 30, 960, "adam", 0.001, tolerance=0.03),
    ]
}  # fmt: skip
