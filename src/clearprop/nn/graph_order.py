"""In which order the layers of a functional model are applied, and listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearprop.core.tree import flatten, map_tree
from clearprop.errors import OptionError
from clearprop.nn.placeholders import Call, Input, Placeholder

__all__ = ["begun_at", "in_order", "taken_by"]


def taken_by(call: Call) -> list[Placeholder]:
    """List the placeholders that a call is made on."""
    leaves = flatten((call.args, call.options))[0]
    return [x for x in leaves if isinstance(x, Placeholder)]


def in_order(
    inputs: Sequence[Placeholder], outputs: Sequence[Placeholder]
) -> tuple[list[Call], list[Any]]:
    """
    Order calls so that each comes after those it needs, and layers as Keras lists them.

    Keras lists layers by how far from the outputs they are, at the farthest, and those that are
    equally far in the order in which a walk back from the outputs meets them; weights are in
    the order of their layers.

    Parameters
    ----------
    inputs : sequence of Input
    outputs : sequence of Placeholder

    Returns
    -------
    calls : list of Call
        Those that the outputs need.
    layers : list of (Layer or Input)

    Raises
    ------
    OptionError
        If the outputs need an input that is not given.
    """
    given = {id(x) for x in inputs}
    calls: dict[int, Call] = {}
    met: dict[int, tuple[int, Any]] = {id(x): (-1, x) for x in inputs}
    for x in outputs:
        _walk(x, given, calls, met)
    depths = _depths(list(calls.values()), inputs)
    layers = sorted(met.values(), key=lambda entry: (-depths[id(entry[1])], entry[0]))
    return list(calls.values()), [layer for _, layer in layers]


def begun_at(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """
    Let a graph begin in the middle of another: call the layers from there on new inputs.

    Parameters
    ----------
    inputs : Input or placeholder, or a list, tuple or dict of such
    outputs : placeholder, or a list, tuple or dict of such

    Returns
    -------
    inputs, outputs
        As they were, if all inputs are of the kind that `Input` makes.
    """
    given = flatten(inputs)[0]
    amid = [x for x in given if isinstance(x, Placeholder) and not isinstance(x, Input)]
    if not amid:
        return inputs, outputs
    ends = [x for x in flatten(outputs)[0] if isinstance(x, Placeholder)]
    new: dict[int, Any] = {id(x): Input(x.shape[1:], x.shape[0], x.dtype) for x in amid}

    def now(x: Any) -> Any:
        return new.get(id(x), x)

    for call in in_order(given, ends)[0]:
        args, options = map_tree(now, (call.args, call.options))
        made = call.layer(*args, training=call.training, **options)
        new.update(
            {id(x): y for x, y in zip(flatten(call.outputs)[0], flatten(made)[0], strict=True)}
        )
    return map_tree(now, inputs), map_tree(now, outputs)


def _walk(
    start: Placeholder, given: set[int], calls: dict[int, Call], met: dict[int, tuple[int, Any]]
) -> None:
    """Put the calls that a placeholder needs behind those that they need themselves."""
    stack: list[tuple[Placeholder, bool]] = [(start, False)]
    while stack:  # not by functions that call themselves: networks can be deep
        x, done = stack.pop()
        if id(x) in given:
            continue
        call = x.source
        if call is None:
            raise OptionError(
                f"Model: the outputs depend on {x!r}, which is not among the inputs; give it too:"
                " inputs=[..., it]."
            )
        if done:
            calls.setdefault(id(call), call)
        elif id(call) not in calls:
            met.setdefault(id(call.layer), (len(met), call.layer))
            stack.append((x, True))
            stack.extend((each, False) for each in reversed(taken_by(call)))


def _depths(calls: Sequence[Call], inputs: Sequence[Placeholder]) -> dict[int, int]:
    """Tell of each layer and each input how many calls lie between it and the outputs, at most."""
    of_calls: dict[int, int] = {}
    of_layers: dict[int, int] = {id(x): 0 for x in inputs}
    for call in reversed(calls):
        depth = max(of_calls.get(id(call), 0), of_layers.get(id(call.layer), 0))
        of_calls[id(call)] = of_layers[id(call.layer)] = depth
        for x in taken_by(call):
            key, table = (id(x), of_layers) if x.source is None else (id(x.source), of_calls)
            table[key] = max(table.get(key, 0), depth + 1)
    return of_layers
