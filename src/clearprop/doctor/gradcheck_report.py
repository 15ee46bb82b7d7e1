"""What a gradient check found: entry by entry as data, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clearprop.doctor.differences import Cause
from clearprop.lang import say

__all__ = ["Entry", "GradcheckReport", "Note"]

Index = tuple[int, ...]
STEPS = ("eps", "step", "small", "large")  # of these, the size is of interest


@dataclass(frozen=True)
class Entry:
    """
    One derivative, by backpropagation and measured.

    Attributes
    ----------
    input : str
        Which input, as one would write it: ``w``, ``p['b']``.
    index : tuple of int or None
        Which entry of it; None for a random direction.
    output : str
        Which element of the result; empty if it is one number, or a sum of all.
    analytic, numeric : float
        By backpropagation; by differences.
    ok : bool
        Whether they agree within the tolerances.
    cause : Cause or None
        What a disagreement looks like; None where they agree, and where nobody looked.
    """

    input: str
    index: Index | None
    output: str
    analytic: float
    numeric: float
    ok: bool
    cause: Cause | None = None

    @property
    def absolute(self) -> float:
        """The absolute error."""
        return abs(self.analytic - self.numeric)

    @property
    def relative(self) -> float:
        """The error relative to the larger of the two."""
        size = max(abs(self.analytic), abs(self.numeric))
        return self.absolute / size if size else 0.0

    def place(self, lang: str | None = None) -> str:
        """Say where it is."""
        if self.index is None:
            place = say("gradcheck.along", lang, input=self.input)
        else:
            place = self.input + (f"[{', '.join(map(str, self.index))}]" if self.index else "")
        if not self.output:
            return place
        return say("gradcheck.for_output", lang, place=place, output=self.output)


@dataclass(frozen=True)
class Note:
    """Something to know about a check: a word of the catalogue, with what it is about."""

    name: str
    about: Mapping[str, Any]


@dataclass(frozen=True)
class GradcheckReport:
    """
    The result of `gradcheck`.

    Attributes
    ----------
    entries : tuple of Entry
        All that was compared.
    notes : tuple of Note
        What stood in the way ("random", "not_finite"), and what was not checked ("sampled",
        "weighted", "held").
    """

    entries: tuple[Entry, ...] = ()
    notes: tuple[Note, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether every gradient that was asked for is what measuring gives."""
        return all(e.ok for e in self.entries) and not self._obstacles

    @property
    def _obstacles(self) -> list[Note]:
        return [note for note in self.notes if note.name in ("random", "not_finite")]

    @property
    def failures(self) -> tuple[Entry, ...]:
        """The entries that disagree, worst first: those that are not numbers, then by error."""
        return tuple(e for e in self.worst(len(self.entries)) if not e.ok)

    def worst(self, most: int = 5) -> tuple[Entry, ...]:
        """Give the entries with the largest errors."""

        def badness(e: Entry) -> tuple[bool, bool, float]:
            broken = e.absolute != e.absolute
            return not e.ok, broken, 0.0 if broken else e.absolute

        return tuple(sorted(self.entries, key=badness, reverse=True)[:most])

    def to_text(self, lang: str | None = None, *, most: int = 5) -> str:
        """
        Write the report.

        Parameters
        ----------
        lang : {"ko", "en"}, optional
        most : int
            How many of the entries that disagree are written out.
        """
        if self._obstacles:
            return "\n".join(_note(note, lang) for note in self.notes)
        failures = self.failures
        count = len(self.entries)
        if failures:
            lines = [say("gradcheck.disagree", lang, bad=len(failures), count=count)]
            for e in failures[:most]:
                lines += _entry(e, lang)
            if len(failures) > most:
                lines.append("  " + say("gradcheck.more", lang, count=len(failures) - most))
        elif not count:
            lines = [say("gradcheck.nothing", lang)]
        else:
            (worst,) = self.worst(1)
            place, error = worst.place(lang), _number(worst.absolute)
            lines = [say("gradcheck.agree", lang, count=count, place=place, error=error)]
        return "\n".join([*lines, *(_note(note, lang) for note in self.notes)])

    def __str__(self) -> str:
        return self.to_text()

    def __bool__(self) -> bool:
        return self.ok


def _entry(e: Entry, lang: str | None) -> list[str]:
    numbers = {k: _number(getattr(e, k)) for k in ("analytic", "numeric", "absolute", "relative")}
    line = "  " + say("gradcheck.entry", lang, place=e.place(lang), **numbers)
    return (
        [line] if e.cause is None else [line, "    " + _said(e.cause.name, e.cause.numbers, lang)]
    )


def _note(note: Note, lang: str | None) -> str:
    return _said(note.name, note.about, lang)


def _said(name: str, values: Mapping[str, Any], lang: str | None) -> str:
    texts = {
        k: _number(v, 2 if k in STEPS else 6) if isinstance(v, float) else v
        for k, v in values.items()
    }
    return say(f"gradcheck.{name}", lang, **texts)


def _number(x: float, digits: int = 6) -> str:
    return f"{x:.{digits}g}".replace("-", "−")
