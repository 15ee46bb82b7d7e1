"""The sentences before and after an explanation's steps."""

from __future__ import annotations

from collections.abc import Iterator

from clearprop.draw.why_lines import remark
from clearprop.explain.digits import show
from clearprop.explain.explanation import Explanation, Step
from clearprop.explain.formula import Applied, Formula, Quantity, Terms, leaves
from clearprop.lang import say

__all__ = ["ending", "headings", "one_sentence", "opening"]

NUDGE = 0.01  # the change that sentences speak of


def opening(explanation: Explanation) -> Iterator[str]:
    """Say what the number is, and what it means for training."""
    lang, digits = explanation.lang, explanation.digits
    first, facts = explanation.steps[0], explanation.facts
    if "sections" in facts:
        yield say(f"explain.{facts.get('title', 'seven_formulas')}", lang)
        return
    if facts.get("depth") == 0:
        yield one_sentence(explanation)
        return
    if "absent" in facts:
        yield say("explain.no_gradient", lang, name=_whose(first.symbol))
        return
    yield say("explain.why_title", lang, name=first.symbol, value=show(first.value, digits))
    subject, loss = facts.get("subject"), facts.get("loss_symbol")
    if not (subject and loss):
        return
    change = facts.get("slope", first.value) * NUDGE  # a convention may turn the sign
    if change == 0:
        yield say("explain.changes_nothing", lang, name=subject, loss=loss)
    else:
        key = "explain.raises" if change > 0 else "explain.lowers"
        yield say(key, lang, name=subject, loss=loss, step=show(NUDGE), change=show(abs(change), 3))
    if "next" in facts:
        yield _training(explanation, change)


def one_sentence(explanation: Explanation) -> str:
    """Say in one sentence what a number is, and why if that is soon said."""
    lang, digits = explanation.lang, explanation.digits
    first, facts = explanation.steps[0], explanation.facts
    value = show(first.value, digits)
    reason = remark(first.state, digits, lang)
    if reason:
        return say("explain.is_because", lang, name=first.symbol, value=value, reason=reason)
    factors = _factors(first.formula)
    if first.role == "delta" and len(factors) > 1 and first.source.get("function"):
        return say(
            "explain.delta_is_product",
            lang,
            name=first.symbol,
            function=first.source["function"],
            value=value,
        )
    subject = facts.get("subject")
    deltas = [each for each in factors if each.startswith("δ")]
    others = [each for each in factors if each and not each.startswith("δ")]
    if subject and len(deltas) == len(others) == 1:
        unit = deltas[0].removeprefix("δ").strip(" _")
        return say(
            "explain.gradient_is_product", lang, name=subject, unit=unit, input=others[0],
            value=value,
        )  # fmt: skip
    if subject:
        loss = facts["loss_symbol"]
        return say("explain.gradient_is", lang, name=subject, loss=loss, value=value)
    return say("explain.is", lang, name=first.symbol, value=value)


def _factors(formula: Formula | None) -> list[str]:
    """Name the factors of a product, nothing for one that is a formula itself."""
    if not (isinstance(formula, Applied) and formula.op == "multiply"):
        return []
    return [a.symbol if isinstance(a, Quantity) else "" for a in formula.args.values()]


def _whose(symbol: str) -> str:
    """Give what a derivative is by: w5 of ∂E/∂w5."""
    return symbol.partition("/∂")[2] or symbol


def _of_a_sample(step: Step) -> bool:
    """Tell a step whose brackets begin with the number of the sample."""
    return "sample" in step.source and step.symbol.endswith("]")


def _symbols(explanation: Explanation) -> Iterator[str]:
    for step in explanation.steps:
        yield step.symbol
        for quantity in () if step.formula is None else leaves(step.formula):
            yield quantity.symbol


def _training(explanation: Explanation, change: float) -> str:
    """Say what one step of training would make of a weight."""
    lang, facts = explanation.lang, explanation.facts
    old, new = facts["value"], facts["next"]
    key = "keeps" if new == old else "raises" if new > old else "lowers"
    if new != old and change * (new - old) >= 0:  # not downhill: momentum carries it
        key = "carries"
    digits = explanation.digits
    while digits < 17 and new != old and _printed(old, digits) == _printed(new, digits):
        digits += 1
    count = facts.get("samples", 1)
    batch = say("explain.on_this" if count == 1 else "explain.on_these", lang, count=count)
    return say(
        f"explain.training_{key}", lang, batch=batch, old=show(old, digits), new=show(new, digits)
    )


def _printed(value: float, digits: int) -> float:
    return float(show(value, digits, notation="plain"))


def headings(explanation: Explanation) -> Iterator[str]:
    """Give, for each step, the heading that goes before it; empty for none."""
    sections = explanation.facts.get("sections", ())
    last = None
    for step in explanation.steps:
        new = step.role in sections and step.role != last
        yield say(f"explain.section_{step.role}", explanation.lang) if new else ""
        last = step.role


def _chooses(formula: Formula | None) -> bool:
    """Tell whether a formula is written with `where`, which is no word of mathematics."""
    if isinstance(formula, Applied):
        return formula.op == "where" or any(map(_chooses, formula.args.values()))
    return isinstance(formula, Terms) and any(map(_chooses, formula.parts))


# Conventions that say something else of a kind of loss than of the squared error.
_OWN_WORDS = {("keras", "several"), ("book", "binary"), ("sklearn", "binary")}


def _layout(explanation: Explanation) -> Iterator[str]:
    """Say in which order a weight's axes stand, by the frameworks, which do not agree."""
    kind, name, lang = explanation.facts.get("layout"), explanation.convention, explanation.lang
    if kind and name in ("keras", "torch"):
        space = explanation.facts.get("space", 0)
        axes = say(f"explain.{name}_{kind}", lang, space=say(f"explain.space_{space}", lang))
        yield say("explain.laid_out", lang, axes=axes)


def ending(explanation: Explanation) -> Iterator[str]:
    """Say whose definitions were followed, and what was left out."""
    lang, name = explanation.lang, explanation.convention
    if name and explanation.facts.get("depth") != 0:
        kind = explanation.facts.get("loss_kind")
        own = f"{name}_{kind}" if (name, kind) in _OWN_WORDS or kind == "entropy" else name
        text = " ".join([say(f"explain.{own}", lang), *_layout(explanation)])
        yield say("explain.follows", lang, name=name, text=text)
    if explanation.facts.get("depth") == 0:
        return
    if any(_chooses(step.formula) for step in explanation.steps):
        yield say("explain.where_is", lang)
    if split := explanation.facts.get("split"):
        yield say(f"explain.split_{split}", lang, optimizer=explanation.facts["optimizer"])
    if explanation.facts.get("dropout"):
        yield say("explain.dropout_off", lang)
    if others := explanation.facts.get("as_in_prediction"):
        yield say("explain.as_in_prediction", lang, names=", ".join(others))
    if any("⁽" in quantity for quantity in _symbols(explanation)):
        yield say("explain.samples_counted", lang)
    elif explanation.facts.get("samples", 1) > 1 and any(map(_of_a_sample, explanation.steps)):
        yield say("explain.sample_first", lang)
