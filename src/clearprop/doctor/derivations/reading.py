"""How a program's arrays lie against a link that slides, and what was read of a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from clearprop.doctor.derivations.chain import Layout, Link

__all__ = ["Axes", "Call", "Reading", "closest", "pair", "two"]

Call: TypeAlias = Callable[..., np.ndarray]


@dataclass(frozen=True)
class Reading:
    """
    A link, and how a program's arrays are laid out against it.

    Attributes
    ----------
    link : Link
    x, y : Layout
        Of what comes in and of what goes out.
    w : Layout or None
        Of the kernel.
    filters : int
        How many there are: the size of a bias.
    ends : tuple of str
        The activations that the program may apply to what the link gives.
    fixed : array or None
        A kernel that is written into the program.
    """

    link: Link
    x: Layout
    y: Layout
    w: Layout | None = None
    filters: int = 1
    ends: tuple[str, ...] = ("",)
    fixed: np.ndarray | None = None

    @property
    def b(self) -> Layout:
        """How biases lie: one a filter; what is left unsummed lies as the output does."""
        return Layout(lambda a: a.reshape(-1), lambda a: self.y.back(a) if a.ndim == 4 else a)


@dataclass(frozen=True)
class Axes:
    """Which axes of an array are samples, channels, rows and columns; None where there are none."""

    samples: tuple[int, ...]
    channel: int | None
    space: tuple[int | None, int | None]

    def layout(self, shape: tuple[int, ...], *, merged: bool) -> Layout:
        """Lay arrays out as (N, C, H, W), or as (*samples, H, W) where they are not `merged`."""
        tail = (self.channel, *self.space) if merged else self.space
        order = [*self.samples, *(a for a in tail if a is not None)]
        rest = [a for a in range(len(shape)) if a not in order]
        batch = [shape[a] for a in self.samples]
        lead = len(batch)

        def there(a: np.ndarray) -> np.ndarray:
            a = np.transpose(a, [*order, *rest])
            found = iter(a.shape[lead : len(order)])
            sizes = [1 if axis is None else next(found) for axis in tail]
            return a.reshape(*((-1,) if merged else a.shape[:lead]), *sizes)

        def back(a: np.ndarray) -> np.ndarray:
            if a.ndim != len(tail) + (1 if merged else lead):
                return a
            sizes = a.shape[-len(tail) :]
            if any(axis is None and n != 1 for axis, n in zip(tail, sizes, strict=True)):
                return a
            front = (-1, *batch[1:]) if merged and lead else a.shape[:lead] if lead else ()
            if merged and (len(a) % max(int(np.prod(batch[1:])), 1) or (not lead and len(a) != 1)):
                return a
            kept = [n for axis, n in zip(tail, sizes, strict=True) if axis is not None]
            a = a.reshape(*front, *kept, *(1 for _ in rest))
            return a.transpose(np.argsort([*order, *rest]))

        return Layout(there, back)


def pair(some: Sequence[int | None]) -> tuple[int | None, int | None]:
    """Give the first two."""
    return some[0], some[1]


def two(some: Sequence[int]) -> tuple[int, int]:
    """Give the first two, as plain numbers."""
    return int(some[0]), int(some[1])


def closest(some: Sequence[int], best: int) -> list[int]:
    """Give three at most: `best` if it is there, then the smallest."""
    return sorted(some, key=lambda n: (n != best, n))[:3]
