"""A model tried out aside: whatever is done with it meanwhile, it is afterwards what it was."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from clearprop.core.random import draws, set_draws
from clearprop.nn.holder import Holder

__all__ = ["aside", "each_layer"]

DOUBLE = np.dtype(np.float64)


def each_layer(model: Any) -> list[Any]:
    """List every layer once: the model itself, then those inside, in order."""
    seen: dict[int, Any] = {}
    waiting: list[Holder] = [model]
    while waiting:
        layer = waiting.pop()
        if id(layer) not in seen:
            seen[id(layer)] = layer
            waiting += reversed(list(layer.sublayers()))
    return list(seen.values())


@contextlib.contextmanager
def aside(model: Any, *, double: bool = False) -> Iterator[None]:
    """
    Let a model be run, and trained, for a while, with nothing that is done lasting.

    Afterwards its weights, what its layers hold, what the optimizer remembers and where random
    streams stand are what they were: the same arrays, to the bit.

    Parameters
    ----------
    model : Model
        A built one.
    double : bool
        Whether it computes in double precision meanwhile. A float32 is a float64 too, so the
        numbers are the model's but for the rounding of its own kind of number.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1, kernel_initializer="ones")])
    >>> with aside(model):
    ...     model.set_weights([[[5.0]], [5.0]])
    >>> float(model.predict([[2.0]], verbose=0)[0, 0])
    2.0
    """
    layers = each_layer(model)
    held = [{key: _copied(each) for key, each in layer.__dict__.items()} for layer in layers]
    weights = [(w, w.node, w.grad, w.regularizer, w.constraint) for w in model.weights]
    memory = model.setup_for("aside").memory if model.compiled else None
    remembered = None if memory is None else (dict(memory.states), memory.step)
    drawn, python, numpy = draws(), random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        if double:
            for weight, *_ in weights:
                data = np.asarray(weight.data)
                weight.hold(data.astype(DOUBLE) if data.dtype.kind == "f" else data)
            for layer in layers:
                layer.__dict__["_dtype"] = DOUBLE
        yield
    finally:
        for weight, node, grad, regularizer, constraint in weights:
            weight.node, weight.grad = node, grad
            weight.regularizer, weight.constraint = regularizer, constraint
        for layer, own in zip(layers, held, strict=True):
            _put_back(layer.__dict__, own)
        if memory is not None and remembered is not None:
            memory.states, memory.step = remembered
        set_draws(drawn)
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002 - a layer of the user's own may draw from it


def _copied(value: Any) -> Any:
    """Copy a container that a call might write to, so that it can be emptied and filled again."""
    own = type(value)
    return (value, own(value)) if own in (dict, list, set) else (value, value)


def _put_back(now: dict[str, Any], before: dict[str, Any]) -> None:
    now.clear()
    for key, (value, content) in before.items():
        now[key] = value
        if type(value) is list:
            value[:] = content
        elif content is not value:
            value.clear()
            value.update(content)
