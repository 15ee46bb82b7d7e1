"""A functional model as plain data: its layers once each, and the calls by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clearprop.core.tree import flatten, map_tree
from clearprop.errors import ClearpropError, OptionError
from clearprop.nn.applied import InputLayer
from clearprop.nn.placeholders import Call, Input, Placeholder
from clearprop.nn.registry import LAYERS, deserialize, serialize
from clearprop.nn.written import read, written

__all__ = ["described", "rebuilt"]

KEYS = {"name", "trainable", "layers", "calls", "inputs", "outputs"}


def described(
    inputs: Any, outputs: Any, calls: Sequence[Call], doors: Mapping[int, InputLayer]
) -> dict[str, Any]:
    """
    Write a graph down.

    An input is ``{"input": k}``, the j-th tensor of the k-th call ``{"call": [k, j]}``.

    Parameters
    ----------
    inputs, outputs : placeholders
    calls : sequence of Call
        In order.
    doors : mapping of int to InputLayer
        The layer of each input, by its identity.
    """
    refs: dict[int, Any] = {id(x): {"input": k} for k, x in enumerate(flatten(inputs)[0])}
    for k, call in enumerate(calls):
        for j, x in enumerate(flatten(call.outputs)[0]):
            refs[id(x)] = {"call": [k, j]}
    layers = {id(call.layer): call.layer for call in calls}
    numbers = {key: n for n, key in enumerate(layers)}

    def ref(x: Any) -> Any:
        return _Ref(refs[id(x)]) if isinstance(x, Placeholder) else x

    return {
        "inputs": _tree(map_tree(lambda x: _Ref(doors[id(x)].get_config()), inputs)),
        "layers": [serialize(layer) for layer in layers.values()],
        "calls": [
            {
                "layer": numbers[id(call.layer)],
                "args": _tree(map_tree(ref, call.args)),
                "options": _tree(map_tree(ref, call.options)),
                "training": call.training,
            }
            for call in calls
        ],
        "outputs": _tree(map_tree(ref, outputs)),
    }


def rebuilt(config: Any) -> tuple[Any, Any, dict[str, Any]]:
    """
    Make a graph's layers, and call them, as `described` wrote it down.

    Returns
    -------
    inputs, outputs : placeholders
    rest : dict
        What else the configuration has.

    Raises
    ------
    OptionError
        If the data are no such description.
    """
    if not isinstance(config, Mapping) or not config.keys() <= KEYS:
        raise OptionError(f"a functional model is described by {sorted(KEYS)}; got {config!r:.80}.")
    try:
        inputs = _untree(config["inputs"], _input)
        ins = flatten(inputs)[0]
        layers = [deserialize(spec, LAYERS, "layer") for spec in config["layers"]]
        made: list[list[Any]] = []

        def tensor(ref: Mapping[str, Any]) -> Any:
            if ref.keys() == {"input"}:
                return _at(ins, ref["input"], "input")
            call, place = ref["call"]
            return _at(_at(made, call, "call before this one"), place, "tensor of a call")

        for call in config["calls"]:
            args, options = _untree(call["args"], tensor), _untree(call["options"], tensor)
            layer, training = _at(layers, call["layer"], "layer"), call["training"]
            if training not in (True, False, None):
                raise OptionError(f"training is true, false or nothing; got {training!r:.40}.")
            made.append(flatten(layer(*args, training=training, **options))[0])
        outputs = _untree(config["outputs"], tensor)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        if isinstance(error, ClearpropError):
            raise
        raise OptionError(
            f"the description of a functional model does not fit together ({error})."
        ) from error
    return inputs, outputs, {key: config[key] for key in ("name", "trainable") if key in config}


class _Ref(dict[str, Any]):
    """Data that stand for a placeholder."""


def _tree(x: Any) -> Any:
    """Write a tree down, with references marked."""
    if isinstance(x, _Ref):
        return {"tensor": dict(x)}
    if isinstance(x, tuple | list) and any(isinstance(leaf, _Ref) for leaf in _leaves(x)):
        kind = "tuple" if isinstance(x, tuple) else "list"
        return {kind + "_of": [_tree(each) for each in x]}
    if isinstance(x, dict) and any(isinstance(leaf, _Ref) for leaf in _leaves(x)):
        return {"dict_of": {key: _tree(each) for key, each in x.items()}}
    return {"value": written(x)}


def _leaves(x: Any) -> list[Any]:
    if isinstance(x, _Ref):
        return [x]
    if isinstance(x, dict):
        return [leaf for each in x.values() for leaf in _leaves(each)]
    if isinstance(x, list | tuple):
        return [leaf for each in x for leaf in _leaves(each)]
    return [x]


def _untree(x: Any, tensor: Any) -> Any:
    if not isinstance(x, Mapping) or len(x) != 1:
        raise OptionError(f"{x!r:.80} describes no argument of a call.")
    ((kind, content),) = x.items()
    if kind == "tensor":
        return tensor(content)
    if kind == "tuple_of":
        return tuple(_untree(each, tensor) for each in content)
    if kind == "list_of":
        return [_untree(each, tensor) for each in content]
    if kind == "dict_of":
        return {key: _untree(each, tensor) for key, each in content.items()}
    if kind == "value":
        return read(content)
    raise OptionError(f"{kind!r:.80} is no kind of argument.")


def _input(config: Mapping[str, Any]) -> Input:
    return Input(tuple(config["shape"]), config["batch_size"], config["dtype"], name=config["name"])


def _at(things: Sequence[Any], n: Any, what: str) -> Any:
    """Give the n-th of things, if it is there: later ones cannot be told of, nor those before 0."""
    if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n < len(things):
        raise OptionError(f"there is no {what} {n!r:.40}; there are {len(things)}, from 0 on.")
    return things[n]
