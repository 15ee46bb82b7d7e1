"""`compare`: which convention or which slip explains a number worked out by hand, or that none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from clearprop.explain.addresses import parse
from clearprop.explain.asked import Asked, Guess
from clearprop.explain.displayed import Displayed
from clearprop.explain.guesses import guesses_of_conventions, guesses_of_slips
from clearprop.explain.recorded import record_model
from clearprop.explain.typed import Typed, typed
from clearprop.explain.why import why
from clearprop.lang import language, with_errors_in_lang

__all__ = ["Comparison", "compare"]

FEW_DIGITS = 3  # with fewer, chance has a say


@dataclass(frozen=True)
class Comparison(Displayed):
    """
    What explains the difference between a number of a network and one worked out by hand.

    Attributes
    ----------
    name : str
        The number's symbol.
    value : float
        The network's.
    yours : Typed
    same : {"same", "cut_off", ""}
        Whether they agree, to the digits given.
    findings : tuple of Guess
        All that give `yours`, conventions first; empty where none does.
    tried : int
        How many ways of calculating were tried.
    slips : bool
        Whether slips of hand calculation were among them.
    convention : str
        The network's own.
    lang : str
    """

    name: str
    value: float
    yours: Typed
    same: str
    findings: tuple[Guess, ...]
    tried: int
    slips: bool
    convention: str
    lang: str = field(default="en")

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON-able data."""
        return {
            "name": self.name,
            "value": self.value,
            "yours": {"text": self.yours.text, "value": self.yours.value},
            "digits": self.yours.digits,
            "same": self.same,
            "findings": [finding.to_json() for finding in self.findings],
            "tried": self.tried,
            "slips": self.slips,
            "convention": self.convention,
            "few_digits": self.yours.digits < FEW_DIGITS and self.yours.half > 0,
            "lang": self.lang,
        }

    def to_text(self, *, lang: str | None = None) -> str:
        """Write it for the terminal."""
        return self._displayed("compare", lang)


@with_errors_in_lang
def compare(
    model: Any,
    address: str,
    *,
    x: Any,
    y: Any = None,
    yours: str | float,
    sample: int = 0,
    lang: str | None = None,
) -> Comparison:
    """
    Find out why a number worked out by hand is not the network's.

    Every convention and every known slip is calculated through, and those that give your number,
    rounded to its digits, are listed. If none does, that is the answer.

    Parameters
    ----------
    model : Sequential
    address : str
        Which number; as for `why`.
    x, y : array, shape (N, ...) or of one example
    yours : str or float
        Your number, with the digits that you have: ``"0.7414"`` is good to 0.00005.
    sample : int
        Which example of the batch, for what differs by example.
    lang : {"ko", "en"}, optional

    Returns
    -------
    Comparison
        Printed as text.

    Raises
    ------
    AddressError
        If the address names nothing.
    OptionError
        If `yours` is no number.

    Examples
    --------
    >>> import clearprop as cp
    >>> model = cp.Sequential([cp.Input((1,)), cp.layers.Dense(1)])
    >>> model.set_weights([[[3.0]], [1.0]])
    >>> model.compile("sgd", "mse")
    >>> answer = cp.compare(model, "E", x=[2.0], y=[10.0], yours=4.5, lang="en")
    >>> print(answer.findings[0].key, answer.findings[0].mentioned["names"])
    convention book, bpnn, sklearn
    """
    number = typed(yours)
    explained = why(model, address, x=x, y=y, sample=sample, depth=1)
    step = explained.steps[0]
    recording = record_model(model, x, y)
    parsed = parse(
        address, list(model.sublayers()), recording.features, recording.shapes,
        batched=recording.batched,
    )  # fmt: skip
    sample = sample if parsed.sample is None else parsed.sample
    asked = Asked.of(model, parsed, step, explained, x, y, sample)
    same = "same" if number.fits(step.value) else ""
    if not same and number.is_cut_off(step.value):
        same = "cut_off"
    findings: list[Guess] = []
    tried = 0
    for guess in [] if same else _guesses(asked):
        tried += 1
        if number.fits(guess.value) and not _is_known(guess, findings):
            findings.append(guess)
    if not (same or findings):
        others = list(asked.other_numbers())
        tried += len(others)
        findings = [guess for guess in others if number.fits(guess.value)]
    return Comparison(
        step.symbol, step.value, number, same, tuple(findings), tried,
        asked.calculation is not None, explained.convention, language(lang),
    )  # fmt: skip


def _guesses(asked: Asked) -> Iterator[Guess]:
    yield from guesses_of_conventions(asked)
    yield from guesses_of_slips(asked)


def _is_known(guess: Guess, findings: Sequence[Guess]) -> bool:
    """Tell whether the same has been found already, in the same words."""
    return any((guess.key, guess.mentioned) == (found.key, found.mentioned) for found in findings)
