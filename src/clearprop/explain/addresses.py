"""Addresses: which number is meant by ``dense_1/kernel[0,2]``, ``w5`` or ``h1.delta``."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from clearprop.errors import AddressError, nearest
from clearprop.lang import told
from clearprop.nn.containers import Chain
from clearprop.nn.core_layers import Dense
from clearprop.nn.graph import Graph
from clearprop.nn.layer import Layer

__all__ = ["ASPECTS", "Address", "activated", "book_names", "by_hand", "is_chain", "parse", "units"]

Index = tuple[int, ...]
ASPECTS = ("value", "gradient", "delta", "next", "sum", "output")

_FORM = re.compile(
    r"""\s*(?P<base>[^\[\]]+?)              # dense_1/kernel, w5, loss
        \s*(?:\[(?P<index>[^\]]*)\])?        # [0,2]
        \s*(?:\.(?P<aspect>[a-z]+))?\s*""",
    re.VERBOSE,
)


_DELTA = re.compile(
    r"\s*(?:δ|delta)(?:(?P<of_unit>_)|\s+)(?P<unit>[^\[\].]+)(?P<index>\[[^\]]*\])?\s*"
)
_DELTA_OF = re.compile(r"\s*([^\[\].]+)/delta(\[[^\]]*\])?\s*")
_GRADIENT = re.compile(r"\s*∂[^/\s]+/∂([^.]+?)\s*")
_TURNED = re.compile(rf"\s*([^\[\].]+)\.({'|'.join(ASPECTS)})(\[[^\]]*\])\s*")
_AFTER = re.compile(r"\s*([^\[\].]+)⁺(\[[^\]]*\])?\s*")


@dataclass(frozen=True)
class Address:
    """
    A number of a network.

    Attributes
    ----------
    tensor : str
        Such as ``dense_1/kernel``, ``dense/sum``, ``x``, ``loss``.
    index : tuple of int
        Which element; for what differs by sample, without the sample's axis.
    aspect : str
        One of `ASPECTS`, or empty for what one most likely means.
    sample : int or None
        Which example of the batch, where that stands in the brackets too.
    """

    tensor: str
    index: Index
    aspect: str = ""
    sample: int | None = None


def parse(
    text: str,
    layers: Sequence[Layer],
    inputs: int,
    shapes: Mapping[str, Index] | None = None,
    *,
    batched: Collection[str] = (),
) -> Address:
    """
    Find out which number of a network is meant.

    Parameters
    ----------
    text : str
        ``layer/weight[i,j]``, ``layer/sum[j]``, ``layer/delta[j]``, ``layer/output[j]``, ``x[i]``,
        ``loss``; the layer by name, index or negative index; or a hand-calculation name of a dense
        network: ``w5``, ``b2``, ``h1``, ``o1``, ``x1``, ``E``. An aspect may follow: ``h1.delta``,
        ``w5.next``.
    layers : sequence of Layer
        The network's, in order, built.
    inputs : int
        The number of input features, for ``x1``.
    shapes : mapping of str to tuple of int, optional
        What can be asked about, with the shape of one example's worth; by default what a chain of
        such layers has.
    batched : collection of str
        Of what there is one for each example; the example may stand first in the brackets, as it
        does in what is printed of several.

    Raises
    ------
    AddressError
        If nothing is called that; the message names the nearest.
    """
    form = _FORM.fullmatch(_as_address(text))
    if form is None:
        raise AddressError(told("asking.no_address", text=repr(text)))
    base, aspect = form["base"], form["aspect"] or ""
    if aspect and aspect not in ASPECTS:
        close = nearest(aspect, ASPECTS)
        said = {"text": repr(text), "aspect": repr(aspect), "known": ", ".join(ASPECTS)}
        if close:
            raise AddressError(told("asking.no_aspect_but", **said, close=repr(close[0])))
        raise AddressError(told("asking.no_aspect", **said))
    known = by_hand(base, layers, inputs) if form["index"] is None else None
    if known is not None and known.tensor == "x":  # x7 counts the pixels of an image row by row
        at = np.unravel_index(known.index[0], _example(layers, inputs))
        known = Address("x", tuple(map(int, at)), known.aspect)
    if known is not None:
        return _of_unit(known, aspect)
    index = _index(form["index"], text)
    shapes = _shapes(layers, inputs) if shapes is None else shapes
    tensor = _resolved(base, layers)
    tensor = _inner(tensor, shapes)
    if tensor not in shapes:
        names = book_names(layers, inputs) if sum(map(math.prod, shapes.values())) < 1000 else ()
        _refuse_number(base, text, layers, inputs)
        close = nearest(base, [*shapes, *names]) or sorted(shapes)[:4]
        raise AddressError(told("asking.nothing_called", text=repr(text), nearest=", ".join(close)))
    sample = None
    if tensor in batched and len(index) == len(shapes[tensor]) + 1:
        sample, *rest = index
        index = tuple(rest)
    found = _of_unit(Address(tensor, _checked(index, shapes[tensor], text)), aspect)
    return replace(found, sample=sample)


def _refuse_number(name: str, text: str, layers: Sequence[Layer], inputs: int) -> None:
    """Say how far a hand-calculation name is counted, if it goes beyond that."""
    counts = {run.letter: run.start + run.size for run in _book(layers, inputs)}
    letter, number = name[:1], name[1:]
    if letter in counts and number.isdecimal():
        last = f"{letter}{counts[letter]}"
        raise AddressError(told("asking.numbered", text=repr(text), first=f"{letter}1", last=last))


def _as_address(text: str) -> str:
    """Take what is printed for an address too: δ_h1, ∂E/∂w5, w5⁺, dense/sum.delta[2]."""
    if delta := _DELTA.fullmatch(text):
        unit, index = delta["unit"], delta["index"] or ""
        return f"{unit}.delta" if delta["of_unit"] else f"{unit}/sum{index}.delta"
    if gradient := _GRADIENT.fullmatch(text):
        return f"{gradient[1]}.gradient"
    if unit_delta := _DELTA_OF.fullmatch(text):
        return f"{unit_delta[1]}/sum{unit_delta[2] or ''}.delta"
    if turned := _TURNED.fullmatch(text):
        return f"{turned[1]}{turned[3]}.{turned[2]}"
    after = _AFTER.fullmatch(text)
    return f"{after[1]}{after[2] or ''}.next" if after else text


def _of_unit(address: Address, aspect: str) -> Address:
    """Turn the sum or the delta of a unit into the tensor that holds it."""
    layer, _, what = address.tensor.rpartition("/")
    if what in ("output", "sum") and aspect in ("sum", "delta"):
        return Address(f"{layer}/sum", address.index, "delta" if aspect == "delta" else "value")
    if what in ("output", "sum") and aspect == "output":
        return Address(f"{layer}/output", address.index, "value")
    return Address(address.tensor, address.index, aspect)


def _resolved(base: str, layers: Sequence[Layer]) -> str:
    """Put a layer's name in place of its number."""
    place, slash, what = base.partition("/")
    if base in ("E", "L"):
        return "loss"
    if slash and re.fullmatch(r"-?\d+", place) and -len(layers) <= int(place) < len(layers):
        return f"{layers[int(place)].name}/{what}"
    return base


