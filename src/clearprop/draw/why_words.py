"""The sentences before and after an explanation's steps."""

from __future__ import annotations

from collections.abc import Iterator

from clearprop.explain.digits import show
from clearprop.explain.explanation import Explanation
from clearprop.lang import say

__all__ = ["ending", "headings", "opening"]

NUDGE = 0.01  # the change that sentences speak of


def opening(explanation: Explanation) -> Iterator[str]:
    """Say what the number is, and what it means for training."""
    lang, digits = explanation.lang, explanation.digits
    first, facts = explanation.steps[0], explanation.facts
    if "sections" in facts:
        yield say(f"explain.{facts.get('title', 'seven_formulas')}", lang)
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


def ending(explanation: Explanation) -> Iterator[str]:
    """Say whose definitions were followed, and what was left out."""
    lang, name = explanation.lang, explanation.convention
    if name:
        own = f"{name}_entropy" if explanation.facts.get("loss_kind") == "entropy" else name
        yield say("explain.follows", lang, name=name, text=say(f"explain.{own}", lang))
    if explanation.facts.get("dropout"):
        yield say("explain.dropout_off", lang)
