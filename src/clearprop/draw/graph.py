"""The computation graph: values as they flow forward, gradients as they flow back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from clearprop.draw.axes import Box, backdrop, heading
from clearprop.draw.graph_marks import (
    LINE,
    arrow,
    arrow_head,
    frame_name,
    frame_shape,
    node_box,
    node_lines,
    outline,
)
from clearprop.draw.graph_parts import KINDS, Edge, Node, check_graph, collapse
from clearprop.draw.layout import laid_out
from clearprop.draw.legend import Item, legend
from clearprop.draw.lettering import SMALL, TITLE, fit, text, text_width
from clearprop.draw.palette import BACKWARD
from clearprop.draw.svg import Svg
from clearprop.lang import say

__all__ = ["Edge", "Node", "graph", "picture"]

_TOLD = 40  # nodes whose numbers are told in the description


def graph(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    groups: Mapping[str, Sequence[str]] | None = None,
    *,
    collapsed: Collection[str] | None = None,
    most: int = 60,
    down: bool = False,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw a computation graph in layers, with few crossings and no edge through a box.

    Parameters
    ----------
    nodes : sequence of Node
        In the order of the computation, which also decides ties of the layout.
    edges : sequence of Edge
        An edge given twice, as in ``x * x``, is drawn once with "×2".
    groups : mapping of str to sequence of str, optional
        Names of groups, such as layers, and the ids of their nodes; a node is in one at most.
    collapsed : collection of str, optional
        Groups to be drawn as one box each. By default all, if there are more than `most` nodes,
        and else none. A group that is open is framed, if no stranger stands inside the frame.
    most : int, optional
        See `collapsed`.
    down : bool, optional
        Let the values flow from top to bottom instead of from left to right.
    title : str, optional
        By default from the catalogue.
    lang : {"ko", "en"}, optional
        Language of the words; by default what `clearprop.lang.language` finds.

    Returns
    -------
    Svg
        The picture.

    Raises
    ------
    OptionError
        If an id is given twice or is not known, a kind is not known, or the edges run in a circle.

    Examples
    --------
    >>> nodes = [Node("x", "x", "2", "3", "input"), Node("y", "3 x", "6", "1", "output")]
    >>> print(graph(nodes, [Edge("x", "y")], lang="en").desc)
    2 nodes and 1 arrow, from x to 3 x.
    x: value 2, gradient 3.
    3 x: value 6, gradient 1.
    """
    title = say("draw.graph_title", lang) if title is None else title
    groups = groups or {}
    check_graph(nodes, edges, groups)
    if collapsed is None:
        collapsed = set(groups) if len(nodes) > most else set()
    nodes, edges, left_open = collapse(nodes, edges, groups, collapsed)
    notes = [say("draw.group_open", lang, name=name) for name in left_open]
    return picture(
        nodes, edges, groups, key=_key(nodes, lang), notes=notes, down=down, title=title, lang=lang
    )


def picture(
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    groups: Mapping[str, Sequence[str]],
    *,
    key: list[Item],
    notes: Sequence[str] = (),
    numbers: bool = True,
    down: bool,
    title: str,
    lang: str | None,
) -> Svg:
    """Draw boxes and arrows in layers, with a key and notes; `numbers` are values, gradients."""
    counts = Counter((edge.source, edge.target) for edge in edges)
    boxes, routes = _placed(nodes, list(counts), down, lang)
    frames = _frames({g: m for g, m in groups.items() if m}, boxes, down)
    grouped = {node.id for node in nodes if node.kind == "group"}

    drawn = [*boxes.values(), *frames.values()]
    bottom = max((box.bottom for box in drawn), default=60.0)
    least = max(340.0, min(text_width(title, TITLE, bold=True) + 12, 900.0))
    width = 20 + max([box.right for box in drawn] + [least])
    items, below = legend(key, 16, bottom + 26, width - 32)
    height = bottom + 30 + below + 18 * len(notes)
    body = [backdrop(width, height), arrow_head(), *heading(title, width)]
    body += [frame_shape(frame) for frame in frames.values()]
    for pair, count in counts.items():
        body += arrow(routes[pair], count if grouped.isdisjoint(pair) else 1, down)
    body += [frame_name(name, frame, down) for name, frame in frames.items()]
    for node in nodes:
        body += node_box(node, boxes[node.id], lang)
    body += items
    for row, note in enumerate(notes):
        at = bottom + 34 + below + 18 * row
        body.append(text(16, at, fit(note, width - 32, SMALL), size=SMALL, tip=note))
    told = [_told(nodes, counts, lang, numbers=numbers), *notes]
    return Svg(width, height, title, "\n".join(told), tuple(body))


