"""A model's twin in double precision, and what each of its layers takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from clearprop.core.op import REGISTRY
from clearprop.core.tensor import Node, Tensor
from clearprop.core.tree import flatten
from clearprop.nn.holder import Holder
from clearprop.nn.variable import Variable

__all__ = ["Call", "each_layer", "observed", "twin_of", "works_otherwise"]

DOUBLE = np.dtype(np.float64)
# What training a model left behind; a twin is only asked, and these may be large.
_NOT_COPIED = ("_setup", "history", "preprocessor")


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


def twin_of(model: Any) -> Any:
    """
    Copy a model, with every weight and all computing in double precision.

    A float32 is a float64 too, so the twin's numbers are the model's but for the rounding of the
    model's own kind of number. The model is left as it is, whatever the twin does.
    """
    memo: dict[int, Any] = {id(op): op for op in REGISTRY.values()}  # an operation has no copies
    for name in _NOT_COPIED:
        kept = getattr(model, name, None)
        if kept is not None:
            memo[id(kept)] = kept
    for variable in model.weights:
        memo[id(variable)] = _doubled(variable)
    twin = deepcopy(model, memo)
    for layer in each_layer(twin):
        layer._dtype = DOUBLE
    return twin


def _doubled(variable: Variable) -> Variable:
    data = np.asarray(variable.data)
    data = data.astype(DOUBLE) if data.dtype.kind == "f" else data.copy()
    copied = Variable(data, path=variable.path, trainable=variable.trainable)
    copied.regularizer, copied.constraint = variable.regularizer, variable.constraint
    return copied


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
    return layer._takes_training and not list(layer.sublayers())


def observed(model: Any) -> list[Call]:
    """
    Have each layer of a twin note its calls.

    Returns
    -------
    list of Call
        Filled whenever a layer is called: those inside before those around them.
    """
    calls: list[Call] = []
    for layer in each_layer(model):
        layer.call = _noting(calls, layer, layer.call, whole=True)
        before = layer.call_before_activation
        layer.call_before_activation = _noting(calls, layer, before, whole=False)
    return calls


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
