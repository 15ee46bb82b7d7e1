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


def convolutional() -> cp.Sequential:
    """Make a network of two convolutions for images of 28 × 28."""
    layers = cp.layers
    model = cp.Sequential(
        [
            cp.Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def watching() -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Give, by name, an epoch of training that is watched and one that is not."""
    rng = np.random.default_rng(0)
    x, y = rng.random((320, 784)), rng.integers(0, 10, 320)
    model = network(
        784, 100, 10, activation="relu", last="softmax", loss="sparse_categorical_crossentropy"
    )

    def epoch(by: str | None) -> Callable[[], object]:
        watch = [] if by is None else [cp.Watch("dense/kernel[400,7]", by=by)]
        return lambda: model.fit(x, y, batch_size=32, verbose=0, callbacks=watch)

    return {f"an epoch of 10 steps, watched by {by}": (epoch(by), epoch(None))
            for by in ("step", "class", "sample")}  # fmt: skip


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
    images = convolutional()
    image, label = rng.random((1, 28, 28, 1)), np.array([3])
    return {
        "why of one weight, 784-100-10": (
            lambda: cp.why(large, "dense/kernel[400,7]", x=x, y=y),
            lambda: large.train_on_batch(x, y),
        ),
        "the same, with its text": (
            lambda: str(cp.why(large, "dense/kernel[400,7]", x=x, y=y)),
            lambda: large.train_on_batch(x, y),
        ),
        "why of a weight of the first of two convs": (
            lambda: cp.why(images, "conv2d/kernel[1,1,0,3]", x=image, y=label),
            lambda: images.train_on_batch(image, label),
        ),
        "why of a weight of the second": (
            lambda: cp.why(images, "conv2d_1/kernel[1,1,2,3]", x=image, y=label),
            lambda: images.train_on_batch(image, label),
        ),
        "text of a whole 2-2-2 derivation": (
            lambda: explained.to_text(),
            lambda: small.train_on_batch(a, b),
        ),
    }


def main(rounds: int) -> None:
    """Print a line a case."""
    print("milliseconds: asking, one training step, how many steps it is worth")
    _measure(cases(), rounds)
    print("milliseconds: watched, not watched, how many times as long")
    _measure(watching(), max(3, rounds // 4))


def _measure(
    cases: dict[str, tuple[Callable[[], object], Callable[[], object]]], rounds: int
) -> None:
    for name, (ask, step) in cases.items():
        ask(), step()  # what is loaded at the first call is not counted
        took = [(seconds(ask) * 1e3, seconds(step) * 1e3) for _ in range(rounds)]
        asked, stepped = zip(*took, strict=True)
        ratios = [a / b for a, b in took]
        print(
            f"  {name:42} {spread(asked, '.2f')}  {spread(stepped, '.2f')}  {spread(ratios, '.1f')}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    main(parser.parse_args().rounds)