def _placed(
    nodes: Sequence[Node],
    pairs: list[tuple[str, str]],
    down: bool,
    lang: str | None,
) -> tuple[dict[str, Box], dict[tuple[str, str], list[tuple[float, float]]]]:
    """Boxes and routes in pixels of the picture."""
    sizes = {}
    for node in nodes:
        lines = [words for words, _ in node_lines(node, lang)]
        widest = max(text_width(words, bold=row == 0) for row, words in enumerate(lines))
        sizes[node.id] = (max(44.0, widest + 22), LINE * len(lines) + 12)
    flow = laid_out(
        {key: (h, w) if down else (w, h) for key, (w, h) in sizes.items()},
        pairs,
        between=56.0 if down else 52.0,
        beside=20.0 if down else 18.0,
    )

    def on_paper(place: tuple[float, float]) -> tuple[float, float]:
        along, across = place
        x, y = (across, along) if down else (along, across)
        return x + 28, y + 60

    boxes = {}
    for node in nodes:
        (x, y), (w, h) = on_paper(flow.centres[node.id]), sizes[node.id]
        boxes[node.id] = Box(x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    return boxes, {pair: [on_paper(p) for p in flow.routes[pair]] for pair in pairs}


def _frames(
    groups: Mapping[str, Sequence[str]], boxes: Mapping[str, Box], down: bool
) -> dict[str, Box]:
    """Frames around open groups; only those that hold their members and nothing else."""
    frames: dict[str, Box] = {}
    above, below = (8, 22) if down else (22, 8)  # the name stands where fewer arrows pass
    for name, members in groups.items():
        own = [boxes[key] for key in members if key in boxes]
        if len(own) < len(members):
            continue
        frame = Box(
            min(box.left for box in own) - 10,
            min(box.top for box in own) - above,
            max(box.right for box in own) + 10,
            max(box.bottom for box in own) + below,
        )
        others = [box for key, box in boxes.items() if key not in members]
        if not any(frame.overlaps(box) for box in [*others, *frames.values()]):
            frames[name] = frame
    return frames


def _key(nodes: Sequence[Node], lang: str | None) -> list[Item]:
    """Shapes of the kinds that occur, and what the one or two numbers are."""
    present = {node.kind for node in nodes}
    shapes = [
        Item(say(f"draw.node_{kind}", lang), tuple(outline(kind, Box(0, -6, 22, 6))), 22.0)
        for kind in KINDS
        if kind in present
    ]
    numbers = [Item(say("draw.node_value", lang), role="ink")]
    if any(node.grad for node in nodes):
        numbers.append(Item("∂ " + say("draw.node_grad", lang), role=BACKWARD))
    return shapes + numbers


def _told(
    nodes: Sequence[Node], pairs: Iterable[tuple[str, str]], lang: str | None, *, numbers: bool
) -> str:
    """The graph in words: from where to where, then the numbers of its nodes."""
    pairs = list(pairs)
    targets, sources = {t for _, t in pairs}, {s for s, _ in pairs}
    first = [node.label for node in nodes if node.id not in targets]
    last = [node.label for node in nodes if node.id not in sources]
    lines = [
        say(
            "draw.graph",
            lang,
            nodes=len(nodes),
            edges=len(pairs),
            sources=", ".join(first),
            sinks=", ".join(last),
        )
    ]
    numbers = numbers and any(node.grad for node in nodes)
    for node in nodes[:_TOLD]:
        if node.kind != "group" and (node.value or node.grad):
            value, grad = node.value or "–", node.grad or "–"
            if not numbers:
                lines.append(f"{node.label}: {', '.join([node.value, *node.lines])}.")
                continue
            lines.append(say("draw.node", lang, label=node.label, value=value, grad=grad))
    if len(nodes) > _TOLD:
        lines.append(say("draw.more", lang, count=len(nodes) - _TOLD))
    return "\n".join(lines)
