"""Marking a worksheet: right, right by one's own numbers, or wrong, and by which slip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from clearprop.errors import OptionError
from clearprop.explain.explanation import Step
from clearprop.explain.formula import Formula, leaves
from clearprop.explain.guesses import step_of
from clearprop.explain.lines import Line, Values, bound, computed
from clearprop.explain.sheet import Field, Sheet
from clearprop.explain.slips import SLIPS
from clearprop.explain.typed import Typed, typed
from clearprop.explain.writing import op

__all__ = ["GOOD", "Cause", "Grade", "Mark", "grade"]

Verdict: TypeAlias = Literal[
    "right", "rounded", "cut_off", "carried", "wrong", "coarse", "unreadable", "blank"
]
# What is right; "rounded" differs in its last digits, as numbers rounded before make it.
GOOD: tuple[Verdict, ...] = ("right", "rounded", "cut_off")
ENOUGH_DIGITS = 4  # as a sheet asks for
FEWEST_DIGITS = 2  # one digit says too little to tell right from wrong


@dataclass(frozen=True)
class Cause:
    """A slip that gives exactly what was written; its words are ``compare.KEY``."""

    key: str
    mentioned: Mapping[str, str]
    step: Step


@dataclass(frozen=True)
class Mark:
    """
    What is said of one answer.

    Attributes
    ----------
    name, symbol : str
    part : str
        Of the sheet.
    verdict : str
        right; rounded (right, from numbers that were rounded before); cut_off (right, but for the
        last digit); carried (right, given a number before that is wrong); wrong; coarse (too few
        digits to tell); unreadable; blank.
    typed : str
        As it was written.
    value : float
        What is right.
    expected : float
        What is right given one's own numbers before.
    step : Step
        How that is calculated, with one's own numbers.
    causes : tuple of Cause
        Of a wrong answer: the slips that give it.
    """

    name: str
    symbol: str
    part: str
    verdict: Verdict
    typed: str
    value: float
    expected: float
    step: Step
    causes: tuple[Cause, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON-able data."""
        return {
            "name": self.name,
            "symbol": self.symbol,
            "part": self.part,
            "verdict": self.verdict,
            "typed": self.typed,
            "value": self.value,
            "expected": self.expected,
            "step": self.step.to_json(),
            "causes": [
                {"key": c.key, "mentioned": dict(c.mentioned), "step": c.step.to_json()}
                for c in self.causes
            ],
        }


