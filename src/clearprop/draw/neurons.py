"""A network as neurons: each weight a line, its size the thickness, its sign colour and dash."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from clearprop.draw.axes import backdrop, heading
from clearprop.draw.columns import columns
from clearprop.draw.dense_net import DenseNet, dense_net
from clearprop.draw.legend import Item, legend
from clearprop.draw.lettering import text_width
from clearprop.draw.neuron_marks import (
    NAME,
    Line,
    Plan,
    drawn_lines,
    fold,
    head,
    numbers,
    stroke,
    strokes,
    unit_parts,
)
from clearprop.draw.numerals import shown
from clearprop.draw.svg import Element, Svg, el
from clearprop.errors import OptionError, ShapeError
from clearprop.lang import say

__all__ = ["neurons"]

_ROOMY = 6  # columns of at most so many rows have room for all numbers
_NUMBERED = 12  # between two layers; with more lines, their numbers are a thicket


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
        By default from the catalogue.
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
        between = [say("draw.hidden", lang)] * (len(net.weights) - 1)
        names = [say("draw.input", lang), *between, say("draw.output", lang)]
    if len(names) != len(net.sizes):
        raise ShapeError(f"neurons: {len(net.sizes)} layers need as many names; got {len(names)}.")
    plan = _plan(net, most)
    lines = [line for layer in range(len(net.weights)) for line in drawn_lines(plan, layer)]
    body = [el("g", *strokes(lines, net.largest(), plan.roomy), fill="none")]
    for layer, column in enumerate(plan.columns):
        body.append(head(names[layer], column))
        body += [part for unit in column.y for part in unit_parts(plan, layer, unit)]
        body += fold(column, lang)
    if plan.roomy and max(w.size for w in net.weights) <= _NUMBERED:
        body += numbers(lines, plan)
    key = _key(lines, net, plan.roomy and biases is not None, lang)
    parts, below = legend(key, 16, plan.bottom + 16, plan.width - 32)
    title = say("draw.neurons_title", lang) if title is None else title
    height = plan.bottom + 20 + below
    frame = [backdrop(plan.width, height), *heading(title, plan.width)]
    return Svg(plan.width, height, title, _told(net, lang), (*frame, *body, *parts))


def _plan(net: DenseNet, most: int) -> Plan:
    roomy = min(max(net.sizes), most) <= _ROOMY
    radius = 21.0 if roomy else 17.0
    # As wide as the names of inputs and outputs need, and never so narrow that the key is cut.
    left, right = (
        28 + radius + min(NAME, max(map(text_width, names)))
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
    return Plan(net, placed, radius, roomy, width, bottom)


def _key(lines: Sequence[Line], net: DenseNet, biases: bool, lang: str | None) -> list[Item]:
    """What lines mean, how thick the thickest is, and how many weights are not drawn."""

    def sample(sign: float) -> tuple[Element, ...]:
        return (el("line", x1=0, y1=0, x2=30, y2=0, **stroke(sign * 0.6, 1.0)),)

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
