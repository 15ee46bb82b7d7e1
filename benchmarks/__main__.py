"""Run every benchmark, one after the other: ``python -m benchmarks``."""

from __future__ import annotations

import argparse

from benchmarks import convolution, eager_overhead, explaining, recurrence

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    eager_overhead.operations(rounds)
    eager_overhead.training(rounds)
    convolution.main(rounds)
    recurrence.main(rounds)
    explaining.main(rounds)
