"""The slips of hand calculations: each says what one writes instead of a line that is right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from clearprop.explain.activation import named_activation
from clearprop.explain.formula import Applied, Formula, Quantity
from clearprop.explain.hand import Calculation
from clearprop.explain.lines import Line
from clearprop.explain.writing import op, total

__all__ = ["SLIPS", "Slip"]

Written: TypeAlias = tuple[Formula, dict[str, str]]
Writer: TypeAlias = Callable[[Calculation, Line], Iterable[Formula | Written]]


@dataclass(frozen=True)
class Slip:
    """
    One way to go wrong.

    Attributes
    ----------
    key : str
        Its words are ``compare.KEY``; they mention {name}, the number it happened at.
    kinds : tuple of str
        The kinds of lines that it can happen in.
    habit : bool
        Whether who does it does it in every such line; else it happens in one.
    """

    key: str
    kinds: tuple[str, ...]
    habit: bool
    writer: Writer

    def at(self, calculation: Calculation, line: Line) -> Iterator[Written]:
        """Give what might be written instead of a line, each with what its words mention."""
        if line.kind not in self.kinds:
            return
        for each in self.writer(calculation, line):
            formula, mentioned = each if isinstance(each, tuple) else (each, {})
            if formula != line.formula:
                yield formula, mentioned


SLIPS: list[Slip] = []


def slip(*kinds: str, habit: bool = False) -> Callable[[Writer], Writer]:
    """Add a slip of these kinds of lines, called as its function."""

    def added(writer: Writer) -> Writer:
        SLIPS.append(Slip(writer.__name__, kinds, habit, writer))
        return writer

    return added


_CURVED = ("sigmoid", "tanh")  # where it is on, ReLU is no activation at all


# -- forward -----------------------------------------------------------------------------------


@slip("sum", habit=True)
def no_bias(c: Calculation, line: Line) -> Iterator[Formula]:
    yield c.weighted(line.layer, line.unit, bias=False)


@slip("sum")
def left_out_input(c: Calculation, line: Line) -> Iterator[Written]:
    parts = getattr(line.formula, "parts", ())
    for i, x in enumerate(c.inputs[line.layer] if len(parts) > 1 else ()):
        yield total([*parts[:i], *parts[i + 1 :]]), {"other": x.symbol}


@slip("sum", habit=True)
def transposed_forward(c: Calculation, line: Line) -> Iterator[Formula]:
    weights, values = c.w[line.layer], c.inputs[line.layer]
    if len(weights) == len(values) > 1:
        row = [weights[i][line.unit] for i in range(len(values))]
        parts: list[Formula] = [op("multiply", x, w) for x, w in zip(values, row, strict=True)]
        own = c.b[line.layer]
        yield total([*parts, own[line.unit]] if own else parts)


@slip("output", habit=True)
def no_activation(c: Calculation, line: Line) -> Iterator[Formula]:
    yield c.sums[line.layer][line.unit]


@slip("output", habit=True)
def other_activation(c: Calculation, line: Line) -> Iterator[Written]:
    for other in _CURVED:
        if other != c.layers[line.layer].activation:
            yield op(other, c.sums[line.layer][line.unit]), {"other": other}


@slip("output", habit=True)
def sign_in_exponent(c: Calculation, line: Line) -> Iterator[Formula]:
    if c.layers[line.layer].activation == "sigmoid":
        yield op("sigmoid", op("negative", c.sums[line.layer][line.unit]))


# -- the error ---------------------------------------------------------------------------------


def _errors(c: Calculation) -> list[Applied]:
    """Give output less target, for every output."""
    return [op("subtract", o, t) for o, t in zip(c.inputs[-1], c.targets, strict=True)]


def _is_single(line: Line) -> bool:
    return line.unit >= 0


@slip("error", "total")
def half_forgotten(c: Calculation, line: Line) -> Iterator[Formula]:
    if c.half and c.kind == "squared" and _is_single(line):
        yield op("square", _errors(c)[line.unit])


@slip("error", "total")
def not_squared(c: Calculation, line: Line) -> Iterator[Formula]:
    if c.kind == "squared" and _is_single(line):
        error = _errors(c)[line.unit]
        for size in (error, op("subtract", *reversed(list(error.args.values())))):
            yield size
            yield op("divide", size, Quantity(2.0))


@slip("total")
def one_output_only(c: Calculation, line: Line) -> Iterator[Written]:
    for part in getattr(line.formula, "parts", ()):
        yield part, {"other": part.symbol}


@slip("total")
def averaged_outputs(c: Calculation, line: Line) -> Iterator[Formula]:
    if not _is_single(line):
        yield op("divide", line.formula, Quantity(float(len(c.targets))))


# -- back to the sums --------------------------------------------------------------------------


@slip("arriving", "end", habit=True)
def error_sign(c: Calculation, line: Line) -> Iterator[Formula]:
    if line.layer == len(c.layers) - 1:
        o, t = c.inputs[-1][line.unit], c.targets[line.unit]
        turned = op("subtract", t, o)
        yield turned if line.formula == op("subtract", o, t) else op("negative", line.formula)


@slip("arriving", habit=True)
def two_of_square_kept(c: Calculation, line: Line) -> Iterator[Formula]:
    if line.layer == len(c.layers) - 1 and c.half:
        yield op("multiply", Quantity(2.0), line.formula)


@slip("arriving")
def one_path(c: Calculation, line: Line) -> Iterator[Written]:
    for unit, part in zip(
        c.units[min(line.layer + 1, len(c.units) - 1)],
        getattr(line.formula, "parts", ()),
        strict=False,
    ):
        yield part, {"other": unit}


@slip("arriving", habit=True)
def transposed_backward(c: Calculation, line: Line) -> Iterator[Formula]:
    if line.layer == len(c.layers) - 1:
        return
    weights, deltas = c.w[line.layer + 1], c.deltas[line.layer + 1]
    if len(weights) == len(weights[0]) > 1:
        yield total([op("multiply", d, w) for d, w in zip(deltas, weights[line.unit], strict=True)])


@slip("arriving", habit=True)
def weights_updated_first(c: Calculation, line: Line) -> Iterator[Formula]:
    if line.layer == len(c.layers) - 1:
        return
    value = c.inputs[line.layer + 1][line.unit]
    parts = []
    for d, row in zip(c.deltas[line.layer + 1], c.w[line.layer + 1], strict=True):
        step = op("multiply", c.lr, op("multiply", d, value))
        parts.append(op("multiply", d, op("subtract", row[line.unit], step)))
    yield total(parts)


@slip("arriving", habit=True)
def weight_forgotten(c: Calculation, line: Line) -> Iterator[Formula]:
    if line.layer < len(c.layers) - 1:
        yield total(c.deltas[line.layer + 1])


@slip("slope", habit=True)
def slope_at_sum(c: Calculation, line: Line) -> Iterator[Formula]:
    z = c.sums[line.layer][line.unit]
    yield c.layers[line.layer].applied.slope(z, z)


@slip("slope", habit=True)
def slope_of_output(c: Calculation, line: Line) -> Iterator[Formula]:
    y, applied = c.inputs[line.layer + 1][line.unit], c.layers[line.layer].applied
    yield applied.slope(applied.output(y), y)


@slip("slope", habit=True)
def other_slope(c: Calculation, line: Line) -> Iterator[Written]:
    y, z = c.inputs[line.layer + 1][line.unit], c.sums[line.layer][line.unit]
    for other in _CURVED:
        if other != c.layers[line.layer].activation:
            yield named_activation(other).slope(y, z), {"other": other}


@slip("delta", habit=True)
def no_slope(c: Calculation, line: Line) -> Iterator[Formula]:
    assert isinstance(line.formula, Applied)  # what arrives, times the slope
    yield line.formula.args["x1"]


# -- softmax, and cross-entropy --------------------------------------------------------------------


def _is_softmax(c: Calculation, line: Line) -> bool:
    return c.layers[line.layer].activation == "softmax"


@slip("output", habit=True)
def shares_without_exp(c: Calculation, line: Line) -> Iterator[Formula]:
    sums = c.sums[line.layer]
    if _is_softmax(c, line) and total(sums).value != 0:
        yield op("divide", sums[line.unit], total(sums))


@slip("output", habit=True)
def not_shared(c: Calculation, line: Line) -> Iterator[Formula]:
    if _is_softmax(c, line):
        yield op("exp", c.sums[line.layer][line.unit])


@slip("error", "total", habit=True)
def log_to_base_10(c: Calculation, line: Line) -> Iterator[Formula]:
    if c.kind != "squared" and _is_single(line):
        yield op("divide", line.formula, Quantity(math.log(10)))


@slip("error", "total")
def other_class_forgotten(c: Calculation, line: Line) -> Iterator[Formula]:
    if c.kind == "binary" and _is_single(line):
        o, t = c.inputs[-1][line.unit], c.targets[line.unit]
        yield op("negative", op("multiply", t, op("log", o)))
        one = Quantity(1.0)
        rest = op("log", op("subtract", one, o))
        yield op("negative", op("multiply", op("subtract", one, t), rest))


@slip("end", habit=True)
def slope_kept(c: Calculation, line: Line) -> Iterator[Formula]:
    o = c.inputs[-1][line.unit]
    yield op("multiply", line.formula, op("multiply", o, op("subtract", Quantity(1.0), o)))


@slip("whole_delta", habit=True)
def other_outputs_forgotten(c: Calculation, line: Line) -> Iterator[Formula]:
    if _is_softmax(c, line):
        y = c.inputs[line.layer + 1][line.unit]
        slope = op("multiply", y, op("subtract", Quantity(1.0), y))
        yield op("multiply", c.by_name[f"dE/d{c.units[line.layer][line.unit]}"].quantity, slope)


@slip("whole_delta", habit=True)
def softmax_skipped(c: Calculation, line: Line) -> Iterator[Formula]:
    yield c.by_name[f"dE/d{c.units[line.layer][line.unit]}"].quantity


# -- gradients and steps -----------------------------------------------------------------------


@slip("gradient")
def input_of_another_unit(c: Calculation, line: Line) -> Iterator[Written]:
    delta = c.deltas[line.layer][line.unit]
    for i, value in enumerate(c.inputs[line.layer]):
        if line.input not in (i, -1):
            yield op("multiply", delta, value), {"other": value.symbol}


@slip("gradient")
def delta_of_another_unit(c: Calculation, line: Line) -> Iterator[Written]:
    own = c.inputs[line.layer][line.input]
    for j, delta in enumerate(c.deltas[line.layer]):
        if j != line.unit:
            yield (
                op("multiply", delta, own) if line.input >= 0 else delta,
                {"other": delta.symbol},
            )


@slip("gradient", habit=True)
def input_before_activation(c: Calculation, line: Line) -> Iterator[Formula]:
    k = line.layer
    if k > 0 and line.input >= 0 and not c.layers[k - 1].applied.linear:
        yield op("multiply", c.deltas[k][line.unit], c.sums[k - 1][line.input])


@slip("gradient")
def input_forgotten(c: Calculation, line: Line) -> Iterator[Formula]:
    if line.input >= 0:
        yield c.deltas[line.layer][line.unit]


@slip("gradient")
def weight_for_input(c: Calculation, line: Line) -> Iterator[Formula]:
    if line.input >= 0:
        weight = c.w[line.layer][line.unit][line.input]
        yield op("multiply", c.deltas[line.layer][line.unit], weight)


def _step(line: Line) -> tuple[Formula, Formula, Formula]:
    """Take ``w − lr · g`` apart."""
    assert isinstance(line.formula, Applied)
    weight, product = line.formula.args.values()
    assert isinstance(product, Applied)
    return weight, product.args["x1"], product.args["x2"]


@slip("next")
def step_added(c: Calculation, line: Line) -> Iterator[Formula]:
    weight, rate, gradient = _step(line)
    yield op("add", weight, op("multiply", rate, gradient))


@slip("next")
def rate_forgotten(c: Calculation, line: Line) -> Iterator[Formula]:
    weight, _, gradient = _step(line)
    yield op("subtract", weight, gradient)


@slip("next")
def only_the_step(c: Calculation, line: Line) -> Iterator[Formula]:
    _, rate, gradient = _step(line)
    step = op("multiply", rate, gradient)
    yield step
    yield op("negative", step)


@slip("next")
def rate_used_twice(c: Calculation, line: Line) -> Iterator[Formula]:
    weight, rate, gradient = _step(line)
    yield op("subtract", weight, op("multiply", rate, op("multiply", rate, gradient)))


@slip("gradient")
def rate_used_too_early(c: Calculation, line: Line) -> Iterator[Formula]:
    yield op("multiply", c.lr, line.formula)


@slip("next")
def step_by_delta(c: Calculation, line: Line) -> Iterator[Formula]:
    weight, rate, _ = _step(line)
    if line.input >= 0:
        yield op("subtract", weight, op("multiply", rate, c.deltas[line.layer][line.unit]))
