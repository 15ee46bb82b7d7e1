"""What was computed, as a graph: of a recorded tensor, or of a model, layer by layer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from clearprop.core.tape import Backward
from clearprop.core.tensor import Node as Recorded
from clearprop.core.tensor import Tensor
from clearprop.draw.graph import graph
from clearprop.draw.graph_parts import Edge, Node
from clearprop.draw.numerals import shown
from clearprop.draw.svg import Svg
from clearprop.errors import OptionError
from clearprop.explain.naming import Names
from clearprop.explain.recorded import record_model
from clearprop.lang import say

__all__ = ["computation"]

_MOST = 400  # nodes; a picture of more shows nothing
_FEW = 4  # elements that are written out
_SIGNS = {
    "multiply": "×", "add": "+", "subtract": "−", "divide": "÷", "negative": "−", "matmul": "@",
    "square": "( )²", "sigmoid": "σ", "sum": "Σ", "sqrt": "√",
}  # fmt: skip


def computation(
    subject: Any,
    x: Any = None,
    y: Any = None,
    *,
    collapsed: Collection[str] | None = None,
    down: bool = False,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw what was computed: each value as it flowed forward, each gradient as it flows back.

    Parameters
    ----------
    subject : Tensor or Model
        A recorded tensor, such as a loss, or a model.
    x, y : array
        Of a model, the batch that it is run on; with `y` up to the loss.
    collapsed : collection of str, optional
        Of a model, the layers to be drawn as one box each: by default all.
    down, title, lang
        As for `graph`.

    Returns
    -------
    Svg
        Gradients are those of `subject`, or of the model's loss, if it is one number. Of arrays
        with more than four elements the shape is shown, and the length of the gradient.

    Raises
    ------
    OptionError
        If there are too many nodes to draw, or a model comes without `x`.

    Examples
    --------
    >>> import clearprop as cp
    >>> price, count = cp.tensor(100.0, name="price"), cp.tensor(2.0, name="count")
    >>> print(computation(price * count, lang="en").desc)
    3 nodes and 2 arrows, from price, count to ×.
    price: value 100, gradient 2.
    count: value 2, gradient 100.
    ×: value 200, gradient 1.
    """
    groups: dict[str, list[str]] = {}
    if isinstance(subject, Tensor):
        root, names, nodes = subject.node, Names(), _reached(subject.node)
        kinds: Mapping[Recorded, str] = {}
    else:
        if x is None:
            raise OptionError("computation(model, x=...): a model needs inputs to compute with.")
        recording = record_model(subject, x, y)
        end = recording.results[0]
        root = recording.forward["loss" if y is not None else end]
        names, nodes = recording.names, _reached(root)
        kinds = {n: "parameter" for n in nodes if getattr(names.of(n), "role", "") == "weight"}
        groups = _by_layer(nodes, names)
        if collapsed is None:
            collapsed = groups.keys()
    if len(nodes) > _MOST:
        raise OptionError(
            f"computation: {len(nodes)} nodes are too many for a picture; the most are {_MOST}."
        )
    drawn, edges = _picture(root, nodes, names, kinds, lang)
    if title is None and not isinstance(subject, Tensor):
        title = f"{say('draw.graph_title', lang)}: {subject.name}"
    return graph(drawn, edges, groups, collapsed=collapsed, down=down, title=title, lang=lang)


def _reached(root: Recorded) -> list[Recorded]:
    """List what a node was made from, each after everything it was made from itself."""
    done: dict[Recorded, None] = {}
    stack: list[tuple[Recorded, bool]] = [(root, False)]
    while stack:
        node, opened = stack.pop()
        if opened:
            done[node] = None
        elif node not in done:
            stack.append((node, True))
            stack += [(n, False) for n in reversed(node.inputs) if isinstance(n, Recorded)]
    return list(done)


def _gradients(root: Recorded, nodes: Sequence[Recorded]) -> dict[Recorded, Any]:
    if root.data.size != 1 or not root.needs_grad:
        return {}
    asked = [node for node in nodes if node.needs_grad]
    walk = Backward(root, Tensor(Recorded(np.ones_like(root.data))), asked)
    found = zip(asked, walk.gradients(), strict=True)
    return {node: gradient.data for node, gradient in found if gradient is not None}


def _picture(
    root: Recorded,
    nodes: Sequence[Recorded],
    names: Names,
    kinds: Mapping[Recorded, str],
    lang: str | None,
) -> tuple[list[Node], list[Edge]]:
    gradients = _gradients(root, nodes)
    keys = _keys(nodes)
    drawn: list[Node] = []
    edges: list[Edge] = []
    for node in nodes:
        for k, given in enumerate(node.inputs):
            if isinstance(given, Recorded):
                edges.append(Edge(keys[given], keys[node]))
            else:  # a plain number
                key = f"{keys[node]} {k}"
                drawn.append(Node(key, say("explain.constant", lang), _shown(given), "", "input"))
                edges.append(Edge(key, keys[node]))
        name = names.of(node)
        kind = "op" if node.op is not None else kinds.get(node, "input")
        value = _shown(node.data)
        # An array's gradient is an array too; how long it is says how much is at stake.
        grad = _shown(gradients[node], length=True) if node in gradients else ""
        label = _label(node, None if name is None else name.symbol, lang)
        tip = node.op.name if node.op is not None else ""
        drawn.append(Node(keys[node], label, value, grad, "output" if node is root else kind, tip))
    return drawn, edges


def _keys(nodes: Sequence[Recorded]) -> dict[Recorded, str]:
    return {node: f"n{k}" for k, node in enumerate(nodes)}


def _label(node: Recorded, name: str | None, lang: str | None) -> str:
    if node.op is None:
        return name or say("explain.value", lang)
    sign = _SIGNS.get(node.op.name, node.op.name)
    return f"{name} · {sign}" if name else sign


def _shown(value: Any, *, length: bool = False) -> str:
    array = np.asarray(value)
    if array.size == 1:
        return shown(float(array.reshape(())))
    if array.size <= _FEW and array.size == array.shape[-1]:
        return f"[{', '.join(shown(float(v), 3) for v in array.ravel())}]"
    if length:
        return f"‖·‖ {shown(float(np.linalg.norm(array.astype(np.float64))))}"
    return "×".join(map(str, array.shape))


def _by_layer(nodes: Sequence[Recorded], names: Names) -> dict[str, list[str]]:
    """Group nodes by layer; what has no name belongs to the layer of what it is used for."""
    keys = _keys(nodes)
    layer: dict[Recorded, str] = {}
    for node in reversed(nodes):
        name = names.of(node)
        if name is not None:
            layer[node] = name.layer
        for given in node.inputs:
            if isinstance(given, Recorded) and given not in layer and names.of(given) is None:
                layer[given] = layer.get(node, "")
    groups: dict[str, list[str]] = {}
    for node in nodes:
        if layer.get(node):
            plain = [k for k, given in enumerate(node.inputs) if not isinstance(given, Recorded)]
            own = [f"{keys[node]} {k}" for k in plain]  # as `_picture` calls them
            groups.setdefault(layer[node], []).extend([*own, keys[node]])
    return groups
