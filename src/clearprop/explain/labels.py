"""What every tensor of a recorded network is called, by the book where it is small enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clearprop.core.tensor import Node
from clearprop.explain.addresses import Address, book_names, units
from clearprop.explain.doubled import Call, each_layer
from clearprop.explain.naming import AT, Index, Name, latex_of

__all__ = ["SAMPLE_LOSS", "is_rearranged", "labelled"]

MOST_BOOK_UNITS = 24  # beyond this many, h17 says less than dense/output[16]
BATCHED = ("input", "target", "sum", "output", "inside", "sample_loss")
# An element of these is an element of what they were given, under another number.
REARRANGING = frozenset(["alias", "expand_dims", "permute_dims", "reshape", "squeeze"])
_TARGETS, SAMPLE_LOSS = "y", "sample_loss"


def labelled(
    forward: Mapping[str, Node], calls: Sequence[Call], model: Any, inputs: Sequence[str]
) -> dict[Node, Name]:
    """
    Name every tensor.

    Parameters
    ----------
    forward : mapping of str to Node
        The tensors by address; one that has several is named after the first.
    calls : sequence of Call
        Which layer was given what.
    model : Layer
    inputs : sequence of str
        Which of the addresses are the network's inputs.
    """
    layers = {layer.path: layer for layer in each_layer(model)}
    elements = _elements(forward, model, inputs)
    addresses: dict[Node, list[str]] = {}
    for address, node in forward.items():
        addresses.setdefault(node, []).append(address)
    samples = len(forward[inputs[0]].data)
    weights = {w.path for w in model.weights}
    names: dict[Node, Name] = {}
    for node, own in addresses.items():
        role, layer, unit, function = _role(own, layers, inputs, weights)
        address = unit if function == "linear" else own[0]
        symbols = elements.get(unit, ())
        if role == "target":
            symbols = tuple(f"t{j + 1}" for j in range(node.data.shape[-1])) if elements else ()
        elif role == "sum" and function != "linear":
            symbols = tuple(f"sum_{name}" for name in symbols)
        symbol = ("E" if elements else "L") if address == "loss" else address
        if role == SAMPLE_LOSS:
            symbols = ("E" if elements else "L",)
        batched = role in BATCHED and node.data.ndim > 0
        names[node] = Name(
            address, symbol, latex_of(symbol) + AT, role, symbols, tuple(map(_book_latex, symbols)),
            batch=batched and len(node.data) == samples,
            layer=layer, function="" if function == "linear" else function,
            rearranged=is_rearranged(node),
        )  # fmt: skip
    return names


def _role(
    own: Sequence[str], layers: Mapping[str, Any], inputs: Sequence[str], weights: set[str]
) -> tuple[str, str, str, str]:
    """Tell a tensor's role, its layer, what unit's it is, and the function applied to it."""
    first = own[0]
    path, _, what = first.rpartition("/")
    if first in inputs:
        return "input", "", first, ""
    if first in ("loss", _TARGETS):
        return ("loss" if first == "loss" else "target"), "", first, ""
    if first in weights:
        return "weight", path, first, ""
    sums = [a for a in own if a.rpartition("/")[2].startswith("sum")]
    for address in sorted(sums, key=lambda a: _function(a, layers) == "linear"):
        unit = address.rpartition("/sum")
        return "sum", path, f"{unit[0]}/output{unit[2]}", _function(address, layers)
    if first == SAMPLE_LOSS:
        return "sample_loss", "", first, ""
    if first.endswith("_loss") or first.startswith("data_loss"):
        return "loss", "", first, ""
    if path not in layers:
        return "value", "", first, ""
    return ("output" if what.startswith("output") else "inside"), path, first, ""


def _function(address: str, layers: Mapping[str, Any]) -> str:
    """Name the function that a sum goes into; "linear" for none, nothing if it has no name."""
    return layers[address.rpartition("/")[0]].final_activation or ""


def is_rearranged(node: Node) -> bool:
    """Tell a tensor whose elements are those of another, differently numbered."""
    return node.op is not None and node.op.name in REARRANGING


def _elements(
    forward: Mapping[str, Node], model: Any, inputs: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Give the book's names of the elements of each tensor, of a network that is small enough."""
    layers = list(model.sublayers())
    if list(inputs) != ["x"]:
        return {}
    count = forward["x"].data[0].size
    if count + units(layers, count) > MOST_BOOK_UNITS:
        return {}
    return _grouped(book_names(layers, count))


def _grouped(book: Mapping[str, Address]) -> dict[str, tuple[str, ...]]:
    """Group the book's names by tensor, in the order of the elements."""
    grouped: dict[str, dict[Index, str]] = {}
    for name, address in book.items():
        grouped.setdefault(address.tensor, {})[address.index] = name
    return {tensor: tuple(own[i] for i in sorted(own)) for tensor, own in grouped.items()}


def _book_latex(symbol: str) -> str:
    """Set ``h1`` as h₁ and ``sum_h1`` as a sum with that index."""
    if symbol.startswith("sum_"):
        return rf"\mathrm{{sum}}_{{{symbol[4:]}}}"
    return f"{symbol[0]}_{{{symbol[1:]}}}" if symbol[1:] else symbol
