"""What a check says: its findings as data, and in words of two languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clearprop.doctor.catalogue import by_id
from clearprop.doctor.findings import Evidence, Finding
from clearprop.doctor.judge import Verdict
from clearprop.doctor.phrases import in_words
from clearprop.doctor.refusals import error_words, refusal
from clearprop.doctor.submitted.guard import Failed
from clearprop.lang import cells, columns, language, say
from clearprop.lang.width import align, wrapped

__all__ = ["CheckReport"]

WIDTH = 80
PARTS = ("did", "should", "line", "mend")
_OF_STEPS = ("sign-update", "learning-rate-missing", "learning-rate-twice")  # of no one place
_PROBES = {  # what would tell names apart, by words in them
    "penalty": ("regularisation",),
    "batch": ("batch-mean", "bias-", "one-sample", "-axis", "whole-batch"),
    "outputs": ("output-mean",),
    "steps": ("rnn-", "lstm-"),
}


class CheckReport:
    """
    The result of `check`.

    Attributes
    ----------
    sound : bool or None
        Whether the gradients are right; None where that cannot be judged.
    findings : tuple of Finding
        The mistakes; one named "unexplained" holds what is certain where none fits.
    forward : str
        What the forward pass was recognised as; empty where it was not.
    """

    def __init__(self, verdict: Verdict, failed: Failed | None = None) -> None:
        self.verdict, self.failed = verdict, failed
        self.sound: bool | None = verdict.sound
        self.findings: tuple[Finding, ...] = tuple(verdict.findings)
        self.forward: str = verdict.chain.title if verdict.chain is not None else ""

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of all mistakes that fit, without "unexplained"."""
        every = (i for finding in self.findings for i in finding.ids)
        return tuple(dict.fromkeys(i for i in every if i != "unexplained"))

    def __bool__(self) -> bool:
        return self.sound is True

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"CheckReport(sound={self.sound}, ids={list(self.ids)})"

    def to_text(self, lang: str | None = None) -> str:
        """
        Write the report, at most 80 cells wide.

        Parameters
        ----------
        lang : {"ko", "en"}, optional
        """
        lang = language(lang)
        lines = wrapped(self._headline(lang), WIDTH)
        if self.failed is not None:
            lines += [line for text in refusal(self.failed, lang) for line in _indented(text)]
        named = [f for f in self.findings if f.name != "unexplained"]
        for i, finding in enumerate(self.findings):
            if finding in named:
                again = any(f.evidence == finding.evidence for f in self.findings[i + 1 : i + 2])
                lines += ["", *_finding(finding, lang, table=not again)]
            facts = [line for fact in finding.facts for line in _fact(fact, lang)]
            lines += ["", *facts] if facts and finding in named else facts
        if (
            self.sound is False
            and not named
            and self.verdict.points
            and len(self.verdict.names) > 2
        ):
            lines += ["", *_indented(say("doctor.next", lang))]
        foot = [_note(note, lang) for note in self.verdict.notes]
        if self.forward:
            foot.append(say("doctor.recognised", lang, title=in_words(self.forward, lang)))
        if self.verdict.points:
            foot.append(say("doctor.points", lang, count=self.verdict.points))
        if foot:
            lines += ["", *(line for text in foot for line in wrapped(text, WIDTH))]
        return "\n".join(lines)

    def _headline(self, lang: str) -> str:
        if self.sound is None:
            return say("doctor.unjudged", lang)
        if self.sound:
            names = ", ".join(self.verdict.names)
            if not names:
                return say("doctor.sound_step", lang)
            numbers = ("own_numbers", {}) in self.verdict.notes
            return say("doctor.sound_numbers" if numbers else "doctor.sound", lang, names=names)
        named = [f for f in self.findings if f.name != "unexplained"]
        if not named:
            ahead = any(fact[0] == "value" for f in self.findings for fact in f.facts)
            return say("doctor.unnamed_values" if ahead else "doctor.unnamed", lang)
        if len(named) > 1:
            return say("doctor.many", lang, count=len(named), ids=", ".join(f.name for f in named))
        if named[0].alternatives:
            return say("doctor.among", lang, ids=", ".join(named[0].ids))
        return say("doctor.one", lang, id=named[0].name)

    def to_json(self, lang: str | None = None) -> dict[str, Any]:
        """
        Give the report as plain data, with the words of one language.

        Parameters
        ----------
        lang : {"ko", "en"}, optional
        """
        lang = language(lang)
        return {
            "sound": self.sound,
            "findings": [_as_json(finding, lang) for finding in self.findings],
            "forward": self.forward,
            "gradients": list(self.verdict.names),
            "points": self.verdict.points,
            "notes": [_note(note, lang) for note in self.verdict.notes],
            "failed": None
            if self.failed is None
            else {
                "kind": self.failed.kind,
                "where": self.failed.where,
                "line": self.failed.line,
                "error": "" if self.failed.error is None else error_words(self.failed.error),
                "words": "\n".join(refusal(self.failed, lang)),
            },
        }

    def _repr_markdown_(self) -> str:
        return f"```\n{self.to_text()}\n```"


