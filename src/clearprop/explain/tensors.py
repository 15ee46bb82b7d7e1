"""Which tensors of a recorded network have addresses: layers' sums and outputs, and losses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from clearprop.core.tensor import Node
from clearprop.explain.attending import attended
from clearprop.explain.doubled import Call
from clearprop.explain.labels import SAMPLE_LOSS, is_rearranged

__all__ = ["add_fused", "by_sample", "of_calls", "parts_of", "passes_on", "reached"]


def parts_of(loss: Node, ends: Sequence[Node], names: Sequence[str]) -> dict[str, Node]:
    """Address the losses of several outputs, or that without penalties, which make up a loss."""
    found: dict[str, Node] = {}
    for node in reached([loss]):
        if node.name == "loss" and node is not loss:
            own = set(reached([node]))
            of = [k for k, end in enumerate(ends) if end in own]
            several = len(ends) > 1 and of
            found[
                f"{names[of[0]]}_loss" if several and names else f"data_loss{len(found) or ''}"
            ] = node
    return found


def by_sample(forward: Mapping[str, Node], samples: int) -> dict[str, Node]:
    """Address the losses of the single samples of a batch, which a mean or a sum takes together."""
    node = forward.get("data_loss", forward["loss"])
    while samples > 1 and node.op is not None and node.op.name in ("mean", "sum", "divide"):
        first = node.inputs[0]
        if not isinstance(first, Node):
            break
        node = first
        if tuple(node.data.shape) == (samples,):
            return {SAMPLE_LOSS: node}
    return {}


def of_calls(calls: Sequence[Call]) -> Iterator[tuple[str, Node]]:
    """Give every layer's sums and outputs an address; that of one call of several counts them."""
    whole = [call for call in calls if call.whole]
    often = Counter(call.layer.path for call in whole)
    count: Counter[str] = Counter()
    for call in whole:
        path = call.layer.path
        count[path] += 1
        at = f"@{count[path]}" if often[path] > 1 else ""
        for k, node in enumerate(call.outputs):
            yield f"{path}/output{f'_{k}' if k else ''}{at}", node
        before = _sum_of(call, calls)
        if before is not None:
            yield f"{path}/sum{at}", before
        for name, node in attended(call.layer, call.inputs, call.outputs):
            yield f"{path}/{name}{at}", node


def passes_on(call: Call) -> bool:
    """Tell whether a layer gave the elements it was given, perhaps in another shape."""
    return all(node in call.inputs or is_rearranged(node) for node in call.outputs)


def _sum_of(call: Call, calls: Sequence[Call]) -> Node | None:
    """Find what a layer's activation was applied to; its output if that has none."""
    layer = call.layer
    if layer.final_activation == "linear":
        return call.outputs[0] if layer.weights and not list(layer.sublayers()) else None
    if not layer.weights:
        return call.inputs[0] if call.inputs else None
    for other in calls:
        if not other.whole and other.layer is layer and other.outputs[0] in call.outputs[0].inputs:
            return other.outputs[0]
    return None


def add_fused(forward: dict[str, Node], calls: Sequence[Call], total: Node, result: Node) -> None:
    """Address what the loss computed from a sum: the output that the last layer would give."""
    last = next(c for c in reversed(calls) if not c.whole and total in c.outputs)
    forward[f"{last.layer.path}/sum"] = total
    forward[f"{last.layer.path}/output"] = result


def reached(ends: Sequence[Node]) -> list[Node]:
    """List everything that some nodes were made from."""
    seen: dict[Node, None] = {}
    stack = list(ends)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen[node] = None
            stack.extend(x for x in node.inputs if isinstance(x, Node))
    return list(seen)
