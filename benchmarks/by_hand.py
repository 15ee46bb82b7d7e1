"""
A training written by hand in NumPy, number by number as tutorials do, and the same by `fit`.

    python -m benchmarks.by_hand

784-100-10 without biases, a sample a step, one pass over 10,000 pictures; both end at the same
weights. Run it with one thread: OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
from functools import partial

import numpy as np

import clearprop as cp
from benchmarks import eager_overhead
from benchmarks.eager_overhead import by_hand, in_turns, network, spread, weights
from benchmarks.peers.workloads import classes, pictures

COUNT = 10_000


def main(rounds: int) -> None:
    """Compare in both precisions."""
    print(f"784-100-10, {COUNT} samples one by one, ms: compiled, by hand, ratio")
    for dtype in ("float64", "float32"):
        x = pictures(COUNT).reshape(COUNT, 784).astype(dtype)
        t = classes(COUNT).astype(dtype)
        start, model = weights(dtype, biases=False), network(dtype, biases=False)
        model.compile(
            cp.optimizers.SGD(eager_overhead.RATE), "categorical_crossentropy", engine="compiled"
        )

        def fit(model: cp.Sequential = model, x: np.ndarray = x, t: np.ndarray = t,
                start: list[np.ndarray] = start) -> list[np.ndarray]:  # fmt: skip
            model.set_weights(start)
            model.fit(x, t, batch_size=1, shuffle=False, verbose=0)
            return model.get_weights()

        for a, b in zip(fit(), by_hand(x, t, start), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-4 if dtype == "float32" else 1e-11)
        times = in_turns(rounds, fit, partial(by_hand, x, t, start))
        own, hand = ([1e3 * s for s in side] for side in times)
        ratio = [b / a for a, b in zip(own, hand, strict=True)]
        columns = (spread(own, ".4g"), spread(hand, ".4g"), spread(ratio, ".3g"))
        print(f"  {dtype:<9}" + "".join(f"{column:<28}" for column in columns))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    main(parser.parse_args().rounds)
