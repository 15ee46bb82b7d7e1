"""In which order `fit` goes through examples that are all there."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from clearprop.core.random import fresh_number, stream
from clearprop.engines import Passes

__all__ = ["Order"]

FEW = 64  # examples: orders of so many, or fewer, are drawn in blocks
TOGETHER = 4096  # how many row numbers are drawn at once: opening a stream costs as much as that


@final
class Order(Passes):
    """
    The order of the examples in each epoch.

    Orders are drawn in blocks of several epochs where there are few examples, so that thousands of
    short epochs cost no more than what is drawn. That of an epoch depends on the seed, its number
    and how many examples there are, on nothing else.

    Parameters
    ----------
    examples, batch : int
    shuffle : bool
        Whether each epoch has an order of its own; else they come as they are.
    seed : int, optional
        Without one the order depends on how many epochs were gone through since `set_seed`.
    steps : int, optional
        After how many steps an epoch ends; with the examples by default.
    epochs : int
        How many are planned.
    begins : tuple (epoch, step)
        The first step of all; those of its epoch that come before were done earlier.

    Examples
    --------
    >>> order = Order(5, 2, shuffle=False)
    >>> list(order(0))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """

    def __init__(
        self,
        examples: int,
        batch: int,
        *,
        shuffle: bool,
        seed: int | None = None,
        steps: int | None = None,
        epochs: int = 1,
        begins: tuple[int, int] = (0, 0),
    ) -> None:
        self.examples, self.batch, self.seed, self.begins = examples, batch, seed, begins
        self.shuffled = shuffle and examples > 1
        self.epochs = range(epochs)
        count = -(-examples // batch)
        self.steps = count if steps is None else min(count, steps)
        self.block = TOGETHER // examples if examples <= FEW else 1
        self._drawn: tuple[int, npt.NDArray[np.int64]] | None = None

    def span(self, epoch: int) -> tuple[int, int]:
        return (self.begins[1] if epoch == self.begins[0] else 0), self.steps

    def orders(self, epochs: range) -> npt.NDArray[np.int64] | None:
        if not self.shuffled:
            return None
        first, count = epochs.start, len(epochs)
        if self.seed is None:
            first = fresh_number("shuffle", times=count)
        numbers = range(first // self.block, (first + count - 1) // self.block + 1)
        drawn = [self._block(number) for number in numbers]
        skip = first % self.block
        together = drawn[0] if len(drawn) == 1 else np.concatenate(drawn)
        return together[skip : skip + count]

    def _block(self, number: int) -> npt.NDArray[np.int64]:
        """Draw the orders of the epochs of one block."""
        if self._drawn is None or self._drawn[0] != number:
            rng = stream(self.seed, "shuffle", number)
            rows = np.arange(self.examples)
            if self.block == 1:
                made = rng.permutation(rows)[None]
            else:
                made = rng.permuted(np.tile(rows, (self.block, 1)), axis=1)
            self._drawn = number, made
        return self._drawn[1]
