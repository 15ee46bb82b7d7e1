"""An activation function in formulas: what it makes of sums, and how derivatives come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, final

import numpy as np

from clearprop.core.namespaces import NUMPY, computing_with, recording
from clearprop.core.op import Op, shape_of
from clearprop.core.reading import Fixed, Pick, Product, Total
from clearprop.core.shapes import within
from clearprop.core.tape import Backward
from clearprop.core.tensor import RECORDED, Node, Tensor, leaf
from clearprop.errors import OptionError
from clearprop.explain.elementary import is_elementary
from clearprop.explain.formula import Applied, Formula, Quantity
from clearprop.explain.writing import is_zero, total, written
from clearprop.lang import told
from clearprop.nn.activations import get_activation

__all__ = ["Activation", "named_activation"]

Index = tuple[int, ...]
Bound = Mapping[Node, Sequence[Formula]]


@final
@dataclass(frozen=True)
class Activation:
    """
    An activation function, read off its own operations and their rules.

    Attributes
    ----------
    name : str
    function : callable ``(Tensor of shape (1, sums)) -> Tensor of shape (1, outputs)``
    weights : tuple of Variable
        What it learns itself: the slopes of PReLU.
    units : int
        How many sums it takes; 1 where that makes no difference.

    Examples
    --------
    >>> silu = named_activation("silu")
    >>> z, y = Quantity(0.5, "z"), Quantity(0.311, "y")
    >>> from clearprop.explain.formula import leaves
    >>> [q.symbol for q in leaves(silu.slope(y, z))]  # σ(z) + y · (1 − σ(z))
    ['z', 'y', '', 'z']
    """

    name: str
    function: Callable[[Any], Any]
    weights: tuple[Any, ...] = ()
    units: int = 1

    @cached_property
    def linear(self) -> bool:
        """Whether it gives each sum as it is."""
        z, y = self._trace(np.ones(self._width))
        return y is z

    @cached_property
    def by_unit(self) -> bool:
        """Whether an output depends on its own unit's sum alone."""
        _, y = self._trace(np.ones(self._width))
        return all(node.op is None or node.op.elementwise for node in _reached(y))

    @cached_property
    def chooses(self) -> bool:
        """Whether the values decide which units take part, as in sparsemax."""
        _, y = self._trace(np.ones(self._width))
        return any(node.op is not None and node.op.name == "sparsemax" for node in _reached(y))

    @property
    def _width(self) -> int:
        """How many sums to try it with: even, so that it can be halved, where it has no slopes."""
        return self.units if self.weights else 2

    def outputs(
        self, sums: Sequence[Formula], weights: Sequence[Sequence[Formula]] = ()
    ) -> list[Formula]:
        """
        Write every output.

        Parameters
        ----------
        sums : sequence of Formula
        weights : sequence of sequence of Formula, optional
            What the elements of its own weights are called.
        """
        z, y = self._trace(np.array([each.value for each in sums]))
        writer = _Writer({z: sums, **self._named(weights)})
        return [writer.element(y, (0, j)) for j in range(y.data.shape[1])]

    def slope(
        self,
        y: Formula,
        z: Formula,
        unit: int = 0,
        weights: Sequence[Sequence[Formula]] = (),
    ) -> Formula:
        """Write the derivative of an output with respect to its own sum, from both."""
        many, at = (self.units, unit) if self.weights else (1, 0)
        one: list[Formula] = [Quantity(1.0)] * many
        return self.back(one, [y] * many, [z] * many, weights)[at]

    def output(
        self, z: Formula, unit: int = 0, weights: Sequence[Sequence[Formula]] = ()
    ) -> Formula:
        """Write the output of a unit that depends on its own sum alone."""
        many, at = (self.units, unit) if self.weights else (1, 0)
        return self.outputs([z] * many, weights)[at]

    def back(
        self,
        arriving: Sequence[Formula],
        outputs: Sequence[Formula],
        sums: Sequence[Formula],
        weights: Sequence[Sequence[Formula]] = (),
    ) -> list[Formula]:
        """Write the derivatives with respect to the sums, from those that arrive at the outputs."""
        z, y, g, walk = self._walk(arriving, sums)
        found = walk.recorded[0]
        if found is None:
            return [Quantity(0.0)] * len(sums)
        writer = _Writer({z: sums, g: arriving, **self._named(weights)})
        if y is not z:
            writer.bound[y] = outputs
        return [writer.element(found.node, (0, j)) for j in range(len(sums))]

    def shown_as(self, formula: Formula) -> str:
        """Give its name, where a formula of it does not mention that."""
        own = isinstance(formula, Applied) and formula.op == self.name.replace("onential", "")
        return "" if own or self.linear else self.name

    def weights_back(
        self,
        arriving: Sequence[Formula],
        outputs: Sequence[Formula],
        sums: Sequence[Formula],
        weights: Sequence[Sequence[Formula]],
    ) -> list[list[Formula]]:
        """Write the derivatives with respect to its own weights."""
        z, y, g, walk = self._walk(arriving, sums)
        writer = _Writer({z: sums, g: arriving, y: outputs, **self._named(weights)})
        return [
            [writer.element(found.node, index) for index in np.ndindex(found.shape)]
            for found in walk.recorded[1:]
            if found is not None
        ]

    def _trace(self, values: np.ndarray) -> tuple[Node, Node]:
        z = leaf(values[None].astype(np.float64), requires_grad=True)
        with computing_with(NUMPY), recording():
            y = self.function(z)
        return z.node, y.node

    def _walk(
        self, arriving: Sequence[Formula], sums: Sequence[Formula]
    ) -> tuple[Node, Node, Node, Any]:
        z, y = self._trace(np.array([each.value for each in sums]))
        g = Node(np.array([[each.value for each in arriving]]))
        walk = Backward(y, Tensor(g), [z, *(w.node for w in self.weights)])
        with computing_with(NUMPY), recording():
            walk.record(0)
        return z, y, g, walk

    def _named(self, weights: Sequence[Sequence[Formula]]) -> dict[Node, Sequence[Formula]]:
        own = [w.node for w in self.weights]
        return dict(zip(own, weights, strict=True)) if weights else {}