def _inner(tensor: str, shapes: Mapping[str, Index]) -> str:
    """Find what a layer has only inside: lstm/lstm_cell/kernel for lstm/kernel."""
    layer, _, what = tensor.rpartition("/")
    if tensor in shapes or not layer:
        return tensor
    within = [a for a in shapes if a.endswith(f"/{tensor}")]  # a layer of a model in the model
    if len(within) == 1:
        return within[0]
    inside = [a for a in shapes if a.startswith(f"{layer}/") and a.endswith(f"/{what}")]
    return inside[0] if len(inside) == 1 else tensor


def _shapes(layers: Sequence[Layer], inputs: int) -> dict[str, Index]:
    """List what can be asked about, with the shape of one example's worth."""
    shapes: dict[str, Index] = {"loss": (), "x": _example(layers, inputs)}
    for layer in layers:
        for weight in layer.weights:
            shapes[weight.path] = weight.shape
        units = layer.output_shape(layer.built_for)[1:]
        shapes[f"{layer.name}/output"] = tuple(n or 1 for n in units)
        if layer.weights:
            shapes[f"{layer.name}/sum"] = shapes[f"{layer.name}/output"]
    return shapes


def _example(layers: Sequence[Layer], inputs: int) -> Index:
    """Give the shape of one example."""
    built = layers[0].built_for if layers else None
    return tuple(n or 1 for n in built[1:]) if built else (inputs,)


