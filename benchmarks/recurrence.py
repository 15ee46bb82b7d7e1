"""
A step of training of recurrent layers: in one operation, step by step, and in PyTorch.

    python -m benchmarks.recurrence
    python -m benchmarks.recurrence --rounds 30

Forward, backward and a step of gradient descent, of 64 sequences of 28 time steps of 28 numbers,
128 units, in single precision; the loss is made of the last output. Each side runs once a round,
in turns, so that whatever else the machine does falls on all. Given are the median over the rounds
and, in brackets, the quartiles. Run it with one thread: OMP_NUM_THREADS=1. PyTorch, where there is
none, is left out.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.eager_overhead import in_turns
from clearprop.core.tensor import leaf
from clearprop.nn.gru import GRU
from clearprop.nn.lstm import LSTM
from clearprop.nn.recurrent import Recurrent
from clearprop.nn.recurrent_units import SimpleRNN

N, T, I, U = 64, 28, 28, 128
RATE = np.float32(0.01)


def ours(kind: type[Recurrent], way: type[Recurrent], x: np.ndarray) -> Callable[[], object]:
    """Give a step of ours, by the class's own way or by `Recurrent`'s, step by step."""
    layer: Any = kind(U)
    layer.build((None, T, I))

    def step() -> None:
        states = layer.get_initial_state(N)
        y, _ = way._through(layer, leaf(x, requires_grad=False), states, None, True)
        (y * y).mean().backward()
        for w in layer.weights:
            w.hold(w.data - RATE * w.grad.data)
            w.grad = None

    return step


def pytorch(kind: str, x: np.ndarray) -> Callable[[], object] | None:
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    layer = getattr(torch.nn, {"SimpleRNN": "RNN"}.get(kind, kind))(I, U, batch_first=True)
    optimizer = torch.optim.SGD(layer.parameters(), lr=float(RATE))
    data = torch.from_numpy(x)

    def step() -> None:
        optimizer.zero_grad()
        y = layer(data)[0][:, -1]
        (y * y).mean().backward()
        optimizer.step()

    return step


def quartiles(values: list[float], form: str) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:{form}} [{low:{form}} to {high:{form}}]"


def main(rounds: int) -> None:
    """Compare, and print."""
    print(f"recurrent layers, {N} sequences of {T} time steps, {I} numbers to {U} units, ms a step")
    x = np.random.default_rng(0).standard_normal((N, T, I)).astype(np.float32)
    for kind in (SimpleRNN, LSTM, GRU):
        sides = {
            "one operation": ours(kind, kind, x),
            "step by step": ours(kind, Recurrent, x),
            "PyTorch": pytorch(kind.__name__, x),
        }
        there = {name: side for name, side in sides.items() if side is not None}
        in_turns(3, *there.values())  # to warm up
        times = dict(zip(there, in_turns(rounds, *there.values()), strict=True))
        for name, took in times.items():
            against = [b / a for a, b in zip(times["one operation"], took, strict=True)]
            told = "" if name == "one operation" else f"{quartiles(against, '.2f')} times as long"
            print(f"  {kind.__name__:<10}{name:<15}"
                  f"{quartiles([1e3 * t for t in took], '.1f'):<26}{told}")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    main(parser.parse_args().rounds)
