"""An explanation: plain, immutable data, from which every display is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clearprop.core.files import write_text
from clearprop.errors import FormatError
from clearprop.explain.displayed import DisplayedFully
from clearprop.explain.formula import Formula, from_json, to_json

__all__ = ["SCHEMA", "Explanation", "State", "Step"]

SCHEMA = "clearprop-explanation/1"


@dataclass(frozen=True)
class State:
    """Why a number is special: a word of the catalogue, and the numbers that it mentions."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """
    One equality: a quantity and what it is made of.

    Attributes
    ----------
    address : str
        How to ask about it.
    symbol, latex : str
        What it's called.
    value : float
    role : str
        "gradient", "delta", "value", "update", "loss" ...: a word of the catalogue.
    level : int
        How many steps it is from what was asked.
    formula : Formula or None
        None for a number that was given.
    condition : Formula or None
        The comparison that chose this case, where there was a choice.
    state : State or None
        Zero for a reason, saturated, ...
    source : mapping
        Where it is: layer, unit, sample.
    """

    address: str
    symbol: str
    latex: str
    value: float
    role: str
    level: int
    formula: Formula | None
    condition: Formula | None = None
    state: State | None = None
    source: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give the step as JSON-able data."""
        return {
            "address": self.address,
            "symbol": self.symbol,
            "latex": self.latex,
            "value": self.value,
            "role": self.role,
            "level": self.level,
            "formula": None if self.formula is None else to_json(self.formula),
            "condition": None if self.condition is None else to_json(self.condition),
            "state": None
            if self.state is None
            else {"key": self.state.key, "values": dict(self.state.values)},
            "source": dict(self.source),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Step:
        """Read a step back."""
        state = data["state"]
        return Step(
            address=str(data["address"]),
            symbol=str(data["symbol"]),
            latex=str(data["latex"]),
            value=float(data["value"]),
            role=str(data["role"]),
            level=int(data["level"]),
            formula=None if data["formula"] is None else from_json(data["formula"]),
            condition=None if data["condition"] is None else from_json(data["condition"]),
            state=None if state is None else State(str(state["key"]), dict(state["values"])),
            source=dict(data["source"]),
        )


@dataclass(frozen=True)
class Explanation(DisplayedFully):
    """
    The answer to *why*.

    Attributes
    ----------
    address : str
        What was asked about.
    steps : tuple of Step
        The first is the answer; the others open what it mentions, nearest first.
    facts : mapping
        What the numbers belong to: network, loss, optimizer, learning rate, number of samples.
    convention : str
        Whose definitions the numbers follow: "keras", "book", ...
    lang : str
        "ko" or "en", for displays that are not told otherwise.
    digits : int
        Significant digits, likewise.
    """

    address: str
    steps: tuple[Step, ...]
    facts: Mapping[str, Any]
    convention: str
    lang: str
    digits: int = 6

    @property
    def value(self) -> float:
        """The number that was asked about."""
        return self.steps[0].value

    def to_json(self) -> dict[str, Any]:
        """Give the explanation as JSON-able data, by the schema named in it."""
        return {
            "schema": SCHEMA,
            "address": self.address,
            "steps": [step.to_json() for step in self.steps],
            "facts": dict(self.facts),
            "convention": self.convention,
            "lang": self.lang,
            "digits": self.digits,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Explanation:
        """
        Read an explanation back.

        Raises
        ------
        FormatError
            If the data follow another schema, or none.
        """
        if data.get("schema") != SCHEMA:
            raise FormatError(f"expected the schema {SCHEMA!r}; got {data.get('schema')!r}.")
        try:
            return Explanation(
                address=str(data["address"]),
                steps=tuple(Step.from_json(step) for step in data["steps"]),
                facts=dict(data["facts"]),
                convention=str(data["convention"]),
                lang=str(data["lang"]),
                digits=int(data["digits"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"not an explanation: {error!r}.") from error

    def save(self, path: str | Path, *, lang: str | None = None) -> Path:
        """
        Write it as one HTML file that needs no network, or as JSON where `path` ends so.

        Raises
        ------
        OSError
            If the folder does not exist or cannot be written to; an old file is then untouched.
        """
        target = Path(path)
        if target.suffix == ".json":
            write_text(target, json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n")
        else:
            write_text(target, self._displayed("page", lang))
        return target