def named_activation(name: str) -> Activation:
    """
    Give an activation function of the registry.

    Raises
    ------
    OptionError
        If there is none of that name.
    """
    return Activation(name, get_activation("exponential" if name == "exp" else name))


def _reached(node: Node) -> set[Node]:
    seen: set[Node] = set()
    stack = [node]
    while stack:
        each = stack.pop()
        if each not in seen:
            seen.add(each)
            stack.extend(x for x in each.inputs if isinstance(x, Node))
    return seen


class _Writer:
    """Writes elements of recorded tensors by elementary operations on what is bound to names."""

    def __init__(self, bound: Bound) -> None:
        self.bound = dict(bound)
        self.opened: dict[Node, Node] = {}

    def element(self, x: Any, index: Index) -> Formula:
        if not isinstance(x, Node):
            return Quantity(float(np.asarray(x)[index]))
        if x in self.bound:
            return self.bound[x][_flat(index, x.data.shape)]
        if x.op is None:
            return Quantity(float(np.asarray(x.data)[index]))
        shares = _SHARED.get(x.op.name)
        if shares is not None and x.data.ndim == 2 and index[0] == 0:
            whole = [self.element(x.inputs[0], (0, j)) for j in range(x.data.shape[1])]
            return shares(whole, index[1])
        if x.op.elementwise:
            return self._elementwise(x, x.op, index)
        if x.op.composition is not None or x.op.reading is None:
            return self.element(self._opened(x, x.op), index)
        return self._structural(x, x.op, index)

    def _elementwise(self, node: Node, op: Op, index: Index) -> Formula:
        if op.name == "keep":
            condition = self._input(node, 1, index)
            return written("where", condition, self._input(node, 0, index), Quantity(0.0))
        if op.name == "expm1":  # as one calculates it
            return written("subtract", written("exp", self._input(node, 0, index)), Quantity(1.0))
        if not is_elementary(op):
            return self.element(self._opened(node, op), index)
        args = [self._input(node, i, index) for i in range(len(node.inputs))]
        return written(op.name, *args, **(dict(op.params) | node.params))

    def _input(self, node: Node, i: int, index: Index) -> Formula:
        x = node.inputs[i]
        return self.element(x, within(index, shape_of(x.data if isinstance(x, Node) else x)))

    def _opened(self, node: Node, op: Op) -> Node:
        """Write an operation as simpler ones: its composition, or what its forward calls."""
        if node not in self.opened:
            inputs = [Tensor(x) if isinstance(x, Node) else x for x in node.inputs]
            with computing_with(NUMPY), recording():
                made = (op.composition or op.forward)(RECORDED, *inputs, **node.params)
            if not isinstance(made, Tensor) or made.node.op is op:
                raise OptionError(told("asking.no_formula", name=repr(op.name)))
            self.opened[node] = made.node
        return self.opened[node]

    def _structural(self, node: Node, op: Op, index: Index) -> Formula:
        """Write an element as its operation reads: taken from elsewhere, or a sum of products."""
        assert op.reading is not None
        arrays = [np.asarray(x.data if isinstance(x, Node) else x) for x in node.inputs]
        reading = op.reading(index, *arrays, **node.params)
        if isinstance(reading, Fixed):
            return Quantity(float(np.asarray(node.data)[index]))
        if isinstance(reading, Pick):
            return self.element(node.inputs[reading.input], reading.index)
        if isinstance(reading, Product):
            count = reading.elements.of(arrays).size
            each = [
                self.element(node.inputs[reading.elements.input], reading.elements.at(k, count))
                for k in range(count)
            ]
            return reduce(lambda a, b: written("multiply", a, b), each)
        assert isinstance(reading, Total)
        count = len(reading.terms(arrays))
        parts = [
            reduce(
                lambda a, b: written("multiply", a, b),
                [self.element(node.inputs[f.input], f.at(k, count)) for f in reading.factors],
            )
            for k in range(count)
        ]
        plain = all(isinstance(part, Quantity) and not part.symbol for part in parts)
        kept = [part for part in parts if not is_zero(part)] or [Quantity(0.0)]
        whole = Quantity(sum(part.value for part in parts)) if plain else total(kept)
        over = Quantity(float(reading.over))
        return whole if reading.over == 1 else written("divide", whole, over)


