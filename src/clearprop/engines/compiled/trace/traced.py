"""What tracing gives: a program, and what its leaves and results are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from clearprop.engines.compiled.program import Program
from clearprop.engines.engine import Leaf

__all__ = ["RATE", "STEP", "Drawn", "Held", "Traced"]

RATE, STEP = "lr", "step"  # the scalars of a step


class Held(NamedTuple):
    """What a state of a program is: a variable, or what an optimizer remembers of one by name."""

    leaf: Leaf | None
    path: str
    name: str


class Drawn(NamedTuple):
    """What a layer draws at random in a step; `offset` counts its draws in one step."""

    path: str
    seed: int | None
    offset: int
    kind: str
    shape: tuple[int, ...]
    rate: float


@dataclass
class Traced:
    """
    A program, and what its leaves and results are.

    Attributes
    ----------
    program : Program
        Its data are the arrays of inputs, targets and weights, as `flatten` lists them; its first
        result is the loss, unless nothing but predictions was asked for.
    states : list of Held
        By state of the program.
    draws : list of Drawn
        By draw of the program.
    drawn_per_step : dict of str to int
        How often each layer draws, by path.
    scalars : list of str
        By scalar of the program: "lr" or "step".
    unreached : set of str
        Paths of weights that the loss does not depend on.
    form : (form, form)
        Of the predictions, and of their masks, among the results; None for what there is not.
    sums : list of (int or None)
        By meter, which of the results is what the step adds to its sum; the next one is what it
        adds to its count. None for a meter that has to see the predictions. Empty unless sums were
        asked for: then all have to.
    numbers : list of array
        What the last states of the program are: numbers that are handed in, and do not change.
    constants : list of bytes
        What all constants were at first, where that is to be compared.
    limits : list of (int, int, int)
        For an entry of the data, by its place: its whole numbers must be at least the one and
        below the other, or the program would read something else than they say.
    """

    program: Program = field(default_factory=Program)
    states: list[Held] = field(default_factory=list)
    draws: list[Drawn] = field(default_factory=list)
    drawn_per_step: dict[str, int] = field(default_factory=dict)
    scalars: list[str] = field(default_factory=list)
    unreached: set[str] = field(default_factory=set)
    form: tuple[Any, Any] = (None, None)
    sums: list[int | None] = field(default_factory=list)
    numbers: list[Any] = field(default_factory=list)
    constants: list[bytes] = field(default_factory=list)
    limits: list[tuple[int, int, int]] = field(default_factory=list)