@dataclass(frozen=True)
class Grade:
    """The marks of a worksheet, in the order of its fields."""

    marks: tuple[Mark, ...]

    @property
    def all_right(self) -> bool:
        """Whether every number is there and right."""
        return all(mark.verdict in GOOD for mark in self.marks)

    @property
    def first_wrong(self) -> Mark | None:
        """The first answer that is wrong in itself, not by what went before."""
        wrong = (m for m in self.marks if m.verdict in ("wrong", "unreadable"))
        return next(wrong, None)

    def count(self, *verdicts: str) -> int:
        """Count the answers of some verdicts."""
        return sum(mark.verdict in verdicts for mark in self.marks)

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON-able data."""
        first = self.first_wrong
        return {
            "all_right": self.all_right,
            "right": self.count(*GOOD),
            "carried": self.count("carried"),
            "wrong": self.count("wrong", "unreadable"),
            "coarse": self.count("coarse"),
            "blank": self.count("blank"),
            "total": len(self.marks),
            "first_wrong": None if first is None else first.name,
            "marks": [mark.to_json() for mark in self.marks],
        }


def grade(sheet: Sheet, answers: Mapping[str, str]) -> Grade:
    """
    Mark answers to a worksheet.

    Each answer is compared with what is right, rounded to the digits that were typed; then with
    what follows from the answers before it, whose own rounding is allowed for. So one wrong number
    costs one mark, and what follows rightly from it is marked as right.

    Parameters
    ----------
    sheet : Sheet
    answers : mapping of str to str
        As they were typed, by name; those that are missing are blank.

    Returns
    -------
    Grade

    Examples
    --------
    >>> from clearprop.explain.sheet import sheet
    >>> made = sheet("1-1", seed=1, activation="linear")
    >>> found = grade(made, {"o1": "0.750", "E": "0.100"})
    >>> found.first_wrong.name, found.all_right
    ('o1', False)
    """
    return Grade(tuple(_Marking(sheet, answers).marks()))


class _Marking:
    """One sheet while it is marked: the student's own numbers, and how sure each is."""

    def __init__(self, sheet: Sheet, answers: Mapping[str, str]) -> None:
        self.hand = sheet.calculation
        self.fields = sheet.fields
        self.typed: dict[str, Typed | None] = {}
        self.texts = answers
        for name, text in answers.items():
            try:
                self.typed[name] = typed(text)
            except OptionError:
                self.typed[name] = None
        self.verdicts: dict[str, Verdict] = {}
        # What each number is by the student's own numbers, and what it was taken to be.
        self.expected: dict[str, tuple[float, float]] = {}
        self.own: Values = dict(self.hand.given)
        self.reach: dict[str, float] = {}
        self.follows: dict[str, bool] = {}  # whether something wrong went into it
        for line in self._all_lines():
            self._work_out(line)

    def _all_lines(self) -> list[Line]:
        """List the lines of the calculation, those the sheet writes otherwise as it writes them."""
        asked = {field.name: field.line for field in self.fields}
        extra = [f.line for f in self.fields if f.name not in self.hand.by_name]
        lines: list[Line] = []
        for line in self.hand.lines:
            if line.kind == "gradient" and extra:  # ∂sum/∂w comes before its product
                lines += extra
                extra = []
            lines.append(asked.get(line.name, line))
        return lines

    def _work_out(self, line: Line) -> None:
        """Calculate a line from the student's numbers, and take over what he made of it."""
        value = float(computed(line, self.own)[0])
        slack = self._slack(line, value)
        self.expected[line.name] = (value, slack)
        used = {q.address for q in leaves(line.formula)}
        self.follows[line.name] = any(self.follows.get(name, False) for name in used)
        answer = self.typed.get(line.name)
        verdict = self._verdict(line, answer, value, slack)
        self.verdicts[line.name] = verdict
        if verdict in ("wrong", "unreadable"):
            self.follows[line.name] = True
        if answer is None or verdict == "coarse":
            self.own[line.name] = np.array([value])
            self.reach[line.name] = slack
        else:
            self.own[line.name] = np.array([answer.value])
            self.reach[line.name] = answer.half
            if verdict == "cut_off":
                self.reach[line.name] = 2 * answer.half

    def _slack(self, line: Line, value: float) -> float:
        """Add up how far the rounding of each number that goes in can move the result."""
        slack = 0.0
        for name in {q.address for q in leaves(line.formula)}:
            if reach := self.reach.get(name, 0.0):
                moved = self.own | {name: self.own[name] + reach}
                slack += abs(float(computed(line, moved)[0]) - value)
        return slack

    def _verdict(self, line: Line, answer: Typed | None, value: float, slack: float) -> Verdict:
        if not self.texts.get(line.name, "").strip():
            return "blank"
        if answer is None:
            return "unreadable"
        right = float(self._right(line))
        if answer.digits < FEWEST_DIGITS and answer.half > 0 and answer.value != right:
            return "coarse" if answer.fits(right) or answer.fits(value, slack=slack) else "wrong"
        if answer.fits(right):
            return "right"
        if answer.fits(value, slack=slack):
            return "carried" if self.follows[line.name] else "rounded"
        if answer.is_cut_off(right) or answer.is_cut_off(value):
            return "carried" if self.follows[line.name] else "cut_off"
        if answer.digits >= ENOUGH_DIGITS and abs(answer.value - right) <= 2 * answer.half:
            return "rounded"  # right but for its last digit, whatever it was made of
        return "wrong"

    def _right(self, line: Line) -> float:
        if line.name in self.hand.values:
            return float(self.hand.values[line.name][0])
        return line.quantity.value

    def marks(self) -> Iterator[Mark]:
        for field in self.fields:
            line, (value, slack) = field.line, self.expected[field.name]
            verdict = self.verdicts[field.name]
            causes = tuple(self._causes(field, slack)) if verdict == "wrong" else ()
            yield Mark(
                line.name, line.quantity.symbol, field.part, verdict,
                self.texts.get(line.name, "").strip(), self._right(line), value,
                step_of(self._bound(line)), causes,
            )  # fmt: skip

    def _bound(self, line: Line) -> Line:
        """Write a line with the numbers that went into it: the student's own."""
        return bound(line, {k: v for k, v in self.own.items() if k != line.name})

    def _causes(self, field: Field, slack: float) -> Iterator[Cause]:
        """Find the slips that make of the numbers before what was written here."""
        answer = self.typed[field.name]
        assert answer is not None  # it is wrong, so it was read
        line, found = field.line, set()
        plain = self.hand.by_name.get(line.name)
        for key, formula, mentioned in self._slips(line, plain):
            changed = replace(line, formula=formula)
            value = float(computed(changed, self.own)[0])
            said = {"name": line.quantity.symbol} | mentioned
            if answer.fits(value, slack=slack) and (key, str(said)) not in found:
                found.add((key, str(said)))
                yield Cause(key, said, step_of(self._bound(changed)))

    def _slips(
        self, line: Line, plain: Line | None
    ) -> Iterator[tuple[str, Formula, dict[str, str]]]:
        if plain is not None:
            for slip in SLIPS:
                for formula, mentioned in slip.at(self.hand, plain):
                    yield slip.key, formula, mentioned
        yield "sign", op("negative", line.formula), {}
        for other in self.fields:  # another number of the sheet, written in this place
            if other.line.kind == line.kind and other.name != line.name and other.name in self.own:
                yield "another_number", other.line.quantity, {"other": other.line.quantity.symbol}