def _flat(index: Index, shape: Index) -> int:
    return int(np.ravel_multi_index(index, shape)) if shape else 0


TAME = 300.0  # beyond this, exponentials are not written down


def _lowered(sums: Sequence[Formula]) -> list[Formula]:
    """Take the largest sum from all where their exponentials would be too large; it cancels."""
    largest = max(sums, key=lambda z: z.value)
    if max(abs(z.value) for z in sums) < TAME:
        return list(sums)
    return [written("subtract", z, largest) for z in sums]


def _share(sums: Sequence[Formula], j: int) -> Formula:
    powers = [written("exp", z) for z in _lowered(sums)]
    return written("divide", powers[j], total(powers))


def _log_share(sums: Sequence[Formula], j: int) -> Formula:
    low = _lowered(sums)
    return written("subtract", low[j], written("log", total([written("exp", z) for z in low])))


def _sparse_share(sums: Sequence[Formula], j: int) -> Formula:
    """Take from a sum what makes the shares of the chosen ones add up to 1, or give 0."""
    falling = sorted(sums, key=lambda z: -z.value)
    values = np.array([z.value for z in falling])
    room = 1 + np.arange(1, len(sums) + 1) * values > np.cumsum(values)
    chosen = [z for z in sums if z.value >= values[room][-1]]
    over = written("subtract", total(chosen), Quantity(1.0))
    level = written("divide", over, Quantity(float(len(chosen))))
    return written("relu", written("subtract", sums[j], level))


# Written without the shift that keeps floating-point numbers small: it changes no share.
_SHARED: Mapping[str, Callable[[Sequence[Formula], int], Formula]] = {
    "softmax": _share,
    "log_softmax": _log_share,
    "sparsemax": _sparse_share,
}
