"""What one element of an operation's output is made of: the ways in which an operation reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

__all__ = ["Elements", "Fixed", "Index", "Pick", "Product", "Reading", "Total", "evaluate"]

Index: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Elements:
    """
    Elements of one input, as many as there are terms.

    Attributes
    ----------
    input : int
        Which input of the operation.
    index : tuple of (int or integer array)
        NumPy indexing; the arrays broadcast to one axis, the terms.
    """

    input: int
    index: tuple[Any, ...]

    def of(self, inputs: Sequence[Any]) -> np.ndarray:
        """Look the elements up, as an array of one axis (or a single number for all terms)."""
        return np.asarray(np.asarray(inputs[self.input])[self.index])

    def at(self, term: int, terms: int) -> Index:
        """Give the place, within its input, of what belongs to the `term`-th of `terms`."""
        axes = [np.broadcast_to(np.asarray(a), (terms,)) for a in self.index]
        return tuple(int(a[term]) for a in axes)


@dataclass(frozen=True)
class Pick:
    """The element is an input's element, as it is; `why` is a word of the catalogue, if any."""

    input: int
    index: Index
    why: str = ""


@dataclass(frozen=True)
class Total:
    """The element is a sum of products of elements, divided by `over` (a mean's count)."""

    factors: tuple[Elements, ...]
    over: float = 1

    def terms(self, inputs: Sequence[Any]) -> np.ndarray:
        """Compute the terms, not yet divided, as an array of one axis."""
        product = self.factors[0].of(inputs)
        for factor in self.factors[1:]:
            product = product * factor.of(inputs)
        return np.atleast_1d(product)


@dataclass(frozen=True)
class Product:
    """The element is the product of elements of one input."""

    elements: Elements


@dataclass(frozen=True)
class Fixed:
    """The element does not come from an input's value: padding, or a place that was counted."""

    value: Any
    why: str = ""


Reading: TypeAlias = Pick | Total | Product | Fixed


def evaluate(reading: Reading, inputs: Sequence[Any]) -> Any:
    """Compute the element from its reading."""
    if isinstance(reading, Pick):
        return np.asarray(inputs[reading.input])[reading.index]
    if isinstance(reading, Total):
        return reading.terms(inputs).sum() / reading.over
    if isinstance(reading, Product):
        return np.prod(reading.elements.of(inputs))
    return reading.value
