"""Passes over the data: which examples each step takes, and what came of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Epoch", "Epochs", "Logs", "Passes", "Rows"]

Rows: TypeAlias = slice | npt.NDArray[np.int64]
Logs: TypeAlias = dict[str, float]


@dataclass
class Epoch:
    """
    What came of one pass over the data.

    Attributes
    ----------
    number : int
        Which one, counted from 0.
    logs : dict of str to float
        The loss, averaged over the examples, and every meter's figure.
    steps : int
        How many steps were done: fewer than asked for if the watch said stop.
    not_finite : (int, float) or None
        The first step whose loss was no finite number, counted from 0, and that loss.
    unreached : set of str
        Paths of weights that the loss did not depend on.
    """

    number: int
    logs: Logs = field(default_factory=dict)
    steps: int = 0
    not_finite: tuple[int, float] | None = None
    unreached: set[str] = field(default_factory=set)


@dataclass
class Epochs:
    """
    What came of passes over the data between which nobody looked.

    Attributes
    ----------
    numbers : range
        Which ones, counted from 0.
    logs : dict of str to list of float
        The figures, one a pass.
    steps : int
        How many steps were done in each.
    not_finite : (int, int, float) or None
        The first pass and step whose loss was no finite number, and that loss.
    unreached : set of str
        Paths of weights that the loss did not depend on.
    """

    numbers: range
    logs: dict[str, list[float]]
    steps: int
    not_finite: tuple[int, int, float] | None = None
    unreached: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, epoch: Epoch) -> Epochs:
        """Give one pass as several."""
        odd = None if epoch.not_finite is None else (epoch.number, *epoch.not_finite)
        return cls(
            range(epoch.number, epoch.number + 1),
            {name: [value] for name, value in epoch.logs.items()},
            epoch.steps, odd, epoch.unreached,
        )  # fmt: skip

    def each(self) -> Iterator[Epoch]:
        """Give them one by one."""
        for k, number in enumerate(self.numbers):
            odd = self.not_finite
            yield Epoch(
                number,
                {name: values[k] for name, values in self.logs.items()},
                self.steps,
                odd[1:] if odd is not None and odd[0] == number else None,
                self.unreached,
            )


class Passes(ABC):
    """
    The examples of each step of each epoch, of data whose rows are all there.

    Attributes
    ----------
    examples : int
        How many rows there are.
    batch : int
        How many a step takes; the last of an epoch may have fewer.
    shuffled : bool
        Whether an epoch has an order of its own.
    epochs : range
        Those that were planned, those included that an earlier training did.
    again : bool
        Whether the very same passes over the very same data may be asked for once more.
    """

    examples: int
    batch: int
    shuffled: bool
    epochs: range
    again: bool = False

    def __call__(self, epoch: int) -> Iterable[Rows]:
        """Choose the examples of each step of an epoch."""
        first, last = self.span(epoch)
        order = self.orders(range(epoch, epoch + 1))
        for start in range(first * self.batch, last * self.batch, self.batch):
            end = min(start + self.batch, self.examples)
            yield slice(start, end) if order is None else order[0, start:end]

    @abstractmethod
    def span(self, epoch: int) -> tuple[int, int]:
        """Give the first step of an epoch that is to be done, and the one to end before."""

    @abstractmethod
    def orders(self, epochs: range) -> npt.NDArray[np.int64] | None:
        """
        Give the order of the examples in each of several epochs, or None if it is theirs.

        Returns
        -------
        numpy.ndarray, shape (len(epochs), examples), or None
        """
