"""The paths through a dense network along which a weight reaches the loss, largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.core.tensor import Node
from clearprop.errors import OptionError
from clearprop.explain.addresses import activated
from clearprop.explain.formula import Formula, Quantity, Terms, apply
from clearprop.explain.naming import derivative
from clearprop.explain.network import Recording
from clearprop.lang import told
from clearprop.nn.layer import Layer

__all__ = ["by_paths"]


@dataclass(frozen=True)
class Stage:
    """What one layer does to one sample: weights, slopes, and where its sums are."""

    layer: str
    unit: str  # the layer that gives the units' outputs: it, or the activation behind it
    kernel: np.ndarray  # (I, O)
    slopes: np.ndarray  # (O,): of the activation, at the sums


@dataclass(frozen=True)
class Tail:
    """The rest of a path, from a unit's output to the loss: the units it goes through."""

    value: float
    units: tuple[int, ...]


def by_paths(
    recording: Recording, layers: Sequence[Layer], path: str, index: tuple[int, int],
    *, sample: int, top: int,
) -> Terms:  # fmt: skip
    """
    Write the gradient of a dense layer's weight as a sum over paths to the loss, for one sample.

    Each path is a product: the input, then slope and weight of every layer, then the derivative
    of the loss with respect to an output. The `top` largest are found exactly: the best tails of
    a unit are made of the best tails of the units behind it, since all factors multiply.

    Parameters
    ----------
    recording : Recording
    layers : sequence of Layer
    path : str
        The weight's, such as ``dense/kernel``.
    index : (int, int)
        From which input to which unit.
    sample : int
    top : int
        How many paths to show; the rest is counted and added up.

    Raises
    ------
    OptionError
        If a layer is no dense layer, or the weight is no kernel's.
    """
    stages = [
        _stage(recording, layer, activated(layer, layers), sample)
        for layer in layers
        if layer.weights
    ]
    start = next((k for k, s in enumerate(stages) if path == f"{s.layer}/kernel"), None)
    if start is None:
        raise OptionError(told("asking.paths_of_dense_weight", name=path))
    i, j = index
    entering = _entering(recording, stages, start, sample, i)
    tails = _tails(stages, recording, start, sample, top)[j]
    parts = [_product(recording, stages, start, entering, (j, *t.units), sample) for t in tails]
    batch = recording.forward["x"].data.shape[0]
    count = int(np.prod([s.kernel.shape[1] for s in stages[start + 1 :]], dtype=np.int64))
    total = float(recording.gradients[path].data[index]) if batch == 1 else _own(
        recording, stages, start, entering, j, sample
    )  # fmt: skip
    shown = sum(part.value for part in parts)
    rest = max(0, count - len(parts))
    return Terms(tuple(parts), rest, total - shown if rest else 0.0, 1, total)


def _stage(recording: Recording, layer: Layer, unit: Layer, sample: int) -> Stage:
    kernel = recording.forward.get(f"{layer.name}/kernel")
    if kernel is None or kernel.data.ndim != 2:
        raise OptionError(told("asking.paths_of_dense", layer=repr(layer)))
    total = recording.forward[f"{layer.name}/sum"]
    return Stage(layer.name, unit.name, kernel.data, _slopes(unit, total.data[sample]))


def _slopes(layer: Layer, sums: np.ndarray) -> np.ndarray:
    """Compute the activation's slope at every unit."""
    name = layer.final_activation
    if name in (None, "linear", "softmax"):  # softmax has its slope in the loss's derivative
        return np.ones_like(sums)
    op = REGISTRY[name]
    rule = op.rule(0)
    if not op.elementwise or rule is None:
        raise OptionError(told("asking.paths_unit_by_unit", name=repr(name)))
    return np.asarray(rule(NUMPY, np.ones_like(sums), op.compute(NUMPY, sums), sums))


