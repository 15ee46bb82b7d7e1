"""
An explanation by another convention: every derivative times one factor, and a step that says so.

The chain rule is linear in the derivatives that it starts from, so a step that has a derivative on
the right keeps its form when all derivatives are scaled alike; only where a derivative comes from
the loss itself does the factor appear. A step of another kind, an optimizer's or one with a
penalty in it, gets the factor where the derivative stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from clearprop.core.op import REGISTRY
from clearprop.errors import OptionError
from clearprop.explain.conventions import (
    Convention,
    Ratio,
    convention_named,
    convention_of,
    loss_kind,
    own_scale,
    ratio_of,
)
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.formula import Applied, Formula, Quantity, Terms, apply, evaluate, leaves
from clearprop.lang import told

__all__ = ["is_derivative", "rebuilt", "translated"]

_DERIVATIVE = re.compile(r"\.(gradient|delta)(\[|$)")


def is_derivative(address: str) -> bool:
    """Tell whether an address is of a derivative of the loss."""
    return _DERIVATIVE.search(address) is not None


def translated(explanation: Explanation, loss: Any, wanted: str | Convention) -> Explanation:
    """
    Say an explanation of a model in another convention.

    Parameters
    ----------
    explanation : Explanation
        By the model's own convention.
    loss : Loss
        The model's.
    wanted : str or Convention

    Returns
    -------
    Explanation
        Losses and derivatives as they are by that convention; values and weights stay what they
        are. If the answer changed, a step with the role "convention" says by what factor.

    Raises
    ------
    OptionError
        If the convention is unknown, or does not define this kind of loss.
    """
    convention = convention_named(wanted)
    own, scale = convention_of(loss), own_scale(loss)
    if scale is None:
        raise OptionError(told("asking.convention_of_loss", loss=repr(loss.name)))
    facts = explanation.facts
    ratio = ratio_of(
        scale, convention.scale(loss_kind(loss)),
        outputs=int(facts["outputs"]), samples=int(facts["samples"]),
    )  # fmt: skip
    change = _Change(ratio.value, convention.delta_sign * own.delta_sign)
    steps = [change.step(step) for step in explanation.steps]
    first, before = steps[0], explanation.steps[0]
    if change.touches(before):
        steps.append(_bridge(first, before, ratio, change, own.name))
    if is_derivative(before.address):
        facts = dict(facts) | {"slope": before.value * ratio.value}
    return replace(explanation, steps=tuple(steps), facts=facts, convention=convention.name)


def _bridge(after: Step, before: Step, ratio: Ratio, change: _Change, own: str) -> Step:
    """Write the answer as that of the own convention, times the factor."""
    original = Quantity(
        before.value, f"{before.symbol} ({own})",
        rf"{before.latex}\,(\mathrm{{{own}}})", before.address,
    )  # fmt: skip
    turned = change.sign_of(before.address) < 0
    formula = ratio.times(_applied("negative", original) if turned else original)
    return replace(after, role="convention", level=1, formula=formula, condition=None, state=None)


class _Change:
    """What becomes of the numbers of an explanation."""

    def __init__(self, ratio: float, sign: int) -> None:
        self.ratio, self.sign = ratio, sign

    def sign_of(self, address: str) -> int:
        return self.sign if is_derivative(address) else 1

    def touches(self, thing: Step | Quantity) -> bool:
        """Tell whether a number differs between the conventions."""
        return thing.address == "loss" or is_derivative(thing.address)

    def factor(self, thing: Step | Quantity) -> float:
        return self.ratio * self.sign_of(thing.address) if self.touches(thing) else 1.0

    def quantity(self, q: Quantity) -> Quantity:
        """Give a number as it is by the other convention."""
        if not self.touches(q):
            return q
        symbol, latex = self._named(q.address, q.symbol, q.latex)
        return Quantity(q.value * self.factor(q), symbol, latex, q.address)

    def _named(self, address: str, symbol: str, latex: str) -> tuple[str, str]:
        """Name a derivative: δ is what the convention says it is, ∂ always means the same."""
        if self.sign_of(address) > 0 or ".delta" in address:
            return symbol, latex
        return f"−{symbol}", f"-{latex}"

    def original(self, q: Quantity) -> Formula:
        """Write a number of the own convention by that of the other."""
        if not self.touches(q):
            return q
        inner = self.quantity(q)
        size = scaled(inner, 1 / self.ratio)
        return _applied("negative", size) if self.sign_of(q.address) < 0 else size

    def step(self, step: Step) -> Step:
        symbol, latex = self._named(step.address, step.symbol, step.latex)
        factor = self.factor(step)
        made = replace(step, value=step.value * factor, symbol=symbol, latex=latex)
        if step.formula is None:
            return made
        return replace(made, formula=self._formula(step.formula, factor, made.value))

    def _formula(self, formula: Formula, factor: float, value: float) -> Formula:
        derived = [q for q in leaves(formula) if self.touches(q)]
        if not derived:
            return scaled(formula, factor)
        kept = rebuilt(formula, self.quantity, rest=factor)
        if math.isclose(evaluate(kept), value, rel_tol=1e-9, abs_tol=1e-300):
            return kept
        return scaled(rebuilt(formula, self.original), factor)


def rebuilt(formula: Formula, leaf: Callable[[Quantity], Formula], *, rest: float = 1.0) -> Formula:
    """
    Put other numbers, or formulas, in the place of a formula's numbers.

    Parameters
    ----------
    formula : Formula
    leaf : callable ``(Quantity) -> Formula``
    rest : float
        What the parts of sums that are left out are multiplied by.
    """
    if isinstance(formula, Quantity):
        return leaf(formula)
    if isinstance(formula, Terms):
        parts = tuple(rebuilt(part, leaf, rest=rest) for part in formula.parts)
        made = replace(formula, parts=parts, rest_total=formula.rest_total * rest)
        return replace(made, value=evaluate(made))
    args = {name: rebuilt(arg, leaf, rest=rest) for name, arg in formula.args.items()}
    if formula.op == "subtract" and _is_negative(args["x2"]):  # w − lr · (−g) is w + lr · g
        return _applied("add", args["x1"], _opposite(args["x2"]))
    changed = replace(formula, args=args)
    return replace(changed, value=evaluate(changed))


def scaled(formula: Formula, by: float) -> Formula:
    """
    Multiply a formula by a number, where its form has a place for it.

    Examples
    --------
    >>> scaled(Terms((Quantity(6.0, "a"),), 0, 0.0, 3.0, 2.0), 3.0).over
    1.0
    """
    if math.isclose(by, 1.0, rel_tol=1e-12):
        return formula
    if by < 0:
        return _opposite(scaled(formula, -by))
    if isinstance(formula, Quantity) and not formula.symbol:
        return Quantity(formula.value * by)
    if isinstance(formula, Terms):
        over = _neat(formula.over / by)
        return replace(formula, over=over, value=formula.value * by)
    if isinstance(formula, Applied) and formula.op == "multiply":
        first, second = formula.args["x1"], formula.args["x2"]
        if isinstance(first, Quantity) and not first.symbol:
            share = _neat(first.value * by)
            return second if share == 1 else _applied("multiply", Quantity(share), second)
        if isinstance(first, Applied) and first.op == "multiply":
            return _applied("multiply", scaled(first, by), second)
    return _applied("multiply", Quantity(by), formula)


def _opposite(formula: Formula) -> Formula:
    """Change the sign where it is best changed: t − o for o − t."""
    if isinstance(formula, Quantity) and not formula.symbol:
        return Quantity(-formula.value)
    if isinstance(formula, Applied):
        if formula.op == "negative":
            return formula.args["x"]
        if formula.op == "subtract":
            return _applied("subtract", formula.args["x2"], formula.args["x1"])
        if formula.op == "multiply":
            first, second = formula.args["x1"], formula.args["x2"]
            if _is_negative(second) or not _has_place(first):
                first, second = (first, second) if _has_place(second) else (second, first)
                turned = _applied("multiply", first, _opposite(second))
                return turned
            return _applied("multiply", _opposite(first), second)
    return _applied("negative", formula)


def _has_place(formula: Formula) -> bool:
    """Tell whether a sign can be changed within a formula without writing a minus before it."""
    if not isinstance(formula, Applied):
        return False
    if formula.op == "multiply":
        return any(map(_has_place, formula.args.values()))
    return formula.op in ("subtract", "negative")


def _is_negative(formula: Formula) -> bool:
    """Tell whether a formula is written with a minus before it, or before its last factor."""
    if not isinstance(formula, Applied):
        return False
    return formula.op == "negative" or (
        formula.op == "multiply" and _is_negative(formula.args["x2"])
    )


def _applied(name: str, *args: Formula) -> Formula:
    op = REGISTRY[name]
    made = apply(op, dict(zip(op.inputs, args, strict=True)), 0.0)
    return replace(made, value=evaluate(made)) if isinstance(made, Applied) else made


def _neat(value: float) -> float:
    """Take away what rounding left on a whole number: 3 · (1/3)."""
    near = float(round(value))
    return near if near and math.isclose(value, near, rel_tol=1e-12) else value
