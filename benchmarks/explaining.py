"""
What asking why costs, against the forward and backward pass it explains.

    python -m benchmarks.explaining

Given are milliseconds, the median over the rounds and, in brackets, the smallest and the largest.
The peer is the same network's training step, which computes the same number without a word.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

import clearprop as cp
from benchmarks.eager_overhead import seconds, spread


def network(*sizes: int, activation: str, last: str, loss: str) -> cp.Sequential:
    """Make a dense network with random weights."""
    hidden = [cp.layers.Dense(n, activation=activation) for n in sizes[1:-1]]
    model = cp.Sequential([cp.Input(sizes[:1]), *hidden, cp.layers.Dense(sizes[-1], last)])
    model.compile("sgd", loss)
    return model


def cases() -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Give, by name, what asks and the training step it is held against."""
    rng = np.random.default_rng(0)
    large = network(
        784, 100, 10, activation="relu", last="softmax", loss="sparse_categorical_crossentropy"
    )
    small = network(2, 2, 2, activation="sigmoid", last="sigmoid", loss="half_sse")
    x, y = rng.random((1, 784)), np.array([3])
    a, b = rng.random((1, 2)), rng.random((1, 2))
    explained = cp.why(small, "w1", x=a, y=b, depth=None)
    return {
        "why of one weight, 784-100-10": (
            lambda: cp.why(large, "dense/kernel[400,7]", x=x, y=y),
            lambda: large.train_on_batch(x, y),
        ),
        "the same, with its text": (
            lambda: str(cp.why(large, "dense/kernel[400,7]", x=x, y=y)),
            lambda: large.train_on_batch(x, y),
        ),
        "text of a whole 2-2-2 derivation": (
            lambda: explained.to_text(),
            lambda: small.train_on_batch(a, b),
        ),
    }


def main(rounds: int) -> None:
    """Print a line a case."""
    print("milliseconds: asking, one training step, how many steps it is worth")
    for name, (ask, step) in cases().items():
        ask(), step()  # what is loaded at the first call is not counted
        took = [(seconds(ask) * 1e3, seconds(step) * 1e3) for _ in range(rounds)]
        asked, stepped = zip(*took, strict=True)
        ratios = [a / b for a, b in took]
        print(
            f"  {name:34} {spread(asked, '.2f')}  {spread(stepped, '.2f')}  {spread(ratios, '.0f')}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    main(parser.parse_args().rounds)