def _after(recording: Recording, stages: Sequence[Stage], sample: int) -> tuple[Node, np.ndarray]:
    """Give the derivative of the loss where the last layer's slopes leave off."""
    last = stages[-1]
    given = f"{last.unit}/output"
    address = given if given in recording.gradients else f"{last.layer}/sum"
    node = recording.gradients[address]
    return node, np.asarray(node.data[sample])


def _tails(
    stages: Sequence[Stage], recording: Recording, start: int, sample: int, top: int
) -> list[list[Tail]]:
    """Find, for each unit of the first layer, the largest tails from its sum to the loss."""
    _, last = _after(recording, stages, sample)
    slopes = stages[-1].slopes if _has_output(recording, stages) else np.ones_like(last)
    tails = [[Tail(float(g * s), ())] for g, s in zip(last, slopes, strict=True)]
    for stage, after in zip(stages[-2:start:-1], stages[:start:-1], strict=False):
        tails = _longer(stage.slopes, after.kernel, tails, top)
    if start < len(stages) - 1:
        tails = _longer(stages[start].slopes, stages[start + 1].kernel, tails, top)
    return tails


def _has_output(recording: Recording, stages: Sequence[Stage]) -> bool:
    return f"{stages[-1].unit}/output" in recording.gradients


def _longer(
    slopes: np.ndarray, kernel: np.ndarray, tails: list[list[Tail]], top: int
) -> list[list[Tail]]:
    """Put one more layer in front of every tail, and keep each unit's `top` largest."""
    out = []
    for i, slope in enumerate(slopes):
        found = [
            Tail(float(slope * kernel[i, k]) * tail.value, (k, *tail.units))
            for k, own in enumerate(tails)
            for tail in own
        ]
        out.append(sorted(found, key=lambda tail: -abs(tail.value))[:top])
    return out


def _entering(
    recording: Recording, stages: Sequence[Stage], start: int, sample: int, i: int
) -> Quantity:
    """Name the input that the weight multiplies."""
    node = recording.forward["x" if start == 0 else f"{stages[start - 1].unit}/output"]
    place = np.unravel_index(i, node.data.shape[1:])  # an image is counted row by row
    return _named(recording, node, (sample, *map(int, place)))


def _named(recording: Recording, node: Node, index: tuple[int, ...]) -> Quantity:
    name = recording.names.of(node) or recording.names.make(node)
    return name.quantity(index, tuple(node.data.shape), float(node.data[index]))


def _product(
    recording: Recording, stages: Sequence[Stage], start: int, entering: Quantity,
    units: Sequence[int], sample: int,
) -> Formula:  # fmt: skip
    factors: list[Formula] = [entering]
    for k, (stage, unit) in enumerate(zip(stages[start:], units, strict=True)):
        if k:
            kernel = recording.forward[f"{stage.layer}/kernel"]
            factors.append(_named(recording, kernel, (units[k - 1], unit)))
        last = stage is stages[-1]
        if (not last or _has_output(recording, stages)) and stage.slopes[unit] != 1:
            total = _named(recording, recording.forward[f"{stage.layer}/sum"], (sample, unit))
            own = _named(recording, recording.forward[f"{stage.unit}/output"], (sample, unit))
            symbol = derivative(own.symbol, total.symbol)
            latex = rf"\frac{{\partial {own.latex}}}{{\partial {total.latex}}}"
            factors.append(Quantity(float(stage.slopes[unit]), symbol, latex, total.address))
    node, _ = _after(recording, stages, sample)
    factors.append(_named(recording, node, (sample, units[-1])))
    return reduce(_times, factors[1:], factors[0])


def _times(left: Formula, right: Formula) -> Formula:
    return apply(REGISTRY["multiply"], {"x1": left, "x2": right}, left.value * right.value)


def _own(
    recording: Recording,
    stages: Sequence[Stage],
    start: int,
    entering: Quantity,
    j: int,
    sample: int,
) -> float:
    """Compute one sample's share of a weight's gradient: its input times its unit's delta."""
    delta: Any = recording.gradients[f"{stages[start].layer}/sum"].data
    return float(entering.value * delta[sample, j])
