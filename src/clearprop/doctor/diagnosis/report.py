"""What a diagnosis found: plain data, and words in two languages."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clearprop.doctor.diagnosis.condition import CONDITIONS, Words
from clearprop.lang import in_language, language, say
from clearprop.lang.catalogue import filled
from clearprop.lang.width import wrapped

__all__ = ["Diagnosis", "Finding", "Unjudged"]

WIDTH = 80
CERTAIN, LIKELY = 0.95, 0.7
PARTS = ("seen", "says", "mend", "alike")


@dataclass(frozen=True)
class Finding:
    """
    One thing that keeps training from working.

    Attributes
    ----------
    id : str
        Its name, which does not change: ``"rate-too-high"``.
    sure : float
        How sure, from 0 to 1.
    grave : int
        3 where nothing can be learnt, 2 where learning is held back, 1 where it is only untidy.
    evidence : mapping of str to (float, int or str)
        What was measured.
    follows : tuple of Finding
        What was found as well, and follows from it.
    """

    id: str
    sure: float
    grave: int
    evidence: Mapping[str, Any]
    follows: tuple[Finding, ...] = field(default=())

    def title(self, lang: str | None = None) -> str:
        """Give its name in words."""
        return CONDITIONS[self.id].title[language(lang)]

    def certainty(self, lang: str | None = None) -> str:
        """Say how sure it is."""
        word = (
            "certain" if self.sure >= CERTAIN else "likely" if self.sure >= LIKELY else "possible"
        )
        return say(f"diagnosis.{word}", lang)

    def sentence(self, part: str, lang: str | None = None) -> str:
        """
        Say a part of it.

        Parameters
        ----------
        part : {"seen", "says", "mend", "alike"}
            The evidence, what it means, what to try, what else would look the same.
        lang : {"ko", "en"}, optional
        """
        words: Words = getattr(CONDITIONS[self.id], part)
        texts = {name: _written(name, value, lang) for name, value in self.evidence.items()}
        return filled(words, lang, self.id, **texts)

    def to_json(self, lang: str | None = None) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {
            "id": self.id,
            "title": self.title(lang),
            "sure": self.sure,
            "grave": self.grave,
            "evidence": {k: _plain(v) for k, v in self.evidence.items()},
            **{part: self.sentence(part, lang) for part in PARTS},
            "follows": [each.to_json(lang) for each in self.follows],
        }


@dataclass(frozen=True)
class Unjudged:
    """Something that was not judged: a word of the catalogue, with what it is about."""

    name: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Diagnosis:
    """
    What `diagnose` found.

    Attributes
    ----------
    findings : tuple of Finding
        Causes, the surest and gravest first; what follows from one stands under it.
    not_judged : tuple of Unjudged
    rows : int
        How many examples were looked at.
    """

    findings: tuple[Finding, ...]
    not_judged: tuple[Unjudged, ...]
    rows: int

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the findings."""
        return tuple(each.id for each in self.findings)

    def to_text(self, lang: str | None = None, *, width: int = WIDTH) -> str:
        """
        Write the report.

        Parameters
        ----------
        lang : {"ko", "en"}, optional
        width : int, cells
        """
        lines = list(self._lines(language(lang), width))
        return "\n".join(line.rstrip() for line in lines)

    def _lines(self, lang: str, width: int) -> Iterator[str]:
        if self.healthy:
            yield from _laid_out([("", say("diagnosis.healthy", lang, rows=self.rows))], width)
        else:
            yield say("diagnosis.found", lang, count=len(self.findings), rows=self.rows)
            yield ""
            yield from _overview(self.findings, lang, width)
        for k, each in enumerate(self.findings):
            yield ""
            yield from wrapped(f"{k + 1}. {each.title(lang)} [{each.id}]", width)
            yield from told_of(each, lang, width)
        if self.not_judged:
            yield ""
            what = say("diagnosis.not_judged", lang)
            rows = [
                ("" if k else what, say(f"diagnosis.{each.name}", lang, **each.about))
                for k, each in enumerate(self.not_judged)
            ]
            yield from _laid_out(rows, width)

    def __str__(self) -> str:
        return self.to_text()

    def to_json(self, lang: str | None = None) -> str:
        """Write it as JSON: the numbers, and the words in one language."""
        return json.dumps(
            {
                "healthy": self.healthy,
                "rows": self.rows,
                "findings": [each.to_json(lang) for each in self.findings],
                "not_judged": [
                    {"name": n.name, "says": say(f"diagnosis.{n.name}", lang, **n.about)}
                    for n in self.not_judged
                ],
            },
            ensure_ascii=False,
            indent=2,
        )


def told_of(finding: Finding, lang: str, width: int) -> list[str]:
    """Write what is said of a finding, part by part."""
    rows = [(say(f"diagnosis.{part}", lang), finding.sentence(part, lang)) for part in PARTS]
    for k, each in enumerate(finding.follows):
        label = "" if k else say("diagnosis.follows", lang)
        rows.append((label, f"{each.title(lang)} [{each.id}]: {each.sentence('seen', lang)}"))
    return _laid_out(rows, width)


def _overview(findings: tuple[Finding, ...], lang: str, width: int) -> list[str]:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("number", "what", "sure", "grave"):
        table.add_column(say(f"diagnosis.{name}", lang))
    for k, each in enumerate(findings):
        grave = say(f"diagnosis.grave_{each.grave}", lang)
        table.add_row(str(k + 1), each.title(lang), each.certainty(lang), grave)
    return _drawn(table, width)


def _laid_out(rows: list[tuple[str, str]], width: int) -> list[str]:
    """Set labels beside their texts, which go on below themselves."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    if any(label for label, _ in rows):
        table.add_column(no_wrap=True)
    table.add_column()
    for label, text in rows:
        cells = [Text(text)] if len(table.columns) == 1 else [Text(f"   {label}"), Text(text)]
        table.add_row(*cells)
    return _drawn(table, width)


def _drawn(table: Any, width: int) -> list[str]:
    from rich.console import Console

    paper = io.StringIO()
    console = Console(file=paper, width=width, color_system=None, force_terminal=False)
    console.print(table)
    return [line.rstrip() for line in paper.getvalue().rstrip("\n").split("\n")]


def _written(name: str, value: Any, lang: str | None) -> str:
    """Write a number as its name asks: shares in percent, changes with their sign."""
    if isinstance(value, str):
        return in_language(value, lang)
    if isinstance(value, bool | int):
        return str(value)
    if name.endswith("change"):
        return _signed(f"{100 * value:+.3g}%") if math.isfinite(value) else "NaN/∞"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if name.endswith("_step"):
        return _signed(f"{value:+.4g}")
    if name.endswith("share"):
        return _signed(f"{100 * value:.3g}%")
    return _signed(f"{value:.4g}")


def _signed(text: str) -> str:
    return text.replace("-", "−")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
