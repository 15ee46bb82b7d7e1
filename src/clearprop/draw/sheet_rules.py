"""What a worksheet says of its network: the activation functions, their slopes, and the error."""

from __future__ import annotations

from clearprop.draw.why_lines import line_of
from clearprop.explain.activation import named_activation
from clearprop.explain.digits import show
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.formula import Formula, Quantity
from clearprop.explain.sheet import Sheet
from clearprop.lang import say

__all__ = ["lead", "rules"]

DIGITS = 6
IN_WORDS = ("linear", "sigmoid", "tanh", "relu")  # those that have a sentence of their own


def lead(sheet: Sheet, lang: str) -> str:
    """Say what the sheet is about, in one line."""
    seed = "–" if sheet.seed is None else sheet.seed
    name = sheet.activation
    if sheet.output != name:
        name = sheet.output if len(sheet.sizes) == 2 else f"{name}, {sheet.output}"
    return say("sheet.lead", lang, activation=name, lr=show(sheet.lr), seed=seed)


def rules(sheet: Sheet, lang: str) -> str:
    """Say all that one needs to know beside the given numbers."""
    said = []
    if len(sheet.sizes) > 2 or sheet.output == sheet.activation:
        said.append(_rule(sheet.activation, lang))
    if sheet.output != sheet.activation:
        said.append(say(f"sheet.output_{sheet.output}", lang))
    return say(
        "sheet.rules", lang, activation=" ".join(said), error=say(f"sheet.error_{sheet.loss}", lang)
    )


def _rule(name: str, lang: str) -> str:
    if name in IN_WORDS:
        return say(f"sheet.rule_{name}", lang)
    applied = named_activation(name)
    z = Quantity(0.5, "z")
    y = Quantity(applied.output(z).value, "y")
    definition, slope = applied.output(z), applied.slope(y, z)
    formula, derivative = _symbols(definition), _symbols(slope)
    said = say("sheet.rule_other", lang, name=name, formula=formula, slope=derivative)
    if "where(" in formula + derivative:
        said += f" {say('explain.where_is', lang)}"
    return said


def _symbols(formula: Formula) -> str:
    if isinstance(formula, Quantity):
        return formula.symbol or show(formula.value, DIGITS)
    step = Step("", "y", "y", formula.value, "output", 1, formula)
    return line_of(step, Explanation("", (step,), {}, "", "en", DIGITS), latex=False).formula
