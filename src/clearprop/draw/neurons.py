"""A network as neurons: each weight a line, its size the thickness, its sign colour and dash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike

from clearprop.draw.axes import Box, backdrop, heading
from clearprop.draw.columns import Column, columns, free_spots
from clearprop.draw.dense_net import DenseNet, dense_net
from clearprop.draw.legend import Item, legend
from clearprop.draw.lettering import SMALL, chip, fit, shown, text, text_width
from clearprop.draw.palette import MINUS, PLUS
from clearprop.draw.svg import Element, Svg, el
from clearprop.errors import OptionError, ShapeError
from clearprop.lang import say

__all__ = ["neurons"]

_THICKEST = 5.0  # pixels; less where lines are many
_ROOMY = 6  # columns of at most so many rows have room for all numbers
_NUMBERED = 12  # between two layers; with more lines, their numbers are a thicket
_NAME = 110.0  # pixels for the names of inputs and outputs


@final
@dataclass(frozen=True)
class _Line:
    """One weight that is drawn: where, how much, and in words."""

    ends: tuple[float, float, float, float]
    weight: float
    tip: str


@final
@dataclass(frozen=True)
class _Plan:
    """The network and where everything stands."""

    net: DenseNet
    columns: list[Column]
    radius: float
    roomy: bool
    width: float
    bottom: float


def neurons(
    weights: Sequence[ArrayLike],
    *,
    biases: Sequence[ArrayLike | None] | None = None,
    names: Sequence[str] | None = None,
    units: Sequence[Sequence[str]] | None = None,
    values: Sequence[ArrayLike | None] | None = None,
    most: int = 12,
    title: str | None = None,
    lang: str | None = None,
) -> Svg:
    """
    Draw a dense network: layers as columns, units as circles, weights as lines.

    Parameters
    ----------
    weights : sequence of array, shape (I, O)
        One for each layer of weights; column ``j`` feeds unit ``j``.
    biases : sequence of array of shape (O,) or None, optional
        Written beneath the units where there is room.
    names : sequence of str, optional
        Names of the layers, the input's first.
    units : sequence of sequence of str, optional
        Names of the units of every layer; by default x1, x2, …; h1, …; o1, … (h1.1, h2.1 if
        there are several hidden layers).
    values : sequence of array of shape (units,), optional
        Outputs of the units of every layer for one example, written in the circles.
    most : int, optional
        Rows at most; a wider layer is folded, and how many units are not drawn is said there.
    title : str, optional
        by default from the catalogue.
    lang : {"ko", "en"}, optional
        Language of the words; by default what `clearprop.lang.language` finds.

    Returns
    -------
    Svg
        The picture, with a legend that gives the scale.

    Raises
    ------
    OptionError
        If `most` is less than 3.
    ShapeError
        If the arrays or names do not follow on one another.

    Examples
    --------
    >>> picture = neurons([[[0.15, 0.25], [0.2, -0.3]], [[0.4], [0.45]]], lang="en")
    >>> print(picture.desc)
    A network of 2-2-1 units. Of 6 weights, 5 are positive, 1 negative and 0 zero; the largest
    in size is 0.45.
    """
    if most < 3:
        raise OptionError(f"neurons: most must be at least 3, for a fold takes rows; got {most}.")
    net = dense_net(weights, biases, values, units)
    if names is None:
        names = ["input", *["hidden"] * (len(net.weights) - 1), "output"]
        names = [say(f"draw.{name}", lang) for name in names]
    if len(names) != len(net.sizes):
        raise ShapeError(f"neurons: {len(net.sizes)} layers need as many names; got {len(names)}.")
    plan = _plan(net, most)
    lines = [line for layer in range(len(net.weights)) for line in _lines(plan, layer)]
    body = [el("g", *_strokes(lines, net.largest(), plan.roomy), fill="none")]
    for layer, column in enumerate(plan.columns):
        body.append(_head(names[layer], column))
        body += [part for unit in column.y for part in _unit(plan, layer, unit)]
        body += _fold(column, lang)
    if plan.roomy and max(w.size for w in net.weights) <= _NUMBERED:
        body += _numbers(lines, plan)
    key = _key(lines, net, plan.roomy and biases is not None, lang)
    parts, below = legend(key, 16, plan.bottom + 16, plan.width - 32)
    title = say("draw.neurons_title", lang) if title is None else title
    height = plan.bottom + 20 + below
    frame = [backdrop(plan.width, height), *heading(title, plan.width)]
    return Svg(plan.width, height, title, _told(net, lang), (*frame, *body, *parts))


def _plan(net: DenseNet, most: int) -> _Plan:
    roomy = min(max(net.sizes), most) <= _ROOMY
    radius = 21.0 if roomy else 17.0
    # As wide as the names of inputs and outputs need, and never so narrow that the key is cut.
    left, right = (
        28 + radius + min(_NAME, max(map(text_width, names)))
        for names in (net.units[0], net.units[-1])
    )
    between = 190.0 if roomy else max(120.0, 210.0 - 10 * len(net.sizes))
    needed = left + between * (len(net.sizes) - 1) + right
    width = max(needed, 460.0)
    placed = columns(
        net.sizes,
        most=most,
        left=left + (width - needed) / 2,
        top=106 if roomy else 92,
        apart=88.0 if roomy else 42.0,
        between=between,
    )
    bottom = max(max(column.y.values()) for column in placed) + radius + (20 if roomy else 6)
    return _Plan(net, placed, radius, roomy, width, bottom)


def _lines(plan: _Plan, layer: int) -> Iterator[_Line]:
    """The weights between two columns of which both units are drawn."""
    before, after = plan.columns[layer : layer + 2]
    sources, targets = plan.net.units[layer : layer + 2]
    for i, y1 in before.y.items():
        for j, y2 in after.y.items():
            weight = float(plan.net.weights[layer][i, j])
            if np.isfinite(weight):
                ends = (before.x, y1, after.x, y2)
                yield _Line(ends, weight, f"{sources[i]} → {targets[j]}: {shown(weight)}")


def _stroke(
    weight: float, largest: float, thickest: float = _THICKEST
) -> dict[str, float | str | None]:
    """Thickness, colour and dash of a weight."""
    width = max(0.5, thickest * abs(weight) / largest) if largest else 0.5
    role = PLUS if weight > 0 else MINUS if weight < 0 else "muted"
    dash = None if weight > 0 else "1 4"
    if weight < 0:
        dash = f"{max(5.0, 2 * width):.0f} {max(3.0, 1.2 * width):.0f}"
    return {"class_": f"s-{role}", "stroke_width": width, "stroke_dasharray": dash}


def _strokes(lines: Sequence[_Line], largest: float, roomy: bool) -> list[Element]:
    """The lines, the thickest on top."""
    drawn = []
    for line in sorted(lines, key=lambda line: abs(line.weight)):
        x1, y1, x2, y2 = line.ends
        style = _stroke(line.weight, largest, _THICKEST if roomy else 0.7 * _THICKEST)
        drawn.append(el("line", el("title", line.tip), x1=x1, y1=y1, x2=x2, y2=y2, **style))
    return drawn


def _head(name: str, column: Column) -> Element:
    words = fit(f"{name} · {column.size}", 150.0, SMALL)
    return text(column.x, 52, words, size=SMALL, role="muted", anchor="middle", tip=name)


def _unit(plan: _Plan, layer: int, unit: int) -> list[Element]:
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


def _inner(plan: _Plan) -> float:
    """Size of the letters in a circle."""
    return SMALL if plan.roomy else SMALL - 1


def _inside(plan: _Plan, layer: int, unit: int) -> str:
    """What stands in a circle: the value as exactly as it fits, or else the name if all fit."""
    values, names = plan.net.values[layer], plan.net.units[layer]
    size, room = _inner(plan), 2 * plan.radius - 5
    if values is None:
        drawn = (names[k] for k in plan.columns[layer].y)
        return names[unit] if all(text_width(name, size) <= room for name in drawn) else ""
    written = (shown(float(values[unit]), digits) for digits in (3, 2, 1))
    return next((words for words in written if text_width(words, size) <= room), "")


def _outside(plan: _Plan, layer: int, x: float, y: float, name: str) -> list[Element]:
    """The name of a unit where no line runs: left of inputs, right of outputs, above the others."""
    r, cut = plan.radius, fit(name, _NAME)
    if layer == 0:
        return [text(x - r - 7, y, cut, anchor="end", tip=name)]
    if layer == len(plan.columns) - 1:
        return [text(x + r + 7, y, cut, tip=name)]
    if not plan.roomy:
        return []  # the tip of the circle has it
    return [text(x, y - r - 9, cut, size=SMALL, anchor="middle", halo=True, tip=name)]


def _fold(column: Column, lang: str | None) -> list[Element]:
    if column.fold is None:
        return []
    words = say("draw.units_more", lang, count=column.folded)
    return [chip(column.x, column.fold, words, bold=True)]


def _numbers(lines: Sequence[_Line], plan: _Plan) -> list[Element]:
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


def _key(lines: Sequence[_Line], net: DenseNet, biases: bool, lang: str | None) -> list[Item]:
    """What lines mean, how thick the thickest is, and how many weights are not drawn."""

    def sample(sign: float) -> tuple[Element, ...]:
        return (el("line", x1=0, y1=0, x2=30, y2=0, **_stroke(sign * 0.6, 1.0)),)

    flat = net.flat()
    items = [
        Item(say("draw.weight_positive", lang), sample(1.0), 30.0),
        Item(say("draw.weight_negative", lang), sample(-1.0), 30.0),
        *(
            [Item(say("draw.weight_zero", lang), sample(0.0), 30.0)]
            if any(not line.weight for line in lines)
            else []
        ),
        Item(say("draw.weight_scale", lang, size=shown(net.largest()))),
    ]
    if len(lines) < flat.size:
        items.append(
            Item(say("draw.weights_part", lang, drawn=f"{len(lines):,}", total=f"{flat.size:,}"))
        )
    if count := int((~np.isfinite(flat)).sum()):
        items.append(Item(say("draw.weights_not_finite", lang, count=count), role="ink"))
    return [*items, Item(say("draw.bias_mark", lang))] if biases else items


def _told(net: DenseNet, lang: str | None) -> str:
    flat = net.flat()
    return say(
        "draw.neurons",
        lang,
        layers="-".join(map(str, net.sizes)),
        total=flat.size,
        positive=int((flat > 0).sum()),
        negative=int((flat < 0).sum()),
        zero=int((flat == 0).sum()),
        size=shown(net.largest()),
    )
