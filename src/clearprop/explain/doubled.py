"""A model made to compute in double precision, and what each of its layers takes and gives."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten
from clearprop.explain.gates import step_by_step
from clearprop.nn.holder import Holder

__all__ = ["Call", "each_layer", "in_double", "observed", "works_otherwise"]

DOUBLE = np.dtype(np.float64)
RATES = ("rate", "dropout", "recurrent_dropout")  # a layer that drops nothing is always the same


class Call(NamedTuple):
    """
    One call of a layer.

    Attributes
    ----------
    layer : Layer
    inputs, outputs : tuple of Node
        The tensors that came and went.
    whole : bool
        Whether it is the layer's result, and not what its activation is applied to.
    """

    layer: Any
    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]
    whole: bool


@contextlib.contextmanager
def in_double(model: Any) -> Iterator[None]:
    """
    Let a model compute in double precision for a while, with nothing that it does lasting.

    A float32 is a float64 too, so the numbers are the model's but for the rounding of its own kind
    of number. Afterwards weights, counts of drawn masks and everything else that its layers hold
    are what they were.
    """
    layers = list(each_layer(model))
    held = [dict(layer.__dict__) for layer in layers]
    weights = list(model.weights)
    nodes = [weight.node for weight in weights]
    try:
        for weight in weights:
            data = np.asarray(weight.data)
            weight.hold(data.astype(DOUBLE) if data.dtype.kind == "f" else data)
        for layer in layers:
            layer.__dict__["_dtype"] = DOUBLE
        yield
    finally:
        for weight, node in zip(weights, nodes, strict=True):
            weight.node = node
        for layer, own in zip(layers, held, strict=True):
            layer.__dict__.clear()
            layer.__dict__.update(own)


def each_layer(model: Any) -> Iterator[Any]:
    """List every layer once: the model itself, then those inside, in order."""
    seen: dict[int, Any] = {}
    waiting: list[Holder] = [model]
    while waiting:
        layer = waiting.pop()
        if id(layer) not in seen:
            seen[id(layer)] = layer
            yield layer
            waiting += reversed(list(layer.sublayers()))


def works_otherwise(layer: Any) -> bool:
    """Tell a layer that works otherwise in training than in prediction: dropout, say."""
    rates = [vars(layer)[name] for name in RATES if name in vars(layer)]
    idle = bool(rates) and not any(rates)
    return layer._takes_training and not list(layer.sublayers()) and not idle


def observed(model: Any) -> tuple[list[Call], list[tuple[str, Node]]]:
    """
    Have each layer note its calls; to be asked for within `in_double`, which ends it.

    Returns
    -------
    calls : list of Call
        Filled whenever a layer is called: those inside before those around them.
    steps : list of (str, Node)
        What happens inside of recurrent layers, by address.
    """
    calls: list[Call] = []
    steps: list[tuple[str, Node]] = []
    for layer in each_layer(model):
        step_by_step(layer, steps)
        before = layer.call_before_activation
        layer.__dict__["call"] = _noting(calls, layer, layer.call, whole=True)
        layer.__dict__["call_before_activation"] = _noting(calls, layer, before, whole=False)
    return calls, steps


def _noting(
    calls: list[Call], layer: Any, call: Callable[..., Any], *, whole: bool
) -> Callable[..., Any]:
    def noted(*given: Any, **options: Any) -> Any:
        result = call(*given, **options)
        calls.append(Call(layer, _nodes(given), _nodes(result), whole))
        return result

    return noted


def _nodes(tree: Any) -> tuple[Node, ...]:
    return tuple(each.node for each in flatten(tree)[0] if isinstance(each, Tensor))