def _words(name: str, lang: str) -> dict[str, str]:
    mistake = by_id().get(name)
    if mistake is None:
        return {}
    said = mistake.ko if lang == "ko" else mistake.en
    line = in_words(mistake.line, lang)
    return {"did": said.did, "should": said.should, "line": line, "mend": said.mend}


def _finding(finding: Finding, lang: str, *, table: bool = True) -> Iterator[str]:
    for name in finding.ids:
        yield from ("",) if name != finding.name else ()
        yield f"● {name}"
        words = _words(name, lang)
        rows = [(say(f"doctor.{part}", lang), words[part]) for part in PARTS if words.get(part)]
        places = [] if name != finding.name else _places(finding, lang)
        if places:
            rows.insert(0, (say("doctor.where", lang), ", ".join(places)))
        left = max((cells(term) for term, _ in rows), default=0)
        for term, text in rows:
            for i, line in enumerate(wrapped(text, WIDTH - left - 4)):
                yield f"  {align(term if i == 0 else '', left)}  {line}"
    if finding.evidence and table:
        yield ""
        yield from ("  " + line for line in _table(finding.evidence, lang))
    if finding.alternatives:
        yield ""
        yield from _indented(_apart(finding, lang))


def _places(finding: Finding, lang: str) -> list[str]:
    """List where a mistake is; a step's sign stands in no loss, though it shows behind one."""
    of_step = finding.name in _OF_STEPS
    return [in_words(p, lang) for p in dict.fromkeys(finding.places) if not (of_step and ", " in p)]


def _apart(finding: Finding, lang: str) -> str:
    """Say that several names fit, and what would tell them apart."""
    words = " ".join(finding.ids)
    probe = next((p for p, those in _PROBES.items() if any(w in words for w in those)), "size")
    return f"{say('doctor.same_numbers', lang)} {say(f'doctor.probe_{probe}', lang)}"


def _table(evidence: tuple[Evidence, ...], lang: str) -> list[str]:
    head = ["", *(say(f"doctor.{word}", lang) for word in ("yours", "right", "ratio"))]
    rows = [
        [e.where, number(e.yours), number(e.right), "–" if e.ratio is None else number(e.ratio, 4)]
        for e in evidence
    ]
    return columns([head, *rows], "<>>>")


def _fact(fact: Any, lang: str) -> list[str]:
    name, values = fact
    texts = {k: number(v) if isinstance(v, float) else v for k, v in values.items()}
    return _indented(say(f"doctor.fact_{name}", lang, **texts))


def _indented(text: str) -> list[str]:
    return ["  " + line for line in wrapped(text, WIDTH - 2)]


def _note(note: Any, lang: str) -> str:
    name, values = note
    return say(f"doctor.note_{name}", lang, **values)


def _as_json(finding: Finding, lang: str) -> dict[str, Any]:
    return {
        "name": finding.name,
        "alternatives": list(finding.alternatives),
        "places": list(finding.places),
        "words": _words(finding.name, lang),
        "others": {name: _words(name, lang) for name in finding.alternatives},
        "apart": _apart(finding, lang) if finding.alternatives else "",
        "evidence": [e.to_json() for e in finding.evidence],
        "facts": [" ".join(line.strip() for line in _fact(f, lang)) for f in finding.facts],
    }


def number(x: float, digits: int = 6) -> str:
    """Write a number as it is read: with a real minus sign."""
    return f"{x + 0.0:.{digits}g}".replace("-", "−")  # and no minus before 0
