"""A network as its layers: boxes with the shapes of what they give, arrows where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from clearprop.draw.axes import Box
from clearprop.draw.computation import computation
from clearprop.draw.graph import picture
from clearprop.draw.graph_marks import outline
from clearprop.draw.graph_parts import Edge, Node
from clearprop.draw.legend import Item
from clearprop.draw.numerals import shown
from clearprop.draw.svg import Svg
from clearprop.errors import OptionError, ShapeError
from clearprop.explain.recorded import record_model
from clearprop.lang import say, told
from clearprop.nn.applied import InputLayer
from clearprop.nn.containers import Chain
from clearprop.nn.graph import Graph
from clearprop.train.summary import rows

__all__ = ["layer_graph"]


def layer_graph(
    model: Any, x: ArrayLike | None = None, *, title: str | None = None, lang: str | None = None
) -> Svg:
    """
    Draw the layers of a model, and what goes from which to which.

    Parameters
    ----------
    model : Model
    x : array, of the shape of one example, or list of them, optional
        An example; from where to where the numbers of every layer go is written in its box.
    title, lang
        As for `graph`.

    Returns
    -------
    Svg

    Raises
    ------
    OptionError
        If in which order a model of one's own uses its layers is not known without `x`.
    ShapeError
        If `x` is not one example.
    """
    title = f"{say('draw.layers_title', lang)}: {model.name}" if title is None else title
    if not isinstance(model, Graph | Chain):
        if x is None:
            raise OptionError(told("draw.needs_run", name=model.name))
        return computation(model, x, down=True, title=title, lang=lang)
    ranges = {} if x is None else _ranges(model, x, lang)
    nodes = [*_door(model, lang, ranges), *_boxes(model, lang, ranges)]
    edges = _arrows(model, nodes)
    sources = {edge.source for edge in edges}
    nodes = [
        Node(n.id, n.label, n.value, kind=n.kind if n.id in sources else "output", lines=n.lines)
        for n in nodes
    ]
    return picture(
        nodes,
        edges,
        {},
        key=_key(nodes, lang, bool(ranges)),
        numbers=False,
        down=True,
        title=title,
        lang=lang,
    )


def _door(model: Any, lang: str | None, ranges: dict[str, str]) -> Iterator[Node]:
    """Give a chain a box for its input, where no layer of it is one."""
    first = model.sublayers()[0]
    if isinstance(model, Chain) and not isinstance(first, InputLayer):
        about = tuple(filter(None, [ranges.get("x", "")]))
        shape = _sizes(tuple(model.built_for))
        yield Node("", say("draw.input", lang), shape, kind="input", lines=about)


def _boxes(model: Any, lang: str | None, ranges: dict[str, str]) -> Iterator[Node]:
    for layer, shape, count in rows(model):
        about = [_kind(layer)]
        if count:
            about.append(say("draw.layer_weights", lang, count=f"{count:,}"))
        about.append(ranges.get(layer.name, ""))
        kind = "input" if isinstance(layer, InputLayer) else "parameter" if count else "op"
        lines = tuple(filter(None, about)) if kind != "input" else tuple(filter(None, about[-1:]))
        yield Node(layer.name, layer.name, _of_text(shape), kind=kind, lines=lines)


def _kind(layer: Any) -> str:
    """Name a layer's kind, with the size of its window and its activation if it has such."""
    words = type(layer).__name__
    size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if size is not None:
        words += " " + "×".join(map(str, size if isinstance(size, tuple | list) else (size,)))
    name = layer.final_activation if hasattr(type(layer), "activation") or layer.weights else None
    return f"{words}, {name}" if name and name != "linear" else words


def _of_text(shape: str) -> str:
    """Write the shape of one example: 28×28×1 for "(None, 28, 28, 1)"; several as they are."""
    if shape.count("(") != 1:
        return shape
    return "×".join(part.strip().replace("None", "?") for part in shape.strip("()").split(",")[1:]
                    if part.strip()) or "1"  # fmt: skip


def _sizes(shape: Sequence[int | None]) -> str:
    return "×".join("?" if n is None else str(n) for n in shape[1:]) or "1"


def _arrows(model: Any, nodes: Sequence[Node]) -> list[Edge]:
    if isinstance(model, Graph):
        before = model.inputs_by_layer()
        layers: Any = model.sublayers()
        return [Edge(name, layer.name) for layer in layers for name in before[id(layer)]]
    return [Edge(a.id, b.id) for a, b in pairwise(nodes)]


def _ranges(model: Any, x: ArrayLike, lang: str | None) -> dict[str, str]:
    """Tell from where to where the numbers of every layer go for one example."""
    recording = record_model(model, x, None)
    if recording.facts["samples"] != 1:
        samples = recording.facts["samples"]
        raise ShapeError(f"network shows one example; x has {samples}. Give x[0].")
    found: dict[str, str] = {}
    for address, node in recording.forward.items():
        values = np.asarray(node.data)
        whole = address in recording.inputs or address.endswith("/output")
        if whole and values.size and values.dtype.kind in "fiu":
            low, high = shown(float(values.min()), 3), shown(float(values.max()), 3)
            name = address.removesuffix("/output")
            found[name] = low if low == high else say("draw.layer_range", lang, low=low, high=high)
    return found


def _key(nodes: Sequence[Node], lang: str | None, ranged: bool) -> list[Item]:
    """Say which shape is which kind of layer, and what the lines are."""
    words = {
        "input": "draw.node_input",
        "parameter": "draw.layer_weighted",
        "op": "draw.layer_plain",
        "output": "draw.node_output",
    }
    present = {node.kind for node in nodes}
    items = [
        Item(say(word, lang), tuple(outline(kind, Box(0, -6, 22, 6))), 22.0)
        for kind, word in words.items()
        if kind in present
    ]
    items.append(Item(say("draw.layer_shape", lang)))
    return [*items, Item(say("draw.layer_range_key", lang))] if ranged else items
