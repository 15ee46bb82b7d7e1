"""What a network of neurons is drawn of: lines for weights, circles for units, their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from clearprop.draw.axes import Box
from clearprop.draw.columns import Column, free_spots
from clearprop.draw.dense_net import DenseNet
from clearprop.draw.lettering import SMALL, chip, fit, text, text_width
from clearprop.draw.numerals import shown
from clearprop.draw.palette import MINUS, PLUS
from clearprop.draw.svg import Element, el
from clearprop.lang import say

__all__ = [
    "NAME",
    "Line",
    "Plan",
    "drawn_lines",
    "fold",
    "head",
    "numbers",
    "stroke",
    "strokes",
    "unit_parts",
]

NAME = 110.0  # pixels for the names of inputs and outputs
_THICKEST = 5.0  # pixels; less where lines are many


@final
@dataclass(frozen=True)
class Line:
    """One weight that is drawn: where, how much, and in words."""

    ends: tuple[float, float, float, float]
    weight: float
    tip: str


@final
@dataclass(frozen=True)
class Plan:
    """The network and where everything stands."""

    net: DenseNet
    columns: list[Column]
    radius: float
    roomy: bool
    width: float
    bottom: float


def drawn_lines(plan: Plan, layer: int) -> Iterator[Line]:
    """The weights between two columns of which both units are drawn."""
    before, after = plan.columns[layer : layer + 2]
    sources, targets = plan.net.units[layer : layer + 2]
    for i, y1 in before.y.items():
        for j, y2 in after.y.items():
            weight = float(plan.net.weights[layer][i, j])
            if np.isfinite(weight):
                ends = (before.x, y1, after.x, y2)
                yield Line(ends, weight, f"{sources[i]} → {targets[j]}: {shown(weight)}")


def stroke(
    weight: float, largest: float, thickest: float = _THICKEST
) -> dict[str, float | str | None]:
    """Thickness, colour and dash of a weight."""
    width = max(0.5, thickest * abs(weight) / largest) if largest else 0.5
    role = PLUS if weight > 0 else MINUS if weight < 0 else "muted"
    dash = None if weight > 0 else "1 4"
    if weight < 0:
        dash = f"{max(5.0, 2 * width):.0f} {max(3.0, 1.2 * width):.0f}"
    return {"class_": f"s-{role}", "stroke_width": width, "stroke_dasharray": dash}


def strokes(lines: Sequence[Line], largest: float, roomy: bool) -> list[Element]:
    """The lines, the thickest on top."""
    drawn = []
    for line in sorted(lines, key=lambda line: abs(line.weight)):
        x1, y1, x2, y2 = line.ends
        style = stroke(line.weight, largest, _THICKEST if roomy else 0.7 * _THICKEST)
        drawn.append(el("line", el("title", line.tip), x1=x1, y1=y1, x2=x2, y2=y2, **style))
    return drawn


def head(name: str, column: Column) -> Element:
    """Write the name of a layer and its size above its column."""
    words = fit(f"{name} · {column.size}", 150.0, SMALL)
    return text(column.x, 52, words, size=SMALL, role="muted", anchor="middle", tip=name)


def unit_parts(plan: Plan, layer: int, unit: int) -> list[Element]:
    """A circle with its value or name inside, the name beside or above it, the bias beneath."""
    column, r = plan.columns[layer], plan.radius
    x, y = column.x, column.y[unit]
    name = plan.net.units[layer][unit]
    values, biases = plan.net.values[layer], plan.net.biases[layer]
    tip = name
    if values is not None:
        tip += f" = {shown(float(values[unit]))}"
    if biases is not None:
        tip += f", b = {shown(float(biases[unit]))}"
    circle = el(
        "circle", el("title", tip), cx=x, cy=y, r=r, class_="f-paper s-ink", stroke_width=1.25
    )
    parts = [circle]
    inside = _inside(plan, layer, unit)
    if inside:
        parts.append(text(x, y, inside, size=_inner(plan), anchor="middle"))
    if inside != name:
        parts += _outside(plan, layer, x, y, name)
    if plan.roomy and biases is not None:
        words = f"b {shown(float(biases[unit]), 3)}"
        parts.append(
            text(x, y + r + 10, words, size=SMALL, role="muted", anchor="middle", halo=True)
        )
    return parts


def _inner(plan: Plan) -> float:
    """Size of the letters in a circle."""
    return SMALL if plan.roomy else SMALL - 1


def _inside(plan: Plan, layer: int, unit: int) -> str:
    """What stands in a circle: the value as exactly as it fits, or else the name if all fit."""
    values, names = plan.net.values[layer], plan.net.units[layer]
    size, room = _inner(plan), 2 * plan.radius - 2
    if values is None:
        drawn = (names[k] for k in plan.columns[layer].y)
        return names[unit] if all(text_width(name, size) <= room for name in drawn) else ""
    value = float(values[unit])
    written = [shown(value, digits) for digits in (3, 2, 1)]
    if value and abs(value) < 0.001:  # 0.0005 is wider than 5e−4
        mantissa, power = f"{value:.0e}".split("e")
        written.append(f"{mantissa}e{int(power)}".replace("-", "−"))
    return next((words for words in written if text_width(words, size) <= room), "")


def _outside(plan: Plan, layer: int, x: float, y: float, name: str) -> list[Element]:
    """The name of a unit where no line runs: left of inputs, right of outputs, above the others."""
    r, cut = plan.radius, fit(name, NAME)
    if layer == 0:
        return [text(x - r - 7, y, cut, anchor="end", tip=name)]
    if layer == len(plan.columns) - 1:
        return [text(x + r + 7, y, cut, tip=name)]
    if not plan.roomy:
        return []  # the tip of the circle has it
    return [text(x, y - r - 9, cut, size=SMALL, anchor="middle", halo=True, tip=name)]


def fold(column: Column, lang: str | None) -> list[Element]:
    """Say how many units of a column are not drawn."""
    if column.fold is None:
        return []
    words = say("draw.units_more", lang, count=column.folded)
    return [chip(column.x, column.fold, words, bold=True)]


def numbers(lines: Sequence[Line], plan: Plan) -> list[Element]:
    """The weights written on their lines, if there is room for every one of them."""
    r = plan.radius
    circles = [
        Box(column.x - r - 4, y - r - 16, column.x + r + 4, y + r + 18)
        for column in plan.columns
        for y in column.y.values()
    ]
    words = [shown(line.weight, 3) for line in lines]
    sizes = [(text_width(word, SMALL), SMALL + 1) for word in words]
    spots = free_spots([line.ends for line in lines], sizes, circles)
    if spots is None:
        return []
    roles = [PLUS if line.weight > 0 else MINUS if line.weight < 0 else "muted" for line in lines]
    return [
        chip(x, y, word, role=role) for (x, y), word, role in zip(spots, words, roles, strict=True)
    ]
