"""A comparison with a number worked out by hand, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from clearprop.draw.why_lines import line_of
from clearprop.explain.digits import show
from clearprop.explain.explanation import Explanation, Step
from clearprop.lang import say

__all__ = ["comparison", "sentence", "slip_words"]

_PROPER = {"keras": "Keras", "torch": "PyTorch", "sklearn": "scikit-learn"}
MOST_SHOWN = 6  # of many that fit, so many tell that the number does not


def comparison(data: Mapping[str, Any]) -> str:
    """Write a comparison's JSON as plain text."""
    return "\n".join(_lines(data)) + "\n"


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    lang, yours = data["lang"], _text(data)
    digits = max(data["digits"] + 1, 6)
    value = show(data["value"], digits)
    yield say("compare.yours", lang, name=data["name"], yours=yours, value=value)
    if data["same"]:
        yield say(f"compare.{data['same']}", lang, digits=data["digits"])
        return
    findings, tried = data["findings"], data["tried"]
    if not findings:
        key = "none_fits" if tried else "nothing_to_try"
        yield say(f"compare.{key}", lang, **({"tried": tried, "yours": yours} if tried else {}))
        if not data["slips"]:
            yield say("compare.only_conventions", lang)
        return
    if len(findings) == 1:
        yield say("compare.one_fits", lang, tried=tried, yours=yours)
    else:
        yield say("compare.several_fit", lang, tried=tried, count=len(findings), yours=yours)
    for finding in findings[:MOST_SHOWN]:
        yield "  • " + sentence(finding, data)
        for step in finding["steps"]:
            yield "      " + equation(step, lang, digits)
    if len(findings) > MOST_SHOWN:
        yield f"  • {say('cli.and_more', lang, count=len(findings) - MOST_SHOWN)}"
    if data["few_digits"]:
        yield say("compare.few_digits", lang)


def _text(data: Mapping[str, Any]) -> str:
    """Give a number as it was typed, with a true minus sign."""
    text: str = data["yours"]["text"]
    return text.replace("-", "−")


def sentence(finding: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Say in one sentence how a number came out, from a comparison's JSON."""
    lang, key, said = data["lang"], finding["key"], finding["mentioned"]
    yours = _text(data)
    names = _names(said.get("names", ""), lang)
    if key in ("convention_step", "layout"):
        return say(f"compare.{key}", lang, **(dict(said) | {"yours": yours, "names": names}))
    if key in ("convention", "factor"):
        counts = said["counts"]
        because = say("compare.because", lang, counts=counts) if counts else ""
        action = _action(finding["ratio"], show(data["value"], data["digits"] + 1), lang)
        known = {"yours": yours, "action": action, "because": because}
        if key == "factor":
            return say("compare.factor", lang, **known)
        return say("compare.convention", lang, **known, own=_names(data["convention"], lang),
                   names=names)  # fmt: skip
    slip = slip_words(finding, lang)
    if finding["by"]:
        by = _names(finding["by"], lang)
        return say("compare.comes_out_by", lang, yours=yours, slip=slip, names=by)
    return say("compare.comes_out", lang, yours=yours, slip=slip)


def slip_words(finding: Mapping[str, Any], lang: str) -> str:
    """Say the condition under which a number comes out."""
    return say(f"compare.{finding['key']}", lang, **finding["mentioned"])


def equation(step: Mapping[str, Any], lang: str, digits: int) -> str:
    """Write a step on one line, true as printed."""
    read = Step.from_json(step)
    line = line_of(read, Explanation("", (read,), {}, "", lang, digits), latex=False)
    sides = [side for side in (line.formula, line.numbers) if side and side != line.result]
    return f"{' = '.join([line.symbol, *sides])} {line.relation} {line.result}"


def _names(conventions: str, lang: str) -> str:
    """Name conventions, listed with commas, as people call them."""
    listed = [each for each in conventions.split(", ") if each]
    return ", ".join(_PROPER.get(n, say("compare.the_book", lang) if n == "book" else n)
                     for n in listed)  # fmt: skip


def _action(ratio: float, value: str, lang: str) -> str:
    """Say what multiplying a number by another is: dividing it by 2, turning its sign."""
    size, turned = Fraction(abs(ratio)).limit_denominator(100_000), ratio < 0
    if size == 1:
        return say("compare.turned", lang, value=value)
    key = "divided" if size.numerator == 1 else "times"
    by = size.denominator if size.numerator == 1 else size
    return say(f"compare.{key}{'_turned' if turned else ''}", lang, value=value, by=by)
