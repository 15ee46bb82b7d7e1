"""Writing out one element of a record: its operation for that element, and on into its inputs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.core.op import REGISTRY, shape_of
from clearprop.core.reading import Elements, Fixed, Pick, Product, Reading, Total
from clearprop.core.shapes import within
from clearprop.core.tensor import RECORDED, Node, Tensor
from clearprop.explain.formula import Formula, Quantity, Terms, apply, leaves
from clearprop.explain.naming import Index, Name, Names

__all__ = ["Place", "Reader"]

COMPOSED = -1  # in place of an input's number: the node that an operation is composed of
INLINE_TERMS = 4  # a longer sum within a product or a function has a line of its own
INLINE_LEAVES = 16  # a formula is cut into named pieces beyond this many numbers


class Place:
    """An element of a recorded tensor."""

    __slots__ = ("index", "node")

    def __init__(self, node: Node, index: Index) -> None:
        self.node, self.index = node, index

    @property
    def value(self) -> float:
        """The number there."""
        return float(np.asarray(self.node.data)[self.index])


class Reader:
    """
    Write elements of a record as formulas of named quantities.

    Parameters
    ----------
    names : Names
        What tensors are called; what has a name is not opened inside another's formula.
    top : int
        How many terms of a long sum to show.

    Attributes
    ----------
    places : dict of str to Place
        Where each address that was written stands, so that it can be opened next.
    reasons : dict of str to mapping
        Why the element that was last defined is what it is, as its operations tell it: words of
        the catalogue, and the numbers they mention.
    """

    def __init__(self, names: Names, *, top: int = 5) -> None:
        self.names, self.top = names, top
        self.places: dict[str, Place] = {}
        self.reasons: dict[str, Mapping[str, Any]] = {}
        self._composed: dict[Node, Node] = {}
        self._owner: Name | None = None  # what is being defined

    def define(self, place: Place) -> tuple[Formula | None, Place | None]:
        """
        Write what an element is, one step back.

        Returns
        -------
        formula : Formula or None
            None for a leaf: a number that was given.
        condition : Place or None
            The truth value that chose this branch of a `where`, if one did.
        """
        self.names.learn(place.node)
        own = self._owner = self.names.of(place.node)
        condition = None
        self.reasons = {}
        node: Any = place.node
        index = place.index
        while isinstance(node, Node) and node.op is not None:
            self.names.learn(node)
            name = self.names.of(node)
            if node is not place.node and name is not None and name != own and not name.rearranged:
                return self._named(name, Place(node, index)), condition
            reading = self._reading(node, index)
            if _is_choice(reading) and condition is None:
                condition = self._condition(node, index)
            if isinstance(reading, Pick | Fixed) and reading.why not in ("", "condition"):
                self.reasons[reading.why] = {}
            if not isinstance(reading, Pick):
                return self._written(node, index, reading), condition
            node, index = self._taken(node, reading), reading.index
        if node is place.node:
            return None, None
        return self.refer(node, index), condition

    def settle(self, place: Place) -> Place:
        """Follow an element that only stands in another place back to where it has a name."""
        node, index = place.node, place.index
        while node.op is not None:
            self.names.learn(node)
            if self.names.of(node) is not None:
                break
            reading = self._reading(node, index)
            if not isinstance(reading, Pick) or _is_choice(reading):
                break
            taken = self._taken(node, reading)
            if not isinstance(taken, Node):
                break
            node, index = taken, reading.index
        return Place(node, index)

    def refer(self, x: Any, index: Index, *, added: bool = False) -> Formula:
        """
        Write an element as it stands inside another's formula: by name, or opened in place.

        Parameters
        ----------
        x : Node or constant
        index : tuple of int
        added : bool
            Whether it is a part of a sum, where a long sum reads well too.
        """
        renumbered: Quantity | None = None  # the same element, by its number in a reshaped tensor
        while isinstance(x, Node):
            self.names.learn(x)
            name = self.names.of(x)
            if name is not None:
                called = self._named(name, Place(x, index))
                if not name.rearranged or x.op is None:
                    return called
                renumbered = renumbered or called
            if x.op is None:
                break
            reading = self._reading(x, index)
            if isinstance(reading, Pick) and not _is_choice(reading):
                x, index = self._taken(x, reading), reading.index
                continue
            return renumbered or self._opened(x, index, reading, added)
        return Quantity(float(np.asarray(x.data if isinstance(x, Node) else x)[index]))

    def _opened(self, node: Node, index: Index, reading: Reading | None, added: bool) -> Formula:
        if _is_choice(reading):  # why this was chosen has to be said, on a line of its own
            return self._named(self.names.make(node, self._owner), Place(node, index))
        written = self._written(node, index, reading)
        long = isinstance(written, Terms) and len(written.parts) > INLINE_TERMS and not added
        if long or sum(1 for _ in leaves(written)) > INLINE_LEAVES:
            return self._named(self.names.make(node, self._owner), Place(node, index))
        return written

    def _named(self, name: Name, place: Place) -> Quantity:
        quantity = name.quantity(place.index, tuple(place.node.data.shape), place.value)
        self.places.setdefault(quantity.address, place)
        return quantity

    def _taken(self, node: Node, pick: Pick) -> Any:
        """Give the input an element was picked from; a fused operation's is its composition."""
        return self._composed[node] if pick.input == COMPOSED else node.inputs[pick.input]

    def _reading(self, node: Node, index: Index) -> Reading | None:
        """Ask the operation what the element is made of; None where its words say it."""
        op = node.op
        assert op is not None
        if node not in self._composed and op.composition is not None:
            inputs = [Tensor(x) if isinstance(x, Node) else x for x in node.inputs]
            self._composed[node] = op.composition(RECORDED, *inputs, **node.params).node
        if node in self._composed:
            return Pick(COMPOSED, index)
        if op.reading is None:
            return None
        found: Reading = op.reading(index, *map(_array, node.inputs), **node.params)
        return found

    def _written(self, node: Node, index: Index, reading: Reading | None) -> Formula:
        value = Place(node, index).value
        if isinstance(reading, Total):
            return self._sum(node, reading, value)
        if isinstance(reading, Fixed):
            return Quantity(value)
        assert node.op is not None
        if isinstance(reading, Product):
            count = reading.elements.of([_array(x) for x in node.inputs]).size
            factors = [self._element(node, reading.elements, k, count) for k in range(count)]
            return self._times(factors) if factors else Quantity(value)
        added = node.op.name in ("add", "subtract")
        args = {
            name: self.refer(x, within(index, shape_of(_data(x))), added=added)
            for name, x in zip(node.op.inputs, node.inputs, strict=True)
        }
        params = dict(node.op.params) | node.params
        numbers = {k: Quantity(float(v)) for k, v in params.items() if _is_number(v)}
        settings = {k: _setting(v) for k, v in params.items() if not _is_number(v)}
        return apply(node.op, args | numbers, value, settings)

    def _sum(self, node: Node, total: Total, value: float) -> Formula:
        terms = total.terms([_array(x) for x in node.inputs])
        count = len(terms)
        assert node.op is not None
        if node.op.name == "conv":
            window = math.prod(_array(node.inputs[1]).shape[:-1]) - count
            if window:  # the window looks over the edge
                self.reasons["padded"] = {"count": window, "of": window + count}
        if count == 0:
            self.reasons["unused"] = {}
            return Quantity(value)
        if count <= self.top:
            shown = list(range(count))
        else:
            largest = np.argsort(-np.abs(terms), kind="stable")[: self.top]
            shown = [int(k) for k in largest if terms[k] != 0 or k == largest[0]]
        parts = [
            self._times([self._element(node, f, k, count) for f in total.factors]) for k in shown
        ]
        rest = np.delete(terms, shown)
        if count == 1 and total.over == 1:
            return parts[0]
        return Terms(tuple(parts), len(rest), float(rest.sum()), float(total.over), value)

    def _element(self, node: Node, elements: Elements, k: int, count: int) -> Formula:
        return self.refer(node.inputs[elements.input], elements.at(k, count))

    def _times(self, factors: Sequence[Formula]) -> Formula:
        product = factors[0]
        for factor in factors[1:]:
            product = apply(
                REGISTRY["multiply"], {"x1": product, "x2": factor}, product.value * factor.value
            )
        return product

    def _condition(self, node: Node, index: Index) -> Place | None:
        assert node.op is not None
        asked = node.inputs[node.op.inputs.index("condition")]
        if not isinstance(asked, Node):
            return None
        return Place(asked, within(index, tuple(asked.data.shape)))


def _data(x: Any) -> Any:
    return x.data if isinstance(x, Node) else x


def _array(x: Any) -> np.ndarray:
    return np.asarray(_data(x))


def _is_choice(reading: Reading | None) -> bool:
    return isinstance(reading, Pick | Fixed) and reading.why == "condition"


def _setting(value: Any) -> str | bool | None:
    return value if isinstance(value, str | bool | None) else str(np.dtype(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