def _index(text: str | None, whole: str) -> Index:
    if text is None or not text.strip():
        return ()
    try:
        return tuple(int(piece) for piece in text.split(","))
    except ValueError:
        raise AddressError(told("asking.no_index", text=repr(whole))) from None


def _checked(index: Index, shape: Index, text: str) -> Index:
    if len(index) != len(shape) and not (index == () and all(n == 1 for n in shape)):
        counts = {"n": len(shape), "shape": shape, "got": len(index)}
        raise AddressError(told("asking.indices", text=repr(text), **counts))
    index = index or (0,) * len(shape)
    for i, n in zip(index, shape, strict=True):
        if not -n <= i < n:
            said = {"text": repr(text), "index": i, "n": n, "last": n - 1}
            raise AddressError(told("asking.index_beyond", **said))
    return tuple(i % n for i, n in zip(index, shape, strict=True))


def book_names(layers: Sequence[Layer], inputs: int) -> Mapping[str, Address]:
    """
    Number the units and weights of a dense network as one does by hand.

    Weights are counted unit by unit, layer after layer: with two inputs, w1 and w2 feed h1, w3
    and w4 feed h2; biases by unit. Empty if a layer is not dense.
    """
    book = _book(layers, inputs)
    names = {f"{run.letter}{run.start + k + 1}": run.at(k) for run in book for k in range(run.size)}
    return names | {"E": Address("loss", ())} if names else {}


def units(layers: Sequence[Layer], inputs: int) -> int:
    """Count the units of a dense network; none if a layer is not dense."""
    return sum(run.size for run in _book(layers, inputs) if run.letter in "ho")


def by_hand(name: str, layers: Sequence[Layer], inputs: int) -> Address | None:
    """Find what a hand-calculation name means, in a network of any size; None if nothing."""
    if name == "E":
        return Address("loss", ())
    form = re.fullmatch(r"([xwbho])([1-9]\d*)", name)
    if form is None:
        return None
    number = int(form[2]) - 1
    for run in _book(layers, inputs):
        if run.letter == form[1] and run.start <= number < run.start + run.size:
            return run.at(number - run.start)
    return None


class _Run(NamedTuple):
    """Consecutive numbers of one letter, which belong to one tensor."""

    letter: str
    start: int
    tensor: str
    shape: Index  # a matrix is counted down its columns: unit by unit

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def at(self, k: int) -> Address:
        rows = self.shape[0]
        index = (k % rows, k // rows) if len(self.shape) == 2 else (k,)
        aspect = "value" if self.letter == "x" else ""
        return Address(self.tensor, index, aspect)


def _book(layers: Sequence[Layer], inputs: int) -> list[_Run]:
    """List the runs of numbers of a dense network; none if a layer is not dense."""
    weighted = [layer for layer in layers if layer.weights]
    if not weighted or not all(map(_is_dense, weighted)):
        return []
    runs = [_Run("x", 0, "x", (inputs,))]
    weights = hidden = biases = 0
    for layer in weighted:
        kernel, units = layer.weights[0], layer.weights[0].shape[1]
        last = layer is weighted[-1]
        letter, start = ("o", 0) if last else ("h", hidden)
        runs.append(_Run(letter, start, f"{activated(layer, layers).path}/output", (units,)))
        runs.append(_Run("w", weights, kernel.path, kernel.shape))
        weights += kernel.size
        hidden += units
        for bias in layer.weights[1:]:
            runs.append(_Run("b", biases, bias.path, (units,)))
            biases += units
    return runs


def _is_dense(layer: Layer) -> bool:
    """Tell a dense layer of single rows, one after another in a chain."""
    home = layer.home() if layer.home is not None else None
    return isinstance(layer, Dense) and is_chain(home) and len(layer.built_for or ()) == 2


def is_chain(model: Any) -> bool:
    """Tell a model whose layers stand one after another, each called once; so does no model."""
    if not isinstance(model, Graph):
        return model is None or isinstance(model, Chain)
    before = list(model.inputs_by_layer().values())
    names = [name for own in before for name in own]
    return sum(not own for own in before) == 1 and len(names) == len(set(names)) == len(before) - 1


def activated(layer: Layer, layers: Sequence[Layer]) -> Layer:
    """Give the layer whose output is a unit's: itself, or the activation right behind it."""
    after = layers[list(layers).index(layer) + 1 :][:1]
    if layer.final_activation == "linear" and after and not after[0].weights:
        return layer if after[0].final_activation == "linear" else after[0]
    return layer
