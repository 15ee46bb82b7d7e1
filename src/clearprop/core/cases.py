"""Sample inputs as data: what an operation is tested on stands beside its definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = [
    "Case",
    "Sample",
    "apart",
    "between",
    "booleans",
    "case",
    "integers",
    "nonzero",
    "off_halves",
    "positive",
    "real",
]


@dataclass(frozen=True)
class Sample:
    """One input of a case: how to draw it, and whether a derivative can be asked of it."""

    draw: Callable[[np.random.Generator], np.ndarray]
    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Case:
    """The inputs and parameters of one trial call of an operation."""

    inputs: tuple[Sample, ...]
    params: dict[str, Any] = field(default_factory=dict)

    def arrays(self, rng: np.random.Generator) -> list[np.ndarray]:
        """Draw the inputs, always the same for a generator in the same state."""
        return [sample.draw(rng) for sample in self.inputs]

    def __repr__(self) -> str:
        words = [*map(repr, self.inputs), *(f"{k}={v!r}" for k, v in self.params.items())]
        return f"case({', '.join(words)})"


def case(*inputs: Sample, **params: Any) -> Case:
    """Combine samples, one an input, with the parameters of the call."""
    return Case(inputs, params)


def _sample(
    kind: str, shape: tuple[int, ...], draw: Callable[[np.random.Generator], Any]
) -> Sample:
    return Sample(
        lambda rng: np.asarray(draw(rng)).reshape(shape), f"{kind}({', '.join(map(str, shape))})"
    )


def real(*shape: int) -> Sample:
    """Draw standard normal numbers."""
    return _sample("real", shape, lambda rng: rng.standard_normal(shape))


def positive(*shape: int) -> Sample:
    """Draw numbers from 0.5 to 2."""
    return _sample("positive", shape, lambda rng: rng.uniform(0.5, 2.0, shape))


def between(low: float, high: float, *shape: int) -> Sample:
    """Draw numbers evenly from `low` to `high`."""
    return _sample(f"between[{low}, {high}]", shape, lambda rng: rng.uniform(low, high, shape))


def nonzero(*shape: int) -> Sample:
    """Draw numbers of both signs, none within 0.2 of zero: away from the kink there."""
    return _sample(
        "nonzero",
        shape,
        lambda rng: rng.uniform(0.2, 1.5, shape) * rng.choice([-1.0, 1.0], shape),
    )


def off_halves(*shape: int) -> Sample:
    """Draw numbers from -4 to 7, none within 0.1 of a whole or half number: between kinks there."""
    return _sample(
        "off_halves",
        shape,
        lambda rng: rng.integers(-8, 14, shape) / 2 + rng.uniform(0.1, 0.4, shape),
    )


def apart(*shape: int) -> Sample:
    """Draw numbers no two of which are closer than 0.1: no ties, and none made by a small step."""
    size = int(np.prod(shape))
    return _sample("apart", shape, lambda rng: (rng.permutation(size) - size / 2 + 0.3) * 0.17)


def integers(stop: int, *shape: int) -> Sample:
    """Draw indices from 0 to ``stop - 1``."""
    return _sample(f"integers<{stop}>", shape, lambda rng: rng.integers(0, stop, shape))


def booleans(*shape: int) -> Sample:
    """Draw true and false."""
    return _sample("booleans", shape, lambda rng: rng.random(shape) < 0.5)
