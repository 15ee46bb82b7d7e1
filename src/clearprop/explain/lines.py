"""The lines of a hand calculation: a number each, its formula, and calculating it again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from clearprop.core.namespaces import NUMPY
from clearprop.core.op import REGISTRY
from clearprop.explain.formula import Formula, Quantity, Terms, evaluate
from clearprop.explain.translate import rebuilt

__all__ = ["PARTS", "Line", "Values", "bound", "computed"]

Values = dict[str, np.ndarray]

# The part of a hand calculation that a kind of line belongs to, in order.
PARTS = {
    "sum": "hand_forward",
    "output": "hand_forward",
    "error": "hand_error",
    "total": "hand_error",
    "arriving": "hand_back",
    "slope": "hand_back",
    "delta": "hand_back",
    "whole_delta": "hand_back",  # by an activation of the whole layer, as softmax
    "end": "hand_back",  # δ of an output by cross-entropy
    "gradient": "hand_gradient",
    "next": "hand_update",
}
OVER_SAMPLES = ("error", "total", "gradient")  # kinds of lines that add up what samples give


@dataclass(frozen=True)
class Line:
    """
    One number of a hand calculation, and how it is got.

    Attributes
    ----------
    name : str
        In letters of any keyboard: ``sum_h1``, ``h1``, ``E1``, ``dE/do1``, ``delta_h1``, ``w5+``.
    kind : str
        sum, output, error, total, arriving, slope, delta (whole_delta, by an activation of the
        whole layer; end, by cross-entropy), gradient or next.
    layer, unit, input : int
        Where it is; input is −1 for what has none, and for a bias.
    quantity : Quantity
    formula : Formula
    """

    name: str
    kind: str
    layer: int
    unit: int
    input: int
    quantity: Quantity
    formula: Formula


def bound(line: Line, values: Values) -> Line:
    """Give a line with other numbers in it: those of the first example."""

    def leaf(q: Quantity) -> Quantity:
        return replace(q, value=float(values[q.address][0])) if q.address in values else q

    with np.errstate(all="ignore"):
        formula = rebuilt(line.formula, leaf)
    return replace(line, formula=formula, quantity=replace(line.quantity, value=formula.value))


def computed(line: Line, values: Values) -> np.ndarray:
    """Calculate a line for all examples; what they give to the loss is added up."""
    with np.errstate(all="ignore"):  # of a wrong number there may be no logarithm
        found = np.atleast_1d(_evaluate(line.formula, values))
    return found.sum(keepdims=True) if line.kind in OVER_SAMPLES else found


def _evaluate(formula: Formula, values: Values) -> np.ndarray:
    if isinstance(formula, Quantity):
        return values[formula.address] if formula.address in values else np.array([formula.value])
    if isinstance(formula, Terms):
        parts = [_evaluate(part, values) for part in formula.parts]
        return np.asarray(sum(parts[1:], parts[0]) / formula.over)
    rule = REGISTRY[formula.op]
    args = [_evaluate(formula.args[name], values) for name in rule.inputs]
    params = {k: evaluate(v) for k, v in formula.args.items() if k not in rule.inputs}
    return np.asarray(rule.compute(NUMPY, *args, **params, **formula.settings))
