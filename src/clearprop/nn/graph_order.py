"""In which order the layers of a functional model are applied, and listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clearprop.core.tree import flatten
from clearprop.errors import OptionError
from clearprop.nn.placeholders import Call, Input, Placeholder

__all__ = ["in_order", "taken_by"]


def taken_by(call: Call) -> list[Placeholder]:
    """List the placeholders that a call is made on."""
    leaves = flatten((call.args, call.options))[0]
    return [x for x in leaves if isinstance(x, Placeholder)]


def in_order(
    inputs: Sequence[Input], outputs: Sequence[Placeholder]
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


def _depths(calls: Sequence[Call], inputs: Sequence[Input]) -> dict[int, int]:
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
