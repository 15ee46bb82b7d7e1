"""What a computation graph is drawn of: boxes by kind, arrows, and frames around groups."""

from __future__ import annotations

from clearprop.draw.axes import Box
from clearprop.draw.graph_parts import Node
from clearprop.draw.lettering import SMALL, chip, fit, text
from clearprop.draw.palette import BACKWARD
from clearprop.draw.svg import Element, Id, Url, el, number
from clearprop.lang import say

__all__ = [
    "LINE",
    "arrow",
    "arrow_head",
    "frame_name",
    "frame_shape",
    "node_box",
    "node_lines",
    "outline",
]

LINE = 16.0  # height of a line of text in a box
_WIDEST = 180.0  # of a text in a box
_STROKE = {"input": "blue", "parameter": "green", "op": "muted", "output": "ink", "group": "slate"}

Points = list[tuple[float, float]]


def node_lines(node: Node, lang: str | None) -> list[tuple[str, str]]:
    """What is written in a box, with its colour: name, value, gradient."""
    value = say("draw.node_members", lang, count=node.value) if node.kind == "group" else node.value
    lines = [(node.label, "ink"), (value, "muted" if node.kind == "group" else "ink")]
    lines += [(words, "muted") for words in node.lines]
    if node.grad:
        lines.append((f"∂ {node.grad}", BACKWARD))
    return [
        (fit(words, _WIDEST, bold=row == 0), role)
        for row, (words, role) in enumerate(lines)
        if words
    ]


def outline(kind: str, box: Box, tip: str = "") -> list[Element]:
    """The shape of a kind, so that it is told without colour."""
    role = _STROKE[kind]
    titles = [el("title", tip)] if tip else []

    def rect(inset: float, rx: float, fill: str, stroke_width: float) -> Element:
        return el(
            "rect",
            *titles,
            x=box.left + inset,
            y=box.top + inset,
            width=box.width - 2 * inset,
            height=box.height - 2 * inset,
            rx=rx,
            class_=f"f-{fill} s-{role}",
            stroke_width=stroke_width,
        )

    match kind:
        case "input":
            return [rect(0, min(box.height, 40) / 2, "paper", 1.5)]
        case "parameter":
            bar = el("rect", x=box.left, y=box.top, width=5, height=box.height, class_=f"f-{role}")
            return [rect(0, 0, "paper", 1.5), bar]
        case "output":
            return [rect(0, 6, "paper", 2.5)]
        case "group":
            return [rect(-3, 8, "paper", 1.0), rect(0, 5, "panel", 1.5)]
        case _:
            return [rect(0, 5, "panel", 1.0)]


def node_box(node: Node, box: Box, lang: str | None) -> list[Element]:
    """Draw a node: its outline, and its lines of text from the top."""
    parts = outline(node.kind, box, node.tip or node.label)
    middle = (box.left + box.right) / 2
    for row, (words, role) in enumerate(node_lines(node, lang)):
        at = box.top + 6 + LINE * (row + 0.5)
        parts.append(text(middle, at, words, role=role, anchor="middle", bold=row == 0))
    return parts


def arrow(points: list[tuple[float, float]], count: int, down: bool) -> list[Element]:
    """Straight within layers, curved between them, the curves leaving and arriving head on."""
    written = [f"{number(x)} {number(y)}" for x, y in points]
    path = f"M{written[0]}"
    for k, (x, y) in enumerate(points[1:], 1):
        if written[k - 1] == written[k]:
            continue  # a line of no length would turn the arrow head
        if k % 2:
            path += f"L{written[k]}"
        else:
            x0, y0 = points[k - 1]
            bend = (
                (x0, (y0 + y) / 2, x, (y0 + y) / 2) if down else ((x0 + x) / 2, y0, (x0 + x) / 2, y)
            )
            path += "C" + " ".join(map(number, (*bend, x, y)))
    line = el("path", d=path, class_="s-muted", fill="none", marker_end=Url("arrow"))
    if count == 1:
        return [line]
    x, y = (points[1][0] + points[2][0]) / 2, (points[1][1] + points[2][1]) / 2
    return [line, chip(x, y, f"×{count}")]


def arrow_head() -> Element:
    """Define the head that every arrow of the picture refers to."""
    tip = el("path", d="M0 0L8 4L0 8Z", class_="f-muted")
    marker = el(
        "marker",
        tip,
        id=Id("arrow"),
        markerWidth=8,
        markerHeight=8,
        refX=7.5,
        refY=4,
        orient="auto",
        markerUnits="userSpaceOnUse",
    )
    return el("defs", marker)


def frame_shape(box: Box) -> Element:
    """Draw the frame around an open group; it lies beneath the arrows."""
    sides = {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
    return el("rect", **sides, rx=8, class_="f-panel s-grid")


def frame_name(name: str, box: Box, down: bool) -> Element:
    """Write the name of an open group where few arrows pass; it lies above them."""
    words = fit(name, box.width - 16, SMALL)
    at = box.bottom - 10 if down else box.top + 11
    return text(box.left + 8, at, words, size=SMALL, role="muted", tip=name)
