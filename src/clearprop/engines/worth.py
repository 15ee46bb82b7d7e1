"""Whether it pays to compile: by the work there is, so that it is decided alike in every run."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from clearprop.engines.engine import Beside

__all__ = ["least", "seconds"]

# Measured on one core of an EPYC with OpenBLAS: what eager steps cost beside their arithmetic, in
# all and for each weight, and how many multiplications they do in a second.
A_STEP, A_WEIGHT, A_SECOND = 40e-6, 20e-6, 1.5e10
# Seconds of eager work from which on a program is made: what making one takes, and more for each
# weight, since deep networks have more to compile.
LEAST, A_PIECE = 0.1, 0.004
PART = {"train": 1.0, "judge": 0.35, "answer": 0.35}  # of a step of training


def least(beside: Beside) -> float:
    """Tell from how many seconds of eager work on it pays to make a program."""
    return LEAST + A_PIECE * len(beside.variables)


def seconds(kind: str, beside: Beside, shape: Sequence[int], batch: int) -> float:
    """
    Estimate what an eager step takes.

    Parameters
    ----------
    kind : str
        What is done: "train", "judge" or "answer".
    beside : Beside
    shape : tuple of int
        Of the inputs, the first if there are several.
    batch : int
    """
    places = prod(shape[1:-1])  # at each of which kernels and steps of time work again
    weights = [leaf.node.data for leaf in beside.variables]
    work = sum(6 * batch * w.size * (places if len(shape) > 2 else 1) for w in weights)
    steps = places if len(shape) == 3 else 1  # of time, each with operations of its own
    eager: float = A_STEP + A_WEIGHT * len(weights) * min(steps, 16) + work / A_SECOND
    return PART[kind] * eager
