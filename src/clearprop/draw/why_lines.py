"""An explanation's steps as lines: symbols, numbers, result, and a remark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from clearprop.core.op import ATOM, PRODUCT, REGISTRY, SIGN, SUM
from clearprop.core.wording import Worded, fill
from clearprop.explain.arithmetic import with_numbers
from clearprop.explain.digits import show
from clearprop.explain.equality import equate
from clearprop.explain.explanation import Explanation, State, Step
from clearprop.explain.formula import Applied, Formula, Quantity, Terms
from clearprop.lang import say

__all__ = ["Line", "line_of", "number", "remark", "symbolic"]

ABSENT = ("not_computed", "not_on_path", "constant_input")  # states of what there is no number of

Number = Callable[[float], str]


@dataclass(frozen=True)
class Line:
    """
    One step, written out.

    Attributes
    ----------
    symbol : str
        What it is.
    formula : str
        In symbols; empty for a number that was given.
    numbers : str
        With numbers; empty where that says no more than the result.
    relation, result : str
        ``=`` or ``≈``, and the value.
    remark : str
        Why it is special, if it is.
    level : int
    """

    symbol: str
    formula: str
    numbers: str
    relation: str
    result: str
    remark: str
    level: int


def line_of(step: Step, explanation: Explanation, *, latex: bool) -> Line:
    """Write a step in symbols and in numbers that are true as printed."""
    symbol = step.latex if latex else step.symbol
    lang, digits = explanation.lang, explanation.digits
    note = " ".join(
        filter(None, [_condition(step, digits, lang), remark(step.state, digits, lang)])
    )
    write = number(digits, latex=latex)
    if step.state is not None and step.state.key in ABSENT:
        return Line(symbol, "", "", "=", r"\mathrm{None}" if latex else "None", note, step.level)
    if step.formula is None:
        return Line(symbol, "", "", "=", write(step.value), note, step.level)
    words = symbolic(step.formula, write, lang, latex=latex).text
    filled = with_numbers(step.formula)
    if isinstance(step.formula, Quantity) and not step.formula.symbol:
        words = ""
    if filled is None or isinstance(step.formula, Quantity):
        return Line(symbol, words, "", "=", write(step.value), note, step.level)
    rest = say("explain.and_more", lang, count="{count}", total="{total}")
    equality = equate(filled, step.value, digits, rest=rest)
    sides: tuple[str, str, str] = equality.left, equality.relation, equality.right
    numbers, relation, result = equality.latex_sides(filled, rest=rest) if latex else sides
    if numbers == words:  # nothing but plain numbers
        words = ""
    if numbers == result and words:  # nothing to work out
        numbers = ""
    return Line(symbol, words, numbers, relation, result, note, step.level)


def number(digits: int, *, latex: bool) -> Number:
    """Give the function that writes a number with so many digits."""
    return lambda value: show(value, digits, notation="latex" if latex else "display")


def symbolic(formula: Formula, write: Number, lang: str, *, latex: bool) -> Worded:
    """Write a formula in symbols; plain constants are numbers."""
    if isinstance(formula, Quantity):
        if formula.symbol:
            return Worded(formula.latex if latex else formula.symbol)
        text = write(formula.value)
        return Worded(text, SIGN if text[0] in "−-" else ATOM)
    if isinstance(formula, Terms):
        return _summed(formula, write, lang, latex)
    return _applied(formula, write, lang, latex)


def _applied(formula: Applied, write: Number, lang: str, latex: bool) -> Worded:
    def word(name: str) -> Worded:
        if name in formula.settings:
            return Worded(str(formula.settings[name]))
        return symbolic(formula.args[name], write, lang, latex=latex)

    template = formula.latex if latex else formula.words
    places = (*formula.args, *formula.settings)
    text = fill(template, places, word, formula.level, latex=latex)
    return Worded(text, formula.level)


def _summed(formula: Terms, write: Number, lang: str, latex: bool) -> Worded:
    parts = [symbolic(part, write, lang, latex=latex) for part in formula.parts]
    text = " + ".join(p.text if p.level != SIGN else f"({p.text})" for p in parts)
    if formula.rest_count:
        text += f" + ({_rest(formula.rest_count, lang, latex=latex)})"
    one = len(parts) == 1 and not formula.rest_count
    level = parts[0].level if one else SUM
    if formula.over == 1:
        return Worded(text, level)
    over = write(formula.over)
    if latex:
        return Worded(rf"\frac{{{text}}}{{{over}}}", PRODUCT)
    return Worded(f"({text})/{over}" if level < PRODUCT else f"{text}/{over}", PRODUCT)


def _rest(count: int, lang: str, *, latex: bool) -> str:
    """Say how many terms are left out of a sum, with dots for what they come to."""
    if not latex:
        return say("explain.and_more", lang, count=count, total="…")
    text = say("explain.and_more", lang, count=count, total="\0")
    return r"\dots".join(rf"\text{{{part}}}" if part else "" for part in text.split("\0"))


_SAID_BY_STATE = ("off", "relu_off")  # their remarks name the sum that decided


# What is so where a comparison is not.
_OTHERWISE = {
    "greater": "less_equal", "greater_equal": "less", "less": "greater_equal",
    "less_equal": "greater", "equal": "not_equal", "not_equal": "equal",
}  # fmt: skip


def _condition(step: Step, digits: int, lang: str) -> str:
    condition = step.condition
    if condition is None or (step.state is not None and step.state.key in _SAID_BY_STATE):
        return ""
    so = bool(condition.value)
    if not so and isinstance(condition, Applied) and condition.op in _OTHERWISE:
        other = REGISTRY[_OTHERWISE[condition.op]]
        condition, so = replace(condition, op=other.name, words=other.words), True
    text = symbolic(condition, number(digits, latex=False), lang, latex=False).text
    return f"({text})" if so else f"({say('explain.not_so', lang, what=text)})"


def remark(state: State | None, digits: int, lang: str) -> str:
    """Say why a number is special; nothing for one like any other."""
    if state is None:
        return ""
    values = {k: show(v, digits) if isinstance(v, float) else v for k, v in state.values.items()}
    return say(f"explain.{state.key}", lang, **values)
