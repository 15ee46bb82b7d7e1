"""What happens inside an attention layer, by name: its scores, and the shares that they become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from clearprop.core.tensor import Node
from clearprop.nn.heads import ManyHeads
from clearprop.nn.layers import AdditiveAttention, Attention

__all__ = ["attended"]


def attended(
    layer: Any, inputs: Sequence[Node], outputs: Sequence[Node]
) -> Iterator[tuple[str, Node]]:
    """
    Name what an attention layer made on its way; nothing for other layers.

    Parameters
    ----------
    layer : Layer
    inputs, outputs : sequence of Node
        Of one call.

    Yields
    ------
    str, Node
        ``scores``: how well each key fits each query, masked where there is a mask; ``attention``:
        the shares that softmax makes of them; of a layer with heads also ``scaled_query``, which is
        multiplied with the keys, and ``heads``, each one's mean of the values.
    """
    if not isinstance(layer, ManyHeads | Attention | AdditiveAttention):
        return
    way = _to_softmax(outputs[0], frozenset(inputs))
    if not way:
        return
    shares = way[-1]
    scores = shares.inputs[0]
    assert isinstance(scores, Node)
    yield from [("attention", shares), ("scores", scores)]
    means = [node for node in way if node.op is not None and node.op.name in ("matmul", "einsum")]
    if isinstance(layer, ManyHeads) and means:
        yield "heads", means[-1]
    fit = scores
    while fit.op is not None and fit.op.name in ("where", "reshape"):  # a mask; axes taken together
        before = fit.inputs[1 if fit.op.name == "where" else 0]
        assert isinstance(before, Node)
        fit = before
    for node in _nodes(fit) if isinstance(layer, ManyHeads) else ():
        while node.op is not None and node.op.name == "permute_dims":
            node = _nodes(node)[0]
        if node.op is not None and node.op.name == "multiply":
            yield "scaled_query", node


def _to_softmax(start: Node, ends: frozenset[Node]) -> list[Node]:
    """Find the shortest way back to a softmax; none if a layer's inputs come before one."""
    waiting, seen = [[start]], set(ends)
    while waiting:
        way = waiting.pop(0)
        node = way[-1]
        if node.op is not None and node.op.name == "softmax":
            return way
        if node not in seen:
            seen.add(node)
            waiting += [[*way, before] for before in _nodes(node)]
    return []


def _nodes(node: Node) -> list[Node]:
    return [x for x in node.inputs if isinstance(x, Node)]
